"""What the report says of people: who is waited for, how to reach them, and whose review does not count."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from promoter.decision.people import Awaited, Disqualified
from promoter.decision.types import Approvals, Decision, Outcome, Result, Verdict
from promoter.decision.verdict import is_waiting_for_people as is_decision_waiting
from promoter.decision.verdict import verdict_of
from promoter.report.markdown import render_markdown
from promoter.report.people import is_waiting_for_people, sentence_of
from promoter.report.record import AwaitedRecord
from promoter.report.view import build_view
from tests.report import decisions as make

OPEN = Approvals(required=(("risk", 1),), missing=(("risk", 1),))
AWAITED = Awaited(
    role="risk",
    count=1,
    contact="risk@example.org",
    since=datetime(2026, 1, 31, 9, tzinfo=UTC),
    people=("ravi", "rita"),
    reason="approval is missing",
)


def record(**changed: object) -> AwaitedRecord:
    """Return the published form of a role that is waited for."""
    fields = {**AWAITED.as_json(), **changed}
    return AwaitedRecord.model_validate(fields | {"people": tuple(fields["people"])})


@pytest.mark.parametrize(
    ("people", "told"),
    [
        (("rita",), "`rita` can"),
        (("ravi", "rita"), "`ravi` or `rita` can"),
        (tuple("abcdefg"), "`a`, `b`, `c`, `d`, `e` or 2 more can"),
        ((), "nobody in this role may agree to this change, so somebody must join it"),
    ],
)
def test_a_role_is_waited_for_in_one_sentence(people: tuple[str, ...], told: str) -> None:
    """Why, since when, who can, and how to reach them."""
    expected = f"approval is missing since 2026-01-31; {told}, reached at `risk@example.org`."
    assert expected == sentence_of(record(people=people))


def report(approvals: Approvals) -> str:
    """Return the comment on a passed change with these approvals."""
    change = make.change(Verdict.PASSED, [make.discrimination()], approvals=approvals)
    return render_markdown(build_view(make.decision(change).as_json()))


def test_the_comment_says_who_is_next() -> None:
    """Under what to do next, with role, people and contact."""
    text = report(replace(OPEN, awaited=(AWAITED,)))
    assert "1. **risk**: review; approval is missing since 2026-01-31; `ravi` or `rita` can, reached at" in text
    assert "`risk@example.org`" in text


def test_the_comment_says_whose_review_does_not_count() -> None:
    """The reason stands beside the login, and mentions nobody."""
    text = report(replace(OPEN, disqualified=(Disqualified(login="leo", reason="asked @everyone"),)))
    assert "- `leo` does not count: asked @\u200beveryone" in text


def passed() -> Result:
    """Return a blocking result that passed."""
    return make.discrimination()


CASES = {
    "agreed": ([passed()], Approvals(required=(("risk", 1),), given=(("risk", "rita"),)), False),
    "waiting": ([passed()], OPEN, True),
    "asked": ([replace(passed(), outcome=Outcome.INCONCLUSIVE, asks="risk")], OPEN, True),
    "undecided": ([replace(passed(), outcome=Outcome.INCONCLUSIVE)], OPEN, False),
    "failed": ([replace(passed(), outcome=Outcome.FAILED, asks=None)], OPEN, False),
    "errored": ([replace(passed(), outcome=Outcome.ERRORED)], OPEN, False),
    "nothing judged": ([], OPEN, False),
}


def decision_on(results: list[Result], approvals: Approvals) -> Decision:
    """Return a decision whose verdict is what the results lead to."""
    plain = make.change(Verdict.PASSED, results, approvals=approvals)
    verdict, reason = verdict_of(plain.kind, results, approved_roles=approvals.approved_roles)
    return make.decision(replace(plain, verdict=verdict, reason=reason))


@pytest.mark.parametrize("case", CASES)
def test_report_and_decision_agree_on_who_is_waited_for(case: str) -> None:
    """The check is pending exactly where the decision waits for people alone."""
    results, approvals, expected = CASES[case]
    decision = decision_on(results, approvals)
    assert expected is is_decision_waiting(decision)
    assert expected is is_waiting_for_people(build_view(decision.as_json()))
