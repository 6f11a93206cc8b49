"""What records carry of what was measured: the same answer stands in many records of a version, and is read once."""

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from promoter.measure.measurement import Interval, Measurement
from promoter.measure.request import Measured


def read_answer(answer: Mapping[str, Any]) -> Measured:
    """Return an answer from its JSON. Raises KeyError, TypeError, ValueError or AttributeError where it is none."""
    values = tuple(map(_read_value, answer["values"]))
    return Measured(values=values, facts=answer["facts"], failure=answer["failure"])


@lru_cache(maxsize=512)
def read_entry(entry: bytes) -> Measured:
    """Return the answer of an entry of a record, its request and what was measured. Raises as `read_answer` does."""
    return read_answer(json.loads(entry.decode())["measured"])


def _read_value(value: Mapping[str, Any]) -> Measurement:
    interval = value["interval"]
    return Measurement(
        measure=value["measure"],
        n=value["n"],
        value=value["value"],
        unit=value["unit"],
        slice=tuple(value["slice"].items()),
        interval=Interval(**interval) if interval else None,
        undecidable=value["undecidable"],
    )
