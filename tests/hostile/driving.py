"""Hostile proposals on the smallest valid registry, driven through `promoter check` as a person or CI would."""

import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pygit2
import pytest

from promoter import cli
from tests.support.registry import FOLDER, registry_files, version_files
from tests.support.repositories import FOLDER as FOLDER_MODE
from tests.support.repositories import RawEntry, RepositoryBuilder

VERSION = f"{FOLDER}/versions/3.0.0"
MANIFEST = f"{VERSION}/manifest.yaml"
TEXT = "x\n"
TEXT_ID = str(pygit2.hash(TEXT))
"""A blob that stands in every proposal of raw entries."""

Build = Callable[[RepositoryBuilder, str], str]
"""Repository and base commit to the head commit that is proposed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hostile:
    """One row of the threat table as one proposal, and the answer that it must get: place, reason, remedy."""

    row: int
    name: str
    build: Build
    path: str
    message: str
    hint: str
    line: int | None = None

    @property
    def id(self) -> str:
        """Name of the case in the tests' output."""
        return f"row {self.row}: {self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the command said: exit code, decision (None where there is none) and the lines of stderr."""

    code: int
    decision: dict[str, Any] | None
    printed: str
    errors: str


def check(
    path: Path,
    build: Build,
    *,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    base: Mapping[str, bytes | str] | None = None,
    form: str = "--json",
) -> Answer:
    """Return the answer to a proposal that is built on a valid registry."""
    builder = RepositoryBuilder.create(path)
    first = builder.commit(registry_files(production="1.0.0") if base is None else base)
    arguments = ["check", "--repo", str(path), "--base", first, "--head", build(builder, first), form]
    monkeypatch.setattr(sys, "argv", ["promoter", *arguments, "--at", "2026-01-31T09:00:00Z"])
    with pytest.raises(SystemExit) as end:
        cli.main()
    said = capsys.readouterr()
    decision = json.loads(said.out) if form == "--json" and said.out else None
    return Answer(code=int(end.value.code or 0), decision=decision, printed=said.out, errors=said.err)


def files(edits: Mapping[str, bytes | str | None]) -> Build:
    """Return the proposal that puts these files over the base's; None removes one."""
    return lambda builder, base: builder.commit(edits, branch="proposal", onto=[base])


def manifest(content: bytes) -> Build:
    """Return the proposal of a version whose manifest has these bytes."""
    return files({**version_files("3.0.0"), MANIFEST: content})


def with_lines(**changed: str) -> Build:
    """Return the proposal of a version whose manifest has some top-level lines replaced or added."""
    return files(version_files("3.0.0", **changed))


def with_text(old: str, new: str) -> Build:
    """Return the proposal of a version in whose valid manifest one text is replaced by another."""
    text = str(version_files("3.0.0")[MANIFEST])
    assert old in text
    return manifest(text.replace(old, new).encode())


def entries(folder: str, *added: RawEntry, at_end: bool = False) -> Build:
    """Return the proposal that writes raw entries into a folder's tree, in git's order or at its end."""

    def build(builder: RepositoryBuilder, base: str) -> str:
        builder.blob(TEXT)
        root = str(pygit2.Repository(str(builder.path))[base].peel(pygit2.Tree).id)
        return builder.commit_tree(_grafted(builder, root, folder.split("/"), added, at_end), parents=[base])

    return build


def _grafted(builder: RepositoryBuilder, tree: str, parts: list[str], added: tuple[RawEntry, ...], at_end: bool) -> str:
    """Return the id of a tree in which the folder below `parts` has the entries too."""
    found = _raw_entries(builder, tree)
    if parts and parts != [""]:
        name = parts[0].encode()
        below = next(object_id for _, known, object_id in found if known == name)
        grafted = _grafted(builder, below, parts[1:], added, at_end)
        return builder.raw_tree([(m, n, grafted if n == name else o) for m, n, o in found])
    joined = [*found, *added]
    return builder.raw_tree(joined if at_end else sorted(joined, key=lambda e: e[1] + b"/" * (e[0] == FOLDER_MODE)))


def _raw_entries(builder: RepositoryBuilder, tree: str) -> list[RawEntry]:
    _, content = builder.odb.read(tree)
    found, rest = [], content
    while rest:
        head, _, rest = rest.partition(b"\0")
        mode, _, name = head.partition(b" ")
        found.append((mode, name, rest[:20].hex()))
        rest = rest[20:]
    return found
