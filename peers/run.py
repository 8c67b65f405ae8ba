"""Speed, memory and physics of LowCal and of other inference engines, side by side: `make peers`.

Needs the standard library only. Each engine runs in worker processes of an environment of its own
(.venv/peers-*). Stages: environments, inputs, quantisation, showers, memory, physics, timing; what a
stage finds is kept in out/peers, so that a second call goes on where the first one stopped (--retry
repeats what failed). Timings are always made anew: all engines of a network in turn, round by round.
"""

import argparse
import concurrent.futures
import datetime
import json
import os
import platform
import subprocess
import sys
import time

import plan
from engine_process import EngineError, environment_python, shortened, start
from rows import merged_rows, with_earlier_rows

SEED = 20211
VALIDATION = plan.ROOT / "data" / "validation.h5"
CALIBRATION = plan.ROOT / "peers" / "calibration.h5"
BATCHES = (1, 16, 64)
THREADS = (1, 2)
LONGEST_RUN = 20  # s; a batch that would take longer is neither timed nor weighed
GENERATING_SECONDS = 90  # an engine that needs longer is judged on the showers that it has made


def say(text):
    print(f"{datetime.datetime.now():%H:%M:%S} {text}", flush=True)


class Comparison:
    """The stages, for the engines and networks that were asked for."""

    def __init__(self, options):
        self.options = options
        self.networks = [network for network in plan.NETWORKS
                         if plan.variants(network, options.only)]
        self.helper = environment_python("ONNX Runtime")

    def keep(self, path, make):
        """The JSON in `path`; made first where it is missing. An error is kept as an answer."""
        if path.exists():
            return json.loads(path.read_text())
        if self.options.as_prepared:
            return {"error": "left out of this run for want of time; a later `make peers` goes on with it"}
        try:
            value = make()
        except EngineError as error:
            value = {"error": str(error)}
        path.write_text(json.dumps(value, indent=1))
        return value

    def lowcal(self, *words):
        subprocess.run([self.options.lowcal, *map(str, words)], check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def shower_files(self, *words):
        return subprocess.run([self.helper, plan.ROOT / "peers" / "shower_files.py",
                               *map(str, words)], check=True, capture_output=True, text=True).stdout

    def showers(self, network):
        return 64 if self.options.quick else network.showers

    # Environments and inputs

    def forget_failures(self):
        """So that what failed is tried again."""
        for network in self.networks:
            for path in network.folder.glob("*/*.json"):
                if "error" in json.loads(path.read_text()):
                    path.unlink()

    def install(self):
        """An environment for each engine; a failure costs that engine its rows, not the others."""
        for name in dict.fromkeys(plan.ENVIRONMENTS.values()):
            folder = plan.ROOT / ".venv" / f"peers-{name}"
            requirements = plan.ROOT / "peers" / "requirements" / f"{name}.txt"
            stamp = folder / "installed.txt"
            if stamp.exists() and stamp.read_text() == requirements.read_text():
                continue
            say(f"installing {name}")
            subprocess.run([sys.executable, "-m", "venv", folder], check=True)
            done = subprocess.run(
                [folder / "bin" / "pip", "install", "-q", "--disable-pip-version-check",
                 "-r", requirements])
            if done.returncode == 0:
                stamp.write_text(requirements.read_text())

    def make_inputs(self, network):
        """Latents and float32 showers for calibration and for judging, and the portable int8 file."""
        folder, count = network.folder, self.showers(network)
        folder.mkdir(parents=True, exist_ok=True)
        for name, energies, seed, some in (("calibration", CALIBRATION, 7, 256),
                                           ("inputs", VALIDATION, SEED, count)):
            if not (folder / f"{name}.npz").exists():
                self.lowcal("generate", network.model, "--energies-from", energies, "--count", some,
                            "--seed", seed, "--keep-latents", "--out", folder / f"{name}.h5")
                self.shower_files("inputs", folder / f"{name}.h5", folder / f"{name}.npz")
        portable = folder / "portable.onnx"
        if network.int8_model.exists() and not portable.exists():
            self.lowcal("quantize", network.model, "--calibration", CALIBRATION,
                        *network.quantize_options, "--placement", "portable", "--out", portable)

    # One variant

    def request(self, variant, **more):
        return {"engine": variant.engine, "precision": variant.precision,
                "network": variant.network.name, "model": str(variant.model),
                "folder": str(variant.folder),
                "calibration": str(variant.network.folder / "calibration.npz"),
                "inputs": str(variant.network.folder / "inputs.npz"),
                "energies": str(VALIDATION), "seed": SEED, "batches": BATCHES,
                "thread_counts": THREADS, **more}

    def ask_once(self, variant, **request):
        """The answer of a process that is started for this one request."""
        process = start(variant, request.get("threads", 1), (0, 1), self.options.lowcal)
        try:
            return process.ask(self.request(variant, **request))
        finally:
            process.close()

    def prepare(self, variant):
        if not variant.model.exists():
            return {"error": f"{variant.model.name} does not exist (no such network is shipped yet)"}
        answer = self.keep(variant.folder / "prepared.json",
                           lambda: self.ask_once(variant, do="prepare"))
        return answer.get("prepared", answer)

    def showers_of(self, variant, prepared):
        out = variant.folder / "showers.h5"
        return self.keep(variant.folder / "showers.json", lambda: self.ask_once(
            variant, do="generate", prepared=prepared, threads=1,
            batch=prepared.get("judged_batch", 16), count=self.showers(variant.network),
            seconds=GENERATING_SECONDS, out=str(out)))

    def memory_of(self, variant, prepared, seconds_per_shower):
        """By batch size; not for batches that would take an engine too long."""
        def measure():
            return {str(batch): self.ask_once(variant, do="memory", prepared=prepared, threads=1,
                                              batch=batch)["rss_mb"]
                    for batch in BATCHES if batch * seconds_per_shower < LONGEST_RUN}
        return self.keep(variant.folder / "memory.json", measure)

    def made(self, variant):
        """What is known of a variant before it is timed."""
        say(f"{variant.network.name}: {variant.engine}, {variant.precision}")
        prepared = self.prepare(variant)
        if "error" in prepared:
            say(f"    {prepared['error']}")
            return {"error": prepared["error"]}
        generated = self.showers_of(variant, prepared)
        seconds = generated.get("seconds_per_shower", 0)
        memory = self.memory_of(variant, prepared, seconds)
        size = sum(plan.pathlib.Path(file).stat().st_size for file in prepared["files"]) / 1e6
        found = {"prepared": prepared, "file_mb": size, "memory": memory,
                 "float32_layers": prepared["float32"], "showers": generated.get("count"),
                 "seconds_per_shower": seconds}
        for answer in (generated, memory):
            if "error" in answer:
                found["error"] = answer["error"]
        return found

    # All variants of a network

    def make_all(self, network):
        chosen = plan.variants(network, self.options.only)
        with concurrent.futures.ThreadPoolExecutor(self.options.jobs) as pool:
            return dict(zip(chosen, pool.map(self.made, chosen)))

    def judge(self, network, found):
        """Adds the physics; showers are compared with the same number of reference showers."""
        judged = [variant for variant in found if found[variant].get("showers")]
        for count in {found[variant]["showers"] for variant in judged}:
            some = [variant for variant in judged if found[variant]["showers"] == count]
            for against, file in (("geant4", VALIDATION), ("float32", network.folder / "inputs.h5")):
                results = self.evaluated(network, some, count, against, file)
                for variant in some:
                    if variant.name in results:
                        found[variant][f"against_{against}"] = results[variant.name]
                    else:
                        found[variant]["error"] = "lowcal evaluate refuses its showers (NaN or negative cells)"
        self.differences(network, found, judged)

    def evaluated(self, network, judged, count, against, reference_file):
        """What `lowcal evaluate` says of these variants, by name."""
        out = network.folder / f"against_{against}_{count}.json"
        kept = json.loads(out.read_text()) if out.exists() else {}
        new = [variant for variant in judged if variant.name not in kept]
        if new:
            reference = network.folder / f"{against}_{count}.h5"
            self.shower_files("head", reference_file, reference, count)
            report = network.folder / "evaluation.json"
            for variant in new:  # one by one: a file that is refused must not stop the others
                try:
                    self.lowcal("evaluate", "--reference", reference, "--candidate",
                                f"{variant.name}={variant.folder / 'showers.h5'}", "--seed", SEED,
                                "--json", report)
                except subprocess.CalledProcessError:
                    continue
                kept |= json.loads(report.read_text())["candidates"]
            out.write_text(json.dumps(kept))
        return kept

    def differences(self, network, found, judged):
        ours = plan.Variant(network, "LowCal", "int8")
        for variant in judged:
            targets = {"to_float32": network.folder / "inputs.h5"}
            if variant.precision == plan.OURS_BLOCKS and ours in judged:
                targets["to_lowcal_int8"] = ours.folder / "showers.h5"
            for name, target in targets.items():
                found[variant][name] = json.loads(
                    self.shower_files("difference", variant.folder / "showers.h5", target))

    # Timing

    def time_all(self, network, found):
        """Interleaved: each round times each engine once."""
        timeable = [variant for variant in found if "prepared" in found[variant]]
        for threads in self.options.threads:
            cores = (1,) if threads == 1 else (0, 1)
            processes = {variant: start(variant, threads, cores, self.options.lowcal)
                         for variant in timeable}
            for batch in self.options.batches:
                say(f"{network.name}: timing, {threads} threads, batch {batch}")
                able = {variant: process for variant, process in processes.items()
                        if not self.takes_too_long(found[variant], batch)}
                for variant, times in self.rounds(able, found, threads, batch).items():
                    found[variant].setdefault("times", {})[f"{threads},{batch}"] = times
            for process in processes.values():
                process.close()

    @staticmethod
    def takes_too_long(facts, batch):
        return batch * facts["seconds_per_shower"] >= LONGEST_RUN

    def rounds(self, processes, found, threads, batch):
        times = {variant: {"clock_us": [], "core_us": []} for variant in processes}
        spent = dict.fromkeys(processes, 0.0)
        for number in range(self.options.rounds):
            for variant, process in processes.items():
                if "error" in times[variant] or spent[variant] > self.options.seconds:
                    continue
                began = time.monotonic()
                warm_ups = 2 if number == 0 and batch == 1 else int(number == 0 or batch == 1)
                try:
                    answer = process.ask(self.request(
                        variant, do="time", prepared=found[variant]["prepared"], threads=threads,
                        batch=batch, warm_ups=warm_ups, seconds=0.25))
                    for clock in ("clock_us", "core_us"):
                        times[variant][clock].append(answer[clock])
                except EngineError as error:
                    times[variant]["error"] = str(error)
                if number > 0:
                    spent[variant] += time.monotonic() - began
                else:
                    spent[variant] += 1e-6 * batch * sum(times[variant]["clock_us"])
        return times

    # The whole

    def versions(self):
        found = {}
        for engine in plan.ENVIRONMENTS:
            try:
                process = start(plan.Variant(plan.NETWORKS[0], engine, "versions"), 1, (0, 1),
                                self.options.lowcal)
                found |= process.ask({"do": "versions"})["versions"]
                process.close()
            except EngineError as error:
                found[engine] = str(error)
        return found

    def run(self):
        if self.options.retry:
            self.forget_failures()
        if not self.options.as_prepared:
            self.install()
        found = {}
        for network in self.networks:
            say(f"{network.name}: inputs")
            if not self.options.as_prepared:
                self.make_inputs(network)
            made = self.make_all(network)
            self.judge(network, made)
            found |= made
        if not self.options.no_timing:
            for network in self.networks:
                self.time_all(network, {variant: facts for variant, facts in found.items()
                                        if variant.network == network})
        rows = merged_rows(found, self.options.threads, self.options.batches)
        return {"date": f"{datetime.date.today()}", "machine": machine(self.options.lowcal),
                "versions": self.versions(), "seed": SEED, "rounds": self.options.rounds,
                "load": os.getloadavg()[1],
                "rows": rows}


def machine(lowcal):
    lines = subprocess.run(["lscpu"], capture_output=True, text=True).stdout.splitlines()
    facts = dict(line.split(":", 1) for line in lines if ":" in line)
    flags = facts["Flags"].split()
    commit = subprocess.run(["git", "-C", plan.ROOT, "describe", "--always", "--dirty"],
                            capture_output=True, text=True).stdout.strip()
    return {"cpu": facts["Model name"].strip(), "cores": int(facts["CPU(s)"]),
            "avx2": "avx2" in flags, "avx512_vnni": "avx512_vnni" in flags,
            "avx512_bf16": "avx512_bf16" in flags, "system": platform.platform(terse=True),
            "commit": commit}


def parse_options():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lowcal", default=str(plan.ROOT / "build" / "release" / "bin" / "lowcal"))
    parser.add_argument("--only", nargs="*", default=[], help="words of network, engine, precision")
    parser.add_argument("--quick", action="store_true", help="few showers, one round")
    parser.add_argument("--retry", action="store_true", help="try again what failed last time")
    parser.add_argument("--as-prepared", action="store_true",
                        help="leave out what earlier calls have not prepared")
    parser.add_argument("--no-timing", action="store_true", help="all stages but the last")
    parser.add_argument("--batches", type=int, nargs="*", default=BATCHES, help="timed ones")
    parser.add_argument("--threads", type=int, nargs="*", default=THREADS, help="timed counts")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=6.0,
                        help="no further round for a case that has taken so long")
    parser.add_argument("--jobs", type=int, default=2, help="variants that are prepared at once")
    parser.add_argument("--json", default=str(plan.OUT / "peers.json"))
    options = parser.parse_args()
    if options.quick:
        options.rounds = 1
    return options


def main():
    options = parse_options()
    result = Comparison(options).run()
    out = plan.pathlib.Path(options.json)
    if out.exists():
        result["rows"] = with_earlier_rows(result["rows"], json.loads(out.read_text())["rows"])
    order = [network.name for network in plan.NETWORKS]
    result["rows"].sort(key=lambda row: order.index(row["network"]))
    out.write_text(json.dumps(result, indent=1) + "\n")
    say(f"wrote {shortened(options.json)}")


if __name__ == "__main__":
    main()
