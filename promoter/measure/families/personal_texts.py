"""PersonalTexts: patterns of personal data in committed tables, counted, never shown."""

from typing import Any

from promoter.measure.aggregate import Aggregate, Source, SuspectTexts
from promoter.measure.families.answers import suspects_of
from promoter.measure.families.family import Results, TableFamily, number
from promoter.measure.measurement import Measurement
from promoter.measure.request import Measured
from promoter.measure.requests_data import PersonalTexts
from promoter.measure.statistics.privacy import FIRST_ROWS, kinds_in

SUSPECT = (
    r"@|[0-9](?:[ ().-]{0,3}[0-9]){6}|[0-9]\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]|:[0-9A-Fa-f]*:"
    r"|[A-Za-z]{2}[0-9]{2}(?: ?[A-Za-z0-9]){11}|[^\x00-\x7F]"
)
"""What every text with one of privacy.KINDS holds, in RE2: an @, seven digits close together, an address, an IBAN, or
letters beyond ASCII, which may fold into any of these."""


def aggregates(request: PersonalTexts) -> tuple[Aggregate, ...]:
    """Return the one question for texts to look at."""
    return (_question(request),)


def derive(request: PersonalTexts, results: Results) -> Measured:
    """Return the rows with each kind by column; a column with too many suspects is undecidable, never clean."""
    suspects = suspects_of(results, _question(request), place=request.table.content)
    values: list[Measurement] = []
    first_rows: dict[str, Any] = {}
    for column, texts in suspects.columns.items():
        rows: dict[str, int] = {}
        places: dict[str, list[int]] = {}
        for text, count, first in texts:
            for kind in kinds_in(text):
                rows[kind] = rows.get(kind, 0) + count
                places.setdefault(kind, []).append(first)
        for kind in sorted(rows):
            slice_ = (("column", column), ("kind", kind))
            values.append(number("personal_data", rows[kind], n=rows[kind], slice_=slice_, unit="rows"))
            first_rows[f"{column} {kind}"] = sorted(places[kind])[:FIRST_ROWS]
    for column in suspects.overfull:
        reason = "too many different texts look like personal data to read them one by one"
        where = (("column", column), ("kind", "any"))
        values.append(Measurement(measure="personal_data", n=0, slice=where, unit="rows", undecidable=reason))
    searched = len(suspects.columns) + len(suspects.overfull)
    values.append(number("columns_searched", searched, n=searched, unit="columns"))
    return Measured(values=tuple(values), facts={"first_rows": first_rows})


def _question(request: PersonalTexts) -> SuspectTexts:
    return SuspectTexts(Source(request.table.content, request.table.format), SUSPECT)


FAMILY = TableFamily(contents=lambda request: (request.table.content,), aggregates=aggregates, derive=derive)
