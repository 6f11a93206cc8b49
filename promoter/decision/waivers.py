"""Which waiver sets a policy's result aside, in words; and which single use is spent."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from promoter.decision.docket import Item
from promoter.gates.contract.candidate import Context
from promoter.gates.contract.finding import Finding
from promoter.measure.measurement import Measurement
from promoter.measure.request import Measurements
from promoter.policy.policy import Policy
from promoter.policy.rulebook import PolicyFile, RuleBook
from promoter.policy.waiver import Waiver
from promoter.policy.waiving import WaiverCase, is_about, why_waiver_fails


def find_waiver(
    file: PolicyFile,
    findings: Sequence[Finding],
    item: Item,
    measurements: Measurements,
    rules: RuleBook,
    *,
    at: datetime,
) -> tuple[str | None, str | None]:
    """Return the first waiver by id that holds, with who, why and until when; or why the first one about it does not.

    Both None where no waiver is about the policy and this very version, or the files that were found wrong.
    """
    if not rules.waivers:
        return None, None

    def find(measure: str) -> Measurement | None:
        for judgement in item.judgements:
            for request in judgement.requests:
                found = measurements[request].find(measure) if request in measurements else None
                if found is not None:
                    return found
        return None

    case = WaiverCase(
        policy=file.policy,
        model=item.change.model or "",
        version=item.change.version or "",
        stage=item.change.stage,
        at=at,
        settings=rules.settings,
        roles=rules.roles,
        used=(),
        find=find,
        files=_files_found_wrong(findings, item),
    )
    why_not = None
    for waiver in sorted(rules.waivers, key=lambda waiver: waiver.id):
        if is_about(waiver, case):
            used = (waiver.id,) if is_spent(waiver, file.policy, item) else ()
            why = why_waiver_fails(waiver, replace(case, used=used))
            if why is None:
                return waiver.id, told(waiver)
            why_not = why_not or f"waiver {waiver.id} does not hold: {why}"
    return None, why_not


def is_spent(waiver: Waiver, policy: Policy, item: Item) -> bool:
    """Say whether a waiver for one promotion has served one: the history of the base tells, not a record of it.

    It is spent by the first merge, since it began to hold, that brought its version into a stage that both waiver and
    policy are about. Where the history of such a stage was not read it counts as spent. A registration promotes
    nothing, and neither spends it nor finds it spent; a retirement is not what it is for, and finds it spent.
    """
    if not waiver.single_use or item.change.stage is None:
        return False
    context = item.judgements[0].context
    if not isinstance(context, Context):
        return True
    record, pipeline = context.record, context.pipeline
    stages = [waiver.stage] if waiver.stage else policy.applies_to.stages or [stage.id for stage in pipeline.stages]
    if any(stage not in record.stays for stage in stages):
        return True
    return any(
        stay.version == waiver.version and stay.entered_at >= waiver.not_before
        for stage in stages
        for stay in record.stays[stage]
    )


def _files_found_wrong(findings: Sequence[Finding], item: Item) -> frozenset[tuple[str, str]]:
    """Return path and git id of what the commits bring to the paths that were found wrong, without a version."""
    if item.change.version is not None:
        return frozenset()
    wrong = {finding.location.path for finding in findings if finding.satisfied is not True}
    return frozenset((file.path, file.content.removeprefix("git:")) for file in item.added if file.path in wrong)


def told(waiver: Waiver) -> str:
    """Return what a waiver that holds says: until when, why, by whom, and what must hold meanwhile."""
    until = waiver.expires.isoformat(timespec="minutes")
    people = f"asked by {waiver.requester}, accepted by {waiver.approver}, {waiver.ticket}"
    controls = ", ".join(
        f"{control.measure} {control.comparator} {control.limit:g}" for control in waiver.compensating_controls
    )
    held = f", while {controls}" if controls else ""
    once = ", for one promotion" if waiver.single_use else ""
    return f"waived until {until}{once}{held}: {waiver.reason} ({people})"
