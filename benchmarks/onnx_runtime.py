"""LowCal against ONNX Runtime on the same network, on one core, in one run.

Called by onnx_runtime.sh. Each round times every batch size of both programs once, in turn, so that
a change of the machine's speed touches all alike; medians are printed. Cell values are compared
first: both run the same latent vectors and energies.
"""

import argparse
import json
import pathlib
import statistics
import subprocess
import tempfile
import time

import h5py
import numpy as np
import onnxruntime


def make_session(model):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])


def worst_difference(lowcal, model, session, showers):
    """Largest difference of a cell, relative to its shower's largest cell."""
    with tempfile.TemporaryDirectory() as folder:
        out = pathlib.Path(folder) / "showers.h5"
        subprocess.run(
            [lowcal, "generate", model, "--energy", "2:500", "--count", str(showers), "--threads", "1",
             "--keep-latents", "--out", out],
            check=True, stderr=subprocess.DEVNULL)
        with h5py.File(out) as file:
            cells = file["ECAL"][:]
            feeds = {"latent": file["latent"][:], "energy": file["target"][:, 1:2]}
    other = session.run(None, feeds)[0]
    largest = cells.max(axis=(1, 2, 3))
    return float((np.abs(cells - other).max(axis=(1, 2, 3)) / largest).max())


def time_lowcal(lowcal, model, batches):
    """Microseconds a shower for each batch, random numbers included."""
    with tempfile.TemporaryDirectory() as folder:
        out = pathlib.Path(folder) / "bench.json"
        subprocess.run(
            [lowcal, "bench", model, "--rounds", "1", "--json", out, "--batch",
             ",".join(map(str, batches))],
            check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        rows = json.loads(out.read_text())["rows"]
    return {row["batch"]: row["us_per_shower"] for row in rows}


def time_session(session, batch, seconds=0.4):
    """Microseconds a shower; at least `seconds` of runs behind one that is not counted."""
    rng = np.random.default_rng(1)
    shape = session.get_inputs()[0].shape
    feeds = {"latent": rng.standard_normal((batch, shape[1]), dtype=np.float32),
             "energy": rng.uniform(2, 500, (batch, 1)).astype(np.float32)}
    session.run(None, feeds)
    start = time.perf_counter()
    runs = 0
    while time.perf_counter() - start < seconds:
        session.run(None, feeds)
        runs += 1
    return 1e6 * (time.perf_counter() - start) / (runs * batch)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model")
    parser.add_argument("--lowcal", default="build/release/bin/lowcal")
    parser.add_argument("--batch", default="1,4,16,64")
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    batches = [int(batch) for batch in arguments.batch.split(",")]

    session = make_session(arguments.model)
    worst = worst_difference(arguments.lowcal, arguments.model, session, 64)
    print(f"{arguments.model}, one thread, ONNX Runtime {onnxruntime.__version__}")
    print(f"largest difference of a cell over 64 showers: {worst:.1e} of the shower's largest cell")

    ours = {batch: [] for batch in batches}
    theirs = {batch: [] for batch in batches}
    for _ in range(arguments.rounds):
        for batch, time_a_shower in time_lowcal(arguments.lowcal, arguments.model, batches).items():
            ours[batch].append(time_a_shower)
        for batch in batches:
            theirs[batch].append(time_session(session, batch))

    print(f"{'batch':>6} {'LowCal ms':>10} {'ONNX Runtime ms':>16} {'ratio':>6}")
    median = statistics.median
    for batch in batches:
        a, b = median(ours[batch]) / 1e3, median(theirs[batch]) / 1e3
        print(f"{batch:>6} {a:>10.2f} {b:>16.2f} {a / b:>6.2f}")
    best_ours = min(median(times) for times in ours.values()) / 1e3
    best_theirs = min(median(times) for times in theirs.values()) / 1e3
    print(f"{'best':>6} {best_ours:>10.2f} {best_theirs:>16.2f} {best_ours / best_theirs:>6.2f}")


if __name__ == "__main__":
    main()
