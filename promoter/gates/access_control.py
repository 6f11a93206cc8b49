"""Holds what a deployment may be and may call against an allow-list for its risk tier and its regions.

## Checks
Every region of the deployment is covered by a rule for the model's tier. In each region the service account is one of
the allowed, every role granted to it is, and every host of the egress list is. A host is one host: no wildcard, address
range, path or look-alike.

## Why
A model that runs as a powerful account, or may call anywhere, turns a stolen prediction service into a stolen company.
What the manifest lists is what the platform grants, so this is where it is decided.

## Parameters
`rules` (`tiers`, `regions`, `service_accounts`, `roles`, `egress`), `without_deployment`.

## Decision rule
A rule is about a region where it names the model's tier and the region, or leaves them open; what the rules of a region
allow adds up. `*` in an account matches no `/`, `@` or `:`; in a host exactly one label or a part of it. Hosts are
compared without case; a port is part of the host. What is not on the list fails; there is no undecided middle.

## Undecidable when
Never: everything that is compared stands in the manifest.

## Example
```yaml
schema: promoter.policy/1
id: deployment-rights
title: A deployment runs as its own account and calls known hosts alone
category: security
owner: platform
rationale: The less an account may do, the less its theft costs.
gate: access_control
parameters:
  rules:
    - tiers: [high]
      regions: [eu-west-1, eu-central-1]
      service_accounts: ["lending-*@models.example.org"]
      roles: [storage.reader]
      egress: [features.example.org, "*.telemetry.example.org:443"]
    - tiers: [low]
      service_accounts: ["sandbox-*@models.example.org"]
severity: high
enforcement: block
remediation: Take the account or host out of deployment, or ask platform to add it to the rule for this tier and region.
```

## Sources
NIST SP 800-53 rev. 5, AC-6 (least privilege) and SC-7 (boundary protection). EU AI Act, Article 15(5).
"""

import re
from collections.abc import Iterator, Sequence
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from promoter.document.strict import Strict
from promoter.gates.contract.candidate import Candidate, Context, Release
from promoter.gates.contract.finding import Finding
from promoter.gates.contract.gate import Gate, Parameters
from promoter.measure.request import Measurements, Request
from promoter.policy.policy import Category
from promoter.registry.address import Identifier
from promoter.registry.deployment import Deployment
from promoter.registry.model import RiskTier

_HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?(?::[0-9]{1,5})?")
"""One DNS name of two labels or more, the last not a number, and perhaps a port."""

NamePattern = Annotated[str, StringConstraints(min_length=1, pattern=r"[^*]{3}")]
"""A name with `*`; three letters in a row keep it from meaning everything."""


class AccessRule(Strict):
    """What is allowed to the models of some tiers in some regions."""

    tiers: tuple[RiskTier, ...] | None = Field(default=None, min_length=1, description="Risk tiers; none: every tier.")
    regions: tuple[Identifier, ...] | None = Field(default=None, min_length=1, description="Regions; none: every one.")
    service_accounts: tuple[NamePattern, ...] = Field(min_length=1, description="Accounts; * within a part.")
    roles: tuple[NamePattern, ...] = Field(
        default=(), description="Roles that the account may hold; * within a part; none by default."
    )
    egress: tuple[NamePattern, ...] = Field(
        default=(), description="Hosts, with a port where one is meant; * within a label; none by default."
    )


class AccessControlParameters(Parameters):
    """The allow-list."""

    rules: tuple[AccessRule, ...] = Field(description="Rules; what those of a region allow adds up.", min_length=1)
    without_deployment: Literal["fail", "not_applicable"] = Field(
        default="fail", description="What a manifest without a deployment means; fail by default."
    )


def not_applicable(parameters: AccessControlParameters, candidate: Candidate) -> str | None:
    """Return the reason where nothing would be deployed and the policy lets that be."""
    if parameters.without_deployment == "not_applicable" and candidate.release.manifest.deployment is None:
        return "the manifest names no deployment, so nothing is granted"
    return None


def measures(parameters: AccessControlParameters, candidate: Candidate) -> Sequence[Request]:
    """Return no request: all that is compared stands in the manifest."""
    return ()


def judge(
    parameters: AccessControlParameters,
    measurements: Measurements,
    context: Context,
) -> Sequence[Finding]:
    """Return a finding each for coverage and account in every region, and one a role, egress host and region."""
    release = context.candidate.release
    deployment = release.manifest.deployment
    if deployment is None:
        return [
            Finding(
                satisfied=False,
                measure="deployment",
                message=f"the manifest of {release.version} names no deployment, so nobody knows what it would run as",
                location=release.locate("deployment"),
                hint="add deployment with regions, service_account and egress to the manifest",
            )
        ]
    return [
        finding
        for index, region in enumerate(deployment.regions)
        for finding in _in_region(parameters, deployment, index, region, release)
    ]


def _in_region(
    parameters: AccessControlParameters, deployment: Deployment, index: int, region: str, release: Release
) -> Iterator[Finding]:
    tier = release.model.risk_tier
    about = [
        rule
        for rule in parameters.rules
        if (rule.tiers is None or tier in rule.tiers) and (rule.regions is None or region in rule.regions)
    ]
    if not about:
        yield Finding(
            satisfied=False,
            measure="region",
            slice=(("region", region),),
            message=f"no rule allows a {tier}-risk model to run in {region}",
            location=release.locate("deployment", "regions", index),
            hint="take the region out of deployment, or ask the policy's owner for a rule",
        )
        return
    account = deployment.service_account
    accounts = tuple(pattern for rule in about for pattern in rule.service_accounts)
    is_allowed = any(_matches(pattern, account, wildcard="[^/@:]*") for pattern in accounts)
    yield Finding(
        satisfied=is_allowed,
        measure="service_account",
        slice=(("region", region),),
        message=f"service account {account!r} is {'one' if is_allowed else 'none'} of the allowed in {region}:"
        f" {', '.join(accounts)}",
        location=release.locate("deployment", "service_account"),
        hint=None if is_allowed else "deploy it under an account of its own that the rule names",
    )
    roles = tuple(pattern for rule in about for pattern in rule.roles)
    for place, role in enumerate(deployment.roles):
        yield _role(role, roles, region, place, release)
    hosts = tuple(pattern for rule in about for pattern in rule.egress)
    for place, host in enumerate(deployment.egress):
        yield _egress(host, hosts, region, place, release)


def _role(role: str, allowed: tuple[str, ...], region: str, place: int, release: Release) -> Finding:
    is_allowed = any(_matches(pattern, role, wildcard="[^/@:]*") for pattern in allowed)
    known = ", ".join(allowed) or "none"
    return Finding(
        satisfied=is_allowed,
        measure="role",
        slice=(("region", region), ("role", role)),
        message=f"role {role!r} is {'one' if is_allowed else 'none'} of the allowed in {region}: {known}",
        location=release.locate("deployment", "roles", place),
        hint=None if is_allowed else "grant the account less, or ask the policy's owner to allow the role",
    )


def _egress(host: str, allowed: tuple[str, ...], region: str, place: int, release: Release) -> Finding:
    lowered = host.lower()
    if not host.isascii() or not _HOST.fullmatch(lowered):
        satisfied, message = False, f"egress {host!r} is not the name of one host"
        hint = "write each host by its full ASCII name, with a port where one is meant"
    else:
        satisfied = any(_matches(pattern.lower(), lowered, wildcard="[a-z0-9-]+") for pattern in allowed)
        known = ", ".join(allowed) or "none"
        message = f"egress {host!r} is {'one' if satisfied else 'none'} of the allowed in {region}: {known}"
        hint = "take the host out of egress, or ask the policy's owner to allow it for this tier and region"
    return Finding(
        satisfied=satisfied,
        measure="egress",
        slice=(("region", region), ("host", host)),
        message=message,
        location=release.locate("deployment", "egress", place),
        hint=None if satisfied else hint,
    )


def _matches(pattern: str, name: str, *, wildcard: str) -> bool:
    return re.fullmatch(wildcard.join(map(re.escape, pattern.split("*"))), name) is not None


GATE = Gate(
    name="access_control",
    category=Category.SECURITY,
    parameters=AccessControlParameters,
    measures=measures,
    judge=judge,
    not_applicable=not_applicable,
)
