"""A calorimeter as a generator sees it."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from typing import Any, Union

from . import _lowcal


@dataclass(frozen=True)
class Detector:
    """The cells of a detector's window and the numbers by which its showers are judged.

    `description` has the keys of docs/file_formats.md ("Detectors"): name, geometry, axes, depth,
    primary_energies_gev, ...; `shape` is that of one shower's cells, in memory order: of its axes, or
    flat where layers differ.
    """

    description: dict[str, Any]
    shape: tuple[int, ...]

    @property
    def name(self) -> str:
        return self.description.get("name", "")

    @property
    def axes(self) -> list[dict[str, Any]]:
        return self.description["axes"]

    @property
    def depth(self) -> int:
        """Which axis runs along the shower."""
        names = [axis["name"] for axis in self.axes]
        return names.index(self.description["depth"])


AnyDetector = Union[Detector, dict, str, "os.PathLike[str]"]


def _json_of(detector: AnyDetector | None) -> str | None:
    """Of a Detector, a description, or a file of --detector (JSON, or a binning XML)."""
    if detector is None:
        return None
    if isinstance(detector, Detector):
        return json.dumps(detector.description)
    if isinstance(detector, dict):
        return json.dumps(detector)
    return _lowcal.read_detector(os.fspath(detector))
