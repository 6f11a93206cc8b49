"""Loads ONNX models and runs them: the program of the separate process; the file imports nothing of this package.

It is started as `python -I worker.py` in an empty folder, with an empty environment. It reads one job as JSON from
stdin, inputs from an .npz file without objects, and prints one JSON line; numbers go to a file of float64.

1. Limits on memory, time and file size are set, and the network is left where the system allows it.
2. Models are loaded from bytes, so that no path inside of one leads anywhere.
3. Rows are run in batches: scored once, or timed one by one, the models taking turns.
"""

import ctypes
import json
import resource
import sys
import time
from pathlib import Path
from typing import Any

MISSING, REFUSED = "missing", "refused"
"""Kinds of failure: onnxruntime is not there; the model cannot be loaded, or does not take or give what it should."""

_NEW_USER, _NEW_NETWORK = 0x10000000, 0x40000000
_BATCH = 4096


class RefusedError(Exception):
    """The model is at fault; the text says how."""


def main() -> None:
    """Run the job of stdin and print its result."""
    job = json.load(sys.stdin)
    _confine(job["limits"])  # 1
    try:
        import numpy  # noqa: F401, ICN001 - asked for here, so that its absence is told like the other's
        import onnxruntime
    except ImportError as error:
        _say({"failure": MISSING, "reason": str(error)})
        return
    try:
        columns = [_columns(model) for model in job["models"]]
        result = _score(job, columns[0], onnxruntime) if job["do"] == "score" else _time(job, columns, onnxruntime)
    except RefusedError as error:
        result = {"failure": REFUSED, "reason": str(error)}
    except Exception as error:  # noqa: BLE001 - the runtime raises its own types for whatever a model does wrong
        result = {"failure": REFUSED, "reason": f"{type(error).__name__}: {error}"[:500]}
    _say(result)


def _say(result: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(result) + "\n")


def _confine(limits: dict[str, int]) -> None:
    """Set limits that cannot be raised again, and enter a network namespace of its own; not all systems allow both."""
    for name, limit in (
        (resource.RLIMIT_AS, limits["memory_bytes"]),
        (resource.RLIMIT_CPU, limits["cpu_seconds"]),
        (resource.RLIMIT_FSIZE, limits["file_bytes"]),
        (resource.RLIMIT_CORE, 0),
    ):
        try:
            resource.setrlimit(name, (limit, limit))
        except (ValueError, OSError):
            continue
    try:
        ctypes.CDLL(None).unshare(_NEW_USER | _NEW_NETWORK)
    except (AttributeError, OSError):
        return


def _columns(model: dict[str, Any]) -> list[Any]:
    import numpy as np

    with np.load(model["inputs"], allow_pickle=False) as archive:
        return [archive[f"c{index}"] for index in range(len(model["names"]))]


def _load(path: str, onnxruntime: Any) -> Any:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 4
    content = Path(path).read_bytes()  # 2
    return onnxruntime.InferenceSession(content, sess_options=options, providers=["CPUExecutionProvider"])


def _score(job: dict[str, Any], columns: list[Any], onnxruntime: Any) -> dict[str, Any]:
    """Write the model's numbers, (rows, width) float64 in C order, and return their shape."""
    import numpy as np

    session = _load(job["models"][0]["path"], onnxruntime)
    feed = Feed(session, job["models"][0]["names"])
    rows = len(columns[0])
    step = feed.batch or _BATCH
    parts = []
    for start in range(0, rows, step):  # 3
        answers = session.run(None, feed.of([column[start : start + step] for column in columns]))
        parts.append(chosen(answers, rows=min(step, rows - start), width=job["width"]))
    matrix = np.concatenate(parts) if parts else np.empty((0, job["width"]))
    matrix.astype("<f8").tofile(job["outputs"])
    return {"rows": int(matrix.shape[0]), "width": int(matrix.shape[1]), "runtime": onnxruntime.__version__}


class Feed:
    """How columns become a model's inputs: one tensor of all of them in their order, or an input each by name."""

    def __init__(self, session: Any, names: list[str]) -> None:
        self._inputs = {entry.name: entry for entry in session.get_inputs()}
        self._names = names
        self._is_matrix = len(self._inputs) == 1 and (len(names) > 1 or set(names) != set(self._inputs))
        first = next(iter(self._inputs.values()), None)
        if first is None or (not self._is_matrix and set(self._inputs) != set(names)):
            raise RefusedError(f"the model takes {sorted(self._inputs)}, the signature gives {sorted(names)}")
        size = first.shape[0] if first.shape else None
        self.batch = size if isinstance(size, int) and size > 0 else None

    def of(self, columns: list[Any]) -> dict[str, Any]:
        """Return the inputs of some rows."""
        import numpy as np

        if self._is_matrix:
            [(name, entry)] = self._inputs.items()
            return {name: np.column_stack([_as(column, entry.type) for column in columns])}
        of_name = dict(zip(self._names, columns, strict=True))
        return {name: _as(of_name[name], entry.type).reshape(-1, 1) for name, entry in self._inputs.items()}


def _as(column: Any, kind: str) -> Any:
    """Return a column in the type of a model's input, such as tensor(float)."""
    import numpy as np

    types = {"float": np.float32, "double": np.float64, "int64": np.int64, "int32": np.int32, "bool": np.bool_}
    name = kind.removeprefix("tensor(").removesuffix(")")
    if name == "string":
        return column.astype(object)
    if name not in types or column.dtype.kind not in "fiub":
        raise RefusedError(f"the model takes {kind}, the column is {column.dtype}")
    if name in ("int64", "int32") and not (np.isfinite(column).all() and (column == np.trunc(column)).all()):
        raise RefusedError(f"the model takes {kind}, the column has missing or fractional values")
    return column.astype(types[name])


def chosen(answers: list[Any], *, rows: int, width: int) -> Any:
    """Return the first output of floats that has `width` numbers a row; of two columns the second where one is wanted.

    A binary model gives the probabilities of both classes, or of the positive one; maps are taken in order of keys.
    """
    import numpy as np

    for answer in answers:
        if isinstance(answer, list) and answer and isinstance(answer[0], dict):
            values = np.array([[row[key] for key in sorted(row)] for row in answer], dtype=np.float64)
        else:
            values = np.asarray(answer)
        if values.dtype.kind != "f" or values.size == 0 or values.size % rows:
            continue
        matrix = values.reshape(rows, -1).astype(np.float64)
        if matrix.shape[1] == width:
            return matrix
        if width == 1 and matrix.shape[1] == 2:
            return matrix[:, 1:]
    shapes = [getattr(np.asarray(answer), "shape", None) for answer in answers]
    raise RefusedError(f"no output has {width} floats a row for {rows} rows; the shapes are {shapes}")


def _time(job: dict[str, Any], columns: list[list[Any]], onnxruntime: Any) -> dict[str, Any]:
    """Write latencies, (requests, models) float64 in milliseconds, and return them with the memory that loading added.

    Models take turns on the same row of their tables, first one then the other first, so that what the machine does
    hits both alike.
    """
    import numpy as np

    sessions, before = [], _resident_bytes()
    for model, own in zip(job["models"], columns, strict=True):
        session = _load(model["path"], onnxruntime)
        feed = Feed(session, model["names"])
        session.run(None, feed.of([column[:1] for column in own]))
        sessions.append((session, feed))
    memory = max(0, _resident_bytes() - before)
    rows, size = min(len(own[0]) for own in columns), len(sessions)
    milliseconds = np.empty((job["requests"], size))
    for request in range(-job["warm_up"], job["requests"]):  # 3
        place = request % rows
        for turn in range(size):
            who = (turn + request) % size
            session, feed = sessions[who]
            fed = feed.of([column[place : place + 1] for column in columns[who]])
            start = time.perf_counter_ns()
            session.run(None, fed)
            elapsed = time.perf_counter_ns() - start
            if request >= 0:
                milliseconds[request, who] = elapsed / 1e6
    milliseconds.astype("<f8").tofile(job["outputs"])
    return {"rows": job["requests"], "width": size, "memory_bytes": memory, "runtime": onnxruntime.__version__}


def _resident_bytes() -> int:
    """Return the memory that is resident now, or the most so far where the system does not tell."""
    statm = Path("/proc/self/statm")
    if statm.exists():
        return int(statm.read_text().split()[1]) * resource.getpagesize()
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


if __name__ == "__main__":
    main()
