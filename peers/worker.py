"""One engine's process: reads requests as JSON lines, answers each with one JSON line.

    python worker.py ENGINE CORES

Requests: {"do": "prepare" | "time" | "generate" | "memory" | "versions", ...}; each is a method of
`Worker` below. What an engine prints goes to stderr, so that it cannot disturb the answers.
"""

import importlib
import json
import os
import pathlib
import sys
import time
import traceback

import numpy as np


def peak_resident_mb():
    """Largest resident set that this process has had, in MB."""
    for line in pathlib.Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024 / 1e6
    raise RuntimeError("/proc/self/status has no VmHWM")


class Worker:
    """Answers requests with the adapter of one engine."""

    def __init__(self, engine):
        self.adapter = importlib.import_module(f"adapters.{engine}")
        self.generators = {}

    def versions(self, _):
        return {"versions": self.adapter.versions()}

    def prepare(self, request):
        """Converts and quantises; the answer holds what `load` needs and what stayed in float32."""
        return {"prepared": self.adapter.prepare(request)}

    def generator(self, request):
        """The loaded network of one batch size; that of another batch size is dropped first."""
        key = request["batch"]
        if key not in self.generators:
            self.generators.clear()
            self.generators[key] = self.adapter.load(
                request["prepared"], threads=request["threads"], batch=request["batch"])
        return self.generators[key]

    def time(self, request):
        """Microseconds a shower, of the clock and of cores, behind runs that are not counted."""
        generate = self.generator(request)
        batch = request["batch"]
        latent, energy = inputs(request["inputs"], batch)
        for _ in range(request["warm_ups"]):
            generate(latent, energy)
        start, core_start = time.perf_counter(), time.process_time()
        runs = 0
        while runs == 0 or time.perf_counter() - start < request["seconds"]:
            generate(latent, energy)
            runs += 1
        to_us_per_shower = 1e6 / (runs * batch)
        return {"clock_us": to_us_per_shower * (time.perf_counter() - start),
                "core_us": to_us_per_shower * (time.process_time() - core_start)}

    def memory(self, request):
        """Peak resident set of this process, which must not have done anything else."""
        generate = self.generator(request)
        latent, energy = inputs(request["inputs"], request["batch"])
        generate(latent, energy)
        return {"rss_mb": peak_resident_mb()}

    def generate(self, request):
        """Writes showers in the CLIC layout: `count`, or what `seconds` of core time allow."""
        latent, energy = inputs(request["inputs"], request["count"])
        generate = self.generator(request)
        start = time.process_time()
        cells = self.showers(latent, energy, request["batch"], generate,
                             start + request["seconds"])
        spent = time.process_time() - start
        write_showers(request["out"], cells, energy[:len(cells)])
        return {"count": len(cells), "seconds_per_shower": spent / len(cells)}

    @staticmethod
    def showers(latent, energy, batch, generate, deadline):
        blocks = []
        for first in range(0, len(energy), batch):
            some = slice(first, first + batch)
            used = len(energy[some])
            blocks.append(np.array(
                generate(padded(latent[some], batch), padded(energy[some], batch)))[:used])
            if time.process_time() > deadline:
                break
        return np.concatenate(blocks)


def write_showers(path, cells, energy):
    import h5py

    with h5py.File(path, "w") as file:
        file.create_dataset("ECAL", data=cells, compression=1)
        file.create_dataset("target", data=np.concatenate([np.full_like(energy, 11), energy], 1))


def inputs(path, count):
    """The first `count` latents and energies (GeV) of a file that `run.py` has had written."""
    with np.load(path) as file:
        return file["latent"][:count].copy(), file["energy"][:count].copy()


def padded(rows, batch):
    """`rows` with the last one repeated until there are `batch`."""
    return np.concatenate([rows, np.repeat(rows[-1:], batch - len(rows), axis=0)])


def answer(worker, line):
    request = json.loads(line)
    try:
        return getattr(worker, request["do"])(request)
    except Exception as error:
        traceback.print_exc()
        return {"error": f"{type(error).__name__}: {error}"}


def main():
    engine, cores = sys.argv[1:]
    os.sched_setaffinity(0, {int(core) for core in cores.split(",")})
    replies = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    worker = None
    for line in sys.stdin:
        try:
            worker = worker or Worker(engine)
            reply = answer(worker, line)
        except Exception as error:
            reply = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(reply), file=replies, flush=True)


if __name__ == "__main__":
    main()
