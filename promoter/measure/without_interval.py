"""Why a number bears no interval: it is no estimate, or too few rows give an honest one."""

from promoter.measure.families.latency import PERCENTILES
from promoter.measure.measurement import Measurement
from promoter.measure.statistics.order import fewest_rows

_OF_TOO_FEW = "too few rows, or rows too alike, for an honest one"

_COUNTS = frozenset({"rows", "values", "categories", "byte", "days"})
"""Units of what is counted."""

_REASONS = {
    "minimum": "the column's own end, not an estimate",
    "maximum": "the column's own end, not an estimate",
    "memory_bytes": "the greatest use of one run, not an estimate",
    "memory_ratio": "the greatest uses of one run, not an estimate",
}

_PERCENTILES = {
    f"latency_{name}{ending}": (name, share) for name, share in PERCENTILES for ending in ("", "_ratio")
} | {"median_absolute_error": ("the median", 0.5)}


def why_no_interval(found: Measurement) -> str | None:
    """Return the reason in a few words; None where there is an interval, or no value that could bear one."""
    if found.interval is not None or found.value is None:
        return None
    if found.measure in _REASONS:
        return _REASONS[found.measure]
    if found.unit in _COUNTS:
        return "counted in the file, not an estimate"
    if found.measure.endswith(("_p", "_z")):
        return "a test's own result, with chance in it"
    if found.measure in _PERCENTILES:
        return _of_percentile(found)
    return "one row has no spread" if found.n == 1 else _OF_TOO_FEW


def _of_percentile(found: Measurement) -> str:
    """Return how many rows order statistics need for both ends."""
    name, share = _PERCENTILES[found.measure]
    is_ratio = found.measure.endswith("_ratio")
    needed = fewest_rows(share=share)
    if not is_ratio and found.n >= needed:
        return _OF_TOO_FEW
    return f"{name} has both ends from {needed} rows on{' of each side' if is_ratio else ''}"
