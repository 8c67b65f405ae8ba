"""Talks to one engine: a worker process in the engine's own environment, or LowCal's programs."""

import json
import os
import re
import resource
import select
import subprocess
import tempfile
import time

import plan


class EngineError(Exception):
    """What an engine said when it failed."""


def shortened(message, most=300):
    """One line, without paths of this machine."""
    text = re.sub(r"(?<![\w.])(/[\w.+-]+)+/", "", " ".join(str(message).split()))
    return text if len(text) <= most else text[:most - 3] + "..."


def environment_python(engine):
    return plan.ROOT / ".venv" / f"peers-{plan.ENVIRONMENTS[engine]}" / "bin" / "python"


def children_core_seconds():
    """Core time of the processes that have ended so far."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


class WorkerProcess:
    """One `worker.py`; `ask` sends a request and waits for its answer."""

    def __init__(self, engine, threads, cores, log):
        python = environment_python(engine)
        if not python.exists():
            raise EngineError("not installed")
        settings = dict(os.environ, OMP_NUM_THREADS=str(threads), TF_CPP_MIN_LOG_LEVEL="3",
                        PYTHONPATH=str(plan.ROOT / "peers"),
                        TORCHINDUCTOR_CACHE_DIR=str(plan.OUT / "torch_cache"))
        self.log = open(log, "a")
        self.process = subprocess.Popen(
            [python, plan.ROOT / "peers" / "worker.py", plan.ENVIRONMENTS[engine],
             ",".join(map(str, cores))],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.log, env=settings)

    def ask(self, request, timeout=900):
        try:
            self.process.stdin.write((json.dumps(request) + "\n").encode())
            self.process.stdin.flush()
        except BrokenPipeError:
            raise EngineError(f"process ended with code {self.process.wait()}") from None
        if not select.select([self.process.stdout], [], [], timeout)[0]:
            self.close()
            raise EngineError(f"no answer to '{request['do']}' in {timeout} s")
        line = self.process.stdout.readline()
        if not line:
            raise EngineError(f"process ended with code {self.process.wait()}")
        answer = json.loads(line)
        if "error" in answer:
            raise EngineError(shortened(answer["error"]))
        return answer

    def close(self):
        self.process.kill()
        self.process.wait()
        self.log.close()


class LowCal:
    """The same requests, answered by `lowcal generate` and `lowcal bench`."""

    def __init__(self, program, cores):
        self.program = program
        self.cores = cores

    def run(self, *words):
        command = ["taskset", "-c", ",".join(map(str, self.cores)), self.program, *map(str, words)]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode != 0:
            raise EngineError(shortened(done.stderr))
        return done.stdout

    def ask(self, request, timeout=None):
        return getattr(self, request["do"])(request)

    def prepare(self, request):
        self.run("info", request["model"])
        return {"prepared": {"files": [request["model"]], "float32": self.float32_layers(request)}}

    def float32_layers(self, request):
        """Layers of an int8 network that compute in float32, from what its file says of them."""
        if request["precision"] == "float32":
            return "all"
        lines = re.findall(r"^\s+(\S+)\|(?:int8 weights|float32|f32)\|", self.run(
            "info", request["model"]).replace("lowcal.layers: ", "\n      "), re.MULTILINE)
        return ", ".join(lines)

    def bench(self, request, *options):
        return self.run("bench", request["prepared"]["files"][0], "--batch", request["batch"],
                        "--threads", request["threads"], *options)

    def time(self, request):
        """Core time is the clock's, times the share of the clock in which the program had a core."""
        start, core_start = time.monotonic(), children_core_seconds()
        with tempfile.TemporaryDirectory() as folder:
            out = plan.pathlib.Path(folder) / "bench.json"
            self.bench(request, "--rounds", 1, "--json", out)
            clock_us = json.loads(out.read_text())["rows"][0]["us_per_shower"]
        share = (children_core_seconds() - core_start) / (time.monotonic() - start)
        return {"clock_us": clock_us, "core_us": clock_us * min(1.0, share)}

    def memory(self, request):
        return {"rss_mb": float(self.bench(request, "--memory-only"))}

    def generate(self, request):
        self.run("generate", request["prepared"]["files"][0], "--energies-from", request["energies"],
                 "--count", request["count"], "--seed", request["seed"], "--out", request["out"])
        return {"count": request["count"], "seconds_per_shower": 0}

    def close(self):
        """Nothing runs between requests."""


def start(variant, threads, cores, program):
    variant.folder.mkdir(parents=True, exist_ok=True)
    if variant.engine == "LowCal":
        return LowCal(program, cores)
    return WorkerProcess(variant.engine, threads, cores, variant.folder / "log.txt")
