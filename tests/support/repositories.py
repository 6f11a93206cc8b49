"""Real git repositories for tests: honest histories by path, and hostile trees written straight to the object store."""

import os
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pygit2
from pygit2.enums import ObjectType

FILE, FOLDER, LINK, SUBMODULE = b"100644", b"40000", b"120000", b"160000"
FIRST_COMMIT_AT = 1_700_000_000

_ISOLATED = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_SYSTEM": os.devnull,
    "GIT_AUTHOR_NAME": "Ada",
    "GIT_AUTHOR_EMAIL": "ada@example.org",
    "GIT_COMMITTER_NAME": "Ada",
    "GIT_COMMITTER_EMAIL": "ada@example.org",
}

RawEntry = tuple[bytes, bytes, str]
"""Mode, name and object id, written as they are and in the order given."""


@dataclass(frozen=True, slots=True)
class RepositoryBuilder:
    """A repository at `path` with a working tree and the branch main; commits are a minute apart."""

    path: Path
    odb: pygit2.Odb

    @classmethod
    def create(cls, path: Path) -> "RepositoryBuilder":
        """Make an empty repository."""
        return cls(path, pygit2.init_repository(str(path), initial_head="main").odb)

    def git(self, *arguments: str) -> str:
        """Return what a git command prints; no configuration but the repository's own is read."""
        command = ["git", "-C", str(self.path), *arguments]
        environment = {"PATH": os.environ["PATH"], "HOME": str(self.path), **_ISOLATED}
        done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
        return done.stdout.rstrip("\n")

    def blob(self, content: bytes | str) -> str:
        """Return the id of a new blob."""
        raw = content.encode() if isinstance(content, str) else content
        return str(self.odb.write(ObjectType.BLOB, raw))

    def raw_tree(self, entries: Iterable[RawEntry]) -> str:
        """Return the id of a tree of exactly these entries: nothing is checked, sorted or merged."""
        lines = (mode + b" " + name + b"\0" + bytes.fromhex(object_id) for mode, name, object_id in entries)
        return str(self.odb.write(ObjectType.TREE, b"".join(lines)))

    def tree(self, files: Mapping[str, bytes | str]) -> str:
        """Return the id of an honest tree of these files."""
        folders: dict[str, dict[str, bytes | str]] = {}
        entries: list[RawEntry] = []
        for path, content in files.items():
            name, _, rest = path.partition("/")
            if rest:
                folders.setdefault(name, {})[rest] = content
            else:
                entries.append((FILE, name.encode(), self.blob(content)))
        entries += [(FOLDER, name.encode(), self.tree(below)) for name, below in folders.items()]
        return self.raw_tree(sorted(entries, key=lambda entry: entry[1] + b"/" * (entry[0] == FOLDER)))

    def tree_within(self, folder: str, tree_id: str) -> str:
        """Return the id of a root tree in which `tree_id` stands at a folder, alone."""
        for name in reversed(folder.split("/")):
            tree_id = self.raw_tree([(FOLDER, name.encode(), tree_id)])
        return tree_id

    def files(self, commit_id: str) -> dict[str, bytes]:
        """Return every file of a commit with its bytes."""
        repository = pygit2.Repository(str(self.path))
        pending = [("", repository[commit_id].peel(pygit2.Tree))]
        found: dict[str, bytes] = {}
        while pending:
            folder, tree = pending.pop()
            for item in tree:
                if isinstance(item, pygit2.Tree):
                    pending.append((f"{folder}{item.name}/", item))
                elif isinstance(item, pygit2.Blob):
                    found[folder + str(item.name)] = item.data
        return found

    def commit_tree(
        self, tree_id: str, *, parents: Sequence[str] = (), message: str = "change", at: int = FIRST_COMMIT_AT
    ) -> str:
        """Return the id of a commit of any tree, however hostile; no branch moves. `at` is in Unix seconds."""
        person = f"Ada <ada@example.org> {at} +0000"
        lines = [f"tree {tree_id}", *(f"parent {parent}" for parent in parents)]
        text = "\n".join([*lines, f"author {person}", f"committer {person}", "", message, ""])
        return str(self.odb.write(ObjectType.COMMIT, text.encode()))

    def commit(
        self,
        files: Mapping[str, bytes | str | None],
        *,
        branch: str = "main",
        onto: Sequence[str] | None = None,
        message: str = "change",
    ) -> str:
        """Return the id of a commit that puts these files (None removes one) over its first parent's.

        The branch moves to it. `onto` names its parents; without it the branch's tip is the one parent.
        """
        repository = pygit2.Repository(str(self.path))
        tip = repository.references.get(f"refs/heads/{branch}")
        parents = onto if onto is not None else [str(tip.target)] if tip is not None else []
        content: dict[str, bytes | str] = dict(self.files(parents[0])) if parents else {}
        for path, new in files.items():
            if new is None:
                del content[path]
            else:
                content[path] = new
        times = [commit.commit_time for parent in parents[:1] for commit in repository.walk(parent)]
        at = max(FIRST_COMMIT_AT + 60 * len(times), max(times, default=0))
        commit_id = self.commit_tree(self.tree(content), parents=parents, message=message, at=at)
        repository.references.create(f"refs/heads/{branch}", commit_id, force=True)
        return commit_id
