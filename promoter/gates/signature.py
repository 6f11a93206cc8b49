"""Holds who signed the artifact, and how it was built, against keys and sources that the policy pins.

## Checks
Each signature is good under a key of the policy, or is keyless and its certificate is of one of the policy's
identities; and it is about the artifact's digest, or lists the artifact's file with it. With a provenance rule: a
signed SLSA provenance of the artifact names an allowed builder and ref, the manifest's source repository and its
commit.

## Why
A digest says that bytes did not change since somebody wrote it down. A signature says who did, and a provenance says
that a known machine made them from the commit that people reviewed.

## Parameters
`keys` (`name`, `pem`), `identities` (`name`, `issuer`, `subject` or `workflow` with `repository`, `path`, `refs`;
`source`), `trusted_root` (`path`, `digest`), `min_signers`, `provenance` (`builders`, `refs`).

## Decision rule
Exact equality of digests, builder, ref, commit and repository (a leading git+ and a trailing .git or / aside). The
algorithm is the key's, never the file's. A signature that no key of the policy verifies fails, whoever made it. A
keyless one is verified offline against the trusted root that lies in the registry, pinned by its digest: chain, signed
certificate timestamp, the log's proof and promise, signing time within the certificate; then issuer and subject must be
equal to an identity's, letter by letter. The public instance's trusted root is published by the project's TUF
repository; renewing it is a change of the rules like any other. A keyless provenance whose certificate names another
source, ref or commit than the rule allows fails, whatever its statement says.

## Undecidable when
A bundle is keyless and the policy has no identities; sign with a key, or let the policy ask a role. A provenance that
leaves builder, ref, repository or commit out is undecided there. A file that is no envelope, is cut off or contradicts
itself, and a trusted root that is absent, changed or unusable end in an error.

## Example
```yaml
schema: promoter.policy/1
id: artifact-is-signed
title: The platform's build signed the artifact
category: security
owner: platform
rationale: Whoever can replace a file can replace the digest beside it.
gate: signature
parameters:
  keys:
    - name: platform build 2026
      pem: |
        -----BEGIN PUBLIC KEY-----
        MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE15ZjLIS1IyeAPVLuiRbINVrp+bFr
        opFq8PWWtScio13kUeR+lloUSgrEnKqCF6Ek66/SmD2d/ed1Rt7Y1NYemw==
        -----END PUBLIC KEY-----
  identities:
    - name: the platform's release workflow
      issuer: https://token.actions.githubusercontent.com
      workflow: {repository: example/models, path: .github/workflows/release.yml, refs: [refs/heads/main]}
  trusted_root:
    path: policies/trust/sigstore.json
    digest: "sha256:0000000000000000000000000000000000000000000000000000000000000000"
  provenance:
    builders: ["https://github.com/actions/runner/github-hosted"]
    refs: [refs/heads/main]
severity: critical
enforcement: block
on_inconclusive: {action: ask, role: platform}
remediation: Build the artifact in the platform's workflow, which signs it, and attach its signature and provenance.
```

## Sources
OpenSSF Model Signing 1.0. DSSE 1.0. in-toto attestation v1. SLSA 1.0, provenance and verifying artifacts. Sigstore
client specification, verification. Fulcio, certificate extensions (oid-info.md).
"""

from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath
from typing import Any

from pydantic import Field, model_validator

from promoter.document.strict import Strict
from promoter.errors import Location
from promoter.gates.contract.candidate import Candidate, Context, Release
from promoter.gates.contract.finding import Finding
from promoter.gates.contract.gate import Gate, Parameters
from promoter.gates.contract.identities import Identity, TrustedRoot, holders
from promoter.gates.contract.missing import missing_evidence
from promoter.measure.reports.request import RulesFile, SignatureReport
from promoter.measure.request import Measurements, Request
from promoter.policy.policy import Category
from promoter.registry.evidence import Evidence, EvidenceKind


class SigningKey(Strict):
    """A public key whose signatures count."""

    name: str = Field(description="Who holds it.", min_length=1)
    pem: str = Field(
        description="Public key in PEM: ECDSA, Ed25519, or RSA of 2048 bits or more.",
        pattern=r"^-----BEGIN PUBLIC KEY-----\n[A-Za-z0-9+/=\n]+-----END PUBLIC KEY-----\n?$",
    )


class ProvenanceRule(Strict):
    """What a build must have been."""

    builders: tuple[str, ...] = Field(description="Builder ids, exactly.", min_length=1)
    refs: tuple[str, ...] = Field(description="Full refs built from, exactly, such as refs/heads/main.", min_length=1)


class SignatureParameters(Parameters):
    """Whose signatures count, and what they must say."""

    keys: tuple[SigningKey, ...] = Field(
        default=(), description="Keys whose signatures count; none by default, where identities are given."
    )
    identities: tuple[Identity, ...] = Field(
        default=(), description="Keyless signers who count; none by default, where keys are given."
    )
    trusted_root: TrustedRoot | None = Field(
        default=None, description="What keyless signatures are verified against; identities need it."
    )
    min_signers: int = Field(
        default=1,
        ge=1,
        description="Fewest keys and identities that must have signed, over all signatures; 1 by default.",
    )
    provenance: ProvenanceRule | None = Field(
        default=None, description="What the build must have been; none by default: a signature alone is asked for."
    )

    @model_validator(mode="after")
    def _somebody_can_sign(self) -> "SignatureParameters":
        if not self.keys and not self.identities:
            raise ValueError("nobody's signature would count; add keys or identities")
        if bool(self.identities) != (self.trusted_root is not None):
            raise ValueError("identities and trusted_root need each other; add the one that is missing")
        if self.min_signers > len(self.keys) + len(self.identities):
            raise ValueError(f"min_signers is {self.min_signers}, more than there are keys and identities")
        return self


def _request(parameters: SignatureParameters, evidence: Evidence) -> SignatureReport:
    root = parameters.trusted_root
    return SignatureReport(
        content=evidence.digest,
        keys=tuple(key.pem for key in parameters.keys),
        trusted_root=RulesFile(content=root.digest, path=root.path) if root else None,
    )


def _entries(parameters: SignatureParameters, release: Release) -> tuple[tuple[int, Evidence], ...]:
    signatures = release.evidence_of(EvidenceKind.SIGNATURE)
    return signatures + (release.evidence_of(EvidenceKind.PROVENANCE) if parameters.provenance else ())


def measures(parameters: SignatureParameters, candidate: Candidate) -> Sequence[Request]:
    """Return one request a signature, and one a provenance where the policy asks for it."""
    entries = _entries(parameters, candidate.release)
    return tuple(dict.fromkeys(_request(parameters, evidence) for _, evidence in entries))


def judge(parameters: SignatureParameters, measurements: Measurements, context: Context) -> Sequence[Finding]:
    """Return the findings of each signature and provenance, and one for the number of signers."""
    release = context.candidate.release
    findings: list[Finding] = []
    signers: set[str] = set()
    for index, evidence in _entries(parameters, release):
        facts = measurements[_request(parameters, evidence)].facts
        location = release.locate("evidence", index, "uri")
        own = [_verified(evidence.id, facts, parameters, location), _about(evidence.id, facts, location, release)]
        findings += own
        if all(finding.satisfied for finding in own) and evidence.kind is EvidenceKind.SIGNATURE:
            signers.update(facts["verified_by"], holders(parameters.identities, facts["certificate"]))
        if evidence.kind is EvidenceKind.PROVENANCE and parameters.provenance is not None:
            findings += _provenance(evidence.id, facts, parameters.provenance, location, release)
    kinds = (EvidenceKind.SIGNATURE, EvidenceKind.PROVENANCE) if parameters.provenance else (EvidenceKind.SIGNATURE,)
    findings += [
        missing_evidence(release, kind, purpose="signature") for kind in kinds if not release.evidence_of(kind)
    ]
    if release.evidence_of(EvidenceKind.SIGNATURE) and not any(finding.satisfied is None for finding in findings):
        findings.append(_signers(len(signers), parameters, release))
    return findings


def _verified(name: str, facts: Any, parameters: SignatureParameters, location: Location) -> Finding:
    keys, certificate = facts["verified_by"], facts["certificate"]
    known = holders(parameters.identities, certificate)
    satisfied: bool | None = bool(keys or known)
    hint: str | None = None
    if keys:
        message = f"{name} is signed by {len(keys)} keys of the policy: {', '.join(keys)}"
    elif known:
        message = f"{name} is signed by {', '.join(known)}, whose certificate names {certificate['subject']}"
    elif facts["is_keyless"] and not parameters.identities:
        satisfied = None
        message = f"{name} is keyless, and the policy names no identity: nobody verified its certificate"
        hint = "sign with a key that the policy lists, or have its certificate verified by the role that is asked"
    elif facts["is_keyless"] and certificate is None:
        message = f"{name} is keyless and proves nothing: {facts['refused']}"
        hint = "sign again with the Sigstore instance whose trusted root the policy pins, and attach the whole bundle"
    elif facts["is_keyless"]:
        message = f"{name} is signed by {certificate['subject']} (issuer {certificate['issuer']}"
        message += f", source {certificate['source'] or 'not named'}), which is no identity of the policy"
        hint = "sign in the workflow that the policy names, or ask the policy's owner to add this identity"
    else:
        message = f"no key of the policy verifies {name}"
        hint = "sign the artifact with a key that the policy lists, or ask its owner to add the signer's key"
    return Finding(
        satisfied=satisfied,
        measure="verified",
        slice=(("signature", name),),
        message=message,
        location=location,
        hint=hint,
    )


def _about(name: str, facts: Any, location: Location, release: Release) -> Finding:
    """Return whether a signature is about the artifact: its digest, or its file with that digest."""
    artifact = release.manifest.artifact
    file = PurePosixPath(artifact.uri).name
    listed = [entry["digest"] for entry in facts["signed_files"] if PurePosixPath(entry["name"]).name == file]
    found = listed or [subject["digest"] for subject in facts["subjects"]]
    satisfied = artifact.digest in found and (not listed or set(listed) == {artifact.digest})
    message = f"{name} is about {artifact.digest}, the artifact"
    if not satisfied:
        message = f"{name} is about {found[0] if found else 'nothing'}, the artifact is {artifact.digest}"
    return Finding(
        satisfied=satisfied,
        measure="subject",
        slice=(("signature", name),),
        message=message,
        location=location,
        hint=None if satisfied else "sign the file that the manifest pins, or restore the file that was signed",
    )


def _provenance(name: str, facts: Any, rule: ProvenanceRule, location: Location, release: Release) -> Iterator[Finding]:
    source = release.manifest.source
    expected = {
        "builder": rule.builders,
        "ref": rule.refs,
        "source": (_repository(source.repository),),
        "commit": (source.commit,),
    }
    certificate = facts["certificate"] or {}
    for fact, allowed in expected.items():
        found, vouched = (_repository(said) if said else None for said in (facts[fact], certificate.get(fact)))
        is_disputed = vouched is not None and vouched not in allowed
        satisfied = False if is_disputed else None if found is None else found in allowed
        said = f"names no {fact}" if found is None else f"names {fact} {found}"
        said += f", its certificate {vouched}" if is_disputed else ""
        yield Finding(
            satisfied=satisfied,
            measure=fact,
            slice=(("provenance", name),),
            message=f"{name} {said}; expected {' or '.join(allowed)}",
            location=location,
            hint=None
            if satisfied
            else "build the artifact again from the manifest's commit, on an allowed builder and ref",
        )


def _repository(uri: str) -> str:
    return uri.removeprefix("git+").removesuffix("/").removesuffix(".git")


def _signers(count: int, parameters: SignatureParameters, release: Release) -> Finding:
    satisfied = count >= parameters.min_signers
    known = [key.name for key in parameters.keys] + [identity.name for identity in parameters.identities]
    names = ", ".join(known)
    return Finding(
        satisfied=satisfied,
        measure="signers",
        value=float(count),
        unit="signer",
        comparator=">=",
        bound=float(parameters.min_signers),
        margin=float(count - parameters.min_signers),
        message=f"{count} signers signed the artifact, the policy asks for {parameters.min_signers} of: {names}",
        location=release.locate("evidence"),
        hint=None if satisfied else "have the missing signers sign the artifact, and attach their signatures",
    )


GATE = Gate(
    name="signature",
    category=Category.SECURITY,
    parameters=SignatureParameters,
    measures=measures,
    judge=judge,
)
