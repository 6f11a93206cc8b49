"""`policies/pipeline.yaml`: the stages in order, and what each risk tier asks on the way."""

from collections.abc import Mapping
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, field_validator, model_validator

from promoter.document.strict import Day, Strict
from promoter.registry.address import Identifier
from promoter.registry.model import RiskTier


class Stage(Strict):
    """A place where a version serves."""

    id: Identifier = Field(description="Name of the stage; its pointer is stages/<id>.yaml.")
    title: str = Field(description="Name for people.", min_length=1)
    then: Literal["wait", "propose"] = Field(
        default="wait",
        description="What follows when a version was promoted to it; propose: the next stage's pull request.",
    )


class ApprovalRule(Strict):
    """People that must agree before a pointer moves."""

    role: Identifier = Field(description="Role of policies/roles.yaml.")
    count: int = Field(default=1, description="How many of them.", ge=1)


class Window(Strict):
    """A span in which promotions are allowed or excluded; exclude wins."""

    kind: Literal["allow", "exclude"] = Field(description="allow or exclude.")
    reason: str = Field(description="Why, for whoever is stopped.", min_length=1)
    weekdays: tuple[Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"], ...] = Field(
        default=(), description="Days on which it holds; empty: every day."
    )
    from_time: str = Field(default="00:00", description="Local time of its start.", pattern=r"^\d\d:\d\d$")
    to_time: str = Field(default="24:00", description="Local time of its end.", pattern=r"^\d\d:\d\d$")
    from_date: Day | None = Field(default=None, description="First day.")
    to_date: Day | None = Field(default=None, description="Last day.")
    timezone: str = Field(default="UTC", description="IANA name.")

    @field_validator("timezone")
    @classmethod
    def _is_a_zone(cls, name: str) -> str:
        """Refuse zones that do not exist when the file is read, not on the first day that they would decide."""
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError) as exc:
            raise ValueError(f"{name!r} is no time zone; write its IANA name, such as Europe/Berlin or UTC") from exc
        return name

    @field_validator("from_time", "to_time")
    @classmethod
    def _is_a_time(cls, time: str) -> str:
        if time[3:] > "59" or time > "24:00":
            raise ValueError(f"{time!r} is no time of a day; write it as 00:00 to 24:00")
        return time

    @model_validator(mode="after")
    def _days_are_in_order(self) -> "Window":
        if self.from_date and self.to_date and self.to_date < self.from_date:
            raise ValueError(f"a window ends on {self.to_date}, before it begins on {self.from_date}; swap the days")
        return self


class StageRules(Strict):
    """What one tier asks before one stage."""

    soak_days: float = Field(default=0, description="Days in the stage before, without a break.", ge=0)
    approvals: tuple[ApprovalRule, ...] = Field(default=(), description="Who must agree.")
    rollback_approvals: tuple[ApprovalRule, ...] = Field(default=(), description="Who must agree to a rollback.")


class TierRules(Strict):
    """What one tier asks."""

    review_interval_days: int = Field(description="A version in production is reviewed at least so often.", gt=0)
    stages: dict[Identifier, StageRules] = Field(description="Per stage.")


class ChangeApprovals(Strict):
    """People that must agree to changes that bring no version in. What is left out has a default that asks somebody."""

    governance: tuple[ApprovalRule, ...] | None = Field(
        default=None,
        description="To a change of the rules; the owners of the policies that it touches are asked in any case."
        " Default: whoever the strictest tier asks before the last stage.",
    )
    withdrawal: tuple[ApprovalRule, ...] | None = Field(
        default=None,
        description="To a withdrawal. Default: whoever the strictest tier asks for a rollback of the last stage.",
    )
    retirement: tuple[ApprovalRule, ...] | None = Field(
        default=None,
        description="To a pointer's removal. Default: whoever the strictest tier asks for a rollback of that stage.",
    )


class Pipeline(Strict):
    """The way of a version to production."""

    schema_: Literal["promoter.pipeline/1"] = Field(alias="schema", description="Format of this file.")
    stages: tuple[Stage, ...] = Field(description="Stages in order, first to last.", min_length=1)
    tiers: dict[RiskTier, TierRules] = Field(description="Per risk tier.", min_length=1)
    windows: tuple[Window, ...] = Field(default=(), description="When promotions are allowed.")
    approvals: ChangeApprovals = Field(
        default_factory=ChangeApprovals, description="Who must agree to changes that bring no version in."
    )

    @model_validator(mode="after")
    def _tiers_name_stages(self) -> "Pipeline":
        names = [stage.id for stage in self.stages]
        if len(set(names)) != len(names):
            raise ValueError("a stage stands twice")
        for tier, rules in self.tiers.items():
            unknown = sorted(set(rules.stages) - set(names))
            if unknown:
                raise ValueError(f"tier {tier} has rules for stage {unknown[0]!r}, which stages does not list")
        return self

    def stage_after(self, stage: str) -> str | None:
        """Return the stage that comes next, or None for the last and for one that is not listed."""
        names = [entry.id for entry in self.stages]
        following = names[names.index(stage) + 1 :] if stage in names else []
        return following[0] if following else None

    def stage_before(self, stage: str) -> str | None:
        """Return the stage that comes before, or None for the first."""
        names = [entry.id for entry in self.stages]
        position = names.index(stage)
        return names[position - 1] if position else None

    @property
    def governance_approvals(self) -> tuple[ApprovalRule, ...]:
        """Who must agree to a change of the rules, the owners of touched policies aside."""
        if self.approvals.governance is not None:
            return self.approvals.governance
        strictest = self._strictest(self.stages[-1].id)
        return strictest.approvals if strictest else ()

    @property
    def withdrawal_approvals(self) -> tuple[ApprovalRule, ...]:
        """Who must agree to a withdrawal."""
        given = self.approvals.withdrawal
        return given if given is not None else self._ways_back(self.stages[-1].id)

    def retirement_approvals(self, stage: str) -> tuple[ApprovalRule, ...]:
        """Who must agree that a stage serves nothing any more; a lost stage counts as the last."""
        given = self.approvals.retirement
        return given if given is not None else self._ways_back(stage)

    def _ways_back(self, stage: str) -> tuple[ApprovalRule, ...]:
        """Return who is asked for a rollback; where nobody is, whoever is asked on the way in."""
        strictest = self._strictest(stage) or self._strictest(self.stages[-1].id)
        return () if strictest is None else strictest.rollback_approvals or strictest.approvals

    def _strictest(self, stage: str) -> StageRules | None:
        """Return what the highest tier asks that has rules for a stage."""
        return next((self.tiers[tier].stages[stage] for tier in RiskTier if _has(self.tiers, tier, stage)), None)


def _has(tiers: Mapping[RiskTier, TierRules], tier: RiskTier, stage: str) -> bool:
    return tier in tiers and stage in tiers[tier].stages
