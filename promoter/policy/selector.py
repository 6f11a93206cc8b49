"""Which changes a policy judges."""

import re
from dataclasses import dataclass

from pydantic import Field

from promoter.document.strict import Strict
from promoter.registry.address import Identifier
from promoter.registry.changes import ChangeKind
from promoter.registry.model import RiskTier, Task


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """All that a selector may look at; None where a change brings no version that would say it."""

    kind: ChangeKind
    model: str | None
    stage: str | None
    task: Task | None = None
    tier: RiskTier | None = None
    domain: str | None = None
    regions: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()


class Selector(Strict):
    """Conditions that must all hold; an absent condition holds for everything."""

    kinds: tuple[ChangeKind, ...] = Field(
        default=(ChangeKind.PROMOTION, ChangeKind.REGISTRATION), description="Kinds of change.", min_length=1
    )
    stages: tuple[Identifier, ...] | None = Field(default=None, description="Stages moved.", min_length=1)
    tasks: tuple[Task, ...] | None = Field(default=None, description="What the model predicts.", min_length=1)
    risk_tiers: tuple[RiskTier, ...] | None = Field(default=None, description="Risk tiers.", min_length=1)
    domains: tuple[Identifier, ...] | None = Field(default=None, description="Fields of use.", min_length=1)
    regions: tuple[Identifier, ...] | None = Field(default=None, description="Any deployment region.", min_length=1)
    tags: tuple[Identifier, ...] | None = Field(default=None, description="Any of the model's tags.", min_length=1)
    models: tuple[str, ...] | None = Field(
        default=None, description="Globs over model ids: * within a part, ** across parts.", min_length=1
    )

    def misses(self, subject: Subject) -> str | None:
        """Return the first condition that does not hold, in words, or None where all hold."""
        single = (
            ("kind", subject.kind, self.kinds),
            ("stage", subject.stage, self.stages),
            ("task", subject.task, self.tasks),
            ("risk tier", subject.tier, self.risk_tiers),
            ("domain", subject.domain, self.domains),
        )
        for name, value, allowed in single:
            if allowed is not None and value not in allowed:
                return f"{name} is {value or 'none'}, not {' or '.join(allowed)}"
        several = (("region", subject.regions, self.regions), ("tag", subject.tags, self.tags))
        for name, values, allowed in several:
            if allowed is not None and not set(values) & set(allowed):
                return f"no {name} is {' or '.join(allowed)}"
        if self.models is not None and (
            subject.model is None or not any(matches_glob(subject.model, glob) for glob in self.models)
        ):
            return f"model matches none of {', '.join(self.models)}"
        return None


def matches_glob(model: str, glob: str) -> bool:
    """Say whether a model id matches: `*` stays within one part of the id, `**` crosses parts."""
    parts = (
        r".*" if part == "**" else r"[^/]*" if part == "*" else re.escape(part) for part in re.split(r"(\*\*|\*)", glob)
    )
    return re.fullmatch("".join(parts), model) is not None
