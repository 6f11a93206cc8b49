"""Measurements as a table for a terminal: one row each, at most four significant digits."""

from collections.abc import Iterable

from promoter.measure.measurement import Interval, Measurement

_PIPED_WIDTH = 160
"""Columns of a file or a pipe, which has no width of its own."""


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
        beside = value.undecidable or as_range(value.interval)
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
