"""A policy's recorded result as a part of the report."""

from collections.abc import Iterable, Mapping
from math import inf

from promoter.report.figures import count, figure, gap, limit, share, span
from promoter.report.parts import FindingView, PolicyView, Standing
from promoter.report.record import FindingRecord, IntervalRecord, ResultRecord

HOLDS_BACK = frozenset({"failed", "inconclusive", "errored"})
OUTCOME_WORDS = {
    "passed": "passed",
    "failed": "failed",
    "inconclusive": "undecided",
    "waived": "failed, waived",
    "errored": "could not be judged",
    "not_applicable": "does not apply",
}
_SEVERITIES = ("critical", "high", "medium", "low")
_OUTCOMES = ("errored", "failed", "inconclusive", "waived", "passed", "not_applicable")


def view_policy(result: ResultRecord) -> PolicyView:
    """Return the result in words."""
    return PolicyView(
        id=result.policy,
        version=result.policy_version,
        path=result.policy_path,
        title=result.title,
        gate=result.gate,
        owner=result.owner,
        severity=result.severity,
        enforcement=result.enforcement,
        outcome=result.outcome,
        standing=_standing(result),
        label=_label(result),
        reason=result.reason or "",
        remediation=result.remediation or "",
        asks=result.asks or "",
        waiver=result.waiver or "",
        findings=tuple(map(_view_finding, result.findings)),
        interval_note=interval_note(finding.interval for finding in result.findings),
        is_near_miss=result.near_miss,
    )


def reading_order(result: ResultRecord) -> tuple[int, int, int, str]:
    """Sort results for a reader: by standing, then severity, then outcome, then id."""
    standing = list(Standing).index(_standing(result))
    return standing, _SEVERITIES.index(result.severity), _OUTCOMES.index(result.outcome), result.policy


def where_of(slice_: Mapping[str, str]) -> str:
    """Return a slice in words, empty for all rows: race = black, sex = f."""
    return ", ".join(f"{column} = {value}" for column, value in slice_.items())


def interval_note(intervals: Iterable[IntervalRecord | None]) -> str:
    """Return what the intervals are, empty for none: 95 % confidence intervals (delong, wilson)."""
    methods: dict[float, list[str]] = {}
    for interval in intervals:
        if interval is not None and interval.method not in methods.setdefault(interval.level, []):
            methods[interval.level].append(interval.method)
    return "; ".join(f"{share(level)} confidence intervals ({', '.join(found)})" for level, found in methods.items())


def _standing(result: ResultRecord) -> Standing:
    if result.outcome == "not_applicable":
        return Standing.NOT_APPLICABLE
    if result.enforcement in ("audit", "off"):
        return Standing.OBSERVED
    if result.outcome == "waived":
        return Standing.WAIVED
    if result.outcome in HOLDS_BACK:
        return Standing.HOLDS if result.enforcement == "block" else Standing.WARNS
    return Standing.NARROW if result.narrow_pass else Standing.PASSED


def _label(result: ResultRecord) -> str:
    words = OUTCOME_WORDS[result.outcome]
    if result.near_miss:
        words += ", near miss"
    if result.narrow_pass:
        words += " narrowly"
    if result.waiver and result.outcome == "waived":
        words += f" by {result.waiver}"
    return words


def _view_finding(finding: FindingRecord) -> FindingView:
    measure, unit, interval = finding.measure, finding.unit, finding.interval
    has_bound = finding.comparator is not None and finding.bound is not None
    relative = finding.relative_margin
    return FindingView(
        satisfied=finding.satisfied,
        measure=measure,
        where=where_of(finding.slice),
        value="" if finding.value is None else figure(finding.value, unit, measure),
        interval=span(interval.lower, interval.upper, unit, measure) if interval else "",
        n="" if finding.n is None else count(finding.n),
        bound=limit(finding.comparator or "", finding.bound or 0.0, unit, measure) if has_bound else "",
        gap="" if finding.margin is None else gap(finding.margin, relative, finding.comparator or "", unit),
        is_near=finding.near,
        message=finding.message,
        hint=finding.hint or "",
        path=finding.location.path,
        line=finding.location.line,
        closeness=inf if relative is None else abs(relative),
    )
