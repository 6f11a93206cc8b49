"""What is read of a pull request, a push and the settings, and what a refusal says."""

from datetime import UTC, datetime

import pytest

from promoter.errors import ServiceError
from promoter.github.client import connect
from promoter.github.doctor.examine import examine
from promoter.github.event import Event
from promoter.github.facts import read_facts
from promoter.github.people import read_people
from promoter.github.recheck import pulls_to_recheck
from promoter.github.roster import read_roster
from promoter.github.settings import read_settings
from tests.live.conftest import Place

NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
NO_COMMIT = "0" * 40


def test_the_facts_of_the_pull_request_are_read(place: Place) -> None:
    """Its head, and that it goes from this repository to the default branch."""
    facts = read_facts(place.client, Event(number=place.number), now=NOW)
    assert (place.head, place.number, False) == (facts.head, facts.reviewed, facts.is_fork)
    assert facts.is_for_default_branch


def test_row_6_a_head_that_moved_has_no_facts(place: Place) -> None:
    """The event's commit is another."""
    with pytest.raises(ServiceError, match="the head moved from"):
        read_facts(place.client, Event(number=place.number, head=NO_COMMIT), now=NOW)


def test_who_made_it_is_read(place: Place) -> None:
    """Author, commits and since when it waits; a team that the token cannot see is left out."""
    facts = read_people(place.client, place.number, teams=["no-such-organisation/no-such-team"])
    assert facts.author is not None
    assert place.head == facts.commits[-1].commit
    assert {} == facts.teams


def test_a_push_and_a_review_concern_it(place: Place) -> None:
    """A push of the same files to the default branch, and a review of its head."""
    pull = place.client.get(f"pulls/{place.number}")
    push = {"before": pull["base"]["sha"], "after": pull["head"]["sha"]}
    assert place.number in pulls_to_recheck(place.client, "push", push)
    assert (place.number,) == pulls_to_recheck(place.client, "workflow_run", {"workflow_run": {"head_sha": place.head}})


def test_a_stranger_may_not_ask(place: Place) -> None:
    """GitHub knows `ghost`, and that it may not write here."""
    issue = {"number": place.number, "state": "open", "pull_request": {}}
    event = {"issue": issue, "comment": {"body": "/promoter recheck", "user": {"login": "ghost"}}}
    assert () == pulls_to_recheck(place.client, "issue_comment", event)


def test_the_doctor_reads_the_settings(place: Place) -> None:
    """Each is found sound, weak, a hole, or not to be read by this token: none is an answer that it cannot read."""
    settings = read_settings(place.client)
    roster = read_roster(place.client, branch=settings.default_branch)
    found = {finding.id for finding in examine(settings, roster, check_name="promoter")}
    assert {"required-check", "bypass", "code-owners", "workflow-token"} <= found


def test_a_wrong_token_is_told(place: Place) -> None:
    """401, without the token in the words."""
    with pytest.raises(ServiceError, match=r"GitHub refused the token \(401\)") as told:
        connect(place.repository, token=f"ghs_{place.mark}", api_url=place.api_url).get(f"pulls/{place.number}")
    assert place.mark not in str(told.value)


def test_what_is_not_there_is_told(place: Place) -> None:
    """404."""
    with pytest.raises(ServiceError, match=r"it is not there, or the token cannot see it \(404\)"):
        place.client.get("pulls/2147483646")


def test_a_comment_beyond_the_limit_is_refused(place: Place) -> None:
    """422, in GitHub's own words: the limit below which the report is kept."""
    with pytest.raises(ServiceError, match=r"(?i)GitHub refused the content \(422\): .*65536 characters"):
        place.client.post(f"issues/{place.number}/comments", {"body": "x" * 65_537})
