"""Which versions a stage may fall back on, from the moves of its pointer alone."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promoter.history.event import Event, EventKind
from promoter.history.good import fallbacks, newest_record
from promoter.history.occupancy import first_entries
from promoter.registry.address import StageAddress
from promoter.registry.memory import MemoryTree
from promoter.registry.returning import is_return


def moves_of(*versions: str | None) -> list[Event]:
    """Return the moves that let a stage serve these versions in turn, None being a pointer that is gone."""
    moves: list[Event] = []
    for number, (replaced, version) in enumerate(pairwise((None, *versions))):
        entered = first_entries(moves)
        is_rollback = version is not None and is_return(version, replaced=replaced, entered=entered)
        kind = EventKind.ROLLBACK if is_rollback else EventKind.PROMOTION if version else EventKind.RETIREMENT
        moves.append(
            Event(
                at=datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=number),
                commit=f"{number:040x}",
                kind=kind,
                path="models/a/b/stages/production.yaml",
                model="a/b",
                stage="production",
                version=version,
                replaced=replaced,
            )
        )
    return moves


@pytest.mark.parametrize(
    ("expected", "versions"),
    [
        ((), ()),
        ((), ("1",)),
        (("1",), ("1", "2")),
        (("2", "1"), ("1", "2", "3")),
        ((), ("1", "2", "1")),
        (("1",), ("1", "2", "1", "3")),
        (("1",), ("1", "2", "3", "1", "4")),
        (("2", "1"), ("1", "2", None)),
        (("1",), ("1", "2", None, "2")),
    ],
)
def test_a_version_that_was_taken_back_is_no_way_back(
    expected: tuple[str, ...], versions: tuple[str | None, ...]
) -> None:
    """The nearest first; a rollback takes away what stood above what it brought back."""
    assert expected == fallbacks(moves_of(*versions))


@given(st.lists(st.sampled_from(["1", "2", "3", "4", None]), max_size=12))
def test_every_way_back_is_one_that_served_and_does_not_serve(drawn: list[str | None]) -> None:
    """Whatever happened: each once, none that is served now, and going there reads as a rollback."""
    versions = [version for before, version in pairwise((None, *drawn)) if version != before]
    moves = moves_of(*versions)
    found = fallbacks(moves)
    now = moves[-1].version if moves else None
    entered = first_entries(moves)
    assert len(found) == len(set(found))
    assert set(found) <= entered.keys() - {now}
    assert all(is_return(version, replaced=now, entered=entered) for version in found if now is not None)


def test_no_record_is_no_verdict() -> None:
    """A registry in which no recorder ran."""
    assert newest_record(MemoryTree({}), StageAddress("a/b", "production"), "1.0.0") is None
