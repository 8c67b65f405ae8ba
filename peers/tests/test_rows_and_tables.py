"""The pure parts of the comparison; needs Python alone: python3 -m unittest discover -s peers/tests"""

import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

import plan
import render
from engine_process import shortened
from rows import largest_shift, merged_rows, with_earlier_rows

LEAN = plan.NETWORKS[-1]


def timed_row(engine, precision, us, **more):
    return {"network": "lean", "engine": engine, "precision": precision, "threads": 1, "batch": 1,
            "us_per_shower": us, "error": None, **more}


class Rows(unittest.TestCase):
    def test_a_variant_that_failed_at_once_has_one_row_with_its_message(self):
        rows = merged_rows({plan.Variant(LEAN, "LiteRT", "int8"): {"error": "no"}}, (1, 2), (1, 16))
        self.assertEqual([row["error"] for row in rows], ["no"])

    def test_times_are_medians_and_a_failed_case_keeps_the_others(self):
        facts = {"prepared": {}, "times": {
            "1,1": {"core_us": [3.0, 9.0, 4.0], "clock_us": [5.0, 9.0, 6.0]},
            "1,16": {"core_us": [], "clock_us": [], "error": "gone"}}}
        rows = merged_rows({plan.Variant(LEAN, "LiteRT", "int8"): facts}, (1,), (1, 16))
        self.assertEqual([row["us_per_shower"] for row in rows], [4.0, None])
        self.assertEqual([row["error"] for row in rows], [None, "gone"])

    def test_two_threads_are_timed_by_the_clock(self):
        facts = {"prepared": {}, "times": {"2,1": {"core_us": [8.0], "clock_us": [5.0]}}}
        rows = merged_rows({plan.Variant(LEAN, "LiteRT", "int8"): facts}, (2,), (1,))
        self.assertEqual(rows[0]["us_per_shower"], 5.0)

    def test_rows_that_were_not_measured_again_are_kept(self):
        new = [timed_row("LiteRT", "int8", 1.0),
               timed_row("OpenVINO", "int8", None) | {"threads": None, "batch": None}]
        old = [timed_row("LiteRT", "int8", 2.0), timed_row("LiteRT", "int8", 3.0) | {"network": "a"},
               timed_row("LiteRT", "int8", 4.0) | {"threads": 2},
               timed_row("OpenVINO", "int8", 5.0) | {"threads": None, "batch": None}]
        self.assertEqual([row["us_per_shower"] for row in with_earlier_rows(new, old)],
                         [1.0, None, 3.0, 4.0])

    def test_the_largest_shift_keeps_its_sign_and_ignores_the_seventh_bin(self):
        ratios = [1.01, 0.97, 1, 1, 1, 1, 0.5]
        bins = [{"ratio": ratio, "status": "filled"} for ratio in ratios]
        self.assertAlmostEqual(largest_shift(bins), -3.0)


class Tables(unittest.TestCase):
    def test_ratio_names_the_faster_peer(self):
        slow = [timed_row("LowCal", "int8", 200.0), timed_row("OpenVINO", "float32", 100.0)]
        self.assertIn("| 0.50 | **peer** |", render.best_ratios(slow))
        slow[1]["us_per_shower"] = 300.0
        self.assertIn("| 1.50 | LowCal |", render.best_ratios(slow))

    def test_only_the_marked_part_is_replaced(self):
        text = "a\n<!-- peers -->\nold\n<!-- /peers -->\nb\n"
        self.assertEqual(render.replaced(text, "peers", "new\n"),
                         "a\n<!-- peers -->\nnew\n<!-- /peers -->\nb\n")

    def test_messages_carry_no_paths_of_the_machine(self):
        self.assertEqual(shortened("cannot\n open /home/me/x.onnx"), "cannot open x.onnx")


if __name__ == "__main__":
    unittest.main()
