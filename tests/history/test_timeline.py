from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from promoter.errors import ServiceError
from promoter.history.event import EventKind
from tests.history.chronicle import Chronicle, naive_moves, pointer, pointer_path, told
from tests.support.repositories import FIRST_COMMIT_AT, RepositoryBuilder

A, B, C = "lending/mortgage", "lending/cards/gold", "homes/loans"
LIVE = pointer_path(A, "production")
MOVE_KINDS = {"promotion", "rollback", "retirement", "unreadable"}

_paths = st.sampled_from([pointer_path(model, stage) for model in (A, B) for stage in ("staging", "production")])
_versions = st.sampled_from(["1.0.0", "2.0.0", "3.0.0", None])
_steps = st.one_of(
    st.tuples(st.just("set"), st.dictionaries(_paths, _versions, min_size=1, max_size=2)),
    st.tuples(st.just("return to"), st.integers(0, 30)),
    st.tuples(st.just("reword"), _paths),
    st.tuples(st.just("rename"), st.sampled_from([(A, C), (C, A), (A, B)])),
    st.tuples(st.just("prose"), st.none()),
)


def states_of(steps: list[tuple[str, object]]) -> list[Mapping[str, str]]:
    """Return a state for each step.

    Pointers set or removed, an earlier state restored, a reason added, a model renamed, a text that moves nothing.
    """
    states: list[dict[str, str]] = [{"README.md": "registry"}]
    for number, (what, argument) in enumerate(steps):
        state = dict(states[-1])
        if isinstance(argument, dict):
            for path, version in argument.items():
                if version is None:
                    state.pop(path, None)
                else:
                    state[path] = pointer(version)
        elif isinstance(argument, int):
            state = dict(states[argument % len(states)])
        elif isinstance(argument, tuple):
            state = {
                path.replace(f"models/{argument[0]}/", f"models/{argument[1]}/"): text for path, text in state.items()
            }
        elif argument is None:
            state["README.md"] = f"registry {number}"
        elif argument in state:
            state[str(argument)] = pointer(state[str(argument)].split('"')[1], reason=f"{what} {number}")
        states.append(state)
    return list(states)


@settings(max_examples=60)
@given(steps=st.lists(_steps, max_size=25), merges=st.sets(st.integers(0, 25)), seen=st.integers(0, 25))
def test_any_history_reads_as_a_naive_reader_tells_it(steps, merges, seen) -> None:
    """Moves, reverts, reverts of reverts and renames, merged, squashed and rebased, with and without an older index."""
    states = states_of(steps)
    with TemporaryDirectory() as folder:
        chronicle = Chronicle.create(Path(folder))
        commits = chronicle.write(states, merges=merges)
        assert chronicle.timeline(commits[min(seen, len(commits) - 1)]).events is not None
        timeline = chronicle.timeline(commits[-1])
        assert naive_moves(states) == [event for event in told(timeline, commits) if event[1] in MOVE_KINDS]


@settings(max_examples=60)
@given(steps=st.lists(_steps, min_size=1, max_size=25), data=st.data())
def test_as_of_equals_the_state_and_the_last_move_of_each_stage(steps, data) -> None:
    """What was served at any position, and since which commit, follows from the naive reader's moves up to there."""
    states = states_of(steps)
    position = data.draw(st.integers(0, len(states) - 1))
    latest = {}
    for number, _, model, stage, version, _ in naive_moves(states[: position + 1]):
        latest[(model, stage)] = (version, number)
    expected = {key: value for key, value in latest.items() if value[0] is not None}
    with TemporaryDirectory() as folder:
        chronicle = Chronicle.create(Path(folder))
        timeline = chronicle.timeline(chronicle.write(states)[-1])
        for _ in ("cold", "warm"):
            found = timeline.standings(position)
            assert expected == {(a.model, a.stage): (item.version, item.position) for a, item in found.items()}


@settings(max_examples=30)
@given(steps=st.lists(_steps, min_size=2, max_size=20), cut=st.integers(0, 19), other=st.lists(_steps, max_size=8))
def test_a_forced_push_is_read_anew_from_where_it_forked(steps, cut, other) -> None:
    """The index of the branch that was there before leaves nothing behind."""
    states = states_of(steps)
    kept = states[: cut % len(states) + 1]
    with TemporaryDirectory() as folder:
        chronicle = Chronicle.create(Path(folder))
        old = chronicle.write(states)
        assert chronicle.timeline(old[-1]).events is not None
        new_states = [*kept, *states_of(other)]
        new = chronicle.write(states_of(other), after=old[: len(kept)])
        timeline = chronicle.timeline(new[-1])
        moves = [event for event in told(timeline, new) if event[1] in MOVE_KINDS]
        assert naive_moves(new_states) == moves


@pytest.fixture
def chronicle(tmp_path: Path) -> Chronicle:
    """Return an empty chronicle."""
    return Chronicle.create(tmp_path)


def test_events_are_what_git_log_lists(chronicle: Chronicle) -> None:
    """The commits and files of all moves are those that `git log --first-parent -m --raw` prints."""
    steps = [("set", {LIVE: f"{n % 4}.0.0", pointer_path(B, "staging"): f"{n}.0.0"}) for n in range(12)]
    commits = chronicle.write(states_of(steps), merges=range(99))
    listing = chronicle.builder.git("log", "main", "--first-parent", "-m", "--raw", "--reverse", "--format=%H")
    expected, commit = [], ""
    for line in filter(None, listing.splitlines()):
        if line.startswith(":"):
            expected.append((commit, line.split("\t")[1]))
        else:
            commit = line
    found = [(event.commit, event.path) for event in chronicle.timeline(commits[-1]).events]
    assert sorted(entry for entry in expected if entry[1] != "README.md") == sorted(found)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ({}, {f"models/{A}/versions/1.0.0/manifest.yaml": "x"}, (EventKind.REGISTRATION, A, "1.0.0")),
        ({}, {f"models/{A}/versions/1.0.0/notes.md": "x"}, None),
        (
            {f"models/{A}/versions/1.0.0/manifest.yaml": "x"},
            {f"models/{A}/versions/1.0.0/manifest.yaml": "y"},
            (EventKind.ALTERATION, A, "1.0.0"),
        ),
        (
            {f"models/{A}/versions/1.0.0/manifest.yaml": "x"},
            {
                f"models/{A}/versions/1.0.0/manifest.yaml": "x",
                f"models/{A}/versions/1.0.0/late.csv": "x",
            },
            (EventKind.ALTERATION, A, "1.0.0"),
        ),
        ({f"models/{A}/versions/1.0.0/manifest.yaml": "x"}, {}, (EventKind.ALTERATION, A, "1.0.0")),
        (
            {},
            {f"models/{A}/withdrawn.yaml": "schema: promoter.withdrawn/1\nwithdrawn: [{version: '1.0.0', reason: x}]"},
            (EventKind.WITHDRAWAL, A, "1.0.0"),
        ),
        ({}, {"policies/roles.yaml": "x"}, (EventKind.GOVERNANCE, None, None)),
        ({}, {"policies/waivers/late-data.yaml": "x"}, (EventKind.WAIVER, None, None)),
        ({}, {"promoter/cli.py": "x"}, (EventKind.GOVERNANCE, None, None)),
        ({}, {".github/workflows/gate.yml": "x"}, (EventKind.GOVERNANCE, None, None)),
        ({}, {"docs/guide.md": "x"}, None),
        ({}, {f"models/{A}/model.yaml": "x"}, None),
        ({f"models/{A}/model.yaml": "x"}, {f"models/{A}/model.yaml": "y"}, (EventKind.GOVERNANCE, A, None)),
        ({}, {f"reports/decisions/{A}/production/0001-1.0.0.json": "{}"}, None),
        ({}, {LIVE: "version: [1]\n"}, (EventKind.UNREADABLE, A, None)),
        ({}, {LIVE: "version: '1.0.0' # by hand\n"}, (EventKind.PROMOTION, A, "1.0.0")),
    ],
)
def test_each_file_makes_its_event(chronicle: Chronicle, before, after, expected) -> None:
    """A file's place in the layout decides what its change is called."""
    first = {"README.md": "registry", **before}
    timeline = chronicle.timeline(chronicle.write([first, {"README.md": "registry", **after}])[-1])
    found = [(event.kind, event.model, event.version) for event in timeline.events]
    assert ([expected] if expected else []) == found[len(found) - bool(expected) :]


def test_a_commit_dated_back_changes_no_answer_about_the_past(chronicle: Chronicle) -> None:
    """It stands at the time of the commit before it."""
    first = chronicle.write([{LIVE: pointer("1.0.0")}])
    tree = chronicle.builder.tree({LIVE: pointer("2.0.0")})
    second = chronicle.builder.commit_tree(tree, parents=first, at=FIRST_COMMIT_AT - 86_400)
    line = chronicle.timeline(second).line
    assert line.position_at(datetime.fromtimestamp(FIRST_COMMIT_AT - 1, UTC)) is None
    assert 1 == line.position_at(datetime.fromtimestamp(FIRST_COMMIT_AT, UTC))


@pytest.mark.parametrize("damage", [b"", b"not ours", None])
def test_a_damaged_index_is_built_again(chronicle: Chronicle, damage: bytes | None) -> None:
    """Cut short, foreign or with one byte changed: the answer is the same."""
    states = [{LIVE: pointer(f"{n}.0.0")} for n in range(5)]
    commits = chronicle.write(states)
    events, standings = chronicle.timeline(commits[-1]).events, chronicle.timeline(commits[-1]).standings(4)
    for path in chronicle.cache.iterdir():
        content = path.read_bytes()
        path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]) if damage is None else damage)
    assert events == chronicle.timeline(commits[-1]).events
    assert standings == chronicle.timeline(commits[-1]).standings(4)


def test_a_shallow_clone_says_how_to_deepen_it(chronicle: Chronicle, tmp_path: Path) -> None:
    """Half a history would be a wrong answer."""
    tip = chronicle.write([{LIVE: pointer(f"{n}.0.0")} for n in range(3)])[-1]
    clone = tmp_path / "clone"
    chronicle.builder.git("clone", "-q", "--depth", "1", f"file://{chronicle.builder.path}", str(clone))
    shallow = Chronicle(RepositoryBuilder.create(clone), tmp_path / "other")
    with pytest.raises(ServiceError) as caught:
        shallow.timeline(tip)
    assert "git fetch --unshallow" in caught.value.problems[0].hint
