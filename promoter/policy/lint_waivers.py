"""Waivers that set nothing aside: of a policy, a model or a measure that nobody has, or that hold at no moment."""

from collections.abc import Collection, Iterator
from datetime import datetime

from promoter.document.nearest import did_you_mean
from promoter.document.places import Keys
from promoter.document.reader import Document
from promoter.errors import Problem
from promoter.policy.lint_bounds import limit_problems, unknown_measure
from promoter.policy.measures import MEASURES
from promoter.policy.rulebook import RuleBook
from promoter.policy.waiver import Waiver
from promoter.policy.waiving import WaiverCase, why_waiver_fails


def waiver_problems(
    waiver: Waiver, document: Document, rules: RuleBook, models: Collection[str], *, at: datetime
) -> Iterator[Problem]:
    """Yield why a waiver is noise, each at its line. `models` are the registry's; none tells nothing about models."""

    def problem(keys: Keys, message: str, hint: str) -> Problem:
        return Problem(document.location(keys), message, hint)

    known = {file.policy.id: file.policy for file in rules.policies}
    policy = known.get(waiver.policy)
    if policy is None:
        hint = f"{did_you_mean(waiver.policy, tuple(known))}correct it, or remove the waiver"
        yield problem(("policy",), f"no policy has the id {waiver.policy!r}", hint)
        return
    if waiver.expires <= at:
        yield problem(
            ("expires",), f"the waiver expired at {waiver.expires.isoformat()}", "remove it; history keeps it"
        )
        return
    if models and waiver.model is not None and waiver.model not in models:
        hint = f"{did_you_mean(waiver.model, tuple(models))}correct it, or remove the waiver"
        yield problem(("model",), f"no model has the id {waiver.model!r}", hint)
    stages = [stage.id for stage in rules.pipeline.stages]
    if waiver.stage is not None and waiver.stage not in stages:
        yield problem(("stage",), f"the pipeline has no stage {waiver.stage!r}", f"use one of {', '.join(stages)}")
    for index, control in enumerate(waiver.compensating_controls):
        place = document.location(("compensating_controls", index))
        if control.measure not in MEASURES:
            yield unknown_measure(control.measure, place, MEASURES)
        else:
            yield from limit_problems(control, place)
    why = _why_it_never_holds(waiver, rules)
    if why is not None:
        hint = "have it accepted by a member of the policy's owner for a shorter time, or remove it"
        yield problem((), f"the waiver never holds: {why}", hint)


def _why_it_never_holds(waiver: Waiver, rules: RuleBook) -> str | None:
    """Return why it does not hold even at its first moment, its controls and its use left aside, or None."""
    policy = next(file.policy for file in rules.policies if file.policy.id == waiver.policy)
    case = WaiverCase(
        policy=policy,
        model=waiver.model or "",
        version=waiver.version or "",
        stage=waiver.stage,
        at=waiver.not_before,
        settings=rules.settings,
        roles=rules.roles,
        used=(),
        find=lambda _measure: None,
    )
    return why_waiver_fails(waiver.model_copy(update={"compensating_controls": ()}), case)
