"""The facts of a pull request's people, read over a real socket from answers that GitHub describes."""

from collections.abc import Iterator
from typing import Any

import pytest

from promoter.decision.reviews import ReviewFacts
from promoter.errors import ServiceError
from promoter.github.client import connect
from promoter.github.patience import Patience
from promoter.github.people import read_people
from tests.forge.shapes import shape, user
from tests.support.settings_server import FORBIDDEN, NOT_FOUND, REPOSITORY, SettingsServer, serving

HEAD = "a" * 40
LEO, RITA, BOT = user("leo", number=102), user("rita", number=101), user("helper[bot]", number=105, kind="Bot")
TEAM = "/orgs/acme/teams/risk/members"


def pull(**changed: Any) -> dict[str, Any]:
    """Return a pull request of leo from a branch of the same repository."""
    repository = shape("repository", id=1, name="registry", full_name=REPOSITORY)
    end = {"label": "acme:candidate", "ref": "candidate", "sha": HEAD, "user": LEO, "repo": repository}
    plain = shape("pull-request", number=7, user=LEO, head=end, base={**end, "ref": "main"})
    return {**plain, "created_at": "2026-01-30T08:00:00Z", **changed}


def review(number: int, person: dict[str, Any] | None, state: str, **changed: Any) -> dict[str, Any]:
    """Return a review of the head."""
    at = "2026-01-31T09:00:00Z"
    plain = shape("pull-request-review", id=number, user=person, state=state, commit_id=HEAD, submitted_at=at)
    return {**plain, **changed}


def push(kind: str, actor: dict[str, Any] | None, at: str) -> dict[str, Any]:
    """Return an entry of a branch's activity."""
    return shape("activity", activity_type=kind, actor=actor, timestamp=at, ref="refs/heads/candidate")


def sound_answers() -> dict[str, tuple[int, Any]]:
    """Return path to answer of a pull request with one commit and one approval."""
    commit = shape("commit", sha=HEAD, author=LEO, committer={})
    return {
        "/pulls/7": (200, pull()),
        "/pulls/7/commits": (200, [commit]),
        "/pulls/7/reviews": (200, [review(1, RITA, "APPROVED")]),
        "/activity": (
            200,
            [
                push("push", BOT, "2026-01-30T12:00:00Z"),
                push("branch_creation", LEO, "2026-01-29T12:00:00Z"),
                push("push", RITA, "2025-01-29T12:00:00Z"),
            ],
        ),
        TEAM: (200, [RITA]),
    }


@pytest.fixture
def server() -> Iterator[SettingsServer]:
    """Return a forge that holds one pull request; every described answer must fit its description."""
    with serving(SettingsServer(answers=sound_answers())) as running:
        yield running
        assert [] == running.violations


def read(server: SettingsServer, *teams: str) -> ReviewFacts:
    """Return the facts."""
    client = connect(REPOSITORY, token="t" * 20, api_url=server.url, patience=Patience(total_seconds=0))
    return read_people(client, 7, teams=teams)


def test_who_made_and_who_reviewed_is_read(server: SettingsServer) -> None:
    """Author, the commit's accounts, and the review with the commit that was seen."""
    facts = read(server)
    assert ("leo", 102) == (facts.author.login, facts.author.id) if facts.author else None
    (commit,) = facts.commits
    assert (HEAD, None) == (commit.commit, commit.committer)
    (approval,) = facts.reviews
    assert (HEAD, "APPROVED") == (approval.commit, approval.state)


def test_who_pushed_since_the_branch_was_made_is_read(server: SettingsServer) -> None:
    """What an earlier branch of the same name saw does not count; the last push begins the waiting."""
    facts = read(server)
    assert ["helper[bot]", "leo"] == [account.login for account in facts.pushers]
    assert facts.pushers[0].is_bot
    assert "2026-01-30T12:00:00+00:00" == facts.waiting_since.isoformat()


@pytest.mark.parametrize("answer", [FORBIDDEN, NOT_FOUND])
def test_what_the_token_may_not_read_is_left_out(server: SettingsServer, answer: tuple[int, Any]) -> None:
    """Members of an unread team do not count, rather than everybody."""
    server.answers["/activity"] = answer
    server.answers[TEAM] = answer
    facts = read(server, "acme/risk")
    assert {} == facts.teams
    assert () == facts.pushers
    assert "2026-01-30T08:00:00+00:00" == facts.waiting_since.isoformat()


def test_the_members_of_a_team_are_read(server: SettingsServer) -> None:
    """By id and login, for the teams that roles.yaml names."""
    assert [101] == [account.id for account in read(server, "acme/risk").teams["acme/risk"]]


def test_a_reviewer_that_is_gone_stands_for_none(server: SettingsServer) -> None:
    """GitHub writes null; an unsent review has no moment and is left out."""
    unsent = review(2, RITA, "PENDING")
    del unsent["submitted_at"]
    server.answers["/pulls/7/reviews"] = (200, [review(1, None, "APPROVED"), unsent])
    (only,) = read(server).reviews
    assert only.reviewer is None


def test_a_failing_github_gives_no_facts(server: SettingsServer) -> None:
    """Missing reviews are not the same as reviews that could not be read."""
    server.answers["/pulls/7/reviews"] = FORBIDDEN
    with pytest.raises(ServiceError, match="the token may not do this"):
        read(server)


def test_an_answer_of_another_form_gives_no_facts(server: SettingsServer) -> None:
    """A state that GitHub does not document is no state that counts as nothing."""
    server.answers["/pulls/7/reviews"] = (200, [review(1, RITA, "MAYBE")])
    with pytest.raises(ServiceError, match="is not what it documents"):
        read(server)
