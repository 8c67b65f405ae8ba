"""Compares the figures of `lowcal evaluate` with NumPy, SciPy and scikit-learn on the same showers.

    python3 -m venv .venv && .venv/bin/pip install -r tests/physics/requirements.txt
    .venv/bin/python tests/physics/cross_check.py LOWCAL REFERENCE.h5 CANDIDATE.h5

Both files in the CLIC layout and of one set of energies or of one distribution (nothing may be
dropped). Exit code 1 where a figure differs by more than rounding. Not part of `make test`.
"""
import json
import subprocess
import sys
import tempfile

import h5py
import numpy as np
from scipy import linalg, stats
from sklearn.metrics import mean_squared_error

ROUNDING = 1e-6  # float32 cells, summed in another order
BINS = [(2, 50), (50, 100), (100, 200), (200, 300), (300, 400), (400, 500.001), (2, 10), (0, np.inf)]
failures = 0


def check(name, ours, theirs, tolerance=ROUNDING):
    global failures
    scale = max(abs(theirs), 1e-12)
    good = abs(ours - theirs) <= tolerance * scale
    failures += not good
    if not good:
        print(f"DIFFERENT {name}: {ours} against {theirs}")
    return good


def read(path):
    with h5py.File(path) as file:
        cells = file["ECAL"][:].astype(np.float64)
        cells[cells < 1e-6] = 0
        return cells, file["target"][:, 1].astype(np.float64)


def observables(cells, energy):
    total = cells.sum(axis=(1, 2, 3))
    place = np.arange(25.0)
    result = {"sampling_fraction": total / energy}
    for name, axes in (("x", (2, 3)), ("y", (1, 3)), ("longitudinal", (1, 2))):
        profile = cells.sum(axis=axes) / total[:, None]
        mean = profile @ place
        width = np.sqrt((profile * (place - mean[:, None]) ** 2).sum(axis=1))
        result[f"{name}_mean"], result[f"{name}_width"] = mean, width
    x, y = np.meshgrid(place - 12, place - 12, indexing="ij")
    image = cells.sum(axis=3) / total[:, None, None]
    result["r_mean"] = (image * np.hypot(x, y)).sum(axis=(1, 2))
    result["r_rms"] = np.sqrt((image * (x**2 + y**2)).sum(axis=(1, 2)))
    for name, threshold in (("hits", 0), ("hits_50kev", 0.05e-3), ("hits_150kev", 0.15e-3), ("hits_1500kev", 1.5e-3)):
        result[name] = (cells.astype(np.float32) > np.float32(threshold)).sum(axis=(1, 2, 3)).astype(float)
    for name, half in (("core_1", 0), ("core_9", 1), ("core_25", 2)):
        part = slice(12 - half, 13 + half)
        result[name] = image[:, part, part].sum(axis=(1, 2))
    return result


def separation(reference, candidate):
    ordered = np.sort(reference)
    last = len(ordered) - 1
    low, high = ordered[int(0.005 * last)], ordered[int(np.ceil(0.995 * last))]
    cuts = low + (high - low) * np.arange(1, 20) / 20
    p, q = (np.bincount(np.searchsorted(cuts, v, side="right"), minlength=20) / len(v) for v in (reference, candidate))
    filled = p + q > 0
    return 0.5 * np.sum((p - q)[filled] ** 2 / (p + q)[filled])


def profiles(cells, energy):
    scaled = cells / energy[:, None, None, None]
    return [scaled.sum(axis=axes).mean(axis=0) for axes in ((2, 3), (1, 3), (1, 2))]


def shape_mse(reference, candidate):
    return np.mean([mean_squared_error(r / r.mean(), c / r.mean()) for r, c in zip(reference, candidate)])


def frechet_of_two(first, second):
    """The formula on raw covariances: what our frechet_distance is checked with in its unit test."""
    root = linalg.sqrtm(first @ second)
    return np.trace(first + second - 2 * np.real(root))


def main():
    lowcal, reference_file, candidate_file = sys.argv[1:4]
    with tempfile.NamedTemporaryFile(suffix=".json") as output:
        subprocess.run([lowcal, "evaluate", "--no-judge", "--reference", reference_file, "--candidate", f"c={candidate_file}",
                        "--json", output.name], check=True, stdout=subprocess.DEVNULL)
        ours = json.load(open(output.name))["candidates"]["c"]
    reference, candidate = read(reference_file), read(candidate_file)
    check("shape MSE", ours["shape_mse"]["value"], shape_mse(profiles(*reference), profiles(*candidate)), 1e-5)
    first, second = observables(*reference), observables(*candidate)
    compared = 0
    for name, rows in ours["observables"].items():
        for row, (low, high) in zip(rows, BINS):
            a, b = (o[name][(e >= low) & (e < high)] for o, (_, e) in ((first, reference), (second, candidate)))
            if min(len(a), len(b)) < 2:
                continue
            where = f"{name} in {row['bin']}"
            check(where + " mean", row["candidate"]["mean"], b.mean())
            check(where + " rms", row["candidate"]["rms"], b.std(ddof=1), 1e-5)
            check(where + " mean error", row["candidate"]["mean_error"], stats.sem(b), 0.25)  # 200 replicas: 5 % each
            # Values that are equal but for rounding may change places: one shower's step.
            step = (1 / len(a) + 1 / len(b)) / max(1e-12, stats.ks_2samp(a, b).statistic)
            check(where + " KS", row["kolmogorov_smirnov"]["value"], stats.ks_2samp(a, b).statistic, step)
            check(where + " W1", row["wasserstein"]["value"], stats.wasserstein_distance(a, b), 1e-4)
            check(where + " separation", row["separation"]["value"], separation(a, b), 0.1)
            compared += 6
    assert abs(frechet_of_two(np.array([[2.0, 1], [1, 2]]), np.diag([1.0, 3])) - (8 - 2 * np.sqrt(14))) < 1e-9
    print(f"{compared + 1} figures compared, {failures} different")
    return failures > 0


if __name__ == "__main__":
    sys.exit(main())
