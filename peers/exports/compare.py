"""Takes every export of a folder (make.py) through LowCal and through ONNX Runtime and prints a table (docs/networks.md).

    python compare.py FOLDER path/to/lowcal [--cells | --speeds] [NAME...]      (numpy, h5py, onnx, onnxruntime)

Each network is read (info), generates, is compared cell by cell on the same inputs, is quantised on its own showers,
shifted, evaluated and timed; one thread, batch 16 (1 where it is fixed). Times are medians of rounds in which ONNX
Runtime, LowCal's float32 and its int8 take turns. What was found is kept in FOLDER/results.json. With --cells the cells
alone are compared; with --speeds the times alone are measured again, of networks that were quantised before."""
import json
import os
import pathlib
import statistics
import subprocess
import sys
import time

import h5py
import numpy as np
import onnxruntime

CELLS_ONLY, SPEEDS_ONLY = "--cells" in sys.argv, "--speeds" in sys.argv
words = [word for word in sys.argv[1:] if not word.startswith("--")]
folder, lowcal = pathlib.Path(words[0]), words[1]
COUNT, SEED, BATCH, COMPARED, ROUNDS = 8 if CELLS_ONLY else 100, 3, 16, 8, 5


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


def onnx_us(session, feeds, count):
    """Microseconds a shower, of runs for a fifth of a second."""
    some = {name: array[:count] for name, array in feeds.items()}
    session.run(None, some)
    start, runs = time.perf_counter(), 0
    while time.perf_counter() - start < 0.2:
        session.run(None, some)
        runs += 1
    return 1e6 * (time.perf_counter() - start) / runs / count


def bench(networks, extra, batch):
    out = folder / "bench.json"
    run("bench", *networks, "--batch", batch, "--rounds", 1, "--json", out, *extra)
    return json.loads(out.read_text())["rows"]


class Export:
    def __init__(self, name):
        self.name, self.path = name, folder / f"{name}.onnx"
        self.int8, self.showers = folder / "int8" / f"{name}.onnx", folder / f"{name}.h5"
        ports_file = folder / f"{name}.ports.json"
        self.ports, self.extra = json.loads(ports_file.read_text()), ["--ports", ports_file]
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self.session = onnxruntime.InferenceSession(str(self.path), options, providers=["CPUExecutionProvider"])
        self.fixed = isinstance(self.session.get_inputs()[0].shape[0], int)

    def needed(self):
        """What the ports file says, in words."""
        inputs, output = self.ports.get("inputs", {}), self.ports.get("output", {})
        words = [f"{len(inputs)} input{'s' * (len(inputs) > 1)}"] if inputs else []
        words += ["output: " + ", ".join(output)] if output else []
        return "; ".join(words + (["detector"] if "detector" in self.ports else []))

    def compare(self):
        """Worst difference of a cell over the shower's largest cell."""
        self.showers.unlink(missing_ok=True)
        run("info", self.path, *self.extra)
        angle = "theta" in str(self.ports) + str([i.name for i in self.session.get_inputs()])
        run("generate", self.path, *self.extra, "--energy", "10:100", *(["--theta", "0.1:0.9"] if angle else []),
            "--count", COUNT, "--seed", SEED, "--keep-latents", "--threads", 1, "--out", self.showers)
        cells, known, latents = read(self.showers)
        feeds = inputs_of(self.session, self.ports, known, latents)
        truth = np.concatenate([self.session.run(None, {n: a[i:i + 1] for n, a in feeds.items()})[0]
                                for i in range(COMPARED)])
        truth = cells_of(truth, self.ports, known["energy"][:COMPARED], cells.shape[1:])
        scale = 50 if cells.shape[1:] == (51, 51, 25) and "energy" in h5py.File(self.showers) else 1
        truth[truth < 1e-6] = 0  # as LowCal writes files: cells under the detector's smallest energy
        difference = np.abs(cells[:COMPARED] / scale - truth).reshape(COMPARED, -1).max(1)
        return {"worst": float((difference / truth.reshape(COMPARED, -1).max(1)).max())}

    def quantise(self):
        """Change of the sum of cells by int8; every other command runs, too."""
        run("quantize", self.path, *self.extra, "--calibration", self.showers, "--count", COUNT, "--out", self.int8)
        run("shift", self.path, *self.extra, "--candidate", f"int8={self.int8}", "--count", 100,
            "--inputs-from", self.showers)
        again = folder / f"{self.name}.int8.h5"
        again.unlink(missing_ok=True)
        run("generate", self.int8, "--energies-from", self.showers, "--count", COUNT, "--seed", SEED,
            "--keep-latents", "--threads", 1, "--out", again)
        run("evaluate", "--reference", self.showers, "--candidate", f"own={self.path}", *self.extra, "--no-judge")
        return {"sum": float(read(again)[0].sum() / read(self.showers)[0].sum() - 1)}

    def time(self):
        """Medians of rounds in turn."""
        _, known, latents = read(self.showers)
        feeds, batch = inputs_of(self.session, self.ports, known, latents), 1 if self.fixed else BATCH
        onnx, rows = [], []
        for _ in range(ROUNDS):
            onnx.append(onnx_us(self.session, feeds, batch))
            rows.append(bench([self.path, self.int8], self.extra, batch))

        def median(which, key):
            return statistics.median(row[which][key] for row in rows)

        found = {"onnx_us": statistics.median(onnx), "int8_is": rows[0][1]["precision"]}
        for which, kind in enumerate(("f32", "int8")):
            for key in ("us_per_shower", "load_ms", "rss_mb", "plan_mb", "workspace_mb"):
                found[f"{kind}_{key}"] = median(which, key)
        return found

    def steps(self):
        if CELLS_ONLY:
            return [self.compare]
        return [self.time] if SPEEDS_ONLY else [self.compare, self.quantise, self.time]


HEAD = ("| export | ports file says | worst cell | ONNX Runtime | float32 | int8 | int8 over ONNX Runtime | int8 sum "
        "| load ms | RSS MB |\n|---|---|---|---|---|---|---|---|---|---|")


def line(name, row):
    def number(key, form):
        return format(row[key], form) if key in row else "-"

    both = all(key in row for key in ("onnx_us", "int8_us_per_shower"))
    ratio = f"{row['onnx_us'] / row['int8_us_per_shower']:.2f}" if both else "-"
    weights = " (weights)" if row.get("int8_is", "int8") != "int8" else ""
    change = f"{100 * row['sum']:+.2f} %" if "sum" in row else "-"
    cells = [name, row["needed"], number("worst", ".1e"), number("onnx_us", ".0f"), number("f32_us_per_shower", ".0f"),
             number("int8_us_per_shower", ".0f") + weights, ratio, change,
             f"{number('f32_load_ms', '.0f')}, {number('int8_load_ms', '.0f')}",
             f"{number('f32_rss_mb', '.0f')}, {number('int8_rss_mb', '.0f')}"]
    return "| " + " | ".join(cells) + " |" + (f" stopped: {row['stopped']}" if "stopped" in row else "")


if __name__ == "__main__":
    (folder / "int8").mkdir(exist_ok=True)
    kept = folder / "results.json"
    results = json.loads(kept.read_text()) if kept.exists() else {}
    print(f"us a shower, one thread, batch {BATCH}; load and RSS: float32, int8; load average {os.getloadavg()[0]:.1f}\n")
    print(HEAD)
    for name in words[2:] or sorted(p.stem for p in folder.glob("*.onnx")):
        row = results.setdefault(name, {})
        row.pop("stopped", None)
        try:
            export = Export(name)
            row["needed"] = export.needed()
            for step in export.steps():
                row.update(step())
        except Exception as error:  # one that fails must not hide the others
            row["stopped"] = str(error)[:300]
            row.setdefault("needed", "?")
        print(line(name, row), flush=True)
        kept.write_text(json.dumps(results, indent=1) + "\n")
