"""Changes that bring no version: which policies judge the files that they bring in."""

from collections.abc import Collection, Sequence
from datetime import date, datetime

from promoter.decision.additions import ListAdditions, additions_beside, additions_to, upkeep_of
from promoter.decision.judge import BoundPolicy, Judgement
from promoter.gates.contract.candidate import Contribution
from promoter.policy.policy import Enforcement
from promoter.policy.rulebook import PolicyFile
from promoter.registry.changes import Change, ChangeKind


def why_idle(file: PolicyFile, day: date) -> str | None:
    """Return why a policy judges nothing on a day, or None where it judges."""
    if file.policy.enforcement is Enforcement.OFF:
        return "enforcement is off"
    if not file.policy.is_in_force(day):
        return f"in force from {file.policy.effective_from or 'ever'} until {file.policy.sunset or 'ever'}"
    return None


def with_upkeep(
    changes: Sequence[Change], policies: Collection[BoundPolicy], list_additions: ListAdditions, *, at: datetime
) -> tuple[Change, ...]:
    """Return the changes, and the one that is left of the files; where no policy judges that, nothing is listed."""
    asking = (file for file, _, _ in _of_kind(ChangeKind.UPKEEP, policies) if why_idle(file, at.date()) is None)
    if next(asking, None) is None:
        return tuple(changes)
    return (*changes, *upkeep_of(changes, list_additions()))


def judgements_on_files(
    change: Change, changes: Sequence[Change], policies: Collection[BoundPolicy], added: ListAdditions, *, at: datetime
) -> tuple[Judgement, ...]:
    """Return how the policies that name its kind judge what a change without a version brings in.

    A change of a model answers for its model's files and for those of no model, any other for what is left.
    """
    judging = _of_kind(change.kind, policies)
    if not judging:
        return ()
    files = additions_beside(changes, added()) if change.model is None else additions_to(change.model, added())
    about = Contribution(kind=change.kind, model=change.model, stage=change.stage, added=files)
    judgements = []
    for policy in judging:
        file, _, _ = policy
        why_not = why_idle(file, at.date()) or file.policy.applies_to.misses(about.subject)
        if not files:
            why_not = why_not or "its commits bring in no file"
        judgements.append(Judgement.of(policy, about, not_applicable=why_not))
    return tuple(judgements)


def _of_kind(kind: ChangeKind, policies: Collection[BoundPolicy]) -> list[BoundPolicy]:
    return [
        (file, gate, parameters)
        for file, gate, parameters in policies
        if gate.of_files is not None and kind in file.policy.applies_to.kinds
    ]
