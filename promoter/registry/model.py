"""`models/<namespace>/<model>/model.yaml`: what a model is for, whoever its version."""

from enum import StrEnum
from typing import Literal

from pydantic import Field

from promoter.document.strict import Strict
from promoter.registry.address import Identifier, ModelId


class Task(StrEnum):
    """What a model predicts; decides which statistics its evidence supports."""

    BINARY = "binary"
    MULTICLASS = "multiclass"
    REGRESSION = "regression"
    RANKING = "ranking"
    SCORES = "scores"


class RiskTier(StrEnum):
    """How much harm a wrong prediction can do; decides gates, roles and soak."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class SensitiveAttribute(Strict):
    """A column by which people must not be disadvantaged; held for measuring, not for predicting."""

    name: str = Field(description="Column of the predictions file that holds the attribute.", min_length=1)
    basis: str = Field(description="Law or rule that protects it.", min_length=1)
    justification: str | None = Field(
        default=None, description="Why the attribute may be a feature all the same; absent means it may not."
    )


class IntendedUse(Strict):
    """What the model may be used for, by whom, and who watches it."""

    purpose: str = Field(description="The decision that the model supports, in one sentence.", min_length=1)
    users: tuple[str, ...] = Field(description="Who acts on the predictions.", min_length=1)
    affected: tuple[str, ...] = Field(description="Whom the decisions touch.", min_length=1)
    prohibited: tuple[str, ...] = Field(default=(), description="Uses that are ruled out.")
    human_oversight: str = Field(description="Who can overrule a prediction, and how.", min_length=1)


class Model(Strict):
    """A model of the registry; its id is its path below models/."""

    schema_: Literal["promoter.model/1"] = Field(alias="schema", description="Format of this file.")
    model: ModelId = Field(description="The model's id; equals its path below models/.")
    title: str = Field(description="Name for people.", min_length=1, max_length=120)
    task: Task = Field(description="What the model predicts.")
    risk_tier: RiskTier = Field(description="Decides gates, roles and soak.")
    owners: tuple[Identifier, ...] = Field(description="Roles of policies/roles.yaml that own it.", min_length=1)
    domain: Identifier = Field(description="Field of use, such as credit or health.")
    tags: tuple[Identifier, ...] = Field(default=(), description="Free labels for selectors.")
    sensitive_attributes: tuple[SensitiveAttribute, ...] = Field(
        default=(), description="Columns by which fairness is measured."
    )
    intended_use: IntendedUse = Field(description="What the model may be used for.")
