from datetime import UTC, datetime, timedelta

import pytest

from promoter.github.client import Client
from promoter.github.merges import read_merged, read_rebased, read_settled
from promoter.github.patience import Patience
from tests.forge.merging import Method, merge_pull
from tests.forge.server import Forge
from tests.github.conftest import Waits, client_of


@pytest.fixture
def reader(forge: Forge, waits: Waits) -> Client:
    """Return a client that may do what the job that brings may do."""
    return client_of(forge, waits, contents="read", pull_requests="read")


def test_a_merge_tells_its_pull_request_and_its_people(reader: Client, forge: Forge) -> None:
    """Number, last head, who merged, who reviewed."""
    forge.state.add_review(forge.state.pulls[7], "rita")
    commit = merge_pull(forge.state, 7, by="maria")
    merged = read_merged(reader, commit, branch="main", claimed=None, teams=())
    assert (7, forge.state.head_of(forge.state.pulls[7])) == (merged.pull_request, merged.head)
    assert "maria" == (merged.merged_by and merged.merged_by.login)
    assert ["rita"] == [r.reviewer.login for r in (merged.reviews and merged.reviews.reviews) or () if r.reviewer]


def test_a_push_has_no_pull_request(reader: Client, forge: Forge) -> None:
    """Whatever number its message claims."""
    commit = forge.state.git("rev-parse", "main")
    merged = read_merged(reader, commit, branch="main", claimed=7, teams=())
    assert (None, None) == (merged.pull_request, merged.reviews)


def test_a_claimed_number_counts_where_github_confirms_it(reader: Client, forge: Forge) -> None:
    """GitHub lists nothing for a commit that is seconds old; the closed pull request names it as its merge."""
    commit = merge_pull(forge.state, 7)
    forge.fail("GET", f"/commits/{commit}/pulls", 200, body=b"[]")
    assert 7 == read_merged(reader, commit, branch="main", claimed=7, teams=()).pull_request


def test_an_open_pull_request_that_holds_the_commit_did_not_bring_it(reader: Client, forge: Forge) -> None:
    """Somebody pushed the branch's head to main by hand."""
    head = forge.state.head_of(forge.state.pulls[7])
    assert read_merged(reader, head, branch="main", claimed=None, teams=()).pull_request is None


@pytest.mark.parametrize(("method", "count"), [("rebase", 3), ("squash", 1), ("merge", 1)])
def test_a_rebase_is_told_from_first_to_last(reader: Client, forge: Forge, method: Method, count: int) -> None:
    """Whichever of its commits is asked about; what lies before and after on the branch came otherwise."""
    state, pull = forge.state, forge.state.pulls[7]
    tree = state.git("rev-parse", f"{state.head_of(pull)}^{{tree}}")
    person = {f"GIT_{who}_{what}": "leo@x" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    for _ in range(2):
        head = state.git_as(person, "commit-tree", tree, "-p", state.head_of(pull), "-m", "more")
        state.git("update-ref", "refs/pull/7/head", head)
    merge_pull(state, 7, method=method)
    after = state.git_as(person, "commit-tree", tree, "-p", "main", "-m", "by hand")
    state.git("update-ref", "refs/heads/main", after)
    line = state.git("rev-list", "--first-parent", "--reverse", "main").split()
    landed = line[-1 - count : -1]
    for commit in landed:
        found = read_rebased(reader, line, line.index(commit), number=7, branch="main")
        assert (landed[0], landed[-1]) == found


def test_a_commit_that_is_seconds_old_is_asked_for_until_it_is_listed(reader: Client, forge: Forge) -> None:
    """A rebase names no number; what was pushed is known as that after two minutes, and at once where it is old."""
    commit = merge_pull(forge.state, 7, method="rebase")
    made = datetime(2026, 1, 31, 10, tzinfo=UTC)
    slept: list[float] = []
    patience = Patience(now=lambda: made.timestamp() + sum(slept), sleep=slept.append)

    def settled(name: str, at: datetime) -> int | None:
        return read_settled(
            reader, name, committed_at=at, branch="main", claimed=None, teams=(), patience=patience
        ).pull_request

    forge.fail("GET", f"/commits/{commit}/pulls", 200, body=b"[]")
    assert (7, [15.0]) == (settled(commit, made), slept)
    pushed = forge.state.git("rev-parse", "main~1")
    assert (None, [15.0]) == (settled(pushed, made - timedelta(days=1)), slept)
    assert (None, 120.0) == (settled(pushed, made), sum(slept))
