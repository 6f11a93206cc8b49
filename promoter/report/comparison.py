"""Candidate beside champion, out of the numbers that a decision carries."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from promoter.report.figures import count, figure, span
from promoter.report.parts import Comparison, ComparisonRow, MeasurementRow
from promoter.report.policies import interval_note, where_of
from promoter.report.record import AnswerRecord, ChangeRecord, FindingRecord, MeasurementRecord

_DIFFERENCE = "_difference"
_COMPARING_GATE = "champion_regression"
_PAIRED = ("PairedQuality", "PairedRates", "PairedScores")
"""Requests of candidate minus champion on the same rows; they name both tables."""

_FAMILIES = (*_PAIRED, "Quality", "GroupRates", "Drift")
_SIDES = ("_candidate", "_champion")
_MOST_UNASKED = 6
"""Measures shown where no policy asks for one by name."""

Key = tuple[str, str]
"""A measure and its slice in words."""

Number = MeasurementRecord | FindingRecord


@dataclass(slots=True)
class _Sides:
    """What was measured of each side, by measure and slice; the first measurement of each stays."""

    candidate: dict[Key, Number] = field(default_factory=dict)
    champion: dict[Key, Number] = field(default_factory=dict)
    difference: dict[Key, Number] = field(default_factory=dict)

    def in_order(self) -> list[Key]:
        """Return every measure and slice, all rows first, in the order of measuring."""
        found = dict.fromkeys((*self.candidate, *self.difference))
        return sorted(found, key=lambda key: key[1] != "")


def compare(change: ChangeRecord) -> Comparison | None:
    """Return the measures that the policies look at, candidate beside champion; None where there is none.

    All rows, and slices in which a comparison is open or near. The champion's column holds only what was measured;
    a difference is the paired measurement, or what the gate that compares with the champion derived from one.
    """
    sides = _sides(change)
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
            value=f"undecided: {found.undecidable}"
            if found.value is None
            else figure(found.value, found.unit, found.measure),
            interval=span(found.interval.lower, found.interval.upper, found.unit, found.measure)
            if found.interval
            else "",
            n=count(found.n),
        )
        for answer in sorted(measurements.values(), key=_reading_order)
        for found in answer.measured.values
    )


def _reading_order(answer: AnswerRecord) -> int:
    """Sort answers for a reader: the comparison, quality, groups, drift, and then what describes files."""
    family = answer.request.get("family")
    return _FAMILIES.index(family) if family in _FAMILIES else len(_FAMILIES)


def _sides(change: ChangeRecord) -> _Sides:
    """Sort the numbers by side: a table is the champion's where a paired request says so."""
    measurements = change.measurements
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
    for finding in [
        finding for result in change.results if result.gate == _COMPARING_GATE for finding in result.findings
    ]:
        key = finding.measure.removesuffix(_DIFFERENCE), where_of(finding.slice)
        if finding.value is not None and key in sides.candidate:
            sides.difference.setdefault(key, finding)
    return sides


def _paired(measurements: Mapping[str, AnswerRecord]) -> list[AnswerRecord]:
    return [answer for answer in measurements.values() if answer.request.get("family") in _PAIRED]


def _champion_contents(measurements: Mapping[str, AnswerRecord]) -> set[str]:
    """Return the contents that paired requests name as the champion's, and never as the candidate's."""
    paired = _paired(measurements)
    mine = {_content(answer, "candidate") for answer in paired}
    return {_content(answer, "champion") for answer in paired} - mine


def _about(answer: AnswerRecord, theirs: set[str]) -> str:
    """Return what a request is about in words: its family, and whose table where it is one of two."""
    family = str(answer.request.get("family", ""))
    if family in _PAIRED:
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
    keys = sides.in_order()
    compared = [(finding.measure.removesuffix(_DIFFERENCE), where_of(finding.slice)) for finding in findings]
    asked = {key[0] for key in compared if key in keys}
    pointed = {
        key for key, finding in zip(compared, findings, strict=True) if finding.satisfied is not True or finding.near
    }
    told = [key for key in keys if (key[0] in asked and not key[1]) or key in pointed]
    return told or [key for key in keys if not key[1]][:_MOST_UNASKED]


def _row(key: Key, sides: _Sides) -> ComparisonRow:
    found = sides.candidate.get(key) or sides.difference[key]
    return ComparisonRow(
        measure=key[0],
        where=key[1],
        candidate=_words(sides.candidate.get(key)),
        champion=_words(sides.champion.get(key)),
        difference=_words(sides.difference.get(key), is_signed=True),
        n=count(found.n or 0),
    )


def _words(found: Number | None, *, is_signed: bool = False) -> str:
    if found is None:
        return ""
    if found.value is None:
        return "undecided"
    measure, interval = found.measure if is_signed else "", found.interval
    words = figure(found.value, found.unit, measure, is_signed=is_signed)
    if interval is None:
        return words
    return f"{words} ({span(interval.lower, interval.upper, found.unit, measure, is_signed=is_signed)})"
