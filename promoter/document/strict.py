"""The base of every type that is read from YAML."""

import re
from datetime import date, datetime
from typing import Annotated, Any

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_INSTANT = re.compile(
    r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(?P<zone>Z|[+-]\d{2}:\d{2})?", re.ASCII | re.IGNORECASE
)


class Strict(BaseModel):
    """A frozen record that refuses unknown keys, converted types, NaN and infinity.

    `bind` validates through pydantic's JSON mode: there strict means "what JSON can say exactly", so a YAML
    list fills a tuple or frozenset, a string fills an enum, a `Day` or an `Instant`, an integer fills a float,
    and nothing else is converted. Python code that builds one gives the real types.

    Two rules for subclasses. A validator with mode="before" on a list sees a list and must return the
    field's own type. A ValueError of a validator reads "what is wrong; what to do next": the part after the
    first "; " becomes the hint.
    """

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid", allow_inf_nan=False)


def _read_day(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    if not _DAY.fullmatch(value):
        raise ValueError("expected a date; write it as year-month-day, such as 2026-01-31")
    try:
        return date.fromisoformat(value)
    except ValueError as error:
        raise ValueError(f"no such date, {error}; correct the day") from error


def _read_instant(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    match = _INSTANT.fullmatch(value)
    if match is None:
        raise ValueError("expected a time; write it as 2026-01-31T09:00:00Z or with an offset such as +01:00")
    if match["zone"] is None:
        raise ValueError("the time has no zone; add Z, or an offset such as +01:00")
    try:
        return datetime.fromisoformat(value.upper())
    except ValueError as error:
        raise ValueError(f"no such time, {error}; correct it") from error


Day = Annotated[date, BeforeValidator(_read_day, json_schema_input_type=date)]
"""A calendar date, `2026-01-31` and no other form (pydantic's own date also takes digits as Unix seconds)."""

Instant = Annotated[AwareDatetime, BeforeValidator(_read_instant, json_schema_input_type=datetime)]
"""An instant with its time zone, ISO 8601: `2026-01-31T09:00:00Z`; without a zone it is refused."""
