"""LowCal: calorimeter showers without Monte Carlo, as numpy arrays."""

from ._lowcal import InputError, UsageError, show_progress
from ._lowcal import version as __version__
from .detector import Detector
from .generator import Generator, find_network
from .showers import Showers, ShowerFile, ShowerWriter, read_showers, write_showers
from .workflows import bench, evaluate, info, quantize

__all__ = [
    "Detector",
    "Generator",
    "InputError",
    "ShowerFile",
    "ShowerWriter",
    "Showers",
    "UsageError",
    "bench",
    "evaluate",
    "find_network",
    "info",
    "quantize",
    "read_showers",
    "show_progress",
    "write_showers",
]
