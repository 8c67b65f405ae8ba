import importlib.util
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import lowcal

EXAMPLES = Path(__file__).resolve().parents[2] / "examples" / "python"


def test_evaluate_returns_what_it_writes(tmp_path, some_showers):
    result = lowcal.evaluate(some_showers, {"lean": "lean.int8"}, out=tmp_path / "report")
    assert result == json.loads((tmp_path / "report" / "results.json").read_text())
    assert "lean" in json.dumps(result)
    assert (tmp_path / "report" / "report.html").exists()


def test_evaluate_refuses_what_the_command_does(tmp_path, some_showers):
    with pytest.raises(lowcal.InputError, match="nothing.onnx"):
        lowcal.evaluate(some_showers, {"a": tmp_path / "nothing.onnx"})
    with pytest.raises(lowcal.UsageError, match="--candidate"):
        lowcal.evaluate(some_showers, {})
    with pytest.raises(lowcal.InputError, match="no network leen"):
        lowcal.evaluate(some_showers, {"a": "leen"})


def test_a_quantised_network_makes_showers(tmp_path, some_showers):
    out = lowcal.quantize("lean", tmp_path / "mine.onnx", calibration=some_showers, count=32)
    assert out.stat().st_size < lowcal.find_network("lean").stat().st_size
    energies = np.full(8, 50, np.float32)
    made = lowcal.Generator(out).generate(energies)
    assert made.sum() == pytest.approx(lowcal.Generator("lean").generate(energies).sum(), rel=0.05)
    with pytest.raises(lowcal.InputError, match="no --calibration"):
        lowcal.quantize("lean", tmp_path / "other.onnx")
    with pytest.raises(lowcal.UsageError, match="--precision: int4"):
        lowcal.quantize("lean", tmp_path / "other.onnx", precision="int4")


def test_bench_measures_memory_where_the_program_is(monkeypatch):
    monkeypatch.setenv("PATH", "")
    result = lowcal.bench("lean.int8", batches=[8], rounds=1)
    (row,) = result["rows"]
    assert row["us_per_shower"] > 0
    assert row["rss_mb"] is None
    program = os.environ.get("LOWCAL_PROGRAM")
    if program is None:
        pytest.skip("LOWCAL_PROGRAM does not name the program lowcal")
    (row,) = lowcal.bench("lean.int8", batches=[8], rounds=1, program=program)["rows"]
    assert row["rss_mb"] > 10


def test_showers_are_the_commands(tmp_path):
    program = os.environ.get("LOWCAL_PROGRAM")
    if program is None:
        pytest.skip("LOWCAL_PROGRAM does not name the program lowcal")
    path = tmp_path / "showers.h5"
    subprocess.run(
        [program, "generate", lowcal.find_network("lean.int8"), "--energy", "50", "--count", "300",
         "--seed", "9", "--first", "17", "--out", path],
        check=True, capture_output=True,
    )  # fmt: skip
    made = lowcal.Generator().generate(np.full(300, 50, np.float32), seed=9, first=17)
    assert np.array_equal(made, lowcal.read_showers(path).cells)


def test_info_says_what_a_file_is(some_showers):
    assert lowcal.info(some_showers)["showers"] == 100
    network = lowcal.info("lean.int8")
    assert network["kind"] == "network"
    assert network["macs_per_shower"] > 1e5


def test_a_library_says_nothing_unless_asked(tmp_path, some_showers):
    code = (
        "import lowcal, sys\n"
        "lowcal.show_progress(len(sys.argv) > 2)\n"
        "lowcal.evaluate(sys.argv[1], {'lean': 'lean.int8'})\n"
    )
    quiet = subprocess.run([sys.executable, "-c", code, some_showers], capture_output=True, text=True)
    assert (quiet.stdout, quiet.stderr, quiet.returncode) == ("", "", 0)
    asked = subprocess.run(
        [sys.executable, "-c", code, some_showers, "yes"], capture_output=True, text=True
    )
    assert "verdict on lean" in asked.stderr
    assert asked.stdout == ""


def test_remarks_are_pythons_warnings(tmp_path, generator):
    energies = np.full(20, 600, np.float32)  # beyond the detector's range
    path = tmp_path / "far.h5"
    lowcal.write_showers(
        path, lowcal.Showers(generator.generate(energies), energies), generator.detector
    )
    with pytest.warns(UserWarning, match="outside 2 to 500 GeV"):
        lowcal.info(path)


def test_the_example_draws(tmp_path):
    pytest.importorskip("matplotlib")
    out = tmp_path / "showers.png"
    subprocess.run([sys.executable, EXAMPLES / "draw_a_shower.py", out], check=True)
    assert out.stat().st_size > 10000


def run_full_and_fast(*arguments, **environment):
    return subprocess.run(
        [sys.executable, EXAMPLES / "full_and_fast.py", *arguments],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=300,
    )


def test_the_geant4_example_says_where_data_sets_are_missing(tmp_path):
    said = run_full_and_fast(GEANT4_DATA_DIR=str(tmp_path))
    assert said.returncode == 1
    assert f"no G4EMLOW in {tmp_path}" in said.stderr and "--fast" in said.stderr


@pytest.mark.skipif(
    importlib.util.find_spec("geant4_pybind") is None, reason="geant4-pybind is not installed"
)
def test_the_geant4_example_takes_the_networks_showers(tmp_path):
    run = run_full_and_fast("--fast", "--fast-events", "40", GEANT4_DATA_DIR=str(tmp_path))
    assert run.returncode == 0, run.stderr
    assert "fast: 40 electrons" in run.stdout
    fraction = float(run.stdout.split("sampling fraction ")[1].split()[0])
    assert 2.1 < fraction < 2.4  # 2.26 on average, 0.02 of 40 showers


def test_every_native_function_has_a_stub():
    folder = Path(lowcal.__file__).parent
    stub = (folder / "_lowcal.pyi").read_text()
    natives = [name for name in dir(lowcal._lowcal) if not name.startswith("_")]
    assert "evaluate" in natives
    for name in natives:
        assert re.search(rf"^(class|def) {name}\b|^{name}\b", stub, re.MULTILINE), name
    assert (folder / "py.typed").exists()
