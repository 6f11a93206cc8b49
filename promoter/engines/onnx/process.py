"""Jobs for the separate process: what goes in, what comes out, and what each failure means to whom."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from promoter.engines.onnx import worker
from promoter.errors import Location, Problem, ServiceError, Undecidable
from promoter.measure.families.onnx_header import read_onnx_header

Columns = Mapping[str, npt.NDArray[Any]]
"""Columns by feature name, in the model's order: numbers (n,), NaN where missing, or texts (n,)."""

INSTALL = "install this package with its dependencies again: `pip install onnxruntime`"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a model may use: address space, CPU seconds, bytes of one file; wall time is twice the CPU's."""

    memory_bytes: int = 8 * 1024**3
    cpu_seconds: int = 900
    file_bytes: int = 4 * 1024**3


@dataclass(frozen=True, slots=True, kw_only=True)
class Timed:
    """Latencies (requests, models) in milliseconds, and the resident memory that each model added, in bytes."""

    milliseconds: npt.NDArray[np.float64]
    memory_bytes: tuple[int, ...]


def score(model: Path, columns: Columns, *, width: int, limits: Limits | None = None) -> npt.NDArray[np.float64]:
    """Return what a model says of rows, (rows, width): columns of numbers or texts by feature name, in their order.

    Raises Undecidable where the model is at fault, ServiceError where onnxruntime or the process is.
    """
    return _run({"do": "score", "width": width}, [(model, columns)], limits or Limits())[1]


def time_requests(
    models: Sequence[tuple[Path, Columns]], *, requests: int, warm_up: int, limits: Limits | None = None
) -> Timed:
    """Return the latency of `requests` requests of one row to each model, by turns, after a warm-up.

    Each model has its own columns; row by row they are of the same examples. Memory is taken of each model in a
    process of its own, since the first of two would pay for what both share.

    Raises Undecidable where a model is at fault, ServiceError where onnxruntime or the process is.
    """
    chosen = limits or Limits()
    _, milliseconds = _run({"do": "time", "requests": requests, "warm_up": warm_up}, models, chosen)
    alone = [_run({"do": "time", "requests": 1, "warm_up": 0}, [model], chosen)[0] for model in models]
    return Timed(milliseconds=milliseconds, memory_bytes=tuple(told["memory_bytes"] for told in alone))


def refuse_external_data(model: Path) -> None:
    """Raise Undecidable for a file that is no ONNX model, or that names other files."""
    external = read_onnx_header(model.read_bytes()).external_data
    if external:
        shown = ", ".join(sorted(external))[:200]
        raise Undecidable(f"the model keeps weights in other files ({shown}); export it into one file")


def _run(
    job: dict[str, Any], models: Sequence[tuple[Path, Columns]], limits: Limits
) -> tuple[dict[str, Any], npt.NDArray[np.float64]]:
    for model, _ in models:
        refuse_external_data(model)
    with tempfile.TemporaryDirectory(prefix="promoter_onnx_") as name:
        folder = Path(name)
        empty = folder / "empty"
        empty.mkdir()
        given = [_given(folder / f"inputs_{place}.npz", *entry) for place, entry in enumerate(models)]
        whole = {**job, "models": given, "outputs": str(folder / "outputs.f8"), "limits": asdict(limits)}
        told = _told(_process(whole, cwd=empty, limits=limits))
        numbers = np.fromfile(folder / "outputs.f8", dtype="<f8")
    rows, width = told.get("rows"), told.get("width")
    if not isinstance(rows, int) or not isinstance(width, int) or numbers.size != rows * width:
        raise _broken(f"it told {rows} rows of {width} and wrote {numbers.size} numbers")
    return told, numbers.reshape(rows, width)


def _given(place: Path, model: Path, columns: Columns) -> dict[str, Any]:
    """Write a model's columns, and return what the worker is told of it."""
    if not columns:
        raise Undecidable("no feature columns are named, so there is nothing to give the model")
    arrays = {f"c{index}": _plain(column) for index, column in enumerate(columns.values())}
    np.savez(place, allow_pickle=False, **arrays)
    return {"path": str(model.absolute()), "inputs": str(place), "names": list(columns)}


def _plain(column: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return texts as fixed-width texts, so that nothing is pickled."""
    return column.astype(np.str_) if column.dtype == object else column


def _process(job: dict[str, Any], *, cwd: Path, limits: Limits) -> subprocess.CompletedProcess[str]:
    """Run the worker by its path: with -I nothing of the surrounding Python is imported, installed or not."""
    environment = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "LC_ALL": "C.UTF-8"}
    seconds = 2 * limits.cpu_seconds
    try:
        return subprocess.run(  # noqa: S603 - our own interpreter and file, no shell, nothing of a model in the words
            [sys.executable, "-I", str(Path(worker.__file__).absolute())],
            input=json.dumps(job),
            capture_output=True,
            text=True,
            errors="replace",
            timeout=seconds,
            cwd=cwd,
            env=environment,
            check=False,
        )
    except subprocess.TimeoutExpired as expired:
        raise Undecidable(
            f"the model did not finish in {seconds} seconds; use fewer rows, or a faster model"
        ) from expired


def _told(done: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    """Return the worker's last word. Raises Undecidable or ServiceError by whose fault it is."""
    lines = done.stdout.splitlines()
    try:
        told = json.loads(lines[-1]) if lines else None
    except ValueError:
        told = None
    if not isinstance(told, dict) or done.returncode != 0:
        if done.returncode < 0:
            raise Undecidable(
                f"the model's process was ended by signal {-done.returncode}: it used too much, or crashed"
            )
        raise _broken(done.stderr.strip().splitlines()[-1][:300] if done.stderr.strip() else "it said nothing")
    if told.get("failure") == worker.MISSING:
        message = f"onnxruntime cannot be imported: {told.get('reason')}"
        raise ServiceError(Problem(Location("onnxruntime"), message, INSTALL))
    if "failure" in told:
        raise Undecidable(f"the model cannot be run: {told.get('reason')}")
    return told


def _broken(reason: str) -> ServiceError:
    message = f"the process that runs models failed: {reason}"
    return ServiceError(Problem(Location("onnxruntime"), message, "run it again; report it with the model if it stays"))
