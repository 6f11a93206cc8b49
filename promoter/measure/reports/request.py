"""What gates ask of foreign files: test results, scans, signatures, texts. A reader bounds size, depth and time."""

from dataclasses import dataclass

from promoter.measure.request import Request, Table


@dataclass(frozen=True, slots=True, kw_only=True)
class JUnitReport(Request):
    """Test results as JUnit XML.

    Measures per ("suite", name): tests, passed, failures, errors, skipped, skipped_without_reason, counted from the
    cases themselves. Facts: "suites" name -> {"properties" name -> values, "failing" (up to 20 names)}.
    """

    content: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VulnerabilityReport(Request):
    """What a scanner found. `format` is sarif, cyclonedx, trivy, grype or pip-audit.

    Measures per ("severity", word): vulnerabilities, of critical, high, medium, low, unknown. Facts: "tool",
    "subjects" (digests that the report names as scanned), "scanned_at", "database_at" (ISO 8601 or null),
    "vulnerabilities" (id, aliases, package, version, severity, fixed_in, state, justification).
    """

    content: str
    format: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ArtifactStructure(Request):
    """How an artifact is built, listed and never opened; its format and ONNX facts are ArtifactFacts.

    Facts: "header_bytes" and "tensors" (safetensors, else null), "members" (zip: name, size_bytes, packed_bytes, kind;
    else null), "faults" (what readers could understand differently, or not at all, in words).
    """

    content: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelScanReport(Request):
    """What modelscan found in model files.

    Measures per ("severity", word): issues. Facts: "version", "scanned" (file names), "skipped" (file, reason),
    "errors" (texts), "issues" (severity, description, file), "scanned_at".
    """

    content: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretScan(Request):
    """Lines of a text that look like secrets; the secrets themselves are never part of the answer.

    `with_entropy` looks for random-looking quoted strings as well, which signatures and digests are full of.
    Measures: secrets. Facts: "secrets" (type, line), "is_text".
    """

    content: str
    with_entropy: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RulesFile:
    """A file of the registry's rules: its digest, and its path below policies/."""

    content: str
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureReport(Request):
    """A DSSE envelope or Sigstore bundle, held against public keys (PEM), a keyless one against a trusted root.

    Facts: "verified_by" (SHA-256 fingerprints of the keys whose signature is good), "is_keyless", "certificate" (where
    the trusted root verifies it: subject, issuer, source, ref, commit, logged_at; else null), "refused" (why it does
    not, or null), "subjects" (name, digest), "predicate_type", "builder", "source", "commit", "ref", "signed_files"
    (name, digest).
    """

    content: str
    keys: tuple[str, ...]
    trusted_root: RulesFile | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShadowAgreement(Request):
    """How a candidate answered live traffic beside the champion that served it, row by row of one table.

    `champion` is the column of the champion's answers: a score where `champion_threshold` is given, else a decision,
    class or quantity. `within` is the largest difference of two quantities that agree, in the target's unit.
    Measures: requests, duplicate_ids, days, agreement, unanswered_rate; on the rows that have a label harm_rate (the
    candidate is wrong where the champion is right) and gain_rate (the reverse). An unanswered request agrees with
    nothing and is wrong. Facts: "earliest", "latest", and, where `champion_version` names the column of the version
    that served each request, "champions": version to requests, the first 20 by number.
    """

    table: Table
    champion: str
    task: str
    threshold: float | None = None
    champion_threshold: float | None = None
    within: float | None = None
    champion_version: str | None = None
