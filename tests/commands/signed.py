"""A recorded registry whose rules may ask for signed commits, and a key to sign with."""

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from promoter.policy.signers import SIGNERS_PATH
from tests.commands.recorded import Registry
from tests.support.registry import rule_files, stage_files
from tests.support.ssh import new_key, public_text

SETTINGS = "policies/registry.yaml"
REQUIRED = str(rule_files()[SETTINGS]) + "signed_commits: required\n"


@dataclass(frozen=True, slots=True)
class Signing:
    """A recorded registry, and Ada's SSH key."""

    registry: Registry
    key: Path

    @classmethod
    def create(cls, folder: Path) -> "Signing":
        """Return the recorded registry, whose rules ask for no signature yet."""
        return cls(Registry.create_recorded(folder / "registry"), new_key(folder))

    @property
    def public_key(self) -> str:
        """Return type and key, as a line of allowed signers ends."""
        return public_text(self.key.with_suffix(".pub"))

    def require(self, options: str = "") -> None:
        """Ask for signatures from the next commit on; Ada's key is named."""
        self.registry.commit({SETTINGS: REQUIRED, SIGNERS_PATH: f"ada@example.org {options}{self.public_key}\n"})

    def commit(self, *options: str, environment: dict[str, str] | None = None, staging: str = "2.0.0") -> str:
        """Move staging with git itself, as these options say."""
        path = self.registry.builder.path
        for name, content in stage_files(staging=staging).items():
            (path / name).parent.mkdir(parents=True, exist_ok=True)
            (path / name).write_bytes(content if isinstance(content, bytes) else content.encode())
        self.registry.builder.git("add", ".")
        who = ["-c", "user.name=Ada", "-c", "user.email=ada@example.org"]
        command = ["git", "-C", str(path), *who, *options[:-1], "commit", "-q", "-m", "move", options[-1]]
        surroundings = {"PATH": os.environ["PATH"], "HOME": str(path), **(environment or {})}
        subprocess.run(command, check=True, capture_output=True, env=surroundings)
        return self.registry.builder.git("rev-parse", "main")

    def commit_with_ssh(self, key: Path | None = None) -> str:
        """Move staging, signed with an SSH key."""
        return self.commit("-c", "gpg.format=ssh", "-c", f"user.signingkey={key or self.key}", "-S")

    def raw(self, commit: str) -> bytes:
        """Return a commit object's bytes."""
        return self.registry.builder.git("cat-file", "commit", commit).encode() + b"\n"

    def complaints(self, *arguments: str) -> list[tuple[str, str]]:
        """Return commit and message of each finding about a signature."""
        found = json.loads(self.registry.run("audit", "verify", "--json", *arguments).stdout)["findings"]
        return [(item["commit"], item["message"]) for item in found if "sign" in item["message"]]
