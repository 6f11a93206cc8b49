"""Lets a version come back to a stage that it served before: one that was good there, is whole, and can be called.

## Checks
A version that returns has a decision record that speaks for it, and the roles that had to agree then did; what it needs
is what callers of the version that serves now send; and one that was taken back before comes with a reason that was not
given before. Of every version that a stage is to serve the artifact can be had today, with the very digest that its
manifest pins. That no withdrawn version comes back needs no policy: such a change is refused unjudged.

## Why
A rollback is the fast lane: nobody looks at performance again, so what is let through rests on what was found when
the version came in first, and on bytes that a store may have dropped since. And a version that was taken back once hurt
somebody; it may come again when somebody says what has changed since.

## Parameters
`unrecorded`, `extra_features`, `grace_days`, `second_try`.

## Decision rule
Exact. The newest record of the version in the stage says passed or warned, and lacks no role's approval; one that was
made without GitHub, where roles had to agree, counts as none. Digest and size_bytes of the fetched artifact equal the
manifest's. Rollbacks only: every feature that the version needs is in the champion's signature, with its type, and
takes every value that the champion's takes; the prediction has the champion's type. Callers that keep to a grace period
send what a version needs for `grace_days` after it left the stage; equality counts as inside. A version was taken back
where the stage left it for one that had entered before it; its pointer then gives a `reason` that no pointer gave when
it came or went, whatever case and spaces.

## Undecidable when
The stage's history was not read; a version that returns was not looked up; the artifact's digest or size was not told.
An artifact that cannot be fetched ends in an error. A version that never served there does not return: of it nothing
but the artifact is asked.

## Example
```yaml
schema: promoter.policy/1
id: comes-back-safely
title: What comes back was good, and can be called
category: lifecycle
owner: platform
rationale: The fast lane rests on what was found before.
gate: return_to_service
parameters:
  unrecorded: refuse
applies_to:
  kinds: [promotion, rollback]
severity: critical
enforcement: block
remediation: Return to another version that is named by `promoter history`, or say in `reason` what has changed.
```

## Sources
Google SRE Book, chapter 8 (releases that can be undone). NIST SP 800-34 Rev. 1, 4.4 (reconstitution). SLSA 1.0,
artifact digest. SR 11-7, section V (outcomes analysis before further use).
"""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Literal

from pydantic import Field

from promoter.gates.contract.artifact import artifact_claims, artifact_request
from promoter.gates.contract.candidate import Candidate, Context
from promoter.gates.contract.claim import claim
from promoter.gates.contract.compatibility import unmet_needs
from promoter.gates.contract.finding import Finding
from promoter.gates.contract.gate import Gate, Parameters
from promoter.gates.contract.record_of_stage import Precedent, Stay
from promoter.measure.request import Measurements, Request
from promoter.policy.policy import Category
from promoter.registry.changes import ChangeKind

_KEPT = ("passed", "warned")


class ReturnToServiceParameters(Parameters):
    """What is asked of a version that comes back."""

    unrecorded: Literal["refuse", "accept"] = Field(
        default="refuse",
        description="What a version means that served without a decision record, or with one that was made without"
        " GitHub where roles had to agree; refused by default: nobody knows that it was good. Accept it, and it is"
        " called UNVERIFIED, until the recorder runs.",
    )
    extra_features: Literal["accept", "refuse"] = Field(
        default="accept",
        description="Features that callers send and the version does not know; accepted by default: servers leave"
        " aside what they do not use. Refuse them where yours do not.",
    )
    grace_days: float = Field(
        default=0,
        ge=0,
        description="Days for which callers keep sending what a version needs after it left the stage; none by default,"
        " since that is a promise that only your callers can give.",
    )
    second_try: Literal["new_reason", "refuse"] = Field(
        default="new_reason",
        description="What a version needs that was taken back: a new reason by default; refuse, where only a new"
        " version may come.",
    )


def measures(parameters: ReturnToServiceParameters, candidate: Candidate) -> Sequence[Request]:
    """Return the one request for the artifact: whether a version returns is not known yet."""
    return (artifact_request(candidate.release),)


def judge(
    parameters: ReturnToServiceParameters,
    measurements: Measurements,
    context: Context,
) -> Sequence[Finding]:
    """Return a finding each for the artifact, the record, each need of the version, and the reason of a second try."""
    whole = artifact_claims(context.candidate.release, measurements, measure="artifact")
    return [*whole, *_return(parameters, context)]


def _return(parameters: ReturnToServiceParameters, context: Context) -> Sequence[Finding]:
    candidate, record = context.candidate, context.record
    stage, version = candidate.stage or "", candidate.release.version
    stays = record.stays.get(stage)
    if stays is None:
        return [_unknown(candidate, f"the history of {stage} was not read")]
    if all(stay.version != version for stay in stays):
        message = f"{version} never served {stage}: it comes, and does not come back"
        return [claim("known_good", satisfied=True, message=message, location=candidate.place, hint="")]
    if record.precedent is None:
        return [_unknown(candidate, f"nobody looked up how {version} served {stage}")]
    found = [_known_good(parameters, candidate, record.precedent)]
    if candidate.kind is ChangeKind.ROLLBACK:
        found += _callers(parameters, context, stays)
    if record.was_taken_back(version, stage=stage):
        found.append(_reason(parameters, candidate, record.precedent))
    return found


def _unknown(candidate: Candidate, message: str) -> Finding:
    hint = "run the check where the base's history is complete, not in a shallow clone"
    return claim("known_good", satisfied=None, message=message, location=candidate.place, hint=hint)


def _known_good(parameters: ReturnToServiceParameters, candidate: Candidate, precedent: Precedent) -> Finding:
    version, stage, verdict = candidate.release.version, candidate.stage, precedent.verdict
    is_accepted = parameters.unrecorded == "accept"
    end = ", which the policy accepts" if is_accepted else ""
    if verdict is None:
        satisfied, message = is_accepted, f"{version} is UNVERIFIED: no decision record of it in {stage}{end}"
    elif verdict not in _KEPT:
        satisfied, message = False, f"the newest decision record of {version} in {stage} says {verdict}"
    elif precedent.agreed is None:
        unknown = f"whether the roles agreed to it in {stage} is unknown, its record was made without GitHub"
        satisfied, message = is_accepted, f"{version} is UNVERIFIED: {unknown}{end}"
    else:
        satisfied = precedent.agreed
        message = f"the newest decision record of {version} in {stage} says {verdict}"
        message += "" if satisfied else ", and it was merged without all approvals: it is UNVERIFIED"
    hint = "return to a version whose record says passed or warned: see `promoter history`"
    return claim("known_good", satisfied=satisfied, message=message, location=candidate.place, hint=hint)


def _callers(parameters: ReturnToServiceParameters, context: Context, stays: Sequence[Stay]) -> Iterator[Finding]:
    """Yield a finding a need that is not met, and one where all are."""
    release, champion = context.candidate.release, context.candidate.champion
    if champion is None:
        return
    left = max((stay.left_at for stay in stays if stay.version == release.version and stay.left_at), default=None)
    grace = timedelta(days=parameters.grace_days)
    if left is not None and grace and context.at - left <= grace:
        kept = f"callers keep to {parameters.grace_days:g} days of grace"
        message = f"{release.version} served until {left.isoformat(timespec='minutes')}, and {kept}"
        yield claim("callable", satisfied=True, message=message, location=release.locate("signature"), hint="")
        return
    signature, served = release.manifest.signature, champion.manifest.signature
    problems = list(unmet_needs(signature, served))
    if parameters.extra_features == "refuse":
        known = {feature.name for feature in signature.features}
        extra = [feature.name for feature in served.features if feature.name not in known]
        problems += [(name, f"feature {name} is sent, and {release.version} does not know it") for name in extra]
    for name, problem in problems:
        yield claim(
            "callable",
            satisfied=False,
            message=f"callers of {champion.version}: {problem}",
            location=release.locate("signature"),
            hint="return to a version that callers can call, or have them change first and open this again",
            slice_=(("feature", name),),
        )
    if not problems:
        message = f"callers of {champion.version} can call {release.version}"
        yield claim("callable", satisfied=True, message=message, location=release.locate("signature"), hint="")


def _reason(parameters: ReturnToServiceParameters, candidate: Candidate, precedent: Precedent) -> Finding:
    version = candidate.release.version
    given = candidate.pointer.reason if candidate.pointer is not None else None
    known = {_folded(reason) for reason in precedent.reasons}
    is_new = given is not None and _folded(given) not in known
    told = "a new reason is given" if is_new else "no reason is given" if given is None else "the reason is an old one"
    if parameters.second_try == "refuse":
        told = "the policy lets none come twice"
    return claim(
        "new_reason",
        satisfied=is_new and parameters.second_try == "new_reason",
        message=f"{version} was taken back from {candidate.stage} before; {told}",
        location=candidate.place,
        hint="say in the pointer's `reason` what has changed since, or register the mended model as a new version",
    )


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())


def _why_not(parameters: ReturnToServiceParameters, candidate: Candidate) -> str | None:
    return None if candidate.stage else "no stage is moved"


GATE = Gate(
    name="return_to_service",
    category=Category.LIFECYCLE,
    parameters=ReturnToServiceParameters,
    measures=measures,
    judge=judge,
    not_applicable=_why_not,
)
