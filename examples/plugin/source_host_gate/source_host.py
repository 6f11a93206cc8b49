"""Holds the repository of the training code to the hosts that the organisation runs or trusts.

## Checks
The source's repository is an https URL whose host is one of `hosts`, exactly, with no user in it.

## Why
A version can be made again only from code that is still there; a private fork on somebody's own account is not.

## Parameters
`hosts`.

## Decision rule
The comparison is exact: a host is written in lower case, and a sub-domain, a port or a user make another place.

## Undecidable when
Never: the source is part of every manifest.

## Example
```yaml
schema: promoter.policy/1
id: source-host
title: The training code lies on a host that we keep
category: integrity
owner: risk
rationale: What was trained from a repository that is gone can be neither checked nor made again.
gate: source_host
parameters:
  hosts: [code.example, example.org]
severity: medium
enforcement: block
remediation: Push the training code to a host that the policy names, train from there, and register that version.
```

## Sources
SLSA 1.0, source track. SR 11-7, section VI: documentation.
"""

from collections.abc import Sequence
from urllib.parse import urlsplit

from promoter.gates.contract.candidate import Candidate, Context
from promoter.gates.contract.finding import Finding
from promoter.gates.contract.gate import Gate, Parameters
from promoter.measure.request import Measurements, Request
from promoter.policy.policy import Category
from pydantic import Field


class SourceHostParameters(Parameters):
    """The hosts that are kept."""

    hosts: tuple[str, ...] = Field(description="Host names, in lower case.", min_length=1)


def measures(_parameters: SourceHostParameters, _candidate: Candidate) -> Sequence[Request]:
    """Return no request: the manifest itself is read."""
    return ()


def judge(parameters: SourceHostParameters, _measurements: Measurements, context: Context) -> Sequence[Finding]:
    """Return one finding on the host of the source's repository."""
    release = context.candidate.release
    found = _host(release.manifest.source.repository)
    known = " or ".join(parameters.hosts)
    is_known = found in parameters.hosts
    return [
        Finding(
            satisfied=is_known,
            measure="source_host",
            message=f"the training code lies on {found}" if found else "the source's repository is no https URL",
            location=release.locate("source", "repository"),
            hint=None if is_known else f"push it to {known}, and train from there",
        )
    ]


def _host(url: str) -> str | None:
    """Return the host of an https URL without user and port, or None for anything else."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    is_plain = parts.scheme == "https" and parts.hostname is not None and parts.netloc == parts.hostname
    return parts.hostname if is_plain else None


GATE = Gate(
    name="source_host",
    category=Category.INTEGRITY,
    parameters=SourceHostParameters,
    measures=measures,
    judge=judge,
)
