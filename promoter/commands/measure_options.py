"""What the commands of `promoter measure` read alike out of their options."""

import math

import click


def names_of(_context: click.Context, _parameter: click.Parameter, value: str | None) -> tuple[str, ...]:
    """Return the names of a comma-separated list."""
    return tuple(name.strip() for name in (value or "").split(",") if name.strip())


def finite_of(_context: click.Context, _parameter: click.Parameter, value: float | None) -> float | None:
    """Return a threshold that scores can be compared with: below NaN is quietly everything."""
    if value is not None and not math.isfinite(value):
        raise click.BadParameter(f"{value} is no number that a score can reach; name a finite one")
    return value
