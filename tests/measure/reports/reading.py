"""Foreign files through the real planner: from bytes and a request to its answer."""

from pathlib import Path

from promoter.digest import sha256_bytes
from promoter.engines.duckdb.engine import DuckDBEngine
from promoter.measure.measurement import Measurement
from promoter.measure.plan import measure
from promoter.measure.request import Measured, Request

REPORTS = Path(__file__).parents[2] / "data" / "reports"


def answer(form: type[Request], content: bytes, **fields: object) -> Measured:
    """Return the answer to a request about these bytes."""
    request = form(content=sha256_bytes(content), **fields)  # type: ignore[call-arg]
    return measure([request], {sha256_bytes(content): lambda: content}, DuckDBEngine())[request]


def counts(measured: Measured, **slice_: str) -> dict[str, float | None]:
    """Return the values of one slice by measure."""
    wanted = tuple(slice_.items())
    return {value.measure: value.value for value in measured.values if value.slice == wanted}


def by_slice(measured: Measured, measure_name: str) -> dict[str, float | None]:
    """Return one measure's values by the single value of their slice."""
    found: list[Measurement] = [value for value in measured.values if value.measure == measure_name]
    return {value.slice[0][1]: value.value for value in found}
