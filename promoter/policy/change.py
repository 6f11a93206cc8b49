"""`policies/changes/<ticket>.yaml`: why a policy or a stage changed, with its risk and its way back."""

from enum import StrEnum
from typing import Literal

from pydantic import Field

from promoter.document.strict import Day, Strict


class Risk(StrEnum):
    """Outcome of the risk assessment."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class ChangeRecord(Strict):
    """The record that a change of policy or of production refers to."""

    schema_: Literal["promoter.change/1"] = Field(alias="schema", description="Format of this file.")
    ticket: str = Field(description="Equals the file's name.", pattern=r"^[A-Za-z0-9][A-Za-z0-9-]{0,62}$")
    title: str = Field(description="What changes.", min_length=1)
    reason: str = Field(description="Why it changes.", min_length=1)
    risk: Risk = Field(description="Outcome of the risk assessment.")
    risk_assessment: str = Field(description="What can go wrong, for whom, how likely.", min_length=1)
    rollback_plan: str = Field(description="How it is undone.", min_length=1)
    requester: str = Field(description="GitHub login of who asks.", min_length=1)
    approvers: tuple[str, ...] = Field(default=(), description="GitHub logins of who agreed.")
    effective_from: Day = Field(description="First day on which it may take effect.")
    emergency: bool = Field(default=False, description="Whether it may pass a freeze.")
