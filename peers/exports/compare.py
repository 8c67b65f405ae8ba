"""Takes every export of a folder (make.py) through LowCal and through ONNX Runtime and prints a table.

    python compare.py FOLDER path/to/lowcal [--cells] [NAME...]      (numpy, h5py, onnx, onnxruntime)

Each network generates, is compared cell by cell on the same inputs, is quantised on its own showers, shifted and
benchmarked; one thread, batch 16 (1 where it is fixed). With --cells the cells are compared and nothing else is done."""
import json
import pathlib
import subprocess
import sys
import time

import h5py
import numpy as np
import onnxruntime

CELLS_ONLY = "--cells" in sys.argv
words = [word for word in sys.argv[1:] if not word.startswith("--")]
folder, lowcal = pathlib.Path(words[0]), words[1]
COUNT, SEED, BATCH, COMPARED = 8 if CELLS_ONLY else 100, 3, 16, 8


def run(*arguments):
    done = subprocess.run([lowcal, *map(str, arguments)], capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(f"{arguments[0]}: {done.stderr.strip()}")
    return done.stdout


def numbers_of(part, width, known, latent):
    """What a part of the ports file stands for, [N, width]."""
    part = {"role": part} if isinstance(part, str) else part
    if part["role"] == "latent":
        return latent(width)
    if part["role"] == "constant":
        return np.broadcast_to(np.asarray(part["values"], "f4"), (len(known["energy"]), width))
    return known[part["role"]] / part.get("divide_by", 1)


def inputs_of(session, ports, known, latents):
    taken = 0

    def latent(width):
        nonlocal taken
        taken += width
        return latents[:, taken - width:taken]

    feeds = {}
    for entry in session.get_inputs():
        shape = [d if isinstance(d, int) else -1 for d in entry.shape]
        width = int(np.prod(shape[1:]))
        parts = ports.get("inputs", {}).get(entry.name, "latent" if entry.name == "noise" else entry.name)
        parts = parts if isinstance(parts, list) else [parts]
        rest = width - sum(len(p["values"]) if isinstance(p, dict) and "values" in p else 1
                           for p in parts if p != "latent")
        widths = [rest if p == "latent" else len(p["values"]) if isinstance(p, dict) and "values" in p else 1
                  for p in parts]
        whole = np.concatenate([numbers_of(p, w, known, latent) for p, w in zip(parts, widths)], 1)
        kind = np.float16 if "float16" in entry.type else np.float32
        feeds[entry.name] = whole.astype(kind).reshape([-1, *shape[1:]])
    return feeds


def cells_of(result, ports, energies, shape):
    out = ports.get("output", {})
    cells = np.asarray(result, "f8") / out.get("divide_by", 1)
    cells = np.maximum(cells, 0) ** out.get("power", 1) if "power" in out else cells
    cells = cells.reshape(len(cells), -1)
    if out.get("times"):
        cells = cells * energies
    if out.get("axes"):
        own = {a["name"]: a["cells"] for a in ports["detector"]["axes"]}
        cells = cells.reshape([len(cells)] + [own[a] for a in out["axes"]])
        cells = cells.transpose([0] + [1 + out["axes"].index(a) for a in own])
    if out.get("crop"):
        cells = cells.reshape(-1, 51, 51, 25)[:, 13:38, 13:38]
    return cells.reshape([len(cells), *shape])


def read(path):
    file = h5py.File(path)
    cells = file["ECAL"][:] if "ECAL" in file else file["showers"][:] / 1000
    energies = file["target"][:, 1:2] if "target" in file else (
        file["incident_energies"][:] / 1000 if "incident_energies" in file else file["energy"][:].reshape(-1, 1))
    known = {"energy": energies.astype("f4")}
    if "theta" in file:
        known["theta"] = file["theta"][:].reshape(-1, 1).astype("f4")
    return cells, known, file["latent"][:]


def onnx_seconds(session, feeds, fixed):
    count = 1 if fixed else BATCH
    some = {name: array[:count] for name, array in feeds.items()}
    session.run(None, some)
    best = []
    for _ in range(5):
        start, runs = time.perf_counter(), 0
        while time.perf_counter() - start < 0.2:
            session.run(None, some)
            runs += 1
        best.append((time.perf_counter() - start) / runs / count)
    return sorted(best)[2]


def bench(path, extra):
    out = folder / "bench.json"
    run("bench", path, "--batch", BATCH, "--rounds", 3, "--json", out, *extra)
    row = json.loads(out.read_text())["rows"][0]
    return row["us_per_shower"], row["rss_mb"]


def one(path):
    name = path.stem
    ports_file = folder / f"{name}.ports.json"
    ports = json.loads(ports_file.read_text())
    extra = ["--ports", ports_file]
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    shower_file, int8 = folder / f"{name}.h5", folder / "int8" / f"{name}.onnx"
    shower_file.unlink(missing_ok=True)
    conditions = [] if "theta" not in str(ports) + str([i.name for i in session.get_inputs()]) else ["--theta", "0.1:0.9"]
    start = time.perf_counter()
    run("info", path, *extra)
    loaded = time.perf_counter() - start
    run("generate", path, *extra, "--energy", "10:100", *conditions, "--count", COUNT, "--seed", SEED,
        "--keep-latents", "--threads", 1, "--out", shower_file)
    cells, known, latents = read(shower_file)
    feeds = inputs_of(session, ports, known, latents)
    fixed = isinstance(session.get_inputs()[0].shape[0], int)
    feed = [{n: a[i:i + 1] for n, a in feeds.items()} for i in range(COMPARED)]
    truth = np.concatenate([session.run(None, f)[0] for f in feed])
    truth = cells_of(truth, ports, known["energy"][:COMPARED], cells.shape[1:])
    scale = 50 if cells.shape[1:] == (51, 51, 25) and "energy" in h5py.File(shower_file) else 1
    truth[truth < 1e-6] = 0  # as LowCal writes files: cells under the detector's smallest energy
    difference = np.abs(cells[:COMPARED] / scale - truth).reshape(COMPARED, -1).max(1) / truth.reshape(COMPARED, -1).max(1)
    if CELLS_ONLY:
        return {"name": name, "difference": difference.max(), "onnx_us": np.nan, "us": np.nan, "mb": np.nan,
                "load_s": loaded}
    runtime = 1e6 * onnx_seconds(session, feeds, fixed)
    own, memory = bench(path, extra)
    row = {"name": name, "difference": difference.max(), "onnx_us": runtime, "us": own, "mb": memory, "load_s": loaded}
    try:
        run("quantize", path, *extra, "--calibration", shower_file, "--count", COUNT, "--out", int8)
        row["int8_us"], _ = bench(int8, [])
        run("shift", path, *extra, "--candidate", f"int8={int8}", "--count", 100, "--inputs-from", shower_file)
        again = folder / f"{name}.int8.h5"
        again.unlink(missing_ok=True)
        run("generate", int8, "--energies-from", shower_file, "--count", COUNT, "--seed", SEED, "--keep-latents",
            "--threads", 1, "--out", again)
        row["sum"] = read(again)[0].sum() / cells.sum() - 1
        run("evaluate", "--reference", shower_file, "--candidate", f"own={path}", *extra, "--no-judge")
    except RuntimeError as error:
        row["stopped"] = str(error)[:300]
    return row


if __name__ == "__main__":
    (folder / "int8").mkdir(exist_ok=True)
    names = words[2:] or sorted(p.stem for p in folder.glob("*.onnx"))
    print(f"{'export':<28} {'worst cell':>10} {'ORT us':>8} {'f32 us':>8} {'int8 us':>8} {'int8 sum':>9} {'MB':>5} {'s':>5}")
    for name in names:
        try:
            r = one(folder / f"{name}.onnx")
        except Exception as error:  # one that fails must not hide the others
            print(f"{name:<28} {str(error)[:300]}")
            continue
        print(f"{name:<28} {r['difference']:>10.1e} {r['onnx_us']:>8.0f} {r['us']:>8.0f} {r.get('int8_us', float('nan')):>8.0f} "
              f"{100 * r.get('sum', float('nan')):>8.2f}% {r['mb']:>5.0f} {r['load_s']:>5.1f}  {r.get('stopped', '')}", flush=True)
