"""Holds the artifact's bytes against what the manifest claims of them.

## Checks
The artifact's digest, size and format are the ones claimed; the format is allowed; the size is within the
registry's limit; an ONNX file's external data is refused, or lies in the version's folder. Nothing is loaded or run.

## Why
What is judged must be what is served. A format that runs code on load makes a model file a program, and external
data lets a small, reviewed file point at weights that nobody pinned.

## Parameters
`formats`, `external_data`.

## Decision rule
Every comparison is exact. The size passes at the limit itself.

## Undecidable when
The format cannot be recognised from the bytes. A file that is missing or cannot be read ends in an error.

## Example
```yaml
schema: promoter.policy/1
id: artifact-is-pinned
title: The artifact is the file that the manifest pins
category: integrity
owner: platform
rationale: Nobody can review bytes that may change after the review.
gate: artifact_integrity
parameters:
  formats: [onnx]
  external_data: refuse
applies_to:
  kinds: [registration, promotion, rollback]
severity: critical
enforcement: block
remediation: Export the model again and write digest and size with `promoter propose`.
```

## Sources
ONNX IR specification, external data. SLSA 1.0, artifact digest. EU AI Act, Article 15(5) (cybersecurity).
"""

from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath
from typing import Literal

from pydantic import Field

from promoter.errors import Location
from promoter.gates.contract.candidate import Candidate, Context, Release
from promoter.gates.contract.finding import Finding
from promoter.gates.contract.gate import Gate, Parameters
from promoter.measure.request import ArtifactFacts, Measured, Measurements, Request
from promoter.policy.policy import Category


class ArtifactIntegrityParameters(Parameters):
    """Which artifacts are acceptable."""

    formats: tuple[str, ...] = Field(
        default=(),
        description="Formats allowed, as the manifest names them; empty by default: the registry's artifact_formats.",
    )
    external_data: Literal["refuse", "contained"] = Field(
        default="refuse",
        description="refuse: the artifact is one file, the default since one digest then covers all of it; contained:"
        " every external file is pinned in the version's folder.",
    )


def _request(release: Release) -> ArtifactFacts:
    return ArtifactFacts(content=release.manifest.artifact.digest)


def measures(parameters: ArtifactIntegrityParameters, candidate: Candidate) -> Sequence[Request]:
    """Return the one request for the artifact's facts."""
    return (_request(candidate.release),)


def judge(parameters: ArtifactIntegrityParameters, measurements: Measurements, context: Context) -> Sequence[Finding]:
    """Return a finding each for digest, size, format, allowed format, size limit and external data."""
    release, settings = context.candidate.release, context.settings
    artifact = release.manifest.artifact
    measured = measurements[_request(release)]
    allowed = parameters.formats or settings.artifact_formats
    return [
        _equal("digest", artifact.digest, measured, release),
        _equal("size_bytes", artifact.size_bytes, measured, release),
        _equal("format", artifact.format, measured, release),
        Finding(
            satisfied=artifact.format in allowed,
            measure="allowed_format",
            message=f"format {artifact.format} is {'one' if artifact.format in allowed else 'none'} of the allowed:"
            f" {', '.join(allowed)}",
            location=release.locate("artifact", "format"),
            hint=None if artifact.format in allowed else f"export the model as {' or '.join(allowed)}",
        ),
        _within_limit(measured, settings.limits.artifact_bytes, release),
        *_external(parameters, measured, release),
    ]


def _equal(fact: str, claimed: str | int, measured: Measured, release: Release) -> Finding:
    """Return the finding of holding a claim of the manifest against the same fact of the bytes."""
    location = release.locate("artifact", fact)
    found = measured.facts.get(fact)
    if found is None:
        return Finding(
            satisfied=None,
            measure=fact,
            message=f"the artifact's {fact} cannot be told from its bytes; the manifest claims {claimed}",
            location=location,
            hint="check that the file is what the manifest says, and is not cut off",
        )
    is_same = found == claimed
    return Finding(
        satisfied=is_same,
        measure=fact,
        message=f"the artifact's {fact} is {found}, {'as claimed' if is_same else f'the manifest claims {claimed}'}",
        location=location,
        hint=None if is_same else f"write the file's own {fact} into the manifest, or restore the file it describes",
    )


def _within_limit(measured: Measured, limit: int, release: Release) -> Finding:
    size = measured.facts.get("size_bytes")
    location = release.locate("artifact", "size_bytes")
    if size is None:
        return Finding(
            satisfied=None,
            measure="size_limit",
            message="the artifact's size was not measured",
            location=location,
            hint="check that the artifact's uri leads to a file",
        )
    return Finding(
        satisfied=size <= limit,
        measure="size_limit",
        message=f"the artifact has {size:,} bytes, the registry takes at most {limit:,}",
        location=location,
        value=float(size),
        unit="byte",
        comparator="<=",
        bound=float(limit),
        margin=float(limit - size),
        hint=None if size <= limit else "make the model smaller, or ask the platform role to raise artifact_bytes",
    )


def _external(parameters: ArtifactIntegrityParameters, measured: Measured, release: Release) -> Iterator[Finding]:
    location = release.locate("artifact", "uri")
    named = measured.facts.get("external_data")
    if named is None:
        yield Finding(
            satisfied=None,
            measure="external_data",
            message="the artifact was not searched for external data",
            location=location,
            hint="check that the file is what the manifest says, and is not cut off",
        )
    elif not named:
        yield Finding(
            satisfied=True, measure="external_data", message="the artifact names no external data", location=location
        )
    for path in named or ():
        yield _external_file(path, parameters, release, location)


def _external_file(path: str, parameters: ArtifactIntegrityParameters, release: Release, location: Location) -> Finding:
    parts = PurePosixPath(path)
    escapes = parts.is_absolute() or ".." in parts.parts or "\\" in path or ":" in path
    is_contained = not escapes and path in release.files
    is_allowed = parameters.external_data == "contained" and is_contained
    if is_allowed:
        why = "is pinned in the version's folder"
    elif parameters.external_data == "refuse":
        why = "is refused: the policy takes artifacts of one file"
    else:
        why = "lies outside of the version's folder" if escapes else "is not in the version's folder"
    return Finding(
        satisfied=is_allowed,
        measure="external_data",
        message=f"external data {path!r} {why}",
        location=location,
        hint=None if is_allowed else "save the model with its weights inside of the one file",
    )


GATE = Gate(
    name="artifact_integrity",
    category=Category.INTEGRITY,
    parameters=ArtifactIntegrityParameters,
    measures=measures,
    judge=judge,
)
