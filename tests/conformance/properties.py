"""What every gate promises, as functions of one judged case: a plug-in's own tests may call them too."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from promoter.decision.judge import Judgement, judge, no_waiver
from promoter.decision.types import Outcome, Result
from promoter.document.bind import bind_value
from promoter.errors import Location, ProposalError
from promoter.measure.measurement import Measurement
from promoter.measure.request import Measured, Measurements

UPPER = ("at_most", "margin")
"""Limits that get tighter as they fall; so does every parameter whose name begins with max_."""

NOT_LIMITS = ("min_n",)
"""Sizes below which a group is not assessed: more of it assesses less. All other min_ parameters get tighter as they
rise, and so does at_least."""


def outcome(judgement: Judgement, answers: Measurements) -> Result:
    """Return the result without any waiver."""
    return judge(judgement, answers, no_waiver)


def comparable(result: Result) -> tuple[Outcome, list[str]]:
    """Return the outcome and the findings, in an order of their own."""
    return result.outcome, sorted(str(finding.as_json()) for finding in result.findings)


def reversed_answers(answers: Measurements) -> Measurements:
    """Return the same answers, each with its numbers and facts in the opposite order."""
    turned = {
        request: replace(found, values=found.values[::-1], facts=dict(reversed(found.facts.items())))
        for request, found in reversed(answers.items())
    }
    return dict(turned)


def undecidable(answers: Measurements) -> Measurements:
    """Return the answers with a reason in place of every number."""
    return {
        request: replace(found, values=tuple(_without_value(value) for value in found.values))
        for request, found in answers.items()
    }


def _without_value(value: Measurement) -> Measurement:
    return replace(value, value=None, interval=None, undecidable="a column is NaN")


def failed(answers: Measurements) -> Iterator[Measurements]:
    """Yield the answers with each one in turn replaced by a failure."""
    for broken in answers:
        yield {**answers, broken: Measured(failure="the file is truncated")}


def tightened(judgement: Judgement) -> Iterator[Judgement]:
    """Yield the judgement with each limit of its policy in turn made a tenth tighter, where the gate allows that."""
    written = judgement.file.policy.parameters
    for path, value in _limits(written, ()):
        changed = _changed(written, path, value)
        try:
            bound = bind_value(changed, judgement.gate.parameters, location_of=lambda _keys: Location("tightened"))
        except ProposalError:
            continue
        yield replace(judgement, parameters=bound)


def _limits(value: Any, path: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], float]]:
    if isinstance(value, Mapping):
        for key, item in value.items():
            if isinstance(item, int | float) and not isinstance(item, bool):
                if key in UPPER or str(key).startswith("max_"):
                    step = type(item)(max(1, abs(item) // 10)) if isinstance(item, int) else abs(item) / 10 or 0.01
                    yield (*path, key), max(item - step, 0) if item >= 0 else item - step
                elif key == "at_least" or (str(key).startswith("min_") and key not in NOT_LIMITS):
                    step = max(1, abs(item) // 10) if isinstance(item, int) else abs(item) / 10 or 0.01
                    yield (*path, key), item + step
            else:
                yield from _limits(item, (*path, key))
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            yield from _limits(item, (*path, index))


def _changed(value: Any, path: tuple[str | int, ...], limit: float) -> Any:
    """Return a copy of nested mappings and lists with one value replaced."""
    if not path:
        return limit
    if isinstance(value, Mapping):
        return {key: _changed(item, path[1:], limit) if key == path[0] else item for key, item in value.items()}
    return [_changed(item, path[1:], limit) if index == path[0] else item for index, item in enumerate(value)]
