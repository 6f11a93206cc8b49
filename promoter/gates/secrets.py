"""Holds the texts of a version's folder to containing no secret, and the manifest to naming secrets by reference.

## Checks
No text in the version's folder, the manifest and reports included, holds what looks like a key, token, password or
private key. Each entry of the deployment's secrets is a reference into a store, by its prefix.

## Why
What is pushed is known to everybody who can read the repository, for good: a revert does not take it back.

## Parameters
`max_secrets`, `reference_prefixes`, `with_entropy`.

## Decision rule
A place counts once for each type of secret on its line. The published prefixes of issuers, passwords in URLs and values
behind words such as password count everywhere; random-looking quoted strings (4.5 bits a character or more) only in
texts that are no evidence, since signatures are random. Data tables and the artifact are not searched. The secret
itself is never shown: the finding says file, line and type. A comment in the file exempts nothing; a false alarm is
waived.

## Undecidable when
Never. A text that cannot be read, or is larger than 32 MiB, ends in an error.

## Example
```yaml
schema: promoter.policy/1
id: no-secrets
title: No secret is in the repository
category: security
owner: platform
rationale: What is pushed once is known for good.
gate: secrets
parameters:
  reference_prefixes: ["vault:", "arn:aws:secretsmanager:"]
severity: critical
enforcement: block
remediation: Revoke the secret first, then take it out of the file and of the branch's history; name it by reference.
```

## Sources
CWE-798 (hard-coded credentials). NIST SP 800-218, PS.1. OWASP ASVS 4.0.3, 2.10.4. Shannon 1948.
"""

from collections.abc import Iterator, Sequence

from pydantic import Field

from promoter.errors import Location
from promoter.gates.contract.candidate import Candidate, Context, Release
from promoter.gates.contract.finding import Finding
from promoter.gates.contract.gate import Gate, Parameters
from promoter.measure.reports.request import SecretScan
from promoter.measure.request import Measured, Measurements, Request
from promoter.policy.policy import Category
from promoter.registry.evidence import EvidenceFormat

_TABLES = frozenset({EvidenceFormat.PARQUET, EvidenceFormat.CSV})
_MOST_SHOWN = 20


class SecretsParameters(Parameters):
    """What may look like a secret."""

    max_secrets: int = Field(
        default=0, ge=0, description="Most places a file that look like a secret; 0 by default: one is enough to leak."
    )
    reference_prefixes: tuple[str, ...] = Field(
        default=("vault:", "arn:aws:secretsmanager:", "projects/", "azure-keyvault:", "k8s:"),
        min_length=1,
        description="Beginnings of references into a store; the usual stores by default.",
    )
    with_entropy: bool = Field(
        default=True,
        description="Whether random-looking quoted strings count; true by default: not all keys have names.",
    )


def measures(parameters: SecretsParameters, candidate: Candidate) -> Sequence[Request]:
    """Return one request a text of the version's folder."""
    return tuple(request for _, request in _texts(parameters, candidate.release))


def _texts(parameters: SecretsParameters, release: Release) -> Iterator[tuple[str, SecretScan]]:
    """Yield (path, request) of each file that can be a text: all but the artifact and the data tables.

    Reports are named by the digest that the manifest pins, as their size may be that of evidence.
    """
    manifest = release.manifest
    evidence = {entry.uri: entry for entry in manifest.evidence}
    for path, content in sorted(release.files.items()):
        entry = evidence.get(path)
        if path == manifest.artifact.uri or (entry is not None and entry.format in _TABLES):
            continue
        if entry is not None:
            yield path, SecretScan(content=entry.digest, with_entropy=False)
        else:
            yield path, SecretScan(content=content, with_entropy=parameters.with_entropy)


def judge(parameters: SecretsParameters, measurements: Measurements, context: Context) -> Sequence[Finding]:
    """Return one finding a clean file, one a place that looks like a secret, and one a reference."""
    release = context.candidate.release
    findings = [
        finding
        for path, request in _texts(parameters, release)
        for finding in _of_file(path, measurements[request], parameters, release)
    ]
    findings += _references(parameters, release)
    return findings or [
        Finding(
            satisfied=None,
            measure="secrets",
            message="the version's folder holds no text that could be searched",
            location=release.locate(),
            hint="judge the version from its own folder",
        )
    ]


def _of_file(path: str, measured: Measured, parameters: SecretsParameters, release: Release) -> Iterator[Finding]:
    folder = release.document.location(()).path.rpartition("/")[0]
    found = measured.find("secrets")
    if found is None or found.value is None:
        reason = found.undecidable if found is not None else "they were not counted"
        yield Finding(
            satisfied=None,
            measure="secrets",
            slice=(("file", path),),
            message=f"the secrets in {path} are undecided: {reason}",
            location=Location(f"{folder}/{path}"),
            hint="commit the file as plain UTF-8 text, or take it out of the version",
        )
        return
    count = int(found.value)
    satisfied = count <= parameters.max_secrets
    shown = measured.facts["secrets"][:_MOST_SHOWN]
    if not shown:
        searched = "holds no secret" if measured.facts["is_text"] else "is no text and was not searched"
        place = Location(f"{folder}/{path}")
        yield Finding(
            satisfied=True, measure="secrets", slice=(("file", path),), message=f"{path} {searched}", location=place
        )
    for secret in shown:
        yield Finding(
            satisfied=satisfied,
            measure="secrets",
            slice=(("file", path),),
            value=float(count),
            comparator="<=",
            bound=float(parameters.max_secrets),
            margin=float(parameters.max_secrets - count),
            message=f"line {secret['line']} of {path} holds what looks like a secret ({secret['type']})",
            location=Location(f"{folder}/{path}", secret["line"]),
            hint=None if satisfied else "revoke it, for it is known now; then name it by reference and remove the line",
        )


def _references(parameters: SecretsParameters, release: Release) -> Iterator[Finding]:
    deployment = release.manifest.deployment
    for index, reference in enumerate(deployment.secrets if deployment else ()):
        satisfied = reference.startswith(parameters.reference_prefixes)
        known = ", ".join(parameters.reference_prefixes)
        yield Finding(
            satisfied=satisfied,
            measure="reference",
            slice=(("secret", str(index)),),
            message=f"secret {index} of the deployment {'is' if satisfied else 'is not'} a reference ({known})",
            location=release.locate("deployment", "secrets", index),
            hint=None if satisfied else "write where the secret lies, never the secret; revoke it if this was one",
        )


GATE = Gate(name="secrets", category=Category.SECURITY, parameters=SecretsParameters, measures=measures, judge=judge)
