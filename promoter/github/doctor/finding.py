"""What the doctor says of one setting."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from promoter.github.settings import Unread


class Standing(StrEnum):
    """How a setting stands. A hole lets an unjudged change in; a weakness needs a second mistake, or an insider."""

    HOLDS = "holds"
    WEAK = "weak"
    HOLE = "hole"
    UNREAD = "unread"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One setting: what was found, why it matters, and the setting or file that mends it."""

    id: str
    standing: Standing
    found: str
    why: str
    mend: str

    def as_json(self) -> dict[str, Any]:
        """Return the published form."""
        return {
            "id": self.id,
            "standing": self.standing.value,
            "found": self.found,
            "why": self.why,
            "mend": self.mend,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A setting that is asked about: why it matters, and what mends it."""

    id: str
    why: str
    mend: str

    def say(self, standing: Standing, found: str) -> Finding:
        """Return a finding on it."""
        return Finding(id=self.id, standing=standing, found=found, why=self.why, mend=self.mend)

    def unread(self, why_not: Unread) -> Finding:
        """Return that the token may not read it."""
        mend = "run it with a token of an administrator: fine-grained, with Administration, Contents and Actions: read"
        return Finding(
            id=self.id, standing=Standing.UNREAD, found=f"cannot be read: {why_not.reason}", why=self.why, mend=mend
        )

    def hold(self, *, holds: bool, found: str, otherwise: Standing = Standing.HOLE) -> Finding:
        """Return a finding that holds, or does not."""
        return self.say(Standing.HOLDS if holds else otherwise, found)
