"""What is asked of arrays, in words; nothing is converted that would have to be copied in silence."""

from __future__ import annotations

import numpy as np

from ._lowcal import InputError


def is_number(value: object) -> bool:
    return isinstance(value, (int, float, np.integer, np.floating)) and not isinstance(value, bool)


def require_numbers(name: str, value: object, shape: tuple[int | None, ...]) -> np.ndarray:
    """A float32 array in C order of that shape (None: any number), or a list that becomes one."""
    if not isinstance(value, np.ndarray):
        try:
            value = np.asarray(value, dtype=np.float32)
        except (TypeError, ValueError, OverflowError) as error:
            raise InputError(f"{name}: no array of numbers ({error})") from None
    if value.dtype != np.float32:
        raise InputError(
            f"{name}: its numbers are {value.dtype} (float32 are needed); {name}.astype(numpy.float32)"
        )
    if value.ndim != len(shape) or any(
        wanted is not None and wanted != size for wanted, size in zip(shape, value.shape)
    ):
        text = ", ".join("N" if size is None else str(size) for size in shape)
        raise InputError(f"{name}: its shape is {list(value.shape)} (expected [{text}])")
    if not value.flags.c_contiguous:
        raise InputError(
            f"{name}: it is not contiguous in C order (a view, a transpose or Fortran's order); "
            "numpy.ascontiguousarray makes a copy that is"
        )
    return value


def require_writable(name: str, value: object, shape: tuple[int, ...]) -> np.ndarray:
    """As above, of an array that is to be filled."""
    if not isinstance(value, np.ndarray):
        raise InputError(f"{name}: it is no numpy array ({type(value).__name__})")
    array = require_numbers(name, value, shape)
    if not array.flags.writeable:
        raise InputError(f"{name}: it is read-only")
    return array


def require_whole(name: str, value: object, least: int = 0, most: int = 2**64 - 1) -> int:
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or not least <= value <= most:
        raise InputError(f"{name}: {value!r} is no whole number from {least} to {most}")
    return int(value)
