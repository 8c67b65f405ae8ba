import json

import numpy as np
import pytest

import lowcal


def test_showers_come_back_as_they_were_written(tmp_path, generator, energies):
    cells = generator.generate(energies)
    path = tmp_path / "showers.h5"
    written = lowcal.Showers(cells, energies, pdg=np.full(40, 11, np.float32))
    lowcal.write_showers(path, written, generator.detector, attributes={"seed": "1"})
    read = lowcal.read_showers(path)
    assert np.array_equal(read.cells, cells)
    assert np.array_equal(read.energies, energies)
    assert np.array_equal(read.pdg, written.pdg)
    assert read.theta is None
    file = lowcal.ShowerFile(path)
    assert file.layout == "clic"
    assert file.attributes["seed"] == "1"
    assert file.detector.description == generator.detector.description


def test_a_file_is_read_by_slices_and_blocks(reference):
    file = lowcal.ShowerFile(reference)
    assert len(file) >= 100
    some = file[10:15]
    assert some.cells.shape == (5, *file.detector.shape)
    assert np.array_equal(file[-3:].energies, file[len(file) - 3 : len(file)].energies)
    assert len(file[5:5]) == 0
    energies = np.concatenate([block.energies for block in file.blocks(64)])
    assert np.array_equal(energies, lowcal.read_showers(reference).energies)
    with pytest.raises(TypeError, match="by slices"):
        file[3]
    with pytest.raises(TypeError, match="in a row"):
        file[::2]


def test_a_file_that_is_not_finished_is_not_there(tmp_path, generator, energies):
    path = tmp_path / "showers.h5"
    with pytest.raises(RuntimeError):
        with lowcal.ShowerWriter(path, generator.detector) as writer:
            writer.append(lowcal.Showers(generator.generate(energies), energies))
            raise RuntimeError("something else failed")
    assert list(tmp_path.iterdir()) == []


def test_a_detector_comes_from_a_file_too(tmp_path, generator, energies):
    (tmp_path / "mine.json").write_text(json.dumps(generator.detector.description))
    showers = lowcal.Showers(generator.generate(energies), energies)
    lowcal.write_showers(tmp_path / "a.h5", showers, tmp_path / "mine.json")
    assert lowcal.ShowerFile(tmp_path / "a.h5").detector.name == generator.detector.name
    with pytest.raises(lowcal.InputError, match="nowhere.json"):
        lowcal.write_showers(tmp_path / "b.h5", showers, tmp_path / "nowhere.json")


def test_showers_of_another_shape_than_the_detectors_are_refused(tmp_path, generator, energies):
    cells = generator.generate(energies)
    (tmp_path / "mine.json").write_text(json.dumps(generator.detector.description))
    path = tmp_path / "a.h5"
    for detector in (generator.detector.description, tmp_path / "mine.json"):
        for layout in ("clic", "calochallenge"):
            for wrong in (cells[..., :3], np.concatenate([cells, cells[:, :1]], axis=1)):
                wrong = np.ascontiguousarray(wrong)
                with pytest.raises(lowcal.InputError, match="40 showers have [0-9]+ cells; the detector has"):
                    lowcal.write_showers(path, lowcal.Showers(wrong, energies), detector, layout=layout)
    assert not path.exists()


def test_all_showers_of_a_file_know_the_same(tmp_path, generator, energies):
    cells = generator.generate(energies)
    known = lowcal.Showers(cells, energies, theta=np.ones(40, np.float32))
    unknown = lowcal.Showers(cells, energies)
    path = tmp_path / "a.h5"
    for first, second, words in (
        (known, unknown, "theta is known of the first showers, not of these"),
        (unknown, known, "theta is known of these showers, not of the first"),
    ):
        with pytest.raises(lowcal.InputError, match=words):
            with lowcal.ShowerWriter(path, generator.detector) as writer:
                writer.append(first)
                writer.append(second)
    assert not path.exists()


def test_what_is_no_shower_is_not_written(tmp_path, generator, energies):
    cells = generator.generate(energies)
    spoilt = cells.copy()
    spoilt[3, 0, 0, 0] = -1
    for showers, words in [
        (lowcal.Showers(cells, energies.astype(float)), "energies: its numbers are float64"),
        (lowcal.Showers(cells[:39], energies), "cells: its shape is [39, "),
        (lowcal.Showers(cells.transpose(0, 3, 2, 1), energies), "not contiguous in C order"),
        (lowcal.Showers(spoilt, energies), "cells: some are NaN, infinite or negative"),
        (lowcal.Showers(cells, -energies), "energies: not all are above zero"),
        (lowcal.Showers(cells, energies, theta=energies[:3].copy()), "theta: its shape is [3]"),
    ]:
        with pytest.raises(lowcal.InputError) as error:
            lowcal.write_showers(tmp_path / "bad.h5", showers, generator.detector)
        assert words in str(error.value)
    assert list(tmp_path.iterdir()) == []


def test_errors_are_the_commands(tmp_path, generator, energies):
    with pytest.raises(lowcal.InputError, match="nothing.h5"):
        lowcal.ShowerFile(tmp_path / "nothing.h5")
    (tmp_path / "text.h5").write_text("no HDF5")
    with pytest.raises(lowcal.InputError, match="text.h5"):
        lowcal.read_showers(tmp_path / "text.h5")
    with pytest.raises(lowcal.UsageError, match="--layout: mine is not one of clic"):
        lowcal.ShowerWriter(tmp_path / "a.h5", generator.detector, layout="mine")
    with pytest.raises(lowcal.InputError):  # a UsageError is one, and a ValueError
        lowcal.ShowerWriter(tmp_path / "a.h5", generator.detector, layout="mine")
    assert issubclass(lowcal.UsageError, lowcal.InputError)
    assert issubclass(lowcal.InputError, ValueError)
    with pytest.raises(lowcal.InputError, match="no key 'geometry'"):
        lowcal.ShowerWriter(tmp_path / "a.h5", {"name": "mine", "depth": "x", "axes": [{"cels": 3}] * 3})


def test_cells_below_zero_are_read_as_asked_for(tmp_path, generator, energies):
    cells = generator.generate(energies)
    cells[3, 0, 0, 0] = mark = np.float32(0.12345678)
    path = tmp_path / "noisy.h5"
    showers = lowcal.Showers(cells, energies)
    lowcal.write_showers(path, showers, generator.detector, compression=0)
    content = path.read_bytes()
    assert content.count(mark.tobytes()) == 1
    path.write_bytes(content.replace(mark.tobytes(), np.float32(-1).tobytes()))
    with pytest.raises(lowcal.InputError, match="negative cell"):
        lowcal.read_showers(path)
    with pytest.warns(UserWarning, match="1 cells below zero"):
        assert lowcal.read_showers(path, negative_cells="keep").cells[3, 0, 0, 0] == -1
    with pytest.warns(UserWarning, match="set to zero"):
        assert lowcal.read_showers(path, negative_cells="zero").cells[3, 0, 0, 0] == 0
    with pytest.warns(UserWarning, match="set to zero"):
        assert lowcal.info(path, negative_cells="zero")["negative_cells"]["count"] == 1
    with pytest.raises(lowcal.UsageError, match="'none' is not error, zero or keep"):
        lowcal.ShowerFile(path, negative_cells="none")
