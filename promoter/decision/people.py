"""What is said of people in a decision: who agreed and to what, who is waited for, and whose review does not count."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """An approval that counts: who gave it, when, on which commit, and what lists the person in the role."""

    role: str
    login: str
    id: int
    commit: str
    at: datetime
    listed_in: str

    def as_json(self) -> dict[str, Any]:
        """Return the published form."""
        return {
            "role": self.role,
            "login": self.login,
            "id": self.id,
            "commit": self.commit,
            "at": stamp(self.at),
            "listed_in": self.listed_in,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Disqualified:
    """A review that does not count, or not for every role, and why."""

    login: str
    reason: str

    def as_json(self) -> dict[str, Any]:
        """Return the published form."""
        return {"login": self.login, "reason": self.reason}


@dataclass(frozen=True, slots=True, kw_only=True)
class Awaited:
    """A role that is waited for: how many of it, how to reach it, since when, and the people who can unblock.

    No people means that nobody in the role may agree to this change: its membership must grow first.
    """

    role: str
    count: int
    contact: str
    since: datetime | None
    people: tuple[str, ...]
    reason: str

    def as_json(self) -> dict[str, Any]:
        """Return the published form."""
        return {
            "role": self.role,
            "count": self.count,
            "contact": self.contact,
            "since": stamp(self.since) if self.since else None,
            "people": list(self.people),
            "reason": self.reason,
        }


def stamp(moment: datetime) -> str:
    """Return a moment as 2026-01-31T09:00:00Z. Its zone must be UTC."""
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")
