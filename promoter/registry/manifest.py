"""`versions/<version>/manifest.yaml`: all that is claimed of one version; immutable once merged."""

from typing import Literal

from pydantic import Field, model_validator

from promoter.document.strict import Strict
from promoter.registry.address import Commit, Digest, ModelId, Version
from promoter.registry.datasets import Dataset
from promoter.registry.deployment import Deployment, MonitoringPlan, RollbackPlan
from promoter.registry.evidence import Evidence
from promoter.registry.signature import Signature


class Artifact(Strict):
    """The model's own file, in a format that cannot run code when it is loaded."""

    uri: str = Field(description="Path in the version's folder, or a URI in an allowed store.", min_length=1)
    format: Literal["onnx", "safetensors", "lightgbm-text", "xgboost-json", "pmml"] = Field(
        description="File format; formats that run code on load are not on the list."
    )
    digest: Digest = Field(description="sha256 of the file.")
    size_bytes: int = Field(description="Size of the file.", gt=0)


class Source(Strict):
    """Where the artifact was made, so that it can be made again."""

    repository: str = Field(description="URL of the training code's repository.", min_length=1)
    commit: Commit = Field(description="Full id of the commit that trained it.")
    path: str | None = Field(default=None, description="Training script in that repository.")
    training_run: str | None = Field(default=None, description="Run id in the experiment tracker.")


class DecisionRule(Strict):
    """How a score becomes a decision; part of the version, never of the evidence."""

    threshold: float = Field(description="A score at or above it is a positive decision.")


class DocumentFile(Strict):
    """A text beside the manifest that people must have read."""

    kind: Literal["model-card", "design-notes", "data-provenance", "decision-log"] = Field(
        description="Which template it follows."
    )
    path: str = Field(description="File in the version's folder.", min_length=1)


class Manifest(Strict):
    """One version of a model: artifact, origin, data, evidence and plans."""

    schema_: Literal["promoter.manifest/1"] = Field(alias="schema", description="Format of this file.")
    model: ModelId = Field(description="The model's id; equals its path below models/.")
    version: Version = Field(description="The version; equals the folder's name; quote it.")
    summary: str = Field(description="What is new against the version before.", min_length=1, max_length=500)
    artifact: Artifact = Field(description="The model's own file.")
    source: Source = Field(description="Where the artifact was made.")
    signature: Signature = Field(description="What goes in and what comes out.")
    decision: DecisionRule | None = Field(default=None, description="For binary models: from score to decision.")
    datasets: tuple[Dataset, ...] = Field(description="Every data set that it rests on.", min_length=1)
    evidence: tuple[Evidence, ...] = Field(description="Files that measurements are made from.", min_length=1)
    documents: tuple[DocumentFile, ...] = Field(default=(), description="Texts beside the manifest.")
    deployment: Deployment | None = Field(default=None, description="The package that would be deployed.")
    monitoring: MonitoringPlan | None = Field(default=None, description="What is watched after the promotion.")
    rollback: RollbackPlan | None = Field(default=None, description="What happens when it must go back.")

    @model_validator(mode="after")
    def _references_resolve(self) -> "Manifest":
        """Every name that one part uses of another exists, once."""
        dataset_ids = [dataset.id for dataset in self.datasets]
        evidence_ids = [evidence.id for evidence in self.evidence]
        for what, ids in (("data set", dataset_ids), ("evidence", evidence_ids)):
            twice = sorted({name for name in ids if ids.count(name) > 1})
            if twice:
                raise ValueError(f"{what} id {twice[0]!r} stands more than once; give each its own")
        known = set(dataset_ids)
        for evidence in self.evidence:
            if evidence.dataset is not None and evidence.dataset not in known:
                raise ValueError(
                    f"evidence {evidence.id!r} names data set {evidence.dataset!r}, which datasets does not list"
                )
        return self
