import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from promoter.errors import ServiceError
from promoter.github.client import Client
from promoter.github.event import Event, read_event
from promoter.github.facts import load_facts, read_facts
from tests.forge.server import Forge

SHA = "a" * 40
NOW = datetime(2026, 2, 1, tzinfo=UTC)


def event_of(folder: Path, payload: Any) -> Event:
    """Return the event of a payload."""
    path = folder / "event.json"
    path.write_text(payload if isinstance(payload, str) else json.dumps(payload))
    return read_event(path)


def test_a_pull_request_names_number_head_and_moment(tmp_path: Path) -> None:
    """And nothing else of the payload is taken."""
    pull = {"number": 7, "head": {"sha": SHA, "ref": "$(x)"}, "updated_at": "2026-01-31T09:00:00Z", "title": "`x`"}
    expected = Event(number=7, reviewed=7, head=SHA, at=datetime(2026, 1, 31, 9, tzinfo=UTC))
    assert expected == event_of(tmp_path, {"pull_request": pull})


def test_a_dispatch_names_a_number(tmp_path: Path) -> None:
    """As text, as Actions hands inputs over."""
    assert Event(number=7, reviewed=7) == event_of(tmp_path, {"inputs": {"pull": "7"}})


@pytest.mark.parametrize(
    "payload",
    [
        {},
        "no json",
        "[]",
        {"inputs": {"pull": "7; x"}},
        {"inputs": {"pull": "0"}},
        {"inputs": {"pull": "-1"}},
        {"pull_request": {"number": 7, "head": {"sha": "main"}, "updated_at": "2026-01-31T09:00:00Z"}},
        {"pull_request": {"number": 7, "head": {"sha": SHA.upper()}, "updated_at": "2026-01-31T09:00:00Z"}},
        {"merge_group": {"head_sha": SHA}},
    ],
)
def test_other_events_are_refused_with_what_to_do(tmp_path: Path, payload: Any) -> None:
    """A number with more in it, a branch for a commit, a payload of another kind."""
    with pytest.raises(ServiceError, match=r"event.json: the event .*; run this in the gate's workflow"):
        event_of(tmp_path, payload)


@pytest.mark.parametrize(
    ("reference", "reviewed"),
    [
        (f"refs/heads/gh-readonly-queue/main/pr-104-{SHA}", 104),
        (f"refs/heads/gh-readonly-queue/release/2026/pr-104-{SHA}", 104),
        (f"refs/heads/pr-104-{SHA}", None),
        (f"refs/heads/gh-readonly-queue/main/pr-0-{SHA}", None),
    ],
)
def test_a_merge_group_is_reviewed_where_its_pull_request_was(
    tmp_path: Path, reference: str, reviewed: int | None
) -> None:
    """GitHub names the group's branch after the pull request that it adds; any other name has no reviews."""
    group = {"head_sha": SHA, "base_sha": "b" * 40, "head_ref": reference, "head_commit": {"timestamp": str(NOW)}}
    expected = Event(reviewed=reviewed, head=SHA, group_base="b" * 40, at=NOW)
    assert expected == event_of(tmp_path, {"merge_group": group})


def test_facts_are_stored_and_read_back_as_they_were(client: Client, forge: Forge, tmp_path: Path) -> None:
    """Number, moment, fork and target."""
    forge.state.pulls[7].is_fork = True
    facts = read_facts(client, Event(number=7), now=NOW)
    assert (7, 7, True, NOW, True) == (
        facts.number,
        facts.reviewed,
        facts.is_fork,
        facts.at,
        facts.is_for_default_branch,
    )
    (tmp_path / "facts.json").write_text(facts.model_dump_json())
    assert facts == load_facts(tmp_path / "facts.json")


def test_the_events_moment_goes_before_the_clock(client: Client, forge: Forge) -> None:
    """A run that is started again decides the same."""
    head = forge.state.head_of(forge.state.pulls[7])
    at = datetime(2026, 1, 31, tzinfo=UTC)
    assert at == read_facts(client, Event(number=7, head=head, at=at), now=NOW).at


def test_row_6_a_moved_head_has_no_facts(client: Client) -> None:
    """The event's head is not what GitHub proposes now."""
    with pytest.raises(ServiceError, match=f"the head moved from {SHA} to "):
        read_facts(client, Event(number=7, head=SHA, at=NOW), now=NOW)


@pytest.mark.parametrize("text", ["", "{}", '{"number": 7, "head": "x", "at": "2026-01-31T09:00:00Z"}', "[" * 9999])
def test_stored_facts_of_another_form_are_refused(tmp_path: Path, text: str) -> None:
    """Whoever wrote them."""
    (tmp_path / "facts.json").write_text(text)
    with pytest.raises(ServiceError, match="run `promoter evidence` again"):
        load_facts(tmp_path / "facts.json")
