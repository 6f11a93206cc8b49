"""The data sets of a version: where they come from, and on what terms."""

from enum import StrEnum

from pydantic import Field

from promoter.document.strict import Day, Strict
from promoter.registry.address import Digest, Identifier


class DatasetRole(StrEnum):
    """What a version used a data set for."""

    RAW = "raw"
    TRAINING = "training"
    VALIDATION = "validation"
    EVALUATION = "evaluation"
    REFERENCE = "reference"
    CURRENT = "current"


class Dataset(Strict):
    """A data set, pinned, with the terms on which it may be used."""

    id: Identifier = Field(description="Name inside this manifest.")
    role: DatasetRole = Field(description="What it was used for.")
    uri: str = Field(description="Where it lies.", min_length=1)
    digest: Digest | None = Field(default=None, description="sha256 of its file; one of digest and version.")
    version: str | None = Field(default=None, description="Version in its own store; one of digest and version.")
    collected_from: Day | None = Field(default=None, description="First day covered.")
    collected_to: Day | None = Field(default=None, description="Last day covered.")
    personal_data: bool = Field(description="Whether rows are about people.")
    purpose: str | None = Field(
        default=None, description="What the rows were collected for, in a few words.", min_length=1
    )
    lawful_basis: str | None = Field(default=None, description="Basis on which personal data is processed.")
    retention_days: int | None = Field(default=None, description="How long it may be kept.", gt=0)
    licence: str | None = Field(default=None, description="SPDX expression, or a name the policies know.")
    region: str | None = Field(default=None, description="Where it is stored, such as eu or us.")
    source: str | None = Field(default=None, description="Who published it, and where.")
    parents: tuple[Identifier, ...] = Field(default=(), description="Data sets of this manifest it was made from.")
