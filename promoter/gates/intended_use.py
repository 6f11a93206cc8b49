"""Holds what a model is for against what the organisation and the law allow.

## Checks
The model's domain is allowed; purpose and title name no forbidden use; uses that are ruled out are written down;
those whom decisions touch are named, and are no group that the policy does not take; who can overrule a prediction, and
how, is said in enough words.

## Why
The same file ranks applications or refuses them. A use that nobody ruled out is one that somebody will try, and a
person who may overrule a prediction in theory only is no oversight.

## Parameters
`domains`, `forbidden_domains`, `forbidden_uses`, `prohibited`, `affected`, `forbidden_affected`,
`min_oversight_words`.

## Decision rule
Forbidden uses are searched in title and purpose as whole words in a row, without case; they are a tripwire for a
reviewer, not a proof; phrases of forbidden_affected likewise. A group that is only everybody, users, none or the like
names nobody. The number of words passes at its bound.

## Undecidable when
Never: what is missing from model.yaml is a failure with its remedy.

## Example
```yaml
schema: promoter.policy/1
id: permitted-use
title: The model is used for what it may be used for
category: compliance
owner: compliance
rationale: EU AI Act, Article 5 (prohibited practices) and Article 14 (human oversight).
gate: intended_use
parameters:
  forbidden_uses: [social scoring, emotion recognition, predictive policing]
  min_oversight_words: 8
severity: critical
enforcement: block
remediation: Change the use, or ask compliance for an assessment before anything is built.
```

## Sources
EU AI Act, Articles 5, 9(2)(a), 13(3)(b) and 14. NIST AI RMF 1.0, MAP 1.1. Mitchell et al. 2019, Model Cards.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Literal

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
from promoter.registry.address import Identifier

_VAGUE = frozenset({"", "all", "anybody", "anyone", "everybody", "everyone", "n a", "none", "people", "tbd", "users"})
"""Words that name no group of people, without case and punctuation."""


class IntendedUseParameters(Parameters):
    """Which uses are allowed, and what must be said about them."""

    domains: tuple[Identifier, ...] = Field(
        default=(), description="Domains that are allowed; empty by default: all but the forbidden ones."
    )
    forbidden_domains: tuple[Identifier, ...] = Field(
        default=(), description="Domains that are not; none by default: the law forbids uses, not fields."
    )
    forbidden_uses: tuple[str, ...] = Field(
        default=(), description="Phrases that purpose and title may not hold; none by default: they are the policy's."
    )
    prohibited: Literal["require", "ignore"] = Field(
        default="require",
        description="Whether model.yaml rules uses out; required by default: every model is unfit for something.",
    )
    affected: Literal["name", "ignore"] = Field(
        default="name",
        description="Whether those whom decisions touch are named as a group of people; by default: who is everybody is"
        " nobody's concern.",
    )
    forbidden_affected: tuple[str, ...] = Field(
        default=(), description="Phrases that no group of those affected may hold, such as children; none by default."
    )
    min_oversight_words: int = Field(
        default=5,
        ge=1,
        description="Words about human oversight, 1 or more; 5 by default: who can do what takes a sentence.",
    )


def measures(parameters: IntendedUseParameters, candidate: Candidate) -> Sequence[Request]:
    """Return no request: model.yaml says all."""
    return ()


def judge(
    parameters: IntendedUseParameters,
    measurements: Measurements,
    context: Context,
) -> Sequence[Finding]:
    """Return a finding each for domain, forbidden uses, ruled-out uses and oversight."""
    release = context.candidate.release
    findings = [_domain(parameters, release), *_uses(parameters, release)]
    if parameters.prohibited == "require":
        findings.append(_ruled_out(release))
    if parameters.affected == "name":
        findings += _affected(parameters, release)
    return [*findings, _oversight(parameters, context)]


def _domain(parameters: IntendedUseParameters, release: Release) -> Finding:
    domain = release.model.domain
    is_allowed = domain not in parameters.forbidden_domains and (not parameters.domains or domain in parameters.domains)
    return claim(
        "domain",
        satisfied=is_allowed,
        message=f"domain {domain} is {'allowed' if is_allowed else 'not allowed'}",
        location=release.locate_model("domain"),
        hint=f"ask the policy's owner; allowed: {', '.join(parameters.domains) or 'all but the forbidden ones'}",
    )


def _uses(parameters: IntendedUseParameters, release: Release) -> Iterator[Finding]:
    model = release.model
    texts = {("intended_use", "purpose"): model.intended_use.purpose, ("title",): model.title}
    hits = [(keys, use) for keys, text in texts.items() for use in parameters.forbidden_uses if _holds(text, use)]
    for keys, use in hits:
        yield claim(
            "forbidden_use",
            satisfied=False,
            message=f"{keys[-1]} names a forbidden use: {use}",
            location=release.locate_model(*keys),
            hint="change the use, or say in other words what the model does instead, for compliance to read",
        )
    if parameters.forbidden_uses and not hits:
        yield claim(
            "forbidden_use",
            satisfied=True,
            message=f"title and purpose name none of {len(parameters.forbidden_uses)} forbidden uses",
            location=release.locate_model("intended_use", "purpose"),
            hint="",
        )


def _holds(text: str, phrase: str) -> bool:
    """Say whether a text holds a phrase's words in a row, without case and punctuation."""
    words, wanted = f" {_plain(text)} ", _plain(phrase)
    return bool(wanted) and f" {wanted} " in words


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))


def _ruled_out(release: Release) -> Finding:
    count = len(release.model.intended_use.prohibited)
    return claim(
        "prohibited",
        satisfied=count > 0,
        message=f"{count} uses are ruled out" if count else "no use is ruled out",
        location=release.locate_model("intended_use", "prohibited"),
        hint="list under intended_use.prohibited what the model must not be used for",
    )


def _affected(parameters: IntendedUseParameters, release: Release) -> Iterator[Finding]:
    """Yield a finding a group of those whom decisions touch: it says who they are, and the policy takes them."""
    for index, group in enumerate(release.model.intended_use.affected):
        forbidden = next((phrase for phrase in parameters.forbidden_affected if _holds(group, phrase)), None)
        is_vague = _plain(group) in _VAGUE
        end = f"which the policy does not take: {forbidden}" if forbidden else "which says nothing of who they are"
        yield claim(
            "affected",
            satisfied=forbidden is None and not is_vague,
            message=f"decisions touch {group!r}" + (f", {end}" if forbidden or is_vague else ""),
            location=release.locate_model("intended_use", "affected", index),
            hint="ask the policy's owner for an assessment" if forbidden else "name the group, such as loan applicants",
            slice_=(("group", str(index + 1)),),
        )


def _oversight(parameters: IntendedUseParameters, context: Context) -> Finding:
    release = context.candidate.release
    words = len(_plain(release.model.intended_use.human_oversight).split())
    counted = Measurement(measure="oversight_words", value=float(words), n=1, unit="word")
    finding = hold(
        counted,
        Bound(at_least=parameters.min_oversight_words),
        location=release.locate_model("intended_use", "human_oversight"),
        near_miss=context.near_miss,
    )
    return advise(finding, failed="write under human_oversight who may overrule the model, when and how")


GATE = Gate(
    name="intended_use",
    category=Category.COMPLIANCE,
    parameters=IntendedUseParameters,
    measures=measures,
    judge=judge,
)
