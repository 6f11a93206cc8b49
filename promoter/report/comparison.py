"""Candidate beside champion, out of the numbers that a decision carries."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from promoter.report.figures import count, figure, span
from promoter.report.parts import Comparison, ComparisonRow, MeasurementRow
from promoter.report.policies import interval_note, where_of
from promoter.report.record import AnswerRecord, ChangeRecord, MeasurementRecord

_DIFFERENCE = "_difference"
_SIDES = ("_candidate", "_champion")
_MOST_UNASKED = 6
"""Measures shown where no policy asks for one by name."""

Key = tuple[str, str]
"""A measure and its slice in words."""


@dataclass(slots=True)
class _Sides:
    """What was measured of each side, by measure and slice; the first measurement of each stays."""

    candidate: dict[Key, MeasurementRecord] = field(default_factory=dict)
    champion: dict[Key, MeasurementRecord] = field(default_factory=dict)
    difference: dict[Key, MeasurementRecord] = field(default_factory=dict)

    def in_order(self) -> list[Key]:
        """Return every measure and slice, all rows first, in the order of measuring."""
        found = dict.fromkeys((*self.candidate, *self.difference))
        return sorted(found, key=lambda key: key[1] != "")


def compare(change: ChangeRecord) -> Comparison | None:
    """Return the measures that the policies look at, candidate beside champion; None where there is none.

    All rows, and slices in which a comparison is open or near. The champion's column holds only what was measured.
    """
    sides = _sides(change.measurements)
    keys = _told(change, sides)
    if not keys:
        return None
    told = [
        found
        for side in (sides.candidate, sides.champion, sides.difference)
        for key in keys
        if (found := side.get(key)) is not None
    ]
    return Comparison(
        candidate=change.version or "candidate",
        champion=change.champion or "",
        rows=tuple(_row(key, sides) for key in keys),
        interval_note=interval_note(found.interval for found in told),
    )


def measurement_rows(measurements: Mapping[str, AnswerRecord]) -> tuple[MeasurementRow, ...]:
    """Return every number of the record, or the reason why there is none."""
    theirs = _champion_contents(measurements)
    return tuple(
        MeasurementRow(
            about=_about(answer, theirs),
            measure=found.measure,
            where=where_of(found.slice),
            value=f"undecided: {found.undecidable}" if found.value is None else figure(found.value, found.unit),
            interval=span(found.interval.lower, found.interval.upper, found.unit) if found.interval else "",
            n=count(found.n),
        )
        for answer in measurements.values()
        for found in answer.measured.values
    )


def _sides(measurements: Mapping[str, AnswerRecord]) -> _Sides:
    """Sort the numbers by side: a table is the champion's where a paired request says so."""
    theirs = _champion_contents(measurements)
    sides = _Sides()
    for answer in measurements.values():
        if answer.request.get("family") == "Quality":
            side = sides.champion if _content(answer, "table") in theirs else sides.candidate
            for found in answer.measured.values:
                side.setdefault((found.measure, where_of(found.slice)), found)
    for answer in _paired(measurements):
        for measure, found, suffix in _paired_values(answer):
            side = {_SIDES[0]: sides.candidate, _SIDES[1]: sides.champion}.get(suffix, sides.difference)
            side.setdefault((measure, where_of(found.slice)), found)
    return sides


def _paired(measurements: Mapping[str, AnswerRecord]) -> list[AnswerRecord]:
    return [answer for answer in measurements.values() if answer.request.get("family") == "PairedQuality"]


def _champion_contents(measurements: Mapping[str, AnswerRecord]) -> set[str]:
    """Return the contents that paired requests name as the champion's, and never as the candidate's."""
    paired = _paired(measurements)
    mine = {_content(answer, "candidate") for answer in paired}
    return {_content(answer, "champion") for answer in paired} - mine


def _about(answer: AnswerRecord, theirs: set[str]) -> str:
    """Return what a request is about in words: its family, and whose table where it is one of two."""
    family = str(answer.request.get("family", ""))
    if family == "PairedQuality":
        return "candidate \N{MINUS SIGN} champion"
    return f"{family} of champion" if _content(answer, "table") in theirs else family


def _content(answer: AnswerRecord, table: str) -> str:
    found = answer.request.get(table)
    return str(found.get("content", "")) if isinstance(found, dict) else ""


def _paired_values(answer: AnswerRecord) -> Iterator[tuple[str, MeasurementRecord, str]]:
    for found in answer.measured.values:
        for suffix in (*_SIDES, _DIFFERENCE):
            if found.measure.endswith(suffix):
                yield found.measure.removesuffix(suffix), found, suffix


def _told(change: ChangeRecord, sides: _Sides) -> list[Key]:
    findings = [finding for result in change.results for finding in result.findings]
    asked = {finding.measure.removesuffix(_DIFFERENCE) for finding in findings}
    pointed = {
        (finding.measure.removesuffix(_DIFFERENCE), where_of(finding.slice))
        for finding in findings
        if finding.satisfied is not True or finding.near
    }
    keys = [key for key in sides.in_order() if (key[0] in asked and not key[1]) or key in pointed]
    return keys or [key for key in sides.in_order() if not key[1]][:_MOST_UNASKED]


def _row(key: Key, sides: _Sides) -> ComparisonRow:
    found = next(side[key] for side in (sides.candidate, sides.difference) if key in side)
    return ComparisonRow(
        measure=key[0],
        where=key[1],
        candidate=_words(sides.candidate.get(key)),
        champion=_words(sides.champion.get(key)),
        difference=_words(sides.difference.get(key), is_signed=True),
        n=count(found.n),
    )


def _words(found: MeasurementRecord | None, *, is_signed: bool = False) -> str:
    if found is None:
        return ""
    if found.value is None:
        return "undecided"
    measure, interval = found.measure if is_signed else "", found.interval
    words = figure(found.value, found.unit, measure, is_signed=is_signed)
    if interval is None:
        return words
    return f"{words} ({span(interval.lower, interval.upper, found.unit, measure, is_signed=is_signed)})"
