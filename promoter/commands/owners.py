"""promoter owners: who owns a path, and by which line of CODEOWNERS."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from promoter.errors import Location, Problem, ProposalError
from promoter.registry.codeowners import (
    LOCATIONS,
    SIZE_LIMIT_BYTES,
    CodeOwners,
    Ownership,
    parse_codeowners,
)

NEW_FILE = "\N{NO-BREAK SPACE}new file\N{NO-BREAK SPACE}"
"""Stands for a file in a directory that is asked about: a name that no pattern spells out."""


@click.command("owners")
@click.argument("paths", metavar="PATH...", nargs=-1, required=True)
@click.option("--codeowners", "chosen", metavar="FILE", help="Read this file, not the checkout's CODEOWNERS.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def command(*, paths: tuple[str, ...], chosen: str | None, as_json: bool) -> None:
    """Print who owns each PATH, and the line of CODEOWNERS that decides.

    PATHs are relative to the root of the repository and need not exist; `dir/` asks about a new file in dir. A path is
    owned, cleared (the deciding line has no owners) or has no_match. Without --codeowners the checkout around the
    working directory is read: .github/CODEOWNERS, CODEOWNERS or docs/CODEOWNERS, the first that exists.
    """
    asked = [root_relative(path) for path in paths]
    name, file = (chosen, Path(chosen)) if chosen is not None else find_codeowners(Path.cwd())
    codeowners = parse_codeowners(read_codeowners(file, name=name), path=name)
    answers = {path: codeowners.owners_of(path + NEW_FILE if path.endswith("/") else path) for path in asked}
    if as_json:
        click.echo(json.dumps(as_document(codeowners, answers), indent=2))
        return
    for path, ownership in answers.items():
        click.echo(as_line(codeowners, path, ownership))
    for bad in codeowners.bad_lines:
        click.echo(f"{name}:{bad.line}: line skipped: {printable(bad.reason)}; {printable(bad.hint)}", err=True)


def root_relative(path: str) -> str:
    """Return a path without `.` and empty segments; a trailing slash stays.

    Raises ProposalError for an absolute path, a `..`, and a path that names nothing.
    """
    segments = [segment for segment in path.split("/") if segment not in {"", "."}]
    if path.startswith("/") or ".." in segments or not segments:
        message = "not a path below the root of the repository"
        raise ProposalError(Problem(Location(printable(path) or "''"), message, "write it like policies/registry.yaml"))
    return "/".join(segments) + ("/" if path.endswith("/") else "")


def find_codeowners(start: Path) -> tuple[str, Path]:
    """Return the name from the root, and the file, that governs the git checkout around a directory.

    Raises ProposalError outside of a checkout, in one without the file, and for a symbolic link, which GitHub does
    not follow.
    """
    root = next((folder for folder in (start, *start.parents) if (folder / ".git").exists()), None)
    if root is None:
        message = "not inside of a git checkout"
        raise ProposalError(Problem(Location(str(start)), message, "change into one, or name a file with --codeowners"))
    for location in LOCATIONS:
        file = root / location
        if file.is_symlink() or (file.is_file() and file.parent.is_symlink()):
            message = "a symbolic link, which GitHub does not follow"
            raise ProposalError(Problem(Location(location), message, "put the file itself there"))
        if file.is_file():
            return location, file
    message = f"no CODEOWNERS file at {', '.join(LOCATIONS)}"
    raise ProposalError(Problem(Location(str(root)), message, "add one, or name a file with --codeowners"))


def read_codeowners(file: Path, *, name: str) -> bytes:
    """Return a file's bytes, read no further than GitHub's limit. Raises ProposalError if it cannot be read."""
    try:
        with file.open("rb") as stream:
            return stream.read(SIZE_LIMIT_BYTES)
    except (OSError, ValueError) as exc:  # ValueError: a NUL in the name
        reason = exc.strerror if isinstance(exc, OSError) and exc.strerror else str(exc)
        message = f"cannot be read: {reason}"
        raise ProposalError(Problem(Location(printable(name)), message, "name a CODEOWNERS file that exists")) from exc


def as_document(codeowners: CodeOwners, answers: Mapping[str, Ownership]) -> dict[str, Any]:
    """Return the answers as the command's JSON document."""
    return {
        "codeowners": codeowners.path,
        "paths": [
            {
                "path": path,
                "state": ownership.state.value,
                "owners": list(ownership.owners),
                "line": ownership.line,
                "pattern": ownership.pattern,
            }
            for path, ownership in answers.items()
        ],
        "bad_lines": [
            {"line": bad.line, "text": bad.text, "reason": bad.reason, "hint": bad.hint} for bad in codeowners.bad_lines
        ],
    }


def as_line(codeowners: CodeOwners, path: str, ownership: Ownership) -> str:
    """Return the answer for a path as one line of text: path, state, owners, and what decided."""
    parts = [path, ownership.state.value]
    if ownership.owners:
        parts.append(" ".join(ownership.owners))
    if ownership.line is not None:
        parts.append(f"{codeowners.path}:{ownership.line} {ownership.pattern}")
    return "  ".join(map(printable, parts))


def printable(text: str) -> str:
    """Return text for a terminal: whatever cannot be seen becomes its escape."""
    return text if text.isprintable() else text.encode("unicode_escape").decode()
