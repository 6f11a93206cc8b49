"""What happened to the registry: one event a move of a pointer, a registration, a withdrawal, a change of the rules."""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any


class EventKind(StrEnum):
    """What happened. `UNREADABLE` is a pointer that names no version, `ALTERATION` a merged version that changed.

    `RESTORATION` is a version that is again, byte for byte, what it once was (the gate lets through what was registered
    alone); `REINSTATEMENT` a withdrawal that was taken back, which never may be; `BROKEN` a withdrawn.yaml that nobody
    can read.
    """

    REGISTRATION = "registration"
    PROMOTION = "promotion"
    ROLLBACK = "rollback"
    RETIREMENT = "retirement"
    WITHDRAWAL = "withdrawal"
    GOVERNANCE = "governance"
    WAIVER = "waiver"
    UNREADABLE = "unreadable"
    ALTERATION = "alteration"
    RESTORATION = "restoration"
    REINSTATEMENT = "reinstatement"
    BROKEN = "broken"


MOVES = frozenset({EventKind.PROMOTION, EventKind.ROLLBACK, EventKind.RETIREMENT, EventKind.UNREADABLE})
"""Events that change what a stage serves."""

OF_VERSIONS = frozenset({EventKind.REGISTRATION, EventKind.ALTERATION, EventKind.RESTORATION})
"""Events of a version's folder."""

OF_WITHDRAWALS = frozenset({EventKind.WITHDRAWAL, EventKind.REINSTATEMENT, EventKind.BROKEN})
"""Events of a model's withdrawn.yaml."""

RECORDED = MOVES | {EventKind.REGISTRATION, EventKind.RESTORATION, EventKind.WITHDRAWAL}
"""Events that have a decision record each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One thing that one commit of the first-parent line did.

    `at` is in UTC: the committer's time, and no earlier than that of any commit before it. `version` is the version
    that moves (of a retirement: None), `replaced` the one that the stage served before. `path` made the event.
    """

    at: datetime
    commit: str
    kind: EventKind
    path: str
    model: str | None = None
    version: str | None = None
    stage: str | None = None
    replaced: str | None = None

    @property
    def address(self) -> str:
        """What it is about: a stage, a version, a model, or the path of a rule."""
        if self.stage is not None:
            return f"{self.model}#{self.stage}"
        if self.version is not None:
            return f"{self.model}@{self.version}"
        return self.model or self.path


@dataclass(frozen=True, slots=True, kw_only=True)
class Credit:
    """Who made a commit, as the commit says: `name <email>`; anyone can claim any name, so this proves nothing."""

    author: str
    committer: str
    subject: str

    @property
    def pull_request(self) -> int | None:
        """The number of the pull request, read from the subject that GitHub writes; None where there is none."""
        return pull_request_of(self.subject)


_MERGE_SUBJECT = re.compile(r"Merge pull request #([0-9]{1,9}) from ")
_SQUASH_SUBJECT = re.compile(r".*\(#([0-9]{1,9})\)$")


def pull_request_of(subject: str) -> int | None:
    """Return the number in `Merge pull request #12 from ...` or at the end of `Title (#12)`.

    `Revert "Title (#12)"` names the pull request that it undoes, not its own, and so has none.
    """
    match = _MERGE_SUBJECT.match(subject) or _SQUASH_SUBJECT.fullmatch(subject)
    return int(match[1]) if match else None


def event_json(event: Event, credit: Credit) -> dict[str, Any]:
    """Return the published form."""
    return {
        "at": event.at.isoformat(timespec="seconds").replace("+00:00", "Z"),
        "commit": event.commit,
        "kind": event.kind.value,
        "model": event.model,
        "version": event.version,
        "stage": event.stage,
        "replaced": event.replaced,
        "path": event.path,
        "author": credit.author,
        "committer": credit.committer,
        "subject": credit.subject,
        "pull_request": credit.pull_request,
    }
