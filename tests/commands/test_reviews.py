"""`promoter check --reviews`: approvals enter the decision, and people alone never turn it red."""

import json
from pathlib import Path
from typing import Any

import pytest

from promoter.commands.case import open_case
from promoter.commands.judging import Workshop, judge_case
from promoter.commands.reviewing import panel_of
from promoter.decision.types import Decision, Verdict
from promoter.decision.verdict import is_waiting_for_people
from promoter.git.repository import open_repository
from tests.support.command import Run, run_promoter
from tests.support.registry import stage_files, version_files
from tests.support.reviewing import AT, RITA, Promotion, facts_json, facts_of


@pytest.fixture
def promotion(tmp_path: Path) -> Promotion:
    """Return a promotion that role risk must approve."""
    return Promotion.create(tmp_path / "registry")


def check(promotion: Promotion, reviews: Path, *arguments: str) -> Run:
    """Run `promoter check` with a file of reviews."""
    place = ("--repo", str(promotion.builder.path), "--base", promotion.base, "--head", promotion.head)
    return run_promoter("check", *place, "--at", AT.isoformat(), "--reviews", str(reviews), "--json", *arguments)


def approvals_of(run: Run) -> dict[str, Any]:
    """Return the approvals of the only change."""
    (change,) = json.loads(run.out)["changes"]
    found: dict[str, Any] = change["approvals"]
    return found


def decide(promotion: Promotion, *reviews: dict[str, Any], head: str | None = None) -> Decision:
    """Return the decision with these reviews."""
    repository = open_repository(promotion.builder.path)
    case = open_case(repository, base=promotion.base, head=head or promotion.head, is_worktree=False, at=AT)
    workshop = Workshop(cache=promotion.builder.path / ".git" / "cache")
    return judge_case(case, at=AT, workshop=workshop, panel=panel_of(case, facts_of(*reviews)))


def test_the_file_of_reviews_enters_the_decision(promotion: Promotion, tmp_path: Path) -> None:
    """The approval of role risk is given, with what it rests on, and nobody is missing."""
    path = tmp_path / "reviews.json"
    path.write_bytes(facts_json(promotion.approval(RITA)))
    run = check(promotion, path)
    assert 0 == run.code
    approvals = approvals_of(run)
    assert [{"role": "risk", "login": "rita"}] == approvals["given"]
    assert [] == approvals["missing"]
    assert promotion.head == approvals["grounds"][0]["commit"]


def test_without_the_file_everybody_is_missing(promotion: Promotion, tmp_path: Path) -> None:
    """Nobody agrees by silence; the verdict of the policies stands beside it."""
    path = tmp_path / "reviews.json"
    path.write_bytes(facts_json())
    approvals = approvals_of(check(promotion, path))
    assert [{"role": "risk", "count": 1}] == approvals["missing"]
    assert ["rita", "ravi"] == sorted(approvals["awaited"][0]["people"], reverse=True)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"{", "the file: Invalid JSON"),
        (facts_json(reviewers=[]), "reviewers: Extra inputs are not permitted"),
        (facts_json(waiting_since="yesterday"), "waiting_since"),
    ],
)
def test_an_unusable_file_is_refused(promotion: Promotion, tmp_path: Path, content: bytes, said: str) -> None:
    """Exit 2, with the file, the key and where the form is described."""
    path = tmp_path / "reviews.json"
    path.write_bytes(content)
    run = check(promotion, path)
    assert 2 == run.code
    assert f"{path}: {said}" in run.err
    assert "docs/approvals.md" in run.err


def test_a_missing_file_is_refused(promotion: Promotion, tmp_path: Path) -> None:
    """A file that the job did not write is not the same as no reviews."""
    run = check(promotion, tmp_path / "none.json")
    assert 2 == run.code
    assert "cannot be read: No such file" in run.err


def test_uncommitted_files_have_no_reviews(promotion: Promotion, tmp_path: Path) -> None:
    """A review is of a commit."""
    path = tmp_path / "reviews.json"
    path.write_bytes(facts_json())
    promotion.builder.git("checkout", "-q", "-f", "candidate")
    run = run_promoter("check", "--repo", str(promotion.builder.path), "--worktree", "--reviews", str(path))
    assert 2 == run.code
    assert "uncommitted files have no reviews" in run.err


def test_missing_people_are_waited_for(promotion: Promotion) -> None:
    """Passed and waiting; with the approval passed and not waiting."""
    waiting, agreed = decide(promotion), decide(promotion, promotion.approval(RITA))
    assert (Verdict.PASSED, True) == (waiting.verdict, is_waiting_for_people(waiting))
    assert (Verdict.PASSED, False) == (agreed.verdict, is_waiting_for_people(agreed))


def test_a_failed_policy_is_not_waiting_for_people(promotion: Promotion) -> None:
    """An approval would not mend it."""
    files = {**version_files("3.0.0", shift=1.0), **stage_files(production="3.0.0")}
    head = promotion.commit(files, onto=promotion.base)
    decision = decide(promotion, head=head)
    assert (Verdict.FAILED, False) == (decision.verdict, is_waiting_for_people(decision))


def test_a_problem_is_not_waiting_for_people(promotion: Promotion) -> None:
    """What cannot be read cannot be approved."""
    head = promotion.commit({"models/lending/mortgage/stagse/production.yaml": "x"}, onto=promotion.head)
    assert not is_waiting_for_people(decide(promotion, head=head))
