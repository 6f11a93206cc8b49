"""Pull requests and deployments, as GitHub keeps them."""

import pytest

from promoter.errors import ServiceError
from promoter.github.deployments import StageChange, State, announce, is_announced, newest_commit
from promoter.github.pulls import open_or_update
from tests.live.conftest import Place

STAGE = "promoter/test#staging"


def test_the_open_pull_request_of_a_branch_is_found(place: Place) -> None:
    """What it says already is not written; nothing is opened beside it."""
    pull = place.client.get(f"pulls/{place.number}")
    words = {"title": pull["title"], "body": pull["body"] or "", "base": pull["base"]["ref"]}
    found = open_or_update(place.client, head=pull["head"]["ref"], **words)
    assert (place.number, False) == (found.number, found.is_new)
    assert pull["updated_at"] == place.client.get(f"pulls/{place.number}")["updated_at"]


def test_a_branch_that_is_not_there_is_told(place: Place) -> None:
    """Refused with GitHub's words, and nothing is opened."""
    with pytest.raises(ServiceError, match=r"pulls: .*\((403|422)\)"):
        open_or_update(place.client, head=f"no-such-{place.mark}", base="main", title="A test", body="a test")


def test_each_change_has_one_deployment_and_the_last_one_serves(place: Place) -> None:
    """Announced twice it is there once; the one before becomes inactive, which is written here and not by GitHub."""
    changes = [_change(place, name) for name in ("first", "second")]
    for change in (*changes, changes[-1]):
        announce(place.client, change)
    assert all(is_announced(place.client, change) for change in changes)
    assert place.head == newest_commit(place.client)
    listed = place.client.pages("deployments", sha=place.head, environment=STAGE)
    ours = [entry for entry in listed if place.mark in str(entry["payload"])]
    assert 2 == len(ours)
    assert ["success", "inactive"] == [_state(place, int(entry["id"])) for entry in ours]


def _change(place: Place, name: str) -> StageChange:
    return StageChange(
        environment=STAGE,
        commit=place.head,
        is_production=False,
        state=State.SUCCESS,
        description=f"a test, {name}",
        payload={"record": f"{place.mark}/{name}.json", "commit": place.head},
    )


def _state(place: Place, number: int) -> str:
    return str(next(iter(place.client.pages(f"deployments/{number}/statuses")))["state"])
