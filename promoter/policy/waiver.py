"""`policies/waivers/<id>.yaml`: an exception that names its end."""

from typing import Literal

from pydantic import Field, model_validator

from promoter.document.strict import Instant, Strict
from promoter.policy.bound import MeasureBound
from promoter.registry.address import Identifier, ModelId, Version


class AcceptedFile(Strict):
    """A file with one content: any other content at its path is not accepted."""

    path: str = Field(description="Path in the registry.", min_length=1)
    blob: str = Field(
        description="Git's id of the content: `git rev-parse COMMIT:PATH`.", pattern=r"^(?:[0-9a-f]{40}|[0-9a-f]{64})$"
    )


class Waiver(Strict):
    """One policy is set aside for one exact version, or for exact files, until a day, as somebody else accepted."""

    schema_: Literal["promoter.waiver/1"] = Field(alias="schema", description="Format of this file.")
    id: Identifier = Field(description="Equals the file's name.")
    policy: Identifier = Field(description="Policy that is set aside.")
    model: ModelId | None = Field(default=None, description="Model, exactly; absent where files are named.")
    version: Version | None = Field(default=None, description="Version, exactly; quote it.")
    files: tuple[AcceptedFile, ...] = Field(
        default=(), description="For changes without a version, such as of the rules: the files that are accepted."
    )
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
        if (self.model is None) != (self.version is None) or (self.model is None) == (not self.files):
            raise ValueError("needs either model and version, or files")
        if self.files and (self.stage is not None or self.single_use):
            raise ValueError("stage and single_use are about a version; a waiver of files has neither")
        return self
