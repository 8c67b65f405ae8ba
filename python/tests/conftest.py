from pathlib import Path

import numpy as np
import pytest

import lowcal

REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def reference():
    """Geant4 showers."""
    return REPOSITORY / "data" / "validation.h5"


@pytest.fixture(scope="session")
def generator():
    return lowcal.Generator("lean.int8")


@pytest.fixture
def energies():
    return np.linspace(10, 400, 40, dtype=np.float32)


@pytest.fixture
def some_showers(tmp_path, reference):
    """The first hundred of them, in a file of their own."""
    file = lowcal.ShowerFile(reference)
    path = tmp_path / "some.h5"
    lowcal.write_showers(path, file[:100], file.detector)
    return path
