"""What the commands do."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any, Mapping, Sequence

from . import _lowcal
from ._arrays import require_whole
from .detector import AnyDetector, _json_of
from .generator import find_network


def evaluate(
    reference: str | os.PathLike[str],
    candidates: Mapping[str, str | os.PathLike[str] | Sequence[str | os.PathLike[str]]],
    *,
    out: str | os.PathLike[str] | None = None,
    detector: AnyDetector | None = None,
    reference_name: str = "reference",
    seed: int = 20211,
    threads: int = 0,
    judge: bool = True,
    halves: bool = False,
    skip_bad_showers: bool = False,
    negative_cells: str = "error",
) -> dict[str, Any]:
    """Compares candidates with reference showers, as `lowcal evaluate` does.

    candidates: by name, shower files, or networks (paths that end in .onnx, or names such as
    "lean.int8"), which generate at the reference's energies; a list of networks is an ensemble.
    out: a folder that gets report.html, evaluation.txt, results.json and pictures.
    judge: whether boosted trees tell candidates from the reference, too; halves: whether every second
    reference shower is compared with the others, too.
    Returns the structure of results.json (docs/observables.md). Raises InputError.
    """
    texts = [f"{name}={_candidates(paths)}" for name, paths in candidates.items()]
    if not texts:
        raise _lowcal.UsageError("--candidate: none is given")
    for name in candidates:
        if not name or "=" in name:
            raise _lowcal.UsageError(f"--candidate: {name!r} is no name")
    result = _lowcal.evaluate(
        os.fspath(reference),
        texts,
        os.fspath(out) if out is not None else "",
        _json_of(detector),
        reference_name,
        require_whole("seed", seed),
        require_whole("threads", threads, most=1024),
        judge,
        halves,
        skip_bad_showers,
        negative_cells,
    )
    return json.loads(result)


def _candidates(paths: str | os.PathLike[str] | Sequence[str | os.PathLike[str]]) -> str:
    if isinstance(paths, (str, os.PathLike)):
        return _candidate(paths)
    return ",".join(map(_candidate, paths))


def _candidate(path: str | os.PathLike[str]) -> str:
    text = os.fspath(path)
    named = "/" not in text and not Path(text).exists() and not text.endswith((".h5", ".hdf5"))
    return os.fspath(find_network(text)) if named else text


def quantize(
    model: str | os.PathLike[str],
    out: str | os.PathLike[str],
    *,
    calibration: str | os.PathLike[str] | None = None,
    precision: str = "int8",
    count: int = 256,
    seed: int = 7,
    rounding: str = "nearest",
) -> Path:
    """Makes an int8 network of a float32 one, or stores it in 16 bits ("bf16", "f16").

    calibration: a shower file; `count` of its energies and conditions are used. rounding: "nearest" or
    "compensated". Returns `out`. Raises InputError.
    """
    if precision not in ("int8", "bf16", "f16"):
        raise _lowcal.UsageError(f"--precision: {precision} not in int8, bf16, f16")
    _lowcal.quantize(
        find_network(model),
        os.fspath(calibration) if calibration is not None else "",
        os.fspath(out),
        precision,
        require_whole("count", count, least=8, most=100000),
        require_whole("seed", seed),
        rounding,
    )
    return Path(out)


def bench(
    models: Sequence[str | os.PathLike[str]] | str,
    *,
    precisions: Sequence[str] = ("f32",),
    batches: Sequence[int] = (1, 4, 16, 64),
    threads: Sequence[int] = (1,),
    rounds: int = 5,
    program: str | os.PathLike[str] | None = None,
) -> dict[str, Any]:
    """Measures speed and memory of networks: the structure of `lowcal bench --json`.

    Memory is that of a fresh process of the program lowcal: `program`, else the one on PATH; where there
    is none, `rss_mb` is None. Raises InputError.
    """
    if isinstance(models, (str, os.PathLike)):
        models = [models]
    if program is None:
        program = shutil.which("lowcal") or ""
    result = _lowcal.bench(
        [find_network(model) for model in models],
        list(precisions),
        [require_whole("batches", batch, least=1, most=1024) for batch in batches],
        [require_whole("threads", number, least=1, most=1024) for number in threads],
        require_whole("rounds", rounds, least=1, most=1000),
        os.fspath(program),
    )
    return json.loads(result)


def info(
    file: str | os.PathLike[str],
    *,
    detector: AnyDetector | None = None,
    skip_bad_showers: bool = False,
    negative_cells: str = "error",
) -> dict[str, Any]:
    """What a shower file or a network is: the structure of `lowcal info --json`. Raises InputError."""
    return json.loads(
        _lowcal.info(_candidate(file), skip_bad_showers, negative_cells, _json_of(detector))
    )
