"""Measurements as a table for a terminal, at most four significant digits, and as JSON; one row each."""

import json
from collections.abc import Iterable
from typing import Any

from promoter.measure.measurement import Interval, Measurement
from promoter.measure.without_interval import why_no_interval

_PIPED_WIDTH = 160
"""Columns of a file or a pipe, which has no width of its own."""


def as_entries(values: Iterable[Measurement]) -> str:
    """Return measurements as a JSON list, a line each; a number without interval says why in `without_interval`.

    Indented JSON is written by Python alone, which takes longer than the measurements of ten thousand groups.
    """
    lines = ",\n".join(f"  {json.dumps(_entry(value), ensure_ascii=False)}" for value in values)
    return f"[\n{lines}\n]" if lines else "[]"


def _entry(value: Measurement) -> dict[str, Any]:
    reason = why_no_interval(value)
    return value.as_json() if reason is None else value.as_json() | {"without_interval": reason}


def print_table(values: Iterable[Measurement]) -> None:
    """Print measurements in the order given; an undecidable one shows its reason in place of its numbers."""
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    table.add_column("measure", no_wrap=True)
    table.add_column("slice", overflow="fold")
    table.add_column("value", justify="right", no_wrap=True)
    table.add_column("interval", overflow="fold")
    table.add_column("n", justify="right", no_wrap=True)
    table.add_column("unit")
    for value in values:
        where = ", ".join(f"{column}={text}" for column, text in value.slice)
        number = "-" if value.value is None else as_digits(value.value)
        beside = value.undecidable or as_range(value.interval) or why_no_interval(value) or ""
        table.add_row(value.measure, escape(where), number, escape(beside), f"{value.n:,}", value.unit)
    console = Console()
    if not console.is_terminal:
        console.width = _PIPED_WIDTH
    console.print(table)


def as_digits(value: float) -> str:
    """Return a number with four significant digits; whole numbers as they are, with thousands apart."""
    return f"{int(value):,}" if value == int(value) and abs(value) < 1e15 else f"{value:.4g}"


def as_range(interval: Interval | None) -> str:
    """Return an interval as its ends and its level, or the empty string."""
    if interval is None:
        return ""
    return f"{as_digits(interval.lower)} to {as_digits(interval.upper)} ({interval.level:.0%})"
