"""Records made in many processes are those that one makes, byte by byte, and fail as those do."""

import os
import pickle
import signal
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promoter.commands import record_make
from promoter.commands.attending import write_brought
from promoter.commands.record_make import _parts_of
from promoter.commands.sharing import share_out
from promoter.errors import Location, Problem, PromoterError, ProposalError, ServiceError
from promoter.github.pulls import MayNotOpenError
from promoter.history.event import Event, EventKind
from promoter.history.people import Merged
from promoter.history.record import folder_of
from tests.commands.recorded import Registry
from tests.support.registry import stage_files, version_files


@pytest.fixture
def registry(tmp_path: Path) -> Registry:
    """Return a registry with changes of two models, one commit of which moves two stages."""
    registry = Registry.create(tmp_path / "registry")
    registry.commit({**version_files("3.0.0"), **stage_files(staging="3.0.0", production="1.0.0")})
    return registry


def test_many_processes_make_the_records_of_one(registry: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same files in the same order; then what came later is chained to what the branch holds."""
    tip = registry.builder.git("rev-parse", "main")
    alone = registry.run("record", "--commit")
    expected = registry.records()
    registry.builder.git("update-ref", "refs/heads/main", tip)
    registry.check_out()
    monkeypatch.setattr(record_make, "_WORTH_PROCESSES", 1)
    monkeypatch.setattr(record_make, "_PART", 1)
    shared = registry.run("record", "--commit")
    assert (7, alone.stdout, expected) == (len(expected), shared.stdout, registry.records())
    registry.commit(stage_files(production="2.0.0"))
    assert "reports/decisions/lending/mortgage/production/0004-2.0.0.json\n" == registry.run("record").stdout


def test_a_process_that_lacks_an_answer_of_github_says_so(
    registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The failure comes back with its place and its hint, and nothing is written."""
    monkeypatch.setattr(record_make, "_WORTH_PROCESSES", 1)
    tip = registry.builder.git("rev-parse", "main")
    write_brought(tmp_path, tip=tip, commits={tip: Merged(pull_request=None)})
    with pytest.raises(ServiceError, match="GitHub was not asked about this commit; run `promoter record bring` again"):
        registry.run("record", "--brought", str(tmp_path), "--commit")
    assert {} == registry.records()


@pytest.mark.parametrize("kind", [ProposalError, ServiceError, MayNotOpenError])
def test_a_failure_passes_between_processes_with_its_problems(kind: type[PromoterError]) -> None:
    """Not as its text alone."""
    error = kind(Problem(Location("b", line=2), "is wrong", "mend it"), Problem(Location("a"), "too", "so"))
    again = pickle.loads(pickle.dumps(error))  # noqa: S301 - bytes of our own
    assert (kind, error.problems, str(error)) == (type(again), again.problems, str(again))


def _end(_: int) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def test_a_process_that_is_killed_is_told() -> None:
    """As the kernel does where memory runs out: no traceback, and what to do."""
    with pytest.raises(ServiceError, match="a process that worked on a part was ended; look whether memory ran out"):
        list(share_out(_end, [1]))


def _event(commit: int, model: int, stage: int) -> Event:
    return Event(
        at=datetime(2026, 1, 1, tzinfo=UTC),
        commit=f"{commit:040x}",
        kind=EventKind.PROMOTION,
        path="",
        model=f"m{model}",
        version="1.0.0",
        stage=f"s{stage}",
        replaced=None,
    )


@given(
    st.lists(st.tuples(st.integers(0, 9), st.integers(0, 5), st.integers(0, 1)), max_size=40), st.sampled_from([1, 7])
)
def test_no_part_shares_a_folder_or_a_commit_with_another(keys: Sequence[tuple[int, int, int]], size: int) -> None:
    """Each event is in one part, in order; else a record would name the wrong one before it."""
    events = [_event(*key) for key in sorted(keys)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(record_make, "_PART", size)
        parts = list(_parts_of(events))
    assert list(range(len(events))) == sorted(place for part in parts for place in part)
    assert all(part == sorted(part) for part in parts)
    for name_of in (folder_of, lambda event: event.commit):
        names = [{name_of(events[place]) for place in part} for part in parts]
        assert sum(map(len, names)) == len(set().union(*names))
