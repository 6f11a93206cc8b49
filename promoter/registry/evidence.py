"""Evidence files of a version, and what their columns mean."""

from enum import StrEnum

from pydantic import Field

from promoter.document.strict import Strict
from promoter.registry.address import Digest, Identifier, Version


class EvidenceKind(StrEnum):
    """What a file is evidence of."""

    PREDICTIONS = "predictions"
    FEATURES_REFERENCE = "features-reference"
    FEATURES_CURRENT = "features-current"
    LATENCY = "latency"
    SHADOW = "shadow"
    TEST_RESULTS = "test-results"
    VULNERABILITIES = "vulnerabilities"
    ARTIFACT_SCAN = "artifact-scan"
    SIGNATURE = "signature"
    PROVENANCE = "provenance"
    SBOM = "sbom"
    FEATURE_REGISTRY = "feature-registry"


class EvidenceFormat(StrEnum):
    """How a file is read; no format here can run code."""

    PARQUET = "parquet"
    CSV = "csv"
    JSON = "json"
    JUNIT = "junit"
    SARIF = "sarif"
    CYCLONEDX = "cyclonedx"
    TRIVY = "trivy"
    GRYPE = "grype"
    PIP_AUDIT = "pip-audit"
    SIGSTORE = "sigstore"
    INTOTO = "in-toto"


class Columns(Strict):
    """Which column plays which part; the field's usual names are the defaults of none."""

    id: str | None = Field(default=None, description="Row id, the same for every version's predictions.")
    label: str | None = Field(default=None, description="What truly happened.")
    score: str | None = Field(default=None, description="Probability of the positive class.")
    class_scores: dict[str, str] = Field(default_factory=dict, description="Multi-class: class to its score's column.")
    prediction: str | None = Field(default=None, description="Predicted class or value.")
    timestamp: str | None = Field(default=None, description="When the row was observed.")
    weight: str | None = Field(default=None, description="Sample weight.")
    query: str | None = Field(default=None, description="Ranking: the query that a row answers.")


class Evidence(Strict):
    """A file that measurements are made from; numbers typed into a manifest decide nothing."""

    id: Identifier = Field(description="Name inside this manifest.")
    kind: EvidenceKind = Field(description="What it is evidence of.")
    format: EvidenceFormat = Field(description="How it is read.")
    uri: str = Field(description="Path in the version's folder, or a URI in an allowed store.", min_length=1)
    digest: Digest = Field(description="sha256 of the file.")
    size_bytes: int = Field(description="Size of the file.", gt=0)
    dataset: Identifier | None = Field(default=None, description="The data set whose rows it covers.")
    columns: Columns = Field(default_factory=Columns, description="Which column plays which part.")
    champion: Version | None = Field(
        default=None, description="Shadow runs: the version that served the requests, beside which this one ran."
    )
