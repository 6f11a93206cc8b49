"""`policies/registry.yaml`: where evidence may lie, how large it may be, which formats are read."""

from typing import Literal

from pydantic import Field

from promoter.document.strict import Strict
from promoter.registry.address import Identifier


class Store(Strict):
    """A place from which evidence and artifacts may be fetched."""

    id: Identifier = Field(description="Name of the store.")
    scheme: Literal["file", "https", "s3", "gs", "abfs"] = Field(description="Scheme of its URIs.")
    host: str = Field(description="Host, bucket or container, exactly; empty for file.")
    prefix: str = Field(default="/", description="Path below which everything lies.", pattern=r"^/")


class Limits(Strict):
    """Sizes above which a file is refused before it is read."""

    manifest_bytes: int = Field(default=262_144, description="A YAML file.", gt=0)
    document_bytes: int = Field(default=1_048_576, description="A text beside a manifest.", gt=0)
    evidence_bytes: int = Field(default=2_147_483_648, description="An evidence file.", gt=0)
    artifact_bytes: int = Field(default=10_737_418_240, description="An artifact.", gt=0)
    changed_files: int = Field(default=10_000, description="Files in one pull request.", gt=0)


class Settings(Strict):
    """The registry's own settings."""

    schema_: Literal["promoter.registry/1"] = Field(alias="schema", description="Format of this file.")
    title: str = Field(description="Name of the registry.", min_length=1)
    stores: tuple[Store, ...] = Field(default=(), description="Stores allowed; empty: the repository alone.")
    limits: Limits = Field(default_factory=Limits, description="Sizes that are refused.")
    artifact_formats: tuple[str, ...] = Field(
        default=("onnx", "safetensors"), description="Formats allowed.", min_length=1
    )
    forks: Literal["refuse", "judge"] = Field(
        default="refuse",
        description="Pull requests from forks: refused, or judged as data like any other.",
    )
    signed_commits: Literal["optional", "required"] = Field(
        default="optional",
        description="required: an audit asks each commit of the default branch, records aside, for a signature by a key"
        " of policies/trust/allowed_signers (SSH) or policies/trust/openpgp.asc.",
    )
    waiver_days: dict[Literal["critical", "high", "medium", "low"], int] = Field(
        default={"critical": 14, "high": 30, "medium": 90, "low": 180},
        description="Longest life of a waiver by the policy's severity.",
    )
