from datetime import UTC, datetime
from pathlib import Path

import pytest

from promoter.history.event import Event
from promoter.history.occupancy import first_entries, last_served, stays_of
from promoter.registry.address import StageAddress
from tests.history.chronicle import Chronicle, pointer, pointer_path
from tests.support.repositories import FIRST_COMMIT_AT

STAGE = StageAddress("lending/mortgage", "production")
PATH = pointer_path(STAGE.model, STAGE.stage)
STATES = [
    {"README.md": "x"},
    {PATH: pointer("1.0.0")},
    {PATH: pointer("2.0.0")},
    {PATH: pointer("2.0.0", reason="the same, said again")},
    {PATH: pointer("1.0.0")},
    {"README.md": "x"},
]


@pytest.fixture
def chronicle(tmp_path: Path) -> Chronicle:
    """Return an empty chronicle."""
    return Chronicle.create(tmp_path)


@pytest.fixture
def moves(chronicle: Chronicle) -> tuple[Event, ...]:
    """Return the moves of a stage that went up, came back and was retired."""
    return chronicle.timeline(chronicle.write(STATES)[-1]).moves(STAGE, until=5)


def test_one_stage_read_alone_is_what_the_whole_history_says(chronicle: Chronicle) -> None:
    """The quick way through one path and the fold of everything give the same events, up to any commit."""
    tip = chronicle.write(STATES)[-1]
    whole = chronicle.timeline(tip)
    assert 4 == len(whole.events)
    for until in range(len(STATES)):
        assert whole.moves(STAGE, until=until) == chronicle.timeline(tip).moves(STAGE, until=until)


def test_versions_keep_the_place_of_their_first_entry(moves: tuple[Event, ...]) -> None:
    """A return is no new entry."""
    assert {"1.0.0": 0, "2.0.0": 1} == first_entries(moves)


def test_what_served_last_is_known_though_the_stage_is_empty(moves: tuple[Event, ...]) -> None:
    """A candidate for an empty stage is compared with it."""
    assert "1.0.0" == last_served(moves)
    assert last_served(()) is None


def test_a_stay_ends_with_the_next_move(moves: tuple[Event, ...]) -> None:
    """A pointer said again in other words goes on serving."""
    hours = [(stay.version, stay.entered_at, stay.left_at) for stay in stays_of(moves)]
    at = [datetime.fromtimestamp(FIRST_COMMIT_AT + 3600 * hour, UTC) for hour in range(6)]
    assert [("1.0.0", at[1], at[2]), ("2.0.0", at[2], at[4]), ("1.0.0", at[4], at[5])] == hours
    assert stays_of(moves[:1])[0].left_at is None
