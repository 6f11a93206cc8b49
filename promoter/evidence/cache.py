"""Answers kept between runs, by what they rest on: contents and request, engine, and the code that measured."""

import json
import os
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import promoter
from promoter.digest import canonical_json, sha256_bytes, sha256_value
from promoter.measure.measurement import Interval, Measurement
from promoter.measure.request import Measured, Request

_MEASURING_CODE = ("measure", "engines", "digest.py")


@dataclass(frozen=True, slots=True)
class AnswerCache:
    """One file an answer below `folder`; a file that is absent, cut off or altered is an answer not kept."""

    folder: Path

    def load(self, request: Request, *, engine: str) -> Measured | None:
        """Return the kept answer, or None."""
        try:
            kept = json.loads(self._path(request, engine).read_bytes())
            if kept["digest"] != sha256_value(kept["answer"]):
                return None
            return _decoded(kept["answer"])
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            return None

    def save(self, request: Request, measured: Measured, *, engine: str) -> None:
        """Keep an answer, whole or not at all; a folder that cannot be written keeps nothing."""
        answer = _encoded(measured)
        content = canonical_json({"answer": answer, "digest": sha256_value(answer)})
        path = self._path(request, engine)
        with suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=path.parent, prefix=".part-")
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(content)
                Path(name).replace(path)
            except OSError:
                Path(name).unlink(missing_ok=True)

    def _path(self, request: Request, engine: str) -> Path:
        """Return the file of an answer. A request names its contents by digest, so its digest covers theirs."""
        name = sha256_value([request.digest, engine, code_digest()]).removeprefix("sha256:")
        return self.folder / name[:2] / f"{name}.json"


@cache
def code_digest() -> str:
    """Return the digest of the code that measures: a corrected formula must not be answered from before."""
    root = Path(promoter.__file__).parent
    files = sorted(
        file
        for part in _MEASURING_CODE
        for file in ([root / part] if part.endswith(".py") else (root / part).rglob("*.py"))
    )
    return sha256_value({file.relative_to(root).as_posix(): sha256_bytes(file.read_bytes()) for file in files})


def _encoded(measured: Measured) -> dict[str, Any]:
    """Return an answer as JSON in which slices keep the order of their columns."""
    values = [value.as_json() | {"slice": [list(pair) for pair in value.slice]} for value in measured.values]
    return measured.as_json() | {"values": values}


def _decoded(answer: dict[str, Any]) -> Measured:
    return Measured(
        values=tuple(_measurement(value) for value in answer["values"]),
        facts=answer["facts"],
        failure=answer["failure"],
    )


def _measurement(value: dict[str, Any]) -> Measurement:
    interval = value["interval"]
    slice_ = tuple((column, text) for column, text in value["slice"])
    return Measurement(**value | {"slice": slice_, "interval": Interval(**interval) if interval else None})
