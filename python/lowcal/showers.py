"""Showers in and out of HDF5."""

from __future__ import annotations

import json
import os
import warnings
from dataclasses import dataclass, field
from typing import Iterator

import numpy as np

from . import _lowcal
from ._arrays import require_numbers, require_whole
from .detector import AnyDetector, Detector, _json_of


@dataclass
class Showers:
    """Some showers in memory, all float32. What is not known of all of them is None."""

    cells: np.ndarray  #: [N, *shape of the detector], GeV
    energies: np.ndarray  #: [N], of the primaries, GeV
    pdg: np.ndarray | None = None  #: [N], PDG code; 0: unknown
    theta: np.ndarray | None = None  #: [N], of the primary's direction, rad
    phi: np.ndarray | None = None  #: [N], the same
    entry: np.ndarray | None = None  #: [N, 2], where the primary entered, mm from the middle
    cpu_seconds: np.ndarray | None = None  #: [N], the Monte Carlo's time on one core

    def __len__(self) -> int:
        return len(self.energies)


class ShowerFile:
    """A shower file of any layout and size: `file[100:200]` reads showers 100 to 199, `blocks` streams.

    The file is read by a process of its own, since HDF5 does not survive every damaged one. Use by one
    thread at a time.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        *,
        detector: AnyDetector | None = None,
        skip_bad_showers: bool = False,
        negative_cells: str = "error",
    ) -> None:
        """detector: of a file that does not say its own. skip_bad_showers: leave out showers with NaN,
        infinite or negative cells, which are an error otherwise. negative_cells: "zero" sets cells below
        zero (noise) to zero, "keep" leaves them as they are. Raises InputError."""
        self._native = _lowcal.ShowerReader(
            os.fspath(path), skip_bad_showers, negative_cells, _json_of(detector)
        )
        self._detector = Detector(json.loads(self._native.detector), tuple(self._native.shape))

    @property
    def detector(self) -> Detector:
        return self._detector

    @property
    def layout(self) -> str:
        return self._native.layout

    @property
    def attributes(self) -> dict[str, str]:
        """The file's texts: where its showers come from."""
        return self._native.attributes

    def __len__(self) -> int:
        """Showers in the file, bad ones included."""
        return len(self._native)

    def __getitem__(self, index: slice) -> Showers:
        if not isinstance(index, slice):
            raise TypeError("showers are read by slices: file[first:last]")
        first, last, step = index.indices(len(self))
        if step != 1:
            raise TypeError("showers are read in a row: file[first:last]")
        return Showers(**self._native.read(first, max(0, last - first)))

    def blocks(self, showers: int = 1000) -> Iterator[Showers]:
        """All showers, so many at a time."""
        step = require_whole("showers", showers, least=1)
        for first in range(0, len(self), step):
            yield self[first : first + step]

    def warnings(self) -> list[str]:
        """What is odd in what was read so far, a sentence each."""
        return self._native.warnings


def read_showers(
    path: str | os.PathLike[str],
    *,
    detector: AnyDetector | None = None,
    skip_bad_showers: bool = False,
    negative_cells: str = "error",
) -> Showers:
    """All showers of a file that fits into memory. Raises InputError; warns of what is odd in it."""
    file = ShowerFile(
        path,
        detector=detector,
        skip_bad_showers=skip_bad_showers,
        negative_cells=negative_cells,
    )
    showers = file[:]
    for sentence in file.warnings():
        warnings.warn(sentence, stacklevel=2)
    return showers


class ShowerWriter:
    """Writes showers to a file that is complete or absent: `with` gives it its name at the end, where
    nothing was raised."""

    def __init__(
        self,
        path: str | os.PathLike[str],
        detector: AnyDetector,
        *,
        layout: str = "clic",
        compression: int = 1,
        attributes: dict[str, str] | None = None,
    ) -> None:
        """layout: a name of docs/file_formats.md. compression: gzip level, 0 (none) to 9. Raises
        InputError where the file cannot be made, UsageError for no such layout."""
        self._native: _lowcal.ShowerWriter | None = _lowcal.ShowerWriter(
            os.fspath(path),
            _json_of(detector),
            layout,
            require_whole("compression", compression, most=9),
            attributes or {},
        )
        self._shape = detector.shape if isinstance(detector, Detector) else None

    def append(self, showers: Showers) -> None:
        """Appends showers; what is known of the first ones must be known of all. Raises InputError."""
        if self._native is None:
            raise _lowcal.InputError("the file is closed")
        energies = require_numbers("energies", showers.energies, (None,))
        count = len(energies)
        shape = self._shape or np.shape(showers.cells)[1:]
        cells = require_numbers("cells", showers.cells, (count, *shape))
        if not np.all(np.isfinite(energies)) or not np.all(energies > 0):
            raise _lowcal.InputError("energies: not all are above zero")
        if not np.all(np.isfinite(cells)) or (cells.size and cells.min() < 0):
            raise _lowcal.InputError("cells: some are NaN, infinite or negative")
        conditions = {
            name: require_numbers(name, values, (count,) if name != "entry" else (count, 2))
            for name, values in vars(showers).items()
            if name in ("pdg", "theta", "phi", "entry") and values is not None
        }
        self._native.append(cells, energies, conditions)

    def close(self) -> None:
        """Completes the file and gives it its name. Raises InputError, also where it is empty."""
        if self._native is not None:
            self._native.close()
            self._native = None

    def __enter__(self) -> ShowerWriter:
        return self

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        if kind is None:
            self.close()
        self._native = None


def write_showers(
    path: str | os.PathLike[str], showers: Showers, detector: AnyDetector, **options: object
) -> None:
    """Writes showers to a new file; options as ShowerWriter has them. Raises InputError."""
    with ShowerWriter(path, detector, **options) as writer:
        writer.append(showers)
