"""A repository whose commits of ours may be signed, and what git itself says of them."""

import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from promoter.git.commit import Person
from promoter.git.writing import Stamp, Writer
from tests.support.repositories import RepositoryBuilder
from tests.support.ssh import new_key, public_text

ADA = Person("Ada Łovelace", "ada@example.org")


@dataclass(frozen=True, slots=True)
class Place:
    """A repository that may sign, and Ada's SSH key."""

    builder: RepositoryBuilder
    key: Path

    @property
    def public(self) -> str:
        """Type and base64 of the key."""
        return public_text(self.key.with_suffix(".pub"))

    @classmethod
    def create(cls, folder: Path) -> "Place":
        """Return a repository with a commit on main, and a key beside it."""
        builder = RepositoryBuilder.create(folder / "registry")
        builder.commit({"b.txt": "b"})
        return cls(builder, new_key(folder / "home" / "keys"))

    def configure(self, **values: str) -> None:
        """Set values of git's configuration: gpg_format is gpg.format."""
        for name, value in values.items():
            self.builder.git("config", name.replace("_", "."), value)

    def sign_with_ssh(self, key: str) -> None:
        """Ask for SSH signatures."""
        self.configure(commit_gpgsign="true", gpg_format="ssh", user_signingkey=key)

    def commit(self, message: str = "Verschöb\n\nReason: größer\n", *, minute: int = 0) -> str:
        """Commit a file on a branch of its own with the writer."""
        at = datetime(2026, 3, 1, 9, minute, tzinfo=UTC)
        stamp = Stamp(author=ADA, at=at, message=message)
        return Writer.open(self.builder.path).commit_files("side", {"a.txt": b"a"}, stamp, onto=self.tip("main"))

    def tip(self, branch: str) -> str | None:
        """Return where a branch points."""
        return Writer.open(self.builder.path).tip(branch)

    def shown(self, commit: str, *, line: str | None = None) -> str:
        """Return what git says of a commit's signature, by Ada's line of allowed signers."""
        file = self.builder.path / ".git" / "allowed"
        file.write_text(f"{line or f'{ADA.email} {self.public}'}\n")
        command = ["git", "-C", str(self.builder.path), "-c", f"gpg.ssh.allowedSignersFile={file}"]
        done = subprocess.run([*command, "verify-commit", commit], check=False, capture_output=True, text=True)
        shown = subprocess.run(
            [*command, "log", "-1", "--format=%G?", commit], capture_output=True, check=True, text=True
        )
        return f"{shown.stdout.strip()} {done.returncode} {done.stderr}"


def script(path: Path, text: str) -> str:
    """Write a program of the shell, and return its path."""
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return str(path)
