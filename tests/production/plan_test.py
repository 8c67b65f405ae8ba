"""The description of a production, its plan, and what other engines make of it."""

import csv
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from plan import PlanError, Production

ROOT = Path(__file__).resolve().parents[2]
LOWCAL = Path(os.environ.get("LOWCAL", "build/release/bin/lowcal")).resolve()


class Plan(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="lowcal-plan-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.settings = {
            "name": "p", "folder": str(self.folder / "out"), "lowcal": str(LOWCAL),
            "network": str(ROOT / "models/lean.int8.onnx"), "seed": 3, "count": 25,
            "showers_a_job": 10, "energy": "2:20"}

    def rows(self):
        with (self.folder / "out/plan.csv").open() as file:
            return list(csv.DictReader(file))

    def job(self, row):
        return subprocess.run(
            ["sh", ROOT / "production/run_job.sh", self.folder / "out", row["first"], row["count"]],
            check=False, capture_output=True, text=True)

    def test_that_makes_no_sense_is_refused_by_the_key(self):
        Production(self.settings)
        for key, value in (("count", 0), ("count", "many"), ("showers_a_job", 0), ("seed", -1),
                           ("seed", None), ("energy", None), ("network", "none.onnx"),
                           ("merge", "all"), ("layout", "rows"), ("name", "a/b"), ("folder", ""),
                           ("memory_mb", 0), ("conditions", [1]), ("first", 2**64 - 5),
                           ("weights", [1, 2]), ("weights", 1), ("network", ["none.onnx"]),
                           ("evaluate", {"references": "x"}), ("shower", 1)):
            with self.assertRaises(PlanError) as caught:
                Production({**self.settings, key: value})
            named = "count" if key == "first" else key
            self.assertIn(named, str(caught.exception))
        with self.assertRaisesRegex(PlanError, "virtual"):
            Production({**self.settings, "layout": "showerdata"})

    def test_that_no_job_could_follow_is_refused_before_anything_is_written(self):
        short = self.folder / "short.h5"
        subprocess.run([LOWCAL, "generate", "lean.int8", "--energy", "9", "--count", "24", "--out", short],
                       check=True, capture_output=True)
        for changes, words in (({"energy": "20:2"}, "20:2"), ({"lowcal": "no_lowcal"}, "no_lowcal"),
                               ({"conditions": {"theta": 1.4}}, "theta"),
                               ({"energy": None, "energies_from": str(short)}, "shower 24")):
            with self.assertRaisesRegex(PlanError, words):
                Production({**self.settings, **changes}).write()
            self.assertFalse((self.folder / "out").exists())

    def test_that_is_another_one_is_not_written_over(self):
        Production(self.settings).write()
        before = self.rows()
        Production(self.settings).write()
        with self.assertRaisesRegex(PlanError, "another production"):
            Production({**self.settings, "seed": 4}).write()
        with self.assertRaisesRegex(PlanError, "another production"):
            Production({**self.settings, "energy": "2:21"}).write()
        self.assertEqual(self.rows(), before)

    def test_of_an_ensemble_is_made_and_proved_complete(self):
        networks = [str(ROOT / "models" / name) for name in ("lean.int8.onnx", "lean.onnx")]
        Production({**self.settings, "network": networks, "weights": [2, 1]}).write()
        self.assertIn("+", self.rows()[0]["network_sha256"])
        for row in self.rows():
            done = self.job(row)
            self.assertEqual(done.returncode, 0, done.stderr)
        check = [LOWCAL, "merge", "--check-complete", self.folder / "out/plan.csv"]
        self.assertEqual(subprocess.run(check, check=False, capture_output=True).returncode, 0)
        with self.assertRaisesRegex(PlanError, "another production"):
            Production({**self.settings, "network": networks, "weights": [1, 1]}).write()

    def test_is_made_by_its_jobs_whatever_their_order_and_number(self):
        Production(self.settings).write()
        rows = self.rows()
        self.assertEqual([row["count"] for row in rows], ["10", "10", "5"])
        for row in (rows[2], rows[0], rows[1], rows[0]):
            done = self.job(row)
            self.assertEqual(done.returncode, 0, done.stderr)
        check = [LOWCAL, "merge", "--check-complete", self.folder / "out/plan.csv"]
        subprocess.run(check, check=True, capture_output=True)
        wrong = self.folder / "out" / rows[1]["file"]
        wrong.write_bytes((self.folder / "out" / rows[0]["file"]).read_bytes())
        self.assertEqual(subprocess.run(check, check=False, capture_output=True).returncode, 1)
        done = self.job(rows[1])
        self.assertEqual(done.returncode, 1)
        self.assertIn("does not hold showers 10 to 19", done.stderr)

    def test_can_ask_for_an_instruction_set(self):
        Production({**self.settings, "instruction_set": "SSE41"}).write()
        self.assertEqual(self.job(self.rows()[0]).returncode, 0)
        shard = self.folder / "out" / self.rows()[0]["file"]
        info = subprocess.run([LOWCAL, "info", shard], check=True, capture_output=True, text=True)
        self.assertRegex(info.stdout, r"isa +SSE4\.?1")

    def test_a_job_that_cannot_write_fails_and_leaves_no_file(self):
        Production(self.settings).write()
        limited = subprocess.run(
            ["sh", "-c", f"ulimit -f 1; sh {ROOT}/production/run_job.sh {self.folder}/out 0 10"],
            check=False, capture_output=True, text=True)
        self.assertNotEqual(limited.returncode, 0)
        self.assertEqual(list((self.folder / "out/shards").iterdir()), [])

    def test_of_a_plain_slurm_array_makes_the_row_of_its_task(self):
        Production(self.settings).write()
        def task(number, *more):
            environment = dict(os.environ, SLURM_ARRAY_TASK_ID=str(number),
                               SLURM_SUBMIT_DIR=str(ROOT))
            return subprocess.run(["sh", ROOT / "production/slurm_array.sh", self.folder / "out",
                                   *more], env=environment, check=False, capture_output=True)
        self.assertEqual(task(3).returncode, 0)
        self.assertTrue((self.folder / "out" / self.rows()[2]["file"]).is_file())
        self.assertEqual(task(1, "1").returncode, 0)
        self.assertTrue((self.folder / "out" / self.rows()[1]["file"]).is_file())
        self.assertEqual(task(4).returncode, 1)

    def test_goes_into_htcondor_row_by_row(self):
        """The submit file by HTCondor's own parser; no pool runs it here."""
        try:
            import htcondor2
        except ImportError as error:
            self.skipTest(f"htcondor's bindings are not there: {error}")
        Production(self.settings).write()
        text = (ROOT / "production/htcondor.sub").read_text()
        submit = htcondor2.Submit(f"folder={self.folder}/out\n{text}")
        items = list(submit.itemdata())
        self.assertEqual([(item["first"].strip(), item["count"].strip()) for item in items],
                         [(row["first"], row["count"]) for row in self.rows()])
        self.assertEqual(submit["request_cpus"], "1")
        self.assertIn("run_job.sh", submit["executable"])
        self.assertEqual(submit["arguments"], '"$(folder) $(first) $(count)"')


if __name__ == "__main__":
    sys.exit(unittest.main(verbosity=2))
