"""The small files that move: stage pointers, withdrawn versions, incidents, observations."""

from typing import Literal

from pydantic import Field, model_validator

from promoter.document.strict import Instant, Strict
from promoter.registry.address import Digest, Identifier, Version
from promoter.registry.deployment import Environment
from promoter.registry.evidence import Columns


class StagePointer(Strict):
    """`stages/<stage>.yaml`: the version that the stage serves."""

    version: Version = Field(description="Version that the stage serves; quote it.")
    change: str | None = Field(default=None, description="Ticket of the change record.", min_length=1)
    reason: str | None = Field(default=None, description="Why, where the change itself does not say.", min_length=1)
    environment: Environment | None = Field(
        default=None, description="What the stage runs it in, where that is not the version's own deployment."
    )


class Withdrawal(Strict):
    """A version that may never be promoted again."""

    version: Version = Field(description="The version that is withdrawn.")
    reason: str = Field(description="Why, for the consumer who meets it.", min_length=1)
    incident: Identifier | None = Field(default=None, description="File of incidents/ that led to it.")


class Withdrawals(Strict):
    """`withdrawn.yaml`: all withdrawn versions of a model."""

    schema_: Literal["promoter.withdrawn/1"] = Field(alias="schema", description="Format of this file.")
    withdrawn: tuple[Withdrawal, ...] = Field(description="One entry a version.", min_length=1)


class Incident(Strict):
    """`incidents/<id>.yaml`: a postmortem that names version, gate and follow-up."""

    schema_: Literal["promoter.incident/1"] = Field(alias="schema", description="Format of this file.")
    id: Identifier = Field(description="Equals the file's name.")
    version: Version = Field(description="Version that served when it happened.")
    stage: Identifier = Field(description="Stage in which it happened.")
    started_at: Instant = Field(description="When it began to hurt.")
    resolved_at: Instant | None = Field(default=None, description="When it ended; absent while it is open.")
    summary: str = Field(description="What happened, to whom, how much.", min_length=1)
    missed_by: Identifier | None = Field(default=None, description="Policy that should have caught it.")
    follow_up: tuple[str, ...] = Field(default=(), description="What is done so that it does not return.")


class Observation(Strict):
    """`observations/<date>.yaml`: what a stage has served in one period, a row a request, pinned by digest."""

    schema_: Literal["promoter.observation/1"] = Field(alias="schema", description="Format of this file.")
    version: Version = Field(description="Version that served; quote it.")
    stage: Identifier = Field(description="Stage that was observed.")
    observed_from: Instant = Field(description="First moment covered.")
    observed_to: Instant = Field(description="Last moment covered.")
    uri: str = Field(description="File beside this one, or a URI in an allowed store.", min_length=1)
    format: Literal["parquet", "csv"] = Field(default="parquet", description="How the rows are read.")
    digest: Digest = Field(description="sha256 of the observed rows.")
    size_bytes: int = Field(description="Size of the observed rows.", ge=0)
    columns: Columns = Field(
        description="Which column plays which part; prediction or score is empty where there was no answer."
    )
    harm: str | None = Field(
        default=None,
        description="Column that is 1 where the answer did harm, 0 where it did none, empty where nobody knows yet.",
        min_length=1,
    )

    @model_validator(mode="after")
    def _covers_a_period_of_answers(self) -> "Observation":
        if self.observed_to <= self.observed_from:
            raise ValueError("observed_to is not after observed_from")
        if self.columns.prediction is None and self.columns.score is None:
            raise ValueError("columns names neither prediction nor score; name the column of answers")
        if self.columns.timestamp is None:
            raise ValueError("columns names no timestamp; name the column that says when a row was served")
        return self
