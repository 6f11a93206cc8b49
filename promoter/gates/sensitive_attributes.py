"""Holds that attributes by which people must not be disadvantaged are declared, measured, and no input of the model.

## Checks
The model declares the attributes that the policy asks for, and at least one where it rests on personal data; no
feature is named after a declared attribute, or comes from a column that is, unless model.yaml justifies it; every
predictions file has a column of each attribute, so that fairness can be measured.

## Why
An attribute that nobody declared is one by which nobody measured. An attribute among the inputs is unequal treatment
that no later measurement excuses, and one that is missing from the evidence hides it.

## Parameters
`declared`, `personal_data`, `features`, `measured`.

## Decision rule
Names are compared as whole words, without case: `race` is in `race_black` and in `applicants.Race`, not in `trace`.
Only names can be seen here: an input that stands for an attribute under another name is the proxy gate's matter.

## Undecidable when
The columns of a predictions file were not listed. A model about nobody, that declares nothing, is not judged.

## Example
```yaml
schema: promoter.policy/1
id: protected-attributes
title: Protected attributes are measured and not used
category: compliance
owner: compliance
rationale: Equal Credit Opportunity Act, 15 U.S.C. 1691.
gate: sensitive_attributes
parameters:
  declared: [race, sex]
severity: critical
enforcement: block
remediation: Drop the feature, or let compliance write its justification into model.yaml.
```

## Sources
EU AI Act, Article 10(5) (special categories, for measuring bias). Regulation B, 12 CFR 1002.4 and 1002.5(b). GDPR,
Article 9.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Literal

from pydantic import Field

from promoter.gates.contract.candidate import Candidate, Context, Release, table_of
from promoter.gates.contract.claim import claim
from promoter.gates.contract.finding import Finding
from promoter.gates.contract.gate import Gate, Parameters
from promoter.gates.contract.missing import missing_evidence
from promoter.measure.request import Measurements, Request, TableProfile
from promoter.policy.policy import Category
from promoter.registry.evidence import Evidence, EvidenceKind
from promoter.registry.model import SensitiveAttribute


class SensitiveAttributesParameters(Parameters):
    """Which attributes must be declared, and what may be done with them."""

    declared: tuple[str, ...] = Field(
        default=(), description="Attributes that the model must declare, by name; none by default: fields differ."
    )
    personal_data: Literal["declare", "ignore"] = Field(
        default="declare",
        description="declare: a model on personal data declares one attribute at least, the default, since no law"
        " leaves all of them unprotected; ignore: it need not.",
    )
    features: Literal["refuse", "justified"] = Field(
        default="justified",
        description="justified: an attribute may be a feature where model.yaml says why, the default; refuse: never.",
    )
    measured: Literal["require", "ignore"] = Field(
        default="require",
        description="Whether each predictions file has a column of each attribute; required by default: what is not"
        " in the evidence cannot be measured.",
    )


def _profiles(release: Release) -> tuple[tuple[int, Evidence, TableProfile], ...]:
    entries = release.evidence_of(EvidenceKind.PREDICTIONS)
    return tuple((index, entry, TableProfile(table=table_of(entry))) for index, entry in entries)


def _uses_people(release: Release) -> bool:
    return any(dataset.personal_data for dataset in release.manifest.datasets)


def measures(parameters: SensitiveAttributesParameters, candidate: Candidate) -> Sequence[Request]:
    """Return a profile of each predictions file where attributes must be in it."""
    release = candidate.release
    if parameters.measured == "ignore" or not release.model.sensitive_attributes:
        return ()
    return tuple(dict.fromkeys(profile for _, _, profile in _profiles(release)))


def judge(parameters: SensitiveAttributesParameters, measurements: Measurements, context: Context) -> Sequence[Finding]:
    """Return a finding an attribute that is asked for, one a declared attribute and its features, one a file."""
    release = context.candidate.release
    findings = list(_declared(parameters, release))
    for index, attribute in enumerate(release.model.sensitive_attributes):
        findings.append(_feature(index, attribute, parameters, release))
    if parameters.measured == "require" and release.model.sensitive_attributes:
        findings += _measured(release, measurements)
    return findings


def _declared(parameters: SensitiveAttributesParameters, release: Release) -> Iterator[Finding]:
    declared = [attribute.name for attribute in release.model.sensitive_attributes]
    location, hint = release.locate_model("sensitive_attributes"), "add it with its legal basis to sensitive_attributes"
    known = {name.casefold() for name in declared}
    for name in parameters.declared:
        is_there = name.casefold() in known
        end = "declared" if is_there else "not declared"
        yield claim(
            "declared",
            satisfied=is_there,
            message=f"attribute {name} is {end}",
            location=location,
            hint=hint,
            slice_=(("attribute", name),),
        )
    if parameters.personal_data == "declare" and _uses_people(release):
        yield claim(
            "declared",
            satisfied=bool(declared),
            message=f"the model rests on personal data and declares {', '.join(declared) or 'no sensitive attribute'}",
            location=location,
            hint=hint,
        )


def _feature(
    index: int, attribute: SensitiveAttribute, parameters: SensitiveAttributesParameters, release: Release
) -> Finding:
    features = enumerate(release.manifest.signature.features)
    used = [
        (position, feature.name)
        for position, feature in features
        if _names(attribute.name, feature.name) or _names(attribute.name, feature.origin or "")
    ]
    where = (("attribute", attribute.name),)
    location = release.locate_model("sensitive_attributes", index)
    hint = "drop the feature, or let compliance write its justification into model.yaml"
    if not used:
        message = f"no feature is named after {attribute.name}"
        return claim("not_a_feature", satisfied=True, message=message, location=location, hint=hint, slice_=where)
    names = ", ".join(name for _, name in used)
    is_excused = parameters.features == "justified" and attribute.justification is not None
    reason = f"justified: {attribute.justification}" if is_excused else "which is not justified"
    if attribute.justification and not is_excused:
        reason = "and the policy takes no justification"
        hint = "drop the feature"
    return claim(
        "not_a_feature",
        satisfied=is_excused,
        message=f"attribute {attribute.name} is an input of the model as {names}, {reason}",
        location=location if is_excused else release.locate("signature", "features", used[0][0]),
        hint=hint,
        slice_=where,
    )


def _names(attribute: str, text: str) -> bool:
    """Say whether a text holds the words of an attribute's name, whole and in a row, without case."""
    wanted, found = _words(attribute), _words(text)
    width = len(wanted)
    return any(found[start : start + width] == wanted for start in range(len(found) - width + 1)) and width > 0


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text.casefold())


def _measured(release: Release, measurements: Measurements) -> Iterator[Finding]:
    profiles = _profiles(release)
    if not profiles:
        yield missing_evidence(release, EvidenceKind.PREDICTIONS, purpose="measuring fairness")
    for index, entry, profile in profiles:
        columns = measurements[profile].facts.get("columns")
        for attribute in release.model.sensitive_attributes:
            is_there = None if columns is None else attribute.name in columns
            ends = {True: "has a column", False: "has no column", None: "was not searched for a column"}
            yield claim(
                "held_for_measuring",
                satisfied=is_there,
                message=f"evidence {entry.id} {ends[is_there]} {attribute.name}",
                location=release.locate("evidence", index, "uri"),
                hint=f"join {attribute.name} to the predictions by row id; it is no input, only a slice",
                slice_=(("attribute", attribute.name),),
            )


def _why_not(parameters: SensitiveAttributesParameters, candidate: Candidate) -> str | None:
    release = candidate.release
    is_asked = parameters.declared or (parameters.personal_data == "declare" and _uses_people(release))
    if release.model.sensitive_attributes or is_asked:
        return None
    return "no attribute is declared or asked for" + ("" if _uses_people(release) else ", and no data are about people")


GATE = Gate(
    name="sensitive_attributes",
    category=Category.COMPLIANCE,
    parameters=SensitiveAttributesParameters,
    measures=measures,
    judge=judge,
    not_applicable=_why_not,
)
