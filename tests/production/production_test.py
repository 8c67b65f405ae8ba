"""A production over a real Slurm, with kills in its midst, byte for byte that of one process.

LOWCAL_SHOWERS (1000000), LOWCAL_KILLS (12) and LOWCAL_KILL_SEED choose another size; run it by
`make test-production`.
"""

import hashlib
import os
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

from killer import Killer
from local_slurm import ACCOUNTING_PROGRAMS, LocalSlurm, missing_programs

ROOT = Path(__file__).resolve().parents[2]
LOWCAL = Path(os.environ.get("LOWCAL", "build/release/bin/lowcal")).resolve()
SHOWERS = int(os.environ.get("LOWCAL_SHOWERS", 1_000_000))
KILLS = int(os.environ.get("LOWCAL_KILLS", 12))
SEED = int(os.environ.get("LOWCAL_KILL_SEED", 1))
JOBS = int(os.environ.get("LOWCAL_JOBS", 40))
ATTEMPTS = 60

DESCRIPTION = """
name: p
folder: {folder}/production
lowcal: {lowcal}
network: {root}/models/lean.int8.onnx
seed: 11
count: {count}
showers_a_job: {step}
energy: "2:20"
merge: virtual
evaluate: {{reference: {root}/data/validation.h5, options: "--no-judge --showers 2000"}}
"""


def digests(folder):
    """{name: SHA-256} of the shards in a folder."""
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(folder.glob("*.h5"))}


class Snakemake:
    """Runs the production until it is done, and again each time when it was killed or failed."""

    def __init__(self, folder, slurm, profile, *options):
        self.log = (folder / "snakemake.log").open("a")
        self.slurm = slurm
        self.command = [
            str(Path(sys.executable).parent / "snakemake"), "--snakefile",
            "production/Snakefile", "--configfile", str(folder / "production.yaml"),
            "--profile", f"production/profiles/{profile}", "--nocolor", *options]
        self.process = None
        self.starts = 0

    def start(self):
        environment = self.slurm.environment if self.slurm else None
        if self.starts:  # what was killed left its lock, and jobs in the queue
            if self.slurm:
                self.slurm.cancel_queued()
            subprocess.run([*self.command, "--unlock"], cwd=ROOT, env=environment, check=True,
                           stdout=self.log, stderr=self.log, timeout=120)
        self.starts += 1
        self.process = subprocess.Popen(self.command, cwd=ROOT, env=environment, stdout=self.log,
                                        stderr=self.log)

    def kill(self):
        """True where it was running."""
        if self.process is None or self.process.poll() is not None:
            return False
        self.process.kill()
        return True

    def run_to_the_end(self):
        """Number of starts that it took; raises where these are too many, or an hour passed."""
        end = time.monotonic() + 3600
        while True:
            self.start()
            while self.process.poll() is None:
                time.sleep(1)
                if self.slurm:
                    self.slurm.repair()
                if time.monotonic() > end:
                    raise TimeoutError(f"not done; see {self.log.name}")
            if self.process.returncode == 0:
                return self.starts
            if self.starts == ATTEMPTS:
                raise RuntimeError(f"not done after {ATTEMPTS} starts; see {self.log.name}")
            time.sleep(1)


class ProductionCase(unittest.TestCase):
    """A cluster and the description of a production for it."""
    showers, jobs, accounting = SHOWERS, JOBS, False

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="lowcal-production-",
                                             ignore_cleanup_errors=True)
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.step = -(-self.showers // self.jobs)
        (self.folder / "production.yaml").write_text(DESCRIPTION.format(
            folder=self.folder, lowcal=LOWCAL, root=ROOT, count=self.showers, step=self.step))
        self.slurm = LocalSlurm(self.folder / "slurm", accounting=self.accounting)
        self.addCleanup(self.slurm.stop)

    def one_process(self):
        """The same production by one process on one core, which its threads share, as a node's job has one;
        returns its shards' digests."""
        (self.folder / "one").mkdir()
        begin = time.monotonic()
        subprocess.run(
            [LOWCAL, "generate", ROOT / "models/lean.int8.onnx", "--energy", "2:20", "--seed", "11",
             "--count", str(self.showers), "--shard-showers", str(self.step), "--threads", "1", "--out",
             self.folder / "one/p.h5"], check=True, capture_output=True,
            preexec_fn=lambda: os.sched_setaffinity(0, {min(os.sched_getaffinity(0))}))
        print(f"one process on one core: {time.monotonic() - begin:.1f} s", flush=True)
        return digests(self.folder / "one")

    def check_shards(self):
        """They are those of one process, and complete; returns their digests."""
        found = digests(self.folder / "production/shards")
        self.assertEqual(len(found), self.jobs)
        self.assertEqual(found, self.one_process())
        complete = (self.folder / "production/complete.txt").read_text()
        self.assertIn(f"complete: showers 0 to {self.showers - 1}, each once", complete)
        self.assertTrue((self.folder / "production/report/results.json").is_file())
        return found


@unittest.skipIf(missing_programs(), f"not installed: {', '.join(missing_programs())}")
@unittest.skipIf(os.geteuid() != 0, "Slurm's daemons are started as root")
class OverSlurm(ProductionCase):
    def test_a_production_that_is_killed_again_and_again_loses_and_doubles_nothing(self):
        snakemake = Snakemake(self.folder, self.slurm, "slurm-squeue",
                              "--seconds-between-status-checks", "2",
                              "--latency-wait", "5")
        self.addCleanup(snakemake.log.close)
        killer = Killer(self.slurm, snakemake.kill, KILLS, SEED)
        begin = time.monotonic()
        begin_of_files = time.time()
        killer.start()
        starts = snakemake.run_to_the_end()
        killer.stop()
        self.assertIsNone(killer.error)
        shards = sorted((self.folder / "production/shards").glob("*.h5"))
        last = max(path.stat().st_mtime for path in shards) - begin_of_files
        print(f"over Slurm: the last shard after {last:.1f} s, all done after "
              f"{time.monotonic() - begin:.1f} s, killed {killer.killed}, {starts} starts of snakemake",
              flush=True)
        if KILLS > 0:
            self.assertGreater(sum(killer.killed.values()), 0, "nothing was killed")
        found = self.check_shards()
        self.check_bites(found)

    def check_bites(self, found):
        """One byte of one shard, or one shard less, is found."""
        shard = self.folder / "production/shards" / sorted(found)[3]
        content = bytearray(shard.read_bytes())
        content[len(content) // 2] ^= 1
        shard.write_bytes(content)
        self.assertNotEqual(digests(shard.parent), found)
        plan = self.folder / "production/plan.csv"
        shard.write_bytes(content[:-1])
        for _ in range(2):
            check = subprocess.run([LOWCAL, "merge", "--check-complete", plan], check=False,
                                   capture_output=True, text=True)
            self.assertEqual(check.returncode, 1)
            self.assertIn(shard.name, check.stderr)
            shard.unlink(missing_ok=True)


NEEDED_FOR_ACCOUNTING = missing_programs() + missing_programs(ACCOUNTING_PROGRAMS)


@unittest.skipIf(NEEDED_FOR_ACCOUNTING, f"not installed: {', '.join(NEEDED_FOR_ACCOUNTING)}")
@unittest.skipIf(os.geteuid() != 0, "Slurm's daemons are started as root")
class OverSlurmWithAccounting(ProductionCase):
    showers, jobs, accounting = 20_000, 4, True

    def test_the_profile_that_asks_sacct_makes_the_same_shards(self):
        snakemake = Snakemake(self.folder, self.slurm, "slurm", "--latency-wait", "5",
                              "--slurm-init-seconds-before-status-checks", "2",
                              "--seconds-between-status-checks", "2")
        self.addCleanup(snakemake.log.close)
        begin = time.monotonic()
        self.assertEqual(snakemake.run_to_the_end(), 1)
        print(f"over Slurm with accounting: {time.monotonic() - begin:.1f} s", flush=True)
        self.check_shards()
        states = self.slurm.run("sacct", "--noheader", "--parsable2", "--allocations",
                                "--starttime=now-1days",
                                "--format=State").split()
        self.assertGreaterEqual(len(states), self.jobs)
        self.assertEqual(set(states), {"COMPLETED"})


if __name__ == "__main__":
    unittest.main(verbosity=2)
