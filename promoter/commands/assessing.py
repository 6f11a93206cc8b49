"""What the gate says of a move that is proposed: what holds it, and who has agreed as far as GitHub tells."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from promoter.commands.caching import cache_folder
from promoter.commands.case import Case, open_case
from promoter.commands.judging import Workshop, judge_case
from promoter.commands.output import view_of
from promoter.commands.past import Past
from promoter.commands.pending import Pending
from promoter.commands.reviewing import panel_of
from promoter.commands.upstream import Upstream, find_upstream
from promoter.decision.hearing import Panel
from promoter.decision.types import Approvals, Decision
from promoter.errors import PromoterError
from promoter.github.people import read_people
from promoter.github.pulls import find_number
from promoter.registry.address import StageAddress
from promoter.report.parts import Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """A proposed move as the gate judges it; `verdict` is None where it cannot be judged, and `problems` say why.

    `holding` are pairs (policy, outcome). `unread` says why GitHub's reviews were not read: then nobody is known to
    have agreed.
    """

    verdict: str | None
    holding: tuple[tuple[str, str], ...] = ()
    problems: tuple[str, ...] = ()
    approvals: Approvals = field(default_factory=Approvals)
    unread: str | None = None

    @property
    def sentence(self) -> str:
        """The assessment in one line."""
        parts = [self.verdict or "cannot be judged", *self.problems]
        if self.holding:
            parts.append("held by " + ", ".join(f"{policy} ({outcome})" for policy, outcome in self.holding))
        parts += [f"{login} agreed as {role}" for role, login in self.approvals.given]
        parts += [f"{login} objects as {role}" for role, login in self.approvals.objections]
        parts += [f"missing: {count} x {role}" for role, count in self.approvals.missing]
        if self.unread is not None and self.approvals.required:
            parts.append(f"reviews not read: {self.unread}")
        return "; ".join(parts)

    def as_json(self) -> dict[str, object]:
        """Return the assessment for scripts; `reviews_unread` is null where GitHub told who agreed."""
        return {
            "verdict": self.verdict,
            "held_by": [{"policy": policy, "outcome": outcome} for policy, outcome in self.holding],
            "problems": list(self.problems),
            "approvals": self.approvals.as_json(),
            "reviews_unread": self.unread,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessor:
    """Judges proposals against the tip, as `promoter check` does. `upstream` is a text where GitHub is not asked."""

    past: Past
    upstream: Upstream | str
    at: datetime

    @classmethod
    def of(cls, past: Past, *, at: datetime) -> "Assessor":
        """Return the assessor of a clone at a moment."""
        return cls(past=past, upstream=find_upstream(past), at=at)

    def assess(self, pending: Pending) -> Assessment:
        """Return what the gate says of a proposal; what cannot be opened or asked is told in its place."""
        repository = self.past.repository
        try:
            case = open_case(repository, base=self.past.tip, head=pending.commit, is_worktree=False, at=self.at)
        except PromoterError as error:
            return Assessment(verdict=None, problems=_told(error.problems))
        try:
            panel = self._panel(case, pending)
        except PromoterError as error:
            panel = "; ".join(_told(error.problems))
        heard = panel if isinstance(panel, Panel) else None
        decision = judge_case(case, at=self.at, workshop=Workshop(cache=cache_folder()), panel=heard)
        return _assessment(decision, case, pending.address, unread=panel if isinstance(panel, str) else None)

    def _panel(self, case: Case, pending: Pending) -> Panel | str:
        """Return who reviewed the proposal, or why that is not known."""
        if isinstance(self.upstream, str):
            return self.upstream
        number = _number(pending.reference, self.upstream)
        if number is None:
            return "it has no open pull request"
        teams = {team for role in case.rules.roles.roles.values() for team in role.teams}
        return panel_of(case, read_people(self.upstream.client, number, teams=teams))


def _number(reference: str, upstream: Upstream) -> int | None:
    """Return the pull request of a reference: named by it, or the open one of its branch."""
    _, kind, *rest = reference.split("/")
    names = rest[1:] if kind == "remotes" else rest
    is_pull = kind == "pull" or (kind == "remotes" and names[0] == "pull")
    found = next((name for name in names if name.isdecimal()), None) if is_pull else None
    if found is not None:
        return int(found)
    return None if is_pull else find_number(upstream.client, head="/".join(names), base=upstream.base)


def _assessment(decision: Decision, case: Case, address: StageAddress, *, unread: str | None) -> Assessment:
    """Return what is said of one stage; problems and policies of the other changes in the proposal hold it too."""
    views = view_of(decision, case).changes
    holding = [policy for view in views for policy in view.policies if policy.standing is Standing.HOLDS]
    about = (address.model, address.stage)
    own = next((change for change in decision.changes if (change.model, change.stage) == about), None)
    reasons = (change.reason for change in decision.changes if change.reason is not None)
    return Assessment(
        verdict=decision.verdict.value,
        holding=tuple(dict.fromkeys((policy.id, str(policy.outcome)) for policy in holding)),
        problems=(*_told(decision.problems), *reasons),
        approvals=own.approvals if own is not None else Approvals(),
        unread=unread,
    )


def _told(problems: Iterable[object]) -> tuple[str, ...]:
    return tuple(str(problem) for problem in problems)
