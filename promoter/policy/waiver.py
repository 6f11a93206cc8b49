"""`policies/waivers/<id>.yaml`: an exception that names its end."""

from typing import Literal

from pydantic import Field, model_validator

from promoter.document.strict import Instant, Strict
from promoter.policy.bound import MeasureBound
from promoter.registry.address import Identifier, ModelId, Version


class Waiver(Strict):
    """One policy is set aside for one exact version, until a day, for a reason that somebody else accepted."""

    schema_: Literal["promoter.waiver/1"] = Field(alias="schema", description="Format of this file.")
    id: Identifier = Field(description="Equals the file's name.")
    policy: Identifier = Field(description="Policy that is set aside.")
    model: ModelId = Field(description="Model, exactly.")
    version: Version = Field(description="Version, exactly; quote it.")
    stage: Identifier | None = Field(default=None, description="Only for this stage.")
    reason: str = Field(description="Why the failure is acceptable for now.", min_length=1)
    requester: str = Field(description="GitHub login of who asks.", min_length=1)
    approver: str = Field(description="GitHub login of who accepted it; another person.", min_length=1)
    ticket: str = Field(description="Where it was discussed.", min_length=1)
    not_before: Instant = Field(description="First moment at which it holds.")
    expires: Instant = Field(description="Moment from which it holds no more.")
    compensating_controls: tuple[MeasureBound, ...] = Field(
        default=(), description="Bounds that must hold for the waiver to hold."
    )
    single_use: bool = Field(default=False, description="Whether it serves one promotion only.")

    @model_validator(mode="after")
    def _is_someone_elses_and_ends(self) -> "Waiver":
        if self.requester.casefold() == self.approver.casefold():
            raise ValueError("requester and approver are the same person; another person must accept it")
        if self.expires <= self.not_before:
            raise ValueError("expires is not after not_before")
        return self
