"""The facts of a pull request's people, read over a real socket from answers that GitHub describes."""

import pytest

from promoter.decision.reviews import ReviewFacts
from promoter.errors import ServiceError
from promoter.github.client import Client
from promoter.github.people import read_people
from tests.forge.server import Forge
from tests.github.conftest import Waits, client_of

TEAM = "acme/risk"


@pytest.fixture
def client(forge: Forge, waits: Waits) -> Client:
    """Return a client that may read what the evidence job reads, and teams."""
    forge.state.open_pull("candidate", author="leo")
    forge.state.emails["ada@example.org"] = "leo"
    forge.state.teams[TEAM] = ["rita"]
    return client_of(forge, waits, pull_requests="read", contents="read", members="read")


def read(client: Client, *teams: str) -> ReviewFacts:
    """Return the facts of leo's pull request."""
    return read_people(client, 8, teams=teams)


def test_who_made_and_who_reviewed_is_read(client: Client, forge: Forge) -> None:
    """Author, the commit's accounts, and the review with the commit that was seen."""
    pull = forge.state.pulls[8]
    forge.state.add_review(pull, "rita")
    facts = read(client)
    assert ("leo", 102) == (facts.author.login, facts.author.id) if facts.author else None
    (commit,) = facts.commits
    assert (forge.state.head_of(pull), "leo") == (commit.commit, commit.author.login if commit.author else None)
    (approval,) = facts.reviews
    assert (forge.state.head_of(pull), "APPROVED") == (approval.commit, approval.state)


def test_a_commit_of_nobodys_address_has_no_account(client: Client, forge: Forge) -> None:
    """GitHub answers null, or an empty object; both stand for none."""
    forge.state.emails.clear()
    (commit,) = read(client).commits
    assert (None, None) == (commit.author, commit.committer)


def test_who_pushed_since_the_branch_was_made_is_read(client: Client, forge: Forge) -> None:
    """What an earlier branch of the same name saw does not count; the last push begins the waiting."""
    forge.state.settings["activity"] = [
        ("push", "helper[bot]", "2026-01-30T12:00:00Z"),
        ("branch_deletion", "zoe", "2026-01-29T13:00:00Z"),
        ("branch_creation", "leo", "2026-01-29T12:00:00Z"),
        ("push", "rita", "2025-01-29T12:00:00Z"),
    ]
    facts = read(client)
    assert ["helper[bot]", "leo"] == [account.login for account in facts.pushers]
    assert facts.pushers[0].is_bot
    assert "2026-01-30T12:00:00+00:00" == facts.waiting_since.isoformat()


@pytest.mark.parametrize("status", [403, 404])
def test_what_the_token_may_not_read_is_left_out(client: Client, forge: Forge, status: int) -> None:
    """Members of an unread team do not count, rather than everybody."""
    forge.fail("GET", "/activity|/teams/", status, times=99)
    facts = read(client, TEAM)
    assert {} == facts.teams
    assert () == facts.pushers
    assert "2026-01-30T08:00:00+00:00" == facts.waiting_since.isoformat()


def test_the_members_of_a_team_are_read(client: Client) -> None:
    """By id and login, for the teams that roles.yaml names."""
    assert [101] == [account.id for account in read(client, TEAM).teams[TEAM]]


def test_a_team_of_more_than_a_hundred_is_read_to_its_end(client: Client, forge: Forge) -> None:
    """Two pages; whoever stands on the second holds the role too."""
    forge.state.teams[TEAM] = [f"p{number}" for number in range(150)]
    assert 150 == len(read(client, TEAM).teams[TEAM])


def test_reviews_beyond_a_hundred_are_read(client: Client, forge: Forge) -> None:
    """The newest decide, and they stand last."""
    for number in range(120):
        forge.state.add_review(forge.state.pulls[8], f"p{number}", "COMMENTED")
    forge.state.add_review(forge.state.pulls[8], "rita")
    assert 121 == len(read(client).reviews)


def test_a_reviewer_that_is_gone_stands_for_none(client: Client, forge: Forge) -> None:
    """GitHub writes null; an unsent review has no moment and is left out."""
    forge.state.add_review(forge.state.pulls[8], "rita")["user"] = None
    del forge.state.add_review(forge.state.pulls[8], "rita", "PENDING")["submitted_at"]
    (only,) = read(client).reviews
    assert only.reviewer is None


def test_a_failing_github_gives_no_facts(client: Client, forge: Forge) -> None:
    """Missing reviews are not the same as reviews that could not be read."""
    forge.fail("GET", "/reviews", 403, times=99)
    with pytest.raises(ServiceError, match="the token may not do this"):
        read(client)


def test_an_answer_of_another_form_gives_no_facts(client: Client, forge: Forge) -> None:
    """A state that GitHub does not document is no state that counts as nothing."""
    forge.state.add_review(forge.state.pulls[8], "rita", "MAYBE")
    with pytest.raises(ServiceError, match="is not what it documents"):
        read(client)
