"""The published form of a decision, `promoter.decision/1`, as types: a record is read here years after it was made.

Keys that a later engine added are left aside; those that are here stay. The types lead to
promoter/report/decision.schema.json, and a test holds the two together.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from promoter.digest import canonical_json
from promoter.errors import Location, Problem, ProposalError

SCHEMA_ID = "promoter.decision/1"

OutcomeWord = Literal["passed", "failed", "inconclusive", "waived", "errored", "not_applicable"]
VerdictWord = Literal["passed", "warned", "failed", "errored"]
Count = Annotated[int, Field(ge=0)]


class Recorded(BaseModel):
    """A part of a stored decision: frozen, nothing converted, no NaN; unknown keys are left aside."""

    model_config = ConfigDict(strict=True, frozen=True, extra="ignore", allow_inf_nan=False)


class IntervalRecord(Recorded):
    """A confidence interval."""

    lower: float = Field(description="Lower end, in the measure's unit.")
    upper: float = Field(description="Upper end, in the measure's unit.")
    level: float = Field(description="Nominal coverage in (0, 1).")
    method: str = Field(description="How it was constructed.")


class MeasurementRecord(Recorded):
    """One statistic on one slice: a value, or the reason why there is none."""

    measure: str = Field(description="Name of the statistic.")
    slice: dict[str, str] = Field(description="Column to value; empty is all rows.")
    value: float | None = Field(description="The number; null where it is undecidable.")
    interval: IntervalRecord | None = Field(description="Its confidence interval, where there is one.")
    n: Count = Field(description="Rows that the number rests on.")
    unit: str = Field(description='"fraction" for rates in [0, 1], "" for pure numbers, else a unit.')
    undecidable: str | None = Field(description="Why there is no number.")


class MeasuredRecord(Recorded):
    """The answer to a request."""

    values: tuple[MeasurementRecord, ...] = Field(description="The numbers.")
    facts: dict[str, Any] = Field(description="What is no number.")
    failure: str | None = Field(description="Why there is neither.")


class AnswerRecord(Recorded):
    """A request of a gate with its answer."""

    request: dict[str, Any] = Field(description="What was asked; `family` names the kind.")
    measured: MeasuredRecord = Field(description="What was answered.")


class PlaceRecord(Recorded):
    """A place in the registry."""

    path: str = Field(description="Path in the repository.")
    line: int | None = Field(description="Line, from 1.")


class ProblemPlaceRecord(PlaceRecord):
    """A place in a file that could not be used."""

    column: int | None = Field(description="Column, from 1.")


class FindingRecord(Recorded):
    """One comparison of a gate."""

    satisfied: bool | None = Field(description="null: it could not be decided.")
    measure: str = Field(description="What was compared.")
    slice: dict[str, str] = Field(description="Column to value; empty is all rows.")
    value: float | None = Field(description="The number that was compared.")
    interval: IntervalRecord | None = Field(description="Its confidence interval.")
    n: Count | None = Field(description="Rows that it rests on.")
    unit: str = Field(description="Unit of value, interval, bound and margin.")
    comparator: str | None = Field(description=">= or <=.")
    bound: float | None = Field(description="The policy's limit.")
    margin: float | None = Field(description="How far value is inside the bound; negative is outside.")
    relative_margin: float | None = Field(description="margin / |bound|.")
    near: bool = Field(description="Whether value lies in the policy's band around the bound.")
    message: str = Field(description="The comparison as a sentence.")
    hint: str | None = Field(description="What to do next.")
    location: PlaceRecord = Field(description="The line of the manifest that it is about.")


class ResultRecord(Recorded):
    """What one policy says of one candidate."""

    policy: str = Field(description="Id of the policy.")
    policy_version: str = Field(description="Object id of its file.")
    policy_path: str = Field(description="Path of its file.")
    title: str = Field(description="What holds when it passes.")
    gate: str = Field(description="Gate that judged.")
    category: str = Field(description="Part of the field that it watches.")
    owner: str = Field(description="Role that owns it.")
    severity: Literal["critical", "high", "medium", "low"] = Field(description="How bad a failure would be.")
    enforcement: Literal["block", "warn", "audit", "off"] = Field(description="What a failure does.")
    outcome: OutcomeWord = Field(description="What it found.")
    near_miss: bool = Field(description="Failed, and only inside of the band.")
    narrow_pass: bool = Field(description="Passed, and somewhere inside of the band.")
    reason: str | None = Field(
        description="Why it errored or does not apply; what its waiver says, or why that does not hold."
    )
    findings: tuple[FindingRecord, ...] = Field(description="One a comparison.")
    waiver: str | None = Field(description="Waiver that set it aside.")
    remediation: str | None = Field(description="What the author does.")
    asks: str | None = Field(description="Role that an undecided result asks.")
    evidence: tuple[str, ...] = Field(description="Digests of what it rests on.")


class RequiredRecord(Recorded):
    """People of one role."""

    role: str = Field(description="Role of policies/roles.yaml.")
    count: Count = Field(description="How many of them.")


class GivenRecord(Recorded):
    """One approval."""

    role: str = Field(description="Role that it fills.")
    login: str = Field(description="GitHub login of who gave it.")


class GroundRecord(GivenRecord):
    """What an approval rests on."""

    id: int = Field(description="GitHub's numeric id of who gave it.")
    commit: str = Field(description="Commit that was reviewed.")
    at: str = Field(description="When, ISO 8601 in UTC.")
    listed_in: str = Field(description="What lists the person in the role: policies/roles.yaml, or a team.")


class AwaitedRecord(RequiredRecord):
    """A role that is waited for."""

    contact: str = Field(description="How the role is reached.")
    since: str | None = Field(description="Since when it is waited for, ISO 8601 in UTC.")
    people: tuple[str, ...] = Field(description="Logins of those who can unblock.")
    reason: str = Field(description="Why it is open.")


class DisqualifiedRecord(Recorded):
    """A review that does not count."""

    login: str = Field(description="GitHub login of who gave it.")
    reason: str = Field(description="Why it does not count.")


class ApprovalsRecord(Recorded):
    """Who must agree."""

    required: tuple[RequiredRecord, ...] = Field(description="Who must agree.")
    given: tuple[GivenRecord, ...] = Field(description="Who has agreed.")
    missing: tuple[RequiredRecord, ...] = Field(description="Who has not.")
    grounds: tuple[GroundRecord, ...] = Field(default=(), description="What each approval rests on.")
    awaited: tuple[AwaitedRecord, ...] = Field(default=(), description="Who can unblock, and how to reach them.")
    disqualified: tuple[DisqualifiedRecord, ...] = Field(default=(), description="Reviews that do not count.")
    objections: tuple[GivenRecord, ...] = Field(default=(), description="Who requested changes.")


class ChangeRecord(Recorded):
    """One change of a pull request."""

    kind: Literal[
        "registration", "promotion", "rollback", "withdrawal", "retirement", "restoration", "governance", "upkeep"
    ] = Field(description="What is done.")
    model: str | None = Field(description="Model id; null for governance and upkeep.")
    version: str | None = Field(description="Version that moves.")
    stage: str | None = Field(description="Stage that it moves to.")
    champion: str | None = Field(description="Version that the stage serves before.")
    verdict: VerdictWord = Field(description="What follows.")
    reason: str | None = Field(description="Why, where no single policy says so; and what of the base was broken.")
    results: tuple[ResultRecord, ...] = Field(description="One a policy.")
    approvals: ApprovalsRecord = Field(description="Who must agree.")
    measurements: dict[str, AnswerRecord] = Field(description="Request digest to request and answer.")


class ProblemRecord(Recorded):
    """Why something could not be judged."""

    location: ProblemPlaceRecord = Field(description="Where.")
    message: str = Field(description="What is wrong.")
    hint: str = Field(description="What to do next.")


class EngineRecord(Recorded):
    """The engine that decided."""

    version: str = Field(description="Its release.")
    digest: str = Field(description="Digest of its code.")


class BoundToRecord(Recorded):
    """The objects that the decision is about; any other object needs another decision."""

    head: str = Field(description="Commit that was proposed.")
    base: str = Field(description="Commit that it was proposed to.")
    merge_tree: str = Field(description="Tree that would be merged.")
    policy_tree: str = Field(description="Tree of the policies, from the base.")
    champion: str | None = Field(description="Digest of what the stages serve.")


class DecisionRecord(Recorded):
    """A decision."""

    schema_: Literal["promoter.decision/1"] = Field(alias="schema", description="Name and version of this form.")
    engine: EngineRecord = Field(description="Who decided.")
    decided_at: str = Field(description="When, ISO 8601 in UTC.")
    bound_to: BoundToRecord = Field(description="What it binds.")
    changes: tuple[ChangeRecord, ...] = Field(description="One a change.")
    problems: tuple[ProblemRecord, ...] = Field(description="What could not be judged.")
    verdict: VerdictWord = Field(description="The worst of all.")


def parse_record(decision: Mapping[str, Any], *, path: str = "decision") -> DecisionRecord:
    """Return a decision's plain JSON as types. Raises ProposalError with each misfit; `path` names it there."""
    place = Location(path)
    try:
        return DecisionRecord.model_validate_json(canonical_json(decision))
    except (ValueError, TypeError) as error:
        misfits = error.errors(include_url=False) if isinstance(error, ValidationError) else []
        hint = f"render it with the engine that wrote it, or restore the record; its form is {SCHEMA_ID}"
        problems = [Problem(place, f"{'.'.join(map(str, misfit['loc']))}: {misfit['msg']}", hint) for misfit in misfits]
        raise ProposalError(*problems or [Problem(place, f"it is not JSON: {error}", hint)]) from error


def decision_schema() -> dict[str, Any]:
    """Return the published JSON Schema, draft 2020-12; promoter/report/decision.schema.json holds it."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:promoter:decision:1",
        **DecisionRecord.model_json_schema(by_alias=True),
    }
