"""Holds how data are protected where a model runs against algorithms and protocols that are still good.

## Checks
Data at rest are encrypted by an allowed algorithm, with its keys in an allowed store; data in transit by TLS of at
least the policy's version.

## Why
A model's inputs are its customers' data. An algorithm that was good when the template was written need not be now,
and keys beside the data protect nothing.

## Parameters
`algorithms`, `key_stores`, `min_tls`, `require_deployment`.

## Decision rule
Names are searched as whole words in a row, without case and punctuation: AES-256 is in "aes 256 gcm", not in
"AES-2560". The TLS version is the smallest that the text names, and passes at equality.

## Undecidable when
The text on data in transit names no version of TLS. Versions without a deployment are not judged, unless the policy
requires one.

## Example
```yaml
schema: promoter.policy/1
id: encrypted
title: Data are encrypted at rest and in transit
category: security
owner: platform
rationale: GDPR, Article 32(1)(a); 45 CFR 164.312 (HIPAA).
gate: encryption
parameters:
  algorithms: [AES-256]
  key_stores: [KMS, HSM]
  min_tls: 1.2
severity: high
enforcement: block
remediation: Deploy with the platform's template, and write what it uses into deployment.encryption.
```

## Sources
NIST SP 800-52r2 (TLS), SP 800-131Ar2 (algorithms). BSI TR-02102-1. GDPR, Article 32(1)(a).
"""

import re
from collections.abc import Sequence

from pydantic import Field

from promoter.gates.contract.candidate import Candidate, Context, Release
from promoter.gates.contract.claim import claim
from promoter.gates.contract.finding import Finding, hold
from promoter.gates.contract.gate import Gate, Parameters
from promoter.gates.contract.missing import advise
from promoter.measure.measurement import Measurement
from promoter.measure.request import Measurements, Request
from promoter.policy.bound import Bound
from promoter.policy.policy import Category

_TLS = re.compile(r"\bTLS(?:\s|v|-)*(\d{1,2}(?:\.\d{1,2})?)\b", re.IGNORECASE)


class EncryptionParameters(Parameters):
    """Which protection is good enough."""

    algorithms: tuple[str, ...] = Field(
        default=("AES-128", "AES-256", "ChaCha20-Poly1305"),
        min_length=1,
        description="Algorithms for data at rest, of which one is named; by default those that NIST SP 800-131Ar2 and"
        " RFC 8439 hold for acceptable.",
    )
    key_stores: tuple[str, ...] = Field(
        default=(), description="Words for key stores, of which one is named; empty by default: any store."
    )
    min_tls: float = Field(
        default=1.2, ge=1, description="Smallest version of TLS; 1.2 by default, after NIST SP 800-52r2."
    )
    require_deployment: bool = Field(
        default=False,
        description="Whether the manifest must have a deployment; not by default: a version may be registered before"
        " it is known how it will run.",
    )


def measures(parameters: EncryptionParameters, candidate: Candidate) -> Sequence[Request]:
    """Return no request: the manifest says all."""
    return ()


def judge(
    parameters: EncryptionParameters,
    measurements: Measurements,
    context: Context,
) -> Sequence[Finding]:
    """Return a finding each for algorithm, key store and protocol, or the one that there is no deployment."""
    release = context.candidate.release
    deployment = release.manifest.deployment
    if deployment is None:
        message, hint = "the manifest does not say how data are protected", "add deployment with its encryption"
        return [claim("deployment", satisfied=False, message=message, location=release.locate("deployment"), hint=hint)]
    at_rest = deployment.encryption.at_rest
    findings = [_named("algorithm", parameters.algorithms, at_rest, release)]
    if parameters.key_stores:
        findings.append(_named("key_store", parameters.key_stores, at_rest, release))
    return [*findings, _protocol(parameters, deployment.encryption.in_transit, context)]


def _named(measure: str, allowed: Sequence[str], text: str, release: Release) -> Finding:
    found = next((name for name in allowed if f" {_plain(name)} " in f" {_plain(text)} "), None)
    what = measure.replace("_", " ")
    return claim(
        measure,
        satisfied=found is not None,
        message=f"data at rest: {text!r} names {f'{what} {found}' if found else f'no allowed {what}'}",
        location=release.locate("deployment", "encryption", "at_rest"),
        hint=f"use one of {', '.join(allowed)}, and name it",
    )


def _plain(text: str) -> str:
    return " ".join(re.findall(r"[^\W_]+", text.casefold()))


def _protocol(parameters: EncryptionParameters, text: str, context: Context) -> Finding:
    location = context.candidate.release.locate("deployment", "encryption", "in_transit")
    versions = [float(found) for found in _TLS.findall(text)]
    if not versions:
        message, hint = f"data in transit: {text!r} names no version of TLS", "name it, such as TLS 1.3"
        return claim("tls_version", satisfied=None, message=message, location=location, hint=hint)
    oldest = Measurement(measure="tls_version", value=min(versions), n=len(versions))
    finding = hold(oldest, Bound(at_least=parameters.min_tls), location=location, near_miss=context.near_miss)
    return advise(finding, failed=f"serve TLS {parameters.min_tls:g} or newer only, and name that version")


def _why_not(parameters: EncryptionParameters, candidate: Candidate) -> str | None:
    is_judged = candidate.release.manifest.deployment or parameters.require_deployment
    return None if is_judged else "the manifest has no deployment"


GATE = Gate(
    name="encryption",
    category=Category.SECURITY,
    parameters=EncryptionParameters,
    measures=measures,
    judge=judge,
    not_applicable=_why_not,
)
