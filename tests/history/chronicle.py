"""Histories for tests: states of the registry as dictionaries, their commits, and a naive reader of them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from promoter.git.history import HistoryReader
from promoter.history.cache import Cache
from promoter.history.timeline import Timeline
from tests.support.repositories import FIRST_COMMIT_AT, RepositoryBuilder

State = Mapping[str, str]
Told = tuple[int, str, str | None, str | None, str | None, str | None]
"""Number of the commit, kind, model, stage, version, replaced version."""


def pointer(version: str, *, reason: str = "") -> str:
    """Return a stage pointer's text."""
    return f'version: "{version}"\n' + (f'reason: "{reason}"\n' if reason else "")


def pointer_path(model: str, stage: str) -> str:
    """Return a stage pointer's path."""
    return f"models/{model}/stages/{stage}.yaml"


@dataclass(frozen=True, slots=True)
class Chronicle:
    """A repository whose branch main is written state by state, an hour apart."""

    builder: RepositoryBuilder
    cache: Path

    @classmethod
    def create(cls, folder: Path) -> "Chronicle":
        """Make an empty one."""
        return cls(RepositoryBuilder.create(folder / "registry"), folder / "cache")

    def write(self, states: Sequence[State], *, after: Sequence[str] = (), merges: Collection[int] = ()) -> list[str]:
        """Commit each state after those before it; the numbers in `merges` by a merge commit of a branch.

        The others stand on the line themselves, as squash and rebase merges and direct pushes do.
        """
        commits = list(after)
        for state in states:
            tree, at = self.builder.tree(dict(state)), FIRST_COMMIT_AT + 3600 * len(commits)
            parents = commits[-1:]
            if len(commits) in merges and parents:
                parents = [*parents, self.builder.commit_tree(tree, parents=parents, at=at - 60)]
            commits.append(self.builder.commit_tree(tree, parents=parents, at=at, message=f"state {len(commits)}"))
        self.builder.git("update-ref", "refs/heads/main", commits[-1])
        return commits

    def timeline(self, tip: str) -> Timeline:
        """Read the history from a tip, with what the cache holds."""
        return Timeline(HistoryReader.open(self.builder.path), tip, Cache(self.cache))


def told(timeline: Timeline, commits: Sequence[str]) -> list[Told]:
    """Return the events in the naive reader's form."""
    return [(commits.index(e.commit), e.kind.value, e.model, e.stage, e.version, e.replaced) for e in timeline.events]


def naive_moves(states: Sequence[State]) -> list[Told]:
    """Return the pointer moves of some states, found by looking at every pointer of every state."""
    moves: list[Told] = []
    served: dict[str, list[str]] = {}
    before: dict[str, str] = {}
    for number, state in enumerate(states):
        now = {path: text.split('"')[1] for path, text in state.items() if "/stages/" in path}
        for path in sorted({*before, *now}):
            old, new = before.get(path), now.get(path)
            if old == new:
                continue
            order = served.setdefault(path, [])
            is_back = old is not None and new in order and order.index(new) < order.index(old)
            kind = "retirement" if new is None else "rollback" if is_back else "promotion"
            if new is not None and new not in order:
                order.append(new)
            model, _, stage = path.removeprefix("models/").removesuffix(".yaml").partition("/stages/")
            moves.append((number, kind, model, stage, new, old))
        before = now
    return moves
