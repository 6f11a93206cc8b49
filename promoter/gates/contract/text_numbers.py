"""Whether the numbers that a text's tables state of a version are the ones that were measured."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from promoter.errors import Location
from promoter.gates.contract.claim import claim
from promoter.gates.contract.finding import Finding
from promoter.measure.measurement import Measurement

_NUMBER = re.compile(r"(?P<digits>[-+\u2212]?\d+(?:,\d{3})*(?:\.(?P<decimals>\d+))?)\s*(?P<percent>%)?(?![\w.])")
_ALIASES = {"auc": "roc_auc", "f1_score": "f1", "average_precision_score": "average_precision", "r_2": "r2"}
_OWN_COLUMN = frozenset({"value", "result", "this version"})
_OTHERS = re.compile(r"champion|\d+(?:\.\d+)+(?:[-+][0-9a-z.+-]+)?")
"""A column's name that says that its numbers are another version's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """A number of a table: the measure that its row names, its value, and half a unit of its last digit."""

    measure: str
    value: float
    half_unit: float
    text: str
    line: int


def compare_numbers(
    facts: Mapping[str, Any],
    measured: Sequence[Measurement],
    *,
    version: str,
    quoted: Sequence[str],
    place: Location,
) -> Iterator[Finding]:
    """Yield a finding a number that a table states of the version's measures over all rows, and one a missing quote.

    A row is about a measure where its first cell, without what stands in parentheses, is the measure's name; a column
    is about the version where its header, without those too, is the version, or `value`. A number agrees where it is
    the measured one, rounded to its own last digit. Where several files were measured, agreement with one of them
    suffices. Numbers of measures in tables that are about no version, or in all tables about others alone, fail: a card
    whose numbers cannot be compared would otherwise pass as one whose numbers agree.
    """
    if facts.get("tables") is None:
        message, hint = "the tables of the text were not read", "measure it again with this version of promoter"
        yield claim("stated_number", satisfied=None, message=message, location=place, hint=hint)
        return
    whole = [value for value in measured if not value.slice]
    names = {value.measure for value in whole}
    stated = [number for number in _stated(facts["tables"], version) if number.measure in names]
    for number in stated:
        yield _compared(number, [value for value in whole if value.measure == number.measure], place)
    yield from _unassigned(facts["tables"], names, version=version, is_any_stated=bool(stated), place=place)
    for measure in quoted:
        if measure not in {number.measure for number in stated}:
            yield claim(
                "stated_number",
                satisfied=False if measure in names else None,
                message=f"no table of the text states {measure} of {version}"
                + ("" if measure in names else ", and it was not measured"),
                location=place,
                hint=f"add a row {measure} to a table with a column {version}",
                slice_=(("measure", measure),),
            )


def _compared(stated: Stated, measured: Sequence[Measurement], place: Location) -> Finding:
    values = [value.value for value in measured if value.value is not None]
    nearest = min(values, key=lambda value: abs(value - stated.value), default=None)
    location = Location(place.path, stated.line)
    if nearest is None:
        message, satisfied = f"{stated.measure} is stated as {stated.text}, and could not be measured", None
    else:
        satisfied = abs(nearest - stated.value) <= stated.half_unit + 1e-9
        end = "as measured" if satisfied else f"measured is {nearest:.4g}"
        message = f"{stated.measure} is stated as {stated.text}, {end}"
    return claim(
        "stated_number",
        satisfied=satisfied,
        message=message,
        location=location,
        hint="write the number that `promoter measure` prints for this version's predictions",
        slice_=(("measure", stated.measure),),
    )


def _unassigned(
    tables: Sequence[Mapping[str, Any]], names: set[str], *, version: str, is_any_stated: bool, place: Location
) -> Iterator[Finding]:
    """Yield a finding a table whose numbers of measures are about nobody knows what, or about other versions alone."""
    for table in tables:
        rows = [
            row
            for row in table["rows"]
            if _measure_of(row["cells"][0]) in names and any(map(_NUMBER.match, row["cells"][1:]))
        ]
        if not rows or _own_columns(table, version):
            continue
        is_others = any(_OTHERS.fullmatch(_column(cell)) for cell in table["header"][1:])
        if is_others and is_any_stated:
            continue
        measure = _measure_of(rows[0]["cells"][0])
        whose = (
            f"of other versions, and none of {version}"
            if is_others
            else "in a table that does not say of which version"
        )
        yield claim(
            "stated_number",
            satisfied=False,
            message=f"{measure} is stated {whose}",
            location=Location(place.path, rows[0]["line"]),
            hint=f"head the column of this version's numbers {version}, and write what was measured of it",
            slice_=(("measure", measure),),
        )


def _column(cell: str) -> str:
    """Return a header's name: without case, emphasis, parentheses, and the word or letter before a version."""
    name = re.sub(r"\([^)]*\)", "", cell.casefold()).strip("*_` \t")
    return re.sub(r"^(?:version\s+|v)(?=\d)", "", name)


def _own_columns(table: Mapping[str, Any], version: str) -> list[int]:
    header = list(enumerate(map(_column, table["header"])))[1:]
    columns = [index for index, cell in header if cell == version.casefold()]
    return columns or [index for index, cell in header if cell in _OWN_COLUMN]


def _stated(tables: Sequence[Mapping[str, Any]], version: str) -> Iterator[Stated]:
    for table in tables:
        for row in table["rows"]:
            cells = row["cells"]
            for column in _own_columns(table, version):
                match = _NUMBER.match(cells[column]) if column < len(cells) else None
                if match is not None:
                    yield _read(_measure_of(cells[0]), match, row["line"])


def _read(measure: str, match: re.Match[str], line: int) -> Stated:
    scale = 0.01 if match["percent"] else 1.0
    value = float(match["digits"].replace(",", "").replace("\u2212", "-")) * scale
    half_unit = 0.5 * 10.0 ** -len(match["decimals"] or "") * scale
    return Stated(measure=measure, value=value, half_unit=half_unit, text=match.group().strip(), line=line)


def _measure_of(label: str) -> str:
    """Return the measure's name that a row's first cell stands for: words joined by _, without parentheses."""
    name = "_".join(re.findall(r"[^\W_]+", re.sub(r"\([^)]*\)", " ", label.casefold())))
    if name.startswith("macro_"):
        name = f"{name.removeprefix('macro_')}_macro"
    name = _ALIASES.get(name, name)
    return name.removesuffix("_score")
