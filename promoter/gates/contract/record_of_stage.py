"""What the registry's past and its rules say of a model's stages: stays, incidents, change records, roles."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise

from promoter.policy.change import ChangeRecord
from promoter.policy.roles import Role
from promoter.registry.stage import Incident


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """A span without a break in which a stage served one version; `left_at` is None while it still does."""

    version: str
    entered_at: datetime
    left_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Precedent:
    """What is known of a version that served the stage before.

    `verdict` is that of the newest decision record that names it there, None where there is none; `agreed` says whether
    the roles that had to agree then did, None where GitHub was not asked; `reasons` are those that pointers gave when
    it came in and when it went.
    """

    verdict: str | None
    agreed: bool | None
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StageRecord:
    """The past of one model's stages, as the base's history holds it, and the rules that its moves refer to.

    `stays` maps stage to its stays, oldest first; a stage that is no key was not looked up, which is something else
    than a stage that never served: gates must not decide on it. `changes` maps ticket to change record of the base.
    """

    stays: Mapping[str, tuple[Stay, ...]] = field(default_factory=dict)
    incidents: tuple[Incident, ...] = ()
    changes: Mapping[str, ChangeRecord] = field(default_factory=dict)
    roles: Mapping[str, Role] = field(default_factory=dict)
    precedent: Precedent | None = None
    """Of the candidate in the stage that it enters; None where it never served there, or nobody looked."""

    def stay_of(self, version: str, *, stage: str) -> Stay | None:
        """Return the stay in which a stage serves a version now, or None where it serves another or nothing."""
        last = self.stays.get(stage, ())[-1:]
        return next((stay for stay in last if stay.version == version and stay.left_at is None), None)

    def was_taken_back(self, version: str, *, stage: str) -> bool:
        """Say whether a stage left a version for one that had entered it before that version first did."""
        stays = self.stays.get(stage, ())
        entered: dict[str, int] = {}
        for number, stay in enumerate(stays):
            entered.setdefault(stay.version, number)
        followed = pairwise(stays)
        return any(left.version == version and entered[came.version] < entered[version] for left, came in followed)

    def open_incidents(self, *, at: datetime) -> tuple[Incident, ...]:
        """Return the incidents that have begun and have not ended at a moment."""
        return tuple(
            incident
            for incident in self.incidents
            if incident.started_at <= at and (incident.resolved_at is None or incident.resolved_at > at)
        )

    def holds_role(self, login: str, role: str) -> bool:
        """Say whether a login is a member of a role; logins are compared without case, as GitHub does."""
        members = self.roles[role].members if role in self.roles else ()
        return login.casefold() in {member.login.casefold() for member in members}
