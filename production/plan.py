"""Plans a production: a list of ranges of showers, one job and one file each.

    python3 plan.py PRODUCTION.yaml

writes into the production's folder `plan.csv`, one row a job, `jobs`, the same as `FIRST COUNT` for
the scripts of other engines, and `command`, what all jobs run. A plan that is there already is kept if it is the same, and is an error if it is another one: shards
of two productions never meet in a folder.
"""

import argparse
import hashlib
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

import yaml

DEFAULTS = {
    "name": None, "folder": None, "lowcal": "lowcal", "network": None, "weights": [], "seed": None, "first": 0,
    "count": None, "showers_a_job": None, "energy": None, "energies_from": None, "conditions": {},
    "precision": "f32", "layout": "clic", "compression": 1, "skip_bad_showers": False,
    "instruction_set": "", "memory_mb": 400, "minutes": 60, "merge": "virtual", "evaluate": {}}
LARGEST_INDEX = 2**64 - 1
MERGES = ("virtual", "copy", "none")
LAYOUTS = ("clic", "calochallenge", "showerdata", "variable_angle")
VIRTUAL_LAYOUTS = tuple(layout for layout in LAYOUTS if layout != "showerdata")


class PlanError(Exception):
    """What is wrong with the description of a production; names the key."""


def whole(settings, key, least):
    """settings[key] as int, at least `least`; raises PlanError."""
    value = settings[key]
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise PlanError(f"{key}: {value!r} is not a whole number of at least {least}")
    return value


def one_of(settings, key, values):
    """settings[key], which must be one of `values`; raises PlanError."""
    if settings[key] not in values:
        raise PlanError(f"{key}: {settings[key]!r} is none of {', '.join(map(repr, values))}")
    return settings[key]


class Production:
    """A production as its YAML describes it. Raises PlanError where that makes no sense."""

    def __init__(self, settings):
        unknown = sorted(set(settings) - set(DEFAULTS))
        if unknown:
            raise PlanError(f"{unknown[0]}: there is no such key; known: {', '.join(DEFAULTS)}")
        settings = {**DEFAULTS, **settings}
        for key in ("name", "folder", "network", "seed", "count", "showers_a_job"):
            if settings[key] in (None, ""):
                raise PlanError(f"{key}: it must be said")
        if (settings["energy"] is None) == (settings["energies_from"] is None):
            raise PlanError("energy: give either it or energies_from")
        if not isinstance(settings["conditions"], dict):
            raise PlanError("conditions: they are names with values, such as {theta: 1.5}")
        self.settings = settings
        self.name = str(settings["name"])
        if "/" in self.name or self.name.startswith(".") or "," in self.name:
            raise PlanError(f"name: {self.name!r} is no plain name of a file")
        self.folder = Path(settings["folder"]).absolute()
        self.lowcal = self._program(settings["lowcal"])
        self.networks, self.weights = self._networks(settings)
        self.memory_mb = whole(settings, "memory_mb", 1)
        self.minutes = whole(settings, "minutes", 1)
        self.merge = one_of(settings, "merge", MERGES)
        layout = one_of(settings, "layout", LAYOUTS)
        if self.merge == "virtual" and layout not in VIRTUAL_LAYOUTS:
            raise PlanError(f"merge: {layout} cannot be merged virtually; say copy or none")
        self.reference, self.evaluate_options, self.evaluate_memory_mb = self._evaluation(
            settings["evaluate"] or {})
        self.ranges = self._ranges()

    @staticmethod
    def _program(name):
        return str(Path(name).absolute()) if "/" in str(name) else str(name)

    @staticmethod
    def _networks(settings):
        """Files of the network, or of those of an ensemble, and their weights."""
        given = settings["network"]
        networks = [Path(one).absolute() for one in (given if isinstance(given, list) else [given])]
        for network in networks:
            if not network.is_file():
                raise PlanError(f"network: there is no file {network}")
        weights = settings["weights"]
        if not isinstance(weights, list) or len(weights) not in (0, len(networks)):
            raise PlanError(f"weights: {weights!r} is no list of {len(networks)} numbers, one a network")
        return networks, weights

    def _evaluation(self, evaluate):
        unknown = sorted(set(evaluate) - {"reference", "options", "memory_mb"})
        if unknown:
            raise PlanError(f"evaluate: {unknown[0]}: there is no such key")
        if evaluate and self.merge == "none":
            raise PlanError("evaluate: it needs a merged file; say merge: virtual")
        reference = evaluate.get("reference")
        return ((Path(reference).absolute() if reference else None), evaluate.get("options", ""),
                whole({"memory_mb": 1000, **evaluate}, "memory_mb", 1))

    def _ranges(self):
        first, count = whole(self.settings, "first", 0), whole(self.settings, "count", 1)
        step = whole(self.settings, "showers_a_job", 1)
        whole(self.settings, "seed", 0)
        if first + count - 1 > LARGEST_INDEX:
            raise PlanError(f"count: with first {first} the last index would be beyond 2^64")
        return [(start, min(step, first + count - start))
                for start in range(first, first + count, step)]

    def shard(self, first, count):
        """Name of a range's file, in `shards` below the folder."""
        return f"{self.name}.{first:09d}-{first + count - 1:09d}.h5"

    def shards(self):
        """Paths of all files, in the order of their ranges."""
        return [self.folder / "shards" / self.shard(*piece) for piece in self.ranges]

    def marker(self, first, count):
        """What stands there when a range's job is done."""
        return self.folder / "done" / f"{first:09d}-{first + count - 1:09d}"

    def markers(self):
        """Markers of all ranges, in their order."""
        return [self.marker(*piece) for piece in self.ranges]

    def forget_missing(self):
        """Removes markers of files that somebody removed: their jobs are to run again."""
        for marker, shard in zip(self.markers(), self.shards()):
            if not shard.exists():
                marker.unlink(missing_ok=True)

    def plan_text(self):
        """plan.csv, as `lowcal merge --check-complete` reads it."""
        network = "+".join(hashlib.sha256(one.read_bytes()).hexdigest() for one in self.networks)
        rows = ["first,count,file,network_sha256,seed"]
        rows += [f"{first},{count},shards/{self.shard(first, count)},{network},"
                 f"{self.settings['seed']}" for first, count in self.ranges]
        return "\n".join(rows) + "\n"

    def jobs_text(self):
        """One job a line, for queues that know no line of names."""
        return "".join(f"{first} {count}\n" for first, count in self.ranges)

    def command_text(self):
        """What `run_job.sh` reads: words for a shell, the same for all jobs."""
        settings = self.settings
        words = [self.lowcal, "generate", *self.networks, "--seed", settings["seed"], "--layout",
                 settings["layout"], "--compression", settings["compression"], "--precision",
                 settings["precision"], "--threads", 1]
        if self.weights:
            words += ["--weights", ",".join(map(str, self.weights))]
        if settings["energy"] is not None:
            words += ["--energy", settings["energy"]]
        else:
            words += ["--energies-from", Path(settings["energies_from"]).absolute()]
        for name, value in sorted(settings["conditions"].items()):
            words += [f"--{name}", value]
        if settings["skip_bad_showers"]:
            words.append("--skip-bad-showers")
        words += ["--out", self.folder / "shards" / f"{self.name}.h5"]
        if settings["instruction_set"]:
            words = ["env", f"ONEDNN_MAX_CPU_ISA={settings['instruction_set']}", *words]
        return shlex.join(map(str, words)) + "\n"

    def try_ends(self):
        """Makes the first and the last shower, so that what all jobs would end with is known before
        one is queued; raises PlanError."""
        last = self.ranges[-1][0] + self.ranges[-1][1] - 1
        with tempfile.TemporaryDirectory(prefix="lowcal-plan-") as folder:
            for shower in (self.ranges[0][0], last):
                words = [*shlex.split(self.command_text())[:-1], f"{folder}/{shower}.h5",
                         "--first", str(shower), "--count", "1"]
                try:
                    done = subprocess.run(words, check=False, capture_output=True, text=True)
                except OSError as error:
                    raise PlanError(f"lowcal: {words[0]} cannot be started: {error.strerror}") from error
                if done.returncode != 0:
                    raise PlanError(f"shower {shower} cannot be made: {done.stderr.strip()}")

    def write(self):
        """Writes plan and command, a new one after trying it; raises PlanError where others are
        there."""
        if not (self.folder / "command").exists():
            self.try_ends()
        (self.folder / "shards").mkdir(parents=True, exist_ok=True)
        (self.folder / "logs").mkdir(exist_ok=True)
        for name, text in (("plan.csv", self.plan_text()), ("jobs", self.jobs_text()),
                           ("command", self.command_text())):
            path = self.folder / name
            if path.exists():
                if path.read_text() != text:
                    raise PlanError(f"folder: {path} is of another production; choose another "
                                    "folder, or remove that one")
                continue
            part = path.with_name(f".{name}.part")
            part.write_text(text)
            part.rename(path)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("production", help="YAML, as production.yaml")
    arguments = parser.parse_args()
    try:
        settings = yaml.safe_load(Path(arguments.production).read_text())
        if not isinstance(settings, dict):
            raise PlanError("it holds no keys with values")
        production = Production(settings)
        production.write()
    except (OSError, UnicodeDecodeError, yaml.YAMLError, PlanError) as error:
        sys.exit(f"{arguments.production}: {error}")
    print(f"{production.folder / 'plan.csv'}: {len(production.ranges)} jobs")


if __name__ == "__main__":
    main()
