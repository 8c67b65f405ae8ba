import threading
import time

import numpy as np
import pytest

import lowcal


def test_showers_have_the_detectors_shape_and_a_sampling_fraction(generator, energies):
    cells = generator.generate(energies)
    assert cells.dtype == np.float32
    assert cells.shape == (40, *generator.detector.shape)
    assert cells.flags.c_contiguous
    assert np.isfinite(cells).all() and (cells >= 0).all()
    fraction = cells.sum(axis=(1, 2, 3)) / energies
    assert 0.01 < fraction.mean() < 0.05


def test_cells_under_the_detectors_smallest_energy_are_zero():
    generator = lowcal.Generator("conv2d.int8")  # whose network makes some
    smallest = np.float32(generator.detector.description["smallest_cell_gev"])
    cells = generator.generate([10, 20, 50, 100])
    assert smallest > 0
    assert (cells[cells > 0] >= smallest).all()


def test_a_shower_is_a_function_of_seed_number_and_energy_alone(generator, energies):
    whole = generator.generate(energies, seed=3, first=100)
    part = generator.generate(energies[10:20].copy(), seed=3, first=110)
    assert np.array_equal(whole[10:20], part)
    many = lowcal.Generator("lean.int8", threads=3).generate(energies, seed=3, first=100)
    assert np.array_equal(whole, many)
    assert not np.array_equal(whole, generator.generate(energies, seed=4, first=100))
    assert not np.array_equal(whole, generator.generate(energies, seed=3, first=101))


def test_blocks_of_a_long_call_fit_together(generator):
    energies = np.full(700, 20, np.float32)  # more than two blocks of 16 MB
    whole = generator.generate(energies)
    assert np.array_equal(whole[650:], generator.generate(energies[650:], first=650))


def test_an_array_of_the_callers_is_filled_in_place(generator, energies):
    out = np.full((40, *generator.detector.shape), -1, np.float32)
    assert generator.generate(energies, out=out) is out
    assert np.array_equal(out, generator.generate(energies))


def test_lists_and_no_showers(generator):
    one = generator.generate([50, 60.5])
    assert np.array_equal(one, generator.generate(np.array([50, 60.5], np.float32)))
    assert generator.generate([]).shape == (0, *generator.detector.shape)


def test_other_threads_run_while_showers_are_made(generator):
    """With Python's lock held, the counting thread would get no turn between start and end."""
    counted = []
    stop = threading.Event()

    def count():
        while not stop.is_set():
            counted.append(time.perf_counter())
            time.sleep(0.001)

    counter = threading.Thread(target=count)
    counter.start()
    start = time.perf_counter()
    generator.generate(np.full(250, 50, np.float32))  # one block: no pause for signals within
    end = time.perf_counter()
    stop.set()
    counter.join()
    margin = 0.1 * (end - start)
    assert any(start + margin < at < end - margin for at in counted)


@pytest.mark.parametrize(
    "spoil, words",
    [
        (lambda e: e.astype(np.float64), "energies: its numbers are float64 (float32 are needed)"),
        (lambda e: e.astype(np.int32), "its numbers are int32"),
        (lambda e: e.reshape(4, 10), "energies: its shape is [4, 10] (expected [N])"),
        (lambda e: e[::2], "not contiguous in C order"),
        (lambda e: np.float32(5), "its shape is []"),
        (lambda e: "50", "energies: its shape is []"),
        (lambda e: ["fifty"], "energies: no array of numbers"),
        (lambda e: np.where(e > 100, -e, e), "primary energy of shower 1010 is"),
        (lambda e: np.where(e > 100, np.float32("nan"), e), "is nan GeV (energies are positive)"),
        (lambda e: np.where(e > 100, np.float32("inf"), e), "is inf GeV"),
        (lambda e: 0 * e, "primary energy of shower 1000 is 0.000000 GeV"),
    ],
)
def test_wrong_energies_are_said_in_words(generator, energies, spoil, words):
    with pytest.raises(lowcal.InputError) as error:
        generator.generate(spoil(energies), first=1000)
    assert words in str(error.value)


def test_wrong_outputs_are_said_in_words(generator, energies):
    shape = (40, *generator.detector.shape)
    read_only = np.zeros(shape, np.float32)
    read_only.flags.writeable = False
    for out, words in [
        (np.zeros(shape), "out: its numbers are float64"),
        (np.zeros((39, *shape[1:]), np.float32), "out: its shape is [39, "),
        (np.zeros(shape, np.float32, order="F"), "out: it is not contiguous in C order"),
        (read_only, "out: it is read-only"),
        ([], "out: it is no numpy array"),
    ]:
        with pytest.raises(lowcal.InputError) as error:
            generator.generate(energies, out=out)
        assert words in str(error.value)


@pytest.mark.parametrize("option", [{"seed": -1}, {"seed": 2**64}, {"first": 1.5}, {"seed": True}])
def test_wrong_numbers_are_said_in_words(generator, energies, option):
    with pytest.raises(lowcal.InputError, match="is no whole number from 0 to"):
        generator.generate(energies, **option)


def test_a_superfluous_condition_is_an_error(generator, energies):
    with pytest.raises(lowcal.InputError, match="theta"):
        generator.generate(energies, theta=0.1)
    with pytest.raises(lowcal.InputError, match=r"theta: its shape is \[3\] \(expected \[40\]\)"):
        generator.generate(energies, theta=[0.1, 0.2, 0.3])


def test_no_such_network_says_where_it_looked(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LOWCAL_MODELS", str(tmp_path / "here"))
    (tmp_path / "lost.onnx").write_bytes(b"")  # the working directory is no place for names
    with pytest.raises(lowcal.InputError) as error:
        lowcal.Generator("lost")
    assert "no network lost (looked in " + str(tmp_path / "here") in str(error.value)
    assert "lowcal/models" in str(error.value)
    with pytest.raises(lowcal.InputError, match="nothing.onnx"):
        lowcal.Generator("./nothing.onnx")


def test_networks_of_ones_own_come_first(tmp_path, monkeypatch):
    own = tmp_path / "lean.int8.onnx"
    own.write_bytes(lowcal.find_network("lean").read_bytes())
    monkeypatch.setenv("LOWCAL_MODELS", str(tmp_path))
    assert lowcal.find_network("lean.int8") == own
    assert lowcal.find_network("lean").parent != tmp_path


def test_an_ensemble_has_showers_of_its_members(generator, energies):
    models = ["lean.int8", "lean"]
    both = lowcal.Generator(models, weights=[3, 1])
    assert both.shares == [0.75, 0.25]
    cells = both.generate(energies, seed=5)
    members = [lowcal.Generator(model).generate(energies, seed=5) for model in models]
    made_by = [[np.array_equal(cells[i], member[i]) for i in range(len(cells))] for member in members]
    assert all(sum(one) == 1 for one in zip(*made_by))
    assert sum(made_by[0]) > sum(made_by[1]) > 0


def test_an_ensemble_that_cannot_be_says_why():
    for models, weights, words in (
        ([], None, "no network"),
        (["lean.int8", "lean.int8"], None, "same network"),
        (["lean.int8", "lean"], [1], "weight"),
        (["lean.int8", "cylinder"], None, "no ensemble"),
    ):
        with pytest.raises(lowcal.InputError, match=words):
            lowcal.Generator(models, weights=weights)
