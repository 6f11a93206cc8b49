from collections.abc import Callable, Sequence
from typing import Any

import pytest

from promoter.decision.judge import Judgement, judge, remedy
from promoter.decision.types import Outcome, Result
from promoter.document.reader import read_yaml
from promoter.errors import Location, PolicyError, Problem, Undecidable
from promoter.gates.contract.finding import Finding
from promoter.gates.contract.gate import Gate, Parameters
from promoter.measure.measurement import Measurement
from promoter.measure.request import DocumentText, Measured, Measurements, Request
from promoter.policy.policy import Category, Enforcement, Policy, Severity
from promoter.policy.rulebook import PolicyFile
from tests.support.candidates import ANYWHERE, make_context

REQUEST = DocumentText(content="git:" + "0" * 40)
NO_WAIVER = (None, None)


def found(satisfied: bool | None, **changed: Any) -> Finding:
    """Return the smallest finding with this end."""
    return Finding(satisfied=satisfied, measure="words", message="m", location=ANYWHERE, **changed)


def judgement_of(judging: Callable[..., Sequence[Finding]], requests: tuple[Request, ...] = ()) -> Judgement:
    """Return a policy whose gate judges as given."""
    policy = Policy(
        schema="promoter.policy/1",
        id="p",
        title="p holds.",
        category=Category.DOCUMENTATION,
        owner="risk",
        rationale="r",
        gate="test_gate",
        severity=Severity.HIGH,
        enforcement=Enforcement.BLOCK,
        remediation="Write more.",
    )
    gate = Gate(
        name="test_gate",
        category=Category.DOCUMENTATION,
        parameters=Parameters,
        measures=lambda *_: requests,
        judge=lambda *_: judging(),
    )
    document = read_yaml(b"id: p\n", path="policies/catalog/documentation/p.yaml")
    file = PolicyFile(policy=policy, document=document, path=document.path, version="git:0")
    return Judgement(file=file, gate=gate, parameters=Parameters(), requests=requests, context=make_context())


def outcome(
    judging: Callable[..., Sequence[Finding]],
    measurements: Measurements | None = None,
    requests: tuple[Request, ...] = (),
    waiver: tuple[str | None, str | None] = NO_WAIVER,
) -> Result:
    """Return the result of a gate that judges as given."""
    return judge(judgement_of(judging, requests), measurements or {}, lambda _file, _findings: waiver)


def crash() -> Sequence[Finding]:
    """Fail as a gate with a bug does."""
    raise ZeroDivisionError("division by zero")


def test_a_gate_that_crashes_is_errored_and_says_which() -> None:
    """A bug in anybody's gate blocks with its own message."""
    result = outcome(crash)
    assert Outcome.ERRORED is result.outcome
    assert "gate test_gate crashed: ZeroDivisionError: division by zero" == result.reason


def test_a_gate_that_finds_nothing_is_errored() -> None:
    """No comparison is no pass."""
    assert (Outcome.ERRORED, "the gate compared nothing") == (outcome(tuple).outcome, outcome(tuple).reason)


def test_numbers_that_were_not_measured_are_errored() -> None:
    """A gate never judges without what it asked for."""
    result = outcome(lambda: [found(True)], {}, (REQUEST,))
    assert Outcome.ERRORED is result.outcome
    assert "DocumentText" in (result.reason or "")


def test_a_measurement_that_failed_is_errored_with_its_reason() -> None:
    """The gate is not asked; the reason says where, what and what next."""
    result = outcome(lambda: [found(True)], {REQUEST: Measured(failure="x:1: broken; mend it")}, (REQUEST,))
    assert (Outcome.ERRORED, "x:1: broken; mend it") == (result.outcome, result.reason)


def test_a_gate_that_cannot_decide_is_inconclusive() -> None:
    """Undecidable is an end, not a crash."""

    def undecided() -> Sequence[Finding]:
        raise Undecidable("too few rows")

    assert (Outcome.INCONCLUSIVE, "too few rows") == (outcome(undecided).outcome, outcome(undecided).reason)


def test_unusable_parameters_found_while_judging_are_errored() -> None:
    """The policy's owner is told where."""

    def broken() -> Sequence[Finding]:
        raise PolicyError(Problem(Location("policies/p.yaml", 3), "no such zone", "use an IANA name"))

    result = outcome(broken)
    assert Outcome.ERRORED is result.outcome
    assert "policies/p.yaml:3: no such zone" in (result.reason or "")


@pytest.mark.parametrize(
    ("ends", "expected"),
    [
        ([True, True], Outcome.PASSED),
        ([True, None], Outcome.INCONCLUSIVE),
        ([None, False], Outcome.FAILED),
        ([True, False], Outcome.FAILED),
    ],
)
def test_the_worst_comparison_decides(ends: list[bool | None], expected: Outcome) -> None:
    """One failure fails, one open comparison leaves it open, whatever the order."""
    for order in (ends, ends[::-1]):
        assert expected is outcome(lambda order=order: [found(end) for end in order]).outcome


def test_a_waived_failure_names_its_waiver_and_keeps_its_findings() -> None:
    """Waived is never shown as passed, and what failed stays visible."""
    result = outcome(lambda: [found(False)], waiver=("w-1", None))
    assert (Outcome.WAIVED, "w-1", 1) == (result.outcome, result.waiver, len(result.findings))


def test_a_waiver_never_turns_an_error_into_anything_else() -> None:
    """What could not be judged cannot be accepted."""
    assert Outcome.ERRORED is outcome(crash, waiver=("w-1", None)).outcome


def test_a_waiver_that_does_not_hold_says_why() -> None:
    """The failure stays, with the reason beside it."""
    result = outcome(lambda: [found(False)], waiver=(None, "waiver w-1 does not hold: it expired"))
    assert (Outcome.FAILED, "waiver w-1 does not hold: it expired") == (result.outcome, result.reason)


def test_a_near_miss_is_a_failure_within_the_band() -> None:
    """One comparison outside of the band makes it an ordinary failure."""
    near, far = found(False, is_near=True), found(False)
    assert (True, False) == tuple(outcome(lambda ends=ends: ends).near_miss for ends in ([near], [near, far]))


def test_a_remedy_names_the_worst_comparison() -> None:
    """The numbers are those of the comparison that is furthest from its bound; braces of other text stay."""
    findings = [
        found(False, value=0.79, bound=0.8, margin=-0.01, n=1200, slice=(("sex", "f"),)),
        found(False, value=0.6, bound=0.8, margin=-0.2, n=1200),
        found(True, value=0.9, bound=0.8, margin=0.1),
    ]
    text = "{measure} of {slice} is {value}, needs {bound}, {gap} short, n = {n}, {other}"
    assert "words of all rows is 0.6, needs 0.8, 0.2 short, n = 1,200, {other}" == remedy(text, findings)


def test_a_number_that_is_not_finite_cannot_be_made() -> None:
    """NaN never reaches a gate: a measurement is a finite value or a reason."""
    for value in (float("nan"), float("inf"), None):
        with pytest.raises(ValueError, match="needs a finite value or a reason"):
            Measurement(measure="roc_auc", value=value, n=1)
