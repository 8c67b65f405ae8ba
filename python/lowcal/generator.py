"""Networks in, showers out."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Sequence, Union

import numpy as np

from . import _lowcal
from ._arrays import is_number, require_numbers, require_whole, require_writable
from .detector import AnyDetector, Detector, _json_of

_models = Path(__file__).parent / "models"
_widths = {"pdg": None, "theta": None, "phi": None, "entry": 2}

Model = Union[str, "os.PathLike[str]"]
Numbers = Union[float, "np.ndarray", list]


def find_network(model: str | os.PathLike[str]) -> Path:
    """The file of a network: a path, which has a '/' or ends in ".onnx", or the name of one that comes
    with LowCal, such as "lean.int8". Looks in the folder LOWCAL_MODELS of the environment, in this
    package, then where the command looks. Raises InputError, which says where it looked."""
    return _lowcal.find_network(os.fspath(model), _models)


class Generator:
    """A trained generator, ready to make showers; or an ensemble of several, of which shower i has one by a
    random number of its own, as `lowcal generate A.onnx B.onnx` has.

    Shower i is a pure function of (models, seed, i, energy, conditions): threads and how a production is
    cut into calls change no bit of it, and it is what `lowcal generate` writes. Several threads may call
    `generate` of one object; Python's global lock is free meanwhile.
    """

    def __init__(
        self,
        model: Model | Sequence[Model] = "lean.int8",
        *,
        weights: Sequence[float] | None = None,
        threads: int = 1,
        precision: str = "f32",
        detector: AnyDetector | None = None,
    ) -> None:
        """Loads a network, or the members of an ensemble.

        weights: how often each member makes a shower; alike where not given.
        threads: that share the showers of one call; 0: all that there are.
        precision: "f32", "bf16" or "f16", of layers of which the network says nothing.
        detector: of a network that does not say its own.
        Raises InputError naming the file and the reason.
        """
        models = [model] if isinstance(model, (str, os.PathLike)) else list(model)
        self.paths = [find_network(one) for one in models]
        self._native = _lowcal.Generator(
            self.paths,
            require_whole("threads", threads, most=1024),
            precision,
            _json_of(detector),
            [] if weights is None else [float(weight) for weight in weights],
        )
        self._detector = Detector(json.loads(self._native.detector), tuple(self._native.shape))

    @property
    def detector(self) -> Detector:
        """Whose showers these are."""
        return self._detector

    @property
    def needed_conditions(self) -> list[str]:
        """What `generate` must be told beside energies, of "pdg", "theta", "phi", "entry"."""
        return self._native.needed_conditions

    @property
    def pdg(self) -> int:
        """PDG code of the primaries where the network is made for one; 0 otherwise."""
        return self._native.pdg

    @property
    def precision(self) -> str:
        """What runs, which may be less than what was asked for."""
        return self._native.precision

    @property
    def shares(self) -> list[float]:
        """Of showers that each network makes."""
        return self._native.shares

    def generate(
        self,
        energies: np.ndarray | list,
        *,
        seed: int = 1,
        first: int = 0,
        pdg: Numbers | None = None,
        theta: Numbers | None = None,
        phi: Numbers | None = None,
        entry: Numbers | None = None,
        out: np.ndarray | None = None,
    ) -> np.ndarray:
        """Makes showers `first`, `first` + 1, ... of the production `seed`.

        energies: [N], of the primaries, GeV; float32 in C order, or a list.
        pdg, theta, phi: [N] or one number for all: PDG code; direction, rad. entry: [N, 2] or two
        numbers, mm. Those that the network needs, no others.
        out: a float32 array of the result's shape to fill.
        Returns cell energies [N, *detector.shape] in GeV, float32; cells under the detector's smallest
        energy are 0. Raises InputError for arrays of another kind, energies that are not above zero or
        NaN, conditions that are missing or superfluous, and a network that makes impossible cells.
        """
        energies = require_numbers("energies", energies, (None,))
        count = len(energies)
        given = {"pdg": pdg, "theta": theta, "phi": phi, "entry": entry}
        conditions = {name: _condition(name, value, count) for name, value in given.items()}
        shape = (count, *self._detector.shape)
        cells = _lowcal.new_array(shape) if out is None else require_writable("out", out, shape)
        self._native.generate(
            energies,
            cells,
            require_whole("seed", seed),
            require_whole("first", first, most=2**64 - 1 - count),
            **conditions,
        )
        return cells


def _condition(name: str, value: Numbers | None, count: int) -> np.ndarray | None:
    if value is None:
        return None
    width = _widths[name]
    if width is None and is_number(value):
        return np.full(count, value, np.float32)
    if width is not None and np.shape(value) == (width,):
        value = np.tile(np.asarray(value, np.float32), (count, 1))
    return require_numbers(name, value, (count,) if width is None else (count, width))
