"""GitHub's three ways of merging, with real commits, and what the push payload says of it."""

from typing import Any, Literal

from tests.forge.state import State

Method = Literal["merge", "squash", "rebase"]
_GITHUB = {"GIT_COMMITTER_NAME": "GitHub", "GIT_COMMITTER_EMAIL": "noreply@github.com"}
_WHEN = "2026-01-31T10:00:00Z"


def merge_pull(state: State, number: int, *, by: str = "maria", method: Method = "merge") -> str:
    """Return the default branch's new tip: the pull request is merged and closed, an hour after its reviews."""
    pull = state.pulls[number]
    base, head = state.git("rev-parse", f"refs/heads/{pull.base}"), state.head_of(pull)
    person = {"GIT_AUTHOR_NAME": by, "GIT_AUTHOR_EMAIL": f"{by}@example.org", **_GITHUB}
    person |= {"GIT_AUTHOR_DATE": _WHEN, "GIT_COMMITTER_DATE": _WHEN}
    made: list[str] = []
    if method == "rebase":
        tip = base
        for commit in state.git("rev-list", "--reverse", f"{base}..{head}").split():
            tree = _merged_tree(state, tip, commit)
            message = state.git("log", "-1", "--format=%B", commit)
            tip = state.git_as(person, "commit-tree", tree, "-p", tip, "-m", message)
            made.append(tip)
    else:
        tree = _merged_tree(state, base, head)
        merge = f"Merge pull request #{number} from acme/{pull.branch}\n\n{pull.title}"
        parents = ["-p", base, "-p", head] if method == "merge" else ["-p", base]
        text = merge if method == "merge" else f"{pull.title} (#{number})"
        made.append(state.git_as(person, "commit-tree", tree, *parents, "-m", text))
    state.git("update-ref", f"refs/heads/{pull.base}", made[-1], base)
    pull.state, pull.merged_by, pull.merged = "closed", by, tuple(made)
    return made[-1]


def _merged_tree(state: State, ours: str, theirs: str) -> str:
    return state.git("merge-tree", "--write-tree", ours, theirs).split()[0]


def push_values(before: str, after: str) -> dict[str, Any]:
    """Return what the payload of a push says."""
    return {"ref": "refs/heads/main", "before": before, "after": after}
