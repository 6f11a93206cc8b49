"""`policies/tests/<policy>/<case>.yaml`: what a policy must say of one candidate, without data and without a registry.

A case says only what differs from the smallest valid candidate (promoter.decision.policy_candidate). Its overrides are
merge patches (RFC 7396): mappings are merged, null takes a key away, everything else replaces.
"""

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints, model_validator

from promoter.document.strict import Instant, Strict
from promoter.policy.change import ChangeRecord
from promoter.registry.address import Identifier, Version
from promoter.registry.changes import ChangeKind

DEFAULT_AT = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
"""The moment of a case that names none."""


class StatedInterval(Strict):
    """A confidence interval."""

    lower: float = Field(description="Lower end.")
    upper: float = Field(description="Upper end.")
    level: float = Field(default=0.95, description="Coverage, in (0, 1).", gt=0, lt=1)


class StatedMeasurement(Strict):
    """A number as if it had been measured, or the reason why there is none."""

    measure: str = Field(description="Name of the measure.", min_length=1)
    value: float | None = Field(default=None, description="The number; absent where it is undecidable.")
    n: int = Field(default=1000, description="Rows that it rests on.", ge=0)
    unit: str = Field(default="", description="Unit; fraction for rates.")
    slice: dict[str, str] = Field(default_factory=dict, description="Column to value; none is all rows.")
    interval: StatedInterval | None = Field(default=None, description="Its interval.")
    undecidable: str | None = Field(default=None, description="Why there is no value.", min_length=1)

    @model_validator(mode="after")
    def _has_value_or_reason(self) -> "StatedMeasurement":
        if (self.value is None) == (self.undecidable is None):
            raise ValueError("needs exactly one of value and undecidable")
        return self


class StatedAnswer(Strict):
    """What the measurement plane would answer to a request."""

    measurements: tuple[StatedMeasurement, ...] = Field(default=(), description="Numbers.")
    facts: dict[str, Any] = Field(default_factory=dict, description="Facts, as the request's family names them.")
    failure: str | None = Field(default=None, description="Why there is no answer at all.", min_length=1)


class StatedStay(Strict):
    """A span in which a stage served a version."""

    version: Version = Field(description="Version that served; quote it.")
    entered_at: Instant = Field(description="When it came in.")
    left_at: Instant | None = Field(default=None, description="When it went; absent while it serves.")


class StatedPrecedent(Strict):
    """What is known of a candidate that served the stage before."""

    verdict: Literal["passed", "warned", "failed", "errored"] | None = Field(
        default=None, description="Verdict of its newest decision record; absent where it has none."
    )
    agreed: bool | None = Field(
        default=True, description="Whether the roles that had to agree did; null where GitHub was not asked."
    )
    reasons: tuple[str, ...] = Field(default=(), description="Reasons that were given when it came in and went.")


class CandidatePatch(Strict):
    """How a version differs from the smallest valid one."""

    model: dict[str, Any] = Field(default_factory=dict, description="Merge patch on model.yaml.")
    manifest: dict[str, Any] = Field(default_factory=dict, description="Merge patch on manifest.yaml.")


class ExpectedFinding(Strict):
    """A comparison that must be among the findings; what is left out may be anything."""

    measure: str = Field(description="Name of the measure.", min_length=1)
    satisfied: bool | None = Field(default=None, description="true, false, or null for undecided.")
    slice: dict[str, str] | None = Field(default=None, description="The rows that it is about.")


class Expectation(Strict):
    """What the policy must say."""

    outcome: Literal["passed", "failed", "inconclusive", "errored", "not_applicable"] = Field(description="Outcome.")
    near_miss: bool | None = Field(default=None, description="Whether it failed inside of the band.")
    narrow_pass: bool | None = Field(default=None, description="Whether it passed inside of the band.")
    reason: str | None = Field(default=None, description="Text that stands in the result's reason.", min_length=1)
    findings: tuple[ExpectedFinding, ...] = Field(default=(), description="Findings that must be among the result's.")


class PolicyTest(Strict):
    """One case of one policy: a candidate and its numbers in, an outcome out."""

    schema_: Literal["promoter.policy-test/1"] = Field(alias="schema", description="Format of this file.")
    title: str = Field(description="What the case shows, as a sentence.", min_length=1, max_length=120)
    kind: ChangeKind = Field(default=ChangeKind.PROMOTION, description="What the change does.")
    stage: Identifier = Field(default="production", description="Stage that is moved; of no account to a registration.")
    at: Instant = Field(default=DEFAULT_AT, description="Moment of the decision.")
    candidate: CandidatePatch = Field(default_factory=CandidatePatch, description="The version that is judged.")
    champion: CandidatePatch | None = Field(default=None, description="What the stage serves now; none by default.")
    serving: dict[Identifier, Version] = Field(
        default_factory=dict, description="Further stages and what they serve: the candidate 2.0.0 or champion 1.0.0."
    )
    stays: dict[Identifier, tuple[StatedStay, ...]] = Field(default_factory=dict, description="Past of each stage.")
    precedent: StatedPrecedent | None = Field(
        default=None, description="What is known of a candidate that served before; absent where nobody looked."
    )
    pointer: dict[str, Any] = Field(
        default_factory=dict, description="Merge patch on the stage's pointer, such as its change ticket."
    )
    changes: tuple[ChangeRecord, ...] = Field(default=(), description="Change records beside those of the registry.")
    registry: dict[str, dict[str, Any]] = Field(
        default_factory=dict,
        description="Further files of the model's folder, path to content, such as incidents/outage.yaml.",
    )
    added: tuple[Annotated[str, StringConstraints(min_length=1)], ...] = Field(
        default=(), description="Paths that the change's commits bring in, from the root of the registry."
    )
    measurements: tuple[StatedMeasurement, ...] = Field(default=(), description="Numbers in answer to every request.")
    undone: tuple[str, ...] | None = Field(
        default=None,
        description="Paths that a revert of the merge leaves other than before; absent where it was not rehearsed.",
    )
    facts: dict[str, Any] = Field(default_factory=dict, description="Facts in answer to every request.")
    answers: dict[str, StatedAnswer] = Field(
        default_factory=dict, description="Answers to the requests of one family, such as TableProfile."
    )
    expect: Expectation = Field(description="What the policy must say.")
