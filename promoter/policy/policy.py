"""One policy: a gate, its parameters, where it applies and what follows from its outcome."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints, model_validator

from promoter.document.strict import Day, Strict
from promoter.policy.selector import Selector
from promoter.registry.address import Identifier

GateName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,62}$")]


class Category(StrEnum):
    """The part of the field that a policy watches; the folder it lies in."""

    PERFORMANCE = "performance"
    FAIRNESS = "fairness"
    DRIFT = "drift"
    DATA = "data"
    INTEGRITY = "integrity"
    SECURITY = "security"
    PRIVACY = "privacy"
    COMPLIANCE = "compliance"
    DOCUMENTATION = "documentation"
    TESTING = "testing"
    OPERATIONS = "operations"
    LIFECYCLE = "lifecycle"


class Severity(StrEnum):
    """How bad a failure would be; says nothing about what it blocks."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Enforcement(StrEnum):
    """What a failure does; `audit` and `off` are printed in every report."""

    BLOCK = "block"
    WARN = "warn"
    AUDIT = "audit"
    OFF = "off"


class Reference(Strict):
    """An article of a regulation or a control that asks for the policy."""

    title: str = Field(description="Regulation and article, or control id.", min_length=1)
    url: str | None = Field(default=None, description="Where it can be read.")


class NearMiss(Strict):
    """The band around a bound in which a result is called near; exactly one of the two is given."""

    absolute: float | None = Field(default=None, description="Half width in the measure's unit.", gt=0)
    relative: float | None = Field(default=None, description="Half width as a fraction of the bound.", gt=0, lt=1)

    @model_validator(mode="after")
    def _is_one_width(self) -> "NearMiss":
        if (self.absolute is None) == (self.relative is None):
            raise ValueError("needs exactly one of absolute and relative")
        return self

    def width(self, bound: float) -> float:
        """Return the band's half width in the measure's unit; a relative band of a zero bound has none."""
        return self.absolute if self.absolute is not None else abs(bound) * (self.relative or 0.0)


class OnInconclusive(Strict):
    """What an undecided result means: it blocks, or a named role must look."""

    action: Literal["block", "ask"] = Field(description="block, or ask a role for review.")
    role: Identifier | None = Field(default=None, description="Role that is asked.")

    @model_validator(mode="after")
    def _names_whom_to_ask(self) -> "OnInconclusive":
        if (self.action == "ask") != (self.role is not None):
            raise ValueError("action ask needs a role, and only ask may name one")
        return self


class Policy(Strict):
    """A rule of the registry; it names a gate and gives it parameters, and never contains code."""

    schema_: Literal["promoter.policy/1"] = Field(alias="schema", description="Format of this file.")
    id: Identifier = Field(description="Equals the file's name.")
    title: str = Field(description="What holds when it passes, as a sentence.", min_length=1, max_length=120)
    category: Category = Field(description="Equals the folder's name.")
    owner: Identifier = Field(description="Role of policies/roles.yaml that owns it.")
    rationale: str = Field(description="Why the rule exists.", min_length=1)
    references: tuple[Reference, ...] = Field(default=(), description="What asks for it.")
    gate: GateName = Field(description="Gate that judges; see `promoter gates list`.")
    parameters: dict[str, Any] = Field(default_factory=dict, description="The gate's own parameters.")
    applies_to: Selector = Field(default_factory=Selector, description="Changes that it judges.")
    severity: Severity = Field(description="How bad a failure would be.")
    enforcement: Enforcement = Field(description="What a failure does.")
    near_miss: NearMiss | None = Field(default=None, description="Band in which a result is called near.")
    on_inconclusive: OnInconclusive = Field(
        default=OnInconclusive(action="block"), description="What an undecided result means."
    )
    remediation: str = Field(
        description="What the author does on a failure; {value} {bound} {gap} {measure} {slice} {n} are filled in.",
        min_length=1,
    )
    change: str | None = Field(default=None, description="Ticket that brought it to this state.")
    effective_from: Day | None = Field(default=None, description="First day on which it judges.")
    review_by: Day | None = Field(default=None, description="Day by which its owner looks at it again.")
    sunset: Day | None = Field(default=None, description="First day on which it judges no more.")

    @model_validator(mode="after")
    def _dates_are_in_order(self) -> "Policy":
        if self.effective_from and self.sunset and self.sunset <= self.effective_from:
            raise ValueError(f"sunset {self.sunset} is not after effective_from {self.effective_from}")
        return self

    def is_in_force(self, day: date) -> bool:
        """Say whether the policy judges on that day."""
        started = self.effective_from is None or self.effective_from <= day
        ended = self.sunset is not None and self.sunset <= day
        return started and not ended
