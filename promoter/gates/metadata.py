"""Holds fields of the manifest and of model.yaml against structured comparators: for checks that have no gate.

## Checks
Each rule names a field by its dotted path, and one comparison that each value of the field must meet.

## Why
Every organisation has rules of its own: a run in the tracker, a tag, a region, a runtime version. They need a line in a
policy, not a program, and a policy that names a field that does not exist must fail when it is read.

## Parameters
`rules` (`field`, `equals`, `one_of`, `at_least`, `at_most`, `matches`, `present`, `missing`).

## Decision rule
A path begins with manifest or model; `*` stands for each item of a list or value of a mapping. Exactly one comparison
is given. Text is compared exactly, with case; at_least and at_most pass at equality; matches is the whole text with
`*` for any characters, in time proportional to its length; present counts an empty text, list or record as absent.

## Undecidable when
A field has no value and the rule's `missing` says inconclusive.

## Example
```yaml
schema: promoter.policy/1
id: tracked-run
title: The training run can be looked up
category: compliance
owner: platform
rationale: A model that nobody can train again cannot be mended.
gate: metadata
parameters:
  rules:
    - {field: manifest.source.training_run, present: true}
    - {field: manifest.source.repository, matches: "https://github.com/example/*"}
    - {field: manifest.datasets.*.retention_days, at_most: 3650}
severity: medium
enforcement: block
remediation: Write the field that is named into the manifest.
```

## Sources
NIST AI RMF 1.0, GOVERN 1.6 (inventory). DCAT and ML Schema name most of the fields.
"""

from collections.abc import Iterator, Sequence
from enum import Enum
from itertools import combinations
from typing import Any, Literal

from pydantic import BaseModel, Field, model_validator

from promoter.document.strict import Strict
from promoter.errors import Location
from promoter.gates.contract.candidate import Candidate, Context
from promoter.gates.contract.claim import claim
from promoter.gates.contract.fields import FieldKind, kind_at, values_at
from promoter.gates.contract.finding import Finding, hold
from promoter.gates.contract.gate import Gate, Parameters
from promoter.gates.contract.missing import advise
from promoter.measure.measurement import Measurement
from promoter.measure.request import Measurements, Request
from promoter.policy.bound import Bound
from promoter.policy.policy import Category
from promoter.registry.manifest import Manifest
from promoter.registry.model import Model

Scalar = str | bool | int | float
_ROOTS: dict[str, type[BaseModel]] = {"manifest": Manifest, "model": Model}
_KINDS = {str: FieldKind.TEXT, bool: FieldKind.FLAG, int: FieldKind.NUMBER, float: FieldKind.NUMBER}


class FieldRule(Strict):
    """A field and what each of its values must meet."""

    field: str = Field(description="Dotted path, such as manifest.datasets.*.region.", min_length=1)
    equals: Scalar | None = Field(default=None, description="The one value that passes.")
    one_of: tuple[Scalar, ...] | None = Field(default=None, description="Values that pass.", min_length=1)
    at_least: float | None = Field(default=None, description="Smallest number that passes, in the field's unit.")
    at_most: float | None = Field(default=None, description="Largest number that passes, in the field's unit.")
    matches: str | None = Field(default=None, description="Whole text, with * for any characters.", min_length=1)
    present: bool | None = Field(default=None, description="Whether there must, or must not, be a value.")
    missing: Literal["fail", "pass", "inconclusive"] = Field(
        default="fail", description="What no value means to a comparison; fail by default: nothing was said."
    )

    @property
    def parts(self) -> tuple[str, ...]:
        """The path's parts, its root first."""
        return tuple(self.field.split("."))

    @model_validator(mode="after")
    def _can_be_compared(self) -> "FieldRule":
        """Refuse paths that do not exist and comparisons that their values do not allow, when the policy is read."""
        root, *rest = self.parts
        if root not in _ROOTS:
            raise ValueError(f"path {self.field!r} begins with {root!r}; begin it with manifest. or model.")
        kind = kind_at(_ROOTS[root], rest)
        given = [
            name
            for name in ("equals", "one_of", "at_least", "at_most", "matches", "present")
            if getattr(self, name) is not None
        ]
        if len(given) != 1:
            raise ValueError(f"{len(given)} comparisons stand in the rule; give exactly one")
        needed = {"at_least": {FieldKind.NUMBER}, "at_most": {FieldKind.NUMBER}, "matches": {FieldKind.TEXT}}
        wanted = needed.get(given[0]) or {_KINDS[type(value)] for value in self.values}
        if self.present is None and wanted != {kind}:
            raise ValueError(f"{self.field} is a {kind}; {given[0]} compares {' and '.join(sorted(wanted))}")
        return self

    @property
    def values(self) -> tuple[Scalar, ...]:
        """The values that pass, where the rule lists them."""
        return (self.equals,) if self.equals is not None else self.one_of or ()


class MetadataParameters(Parameters):
    """Rules over fields."""

    rules: tuple[FieldRule, ...] = Field(description="Rules, one or more; all must hold.", min_length=1)

    @model_validator(mode="after")
    def _can_hold_together(self) -> "MetadataParameters":
        """Refuse two rules on one field that no value meets both of, when the policy is read."""
        for first, second in combinations(self.rules, 2):
            if first.field == second.field and _exclude(first, second):
                raise ValueError(f"two rules on {first.field} exclude each other; remove one of them")
        return self


def _exclude(first: FieldRule, second: FieldRule) -> bool:
    """Say whether no value satisfies both rules; a pair that matches patterns may always be met."""
    pair = ((first, second), (second, first))
    for one, other in pair:
        if one.present is False and (other.present or (other.present is None and other.missing == "fail")):
            return True
        if one.at_least is not None and other.at_most is not None and one.at_least > other.at_most:
            return True
    return bool(first.values and second.values) and not set(first.values) & set(second.values)


def measures(parameters: MetadataParameters, candidate: Candidate) -> Sequence[Request]:
    """Return no request: the fields are the manifest's and the model's."""
    return ()


def judge(
    parameters: MetadataParameters,
    measurements: Measurements,
    context: Context,
) -> Sequence[Finding]:
    """Return a finding a rule and value; a rule whose list is empty has one, for no value."""
    return [finding for rule in parameters.rules for finding in _ruled(rule, context)]


def _ruled(rule: FieldRule, context: Context) -> Iterator[Finding]:
    release = context.candidate.release
    root, *rest = rule.parts
    form = release.manifest if root == "manifest" else release.model
    found = list(values_at(form, rest)) or [((), None)]
    for keys, value in found:
        location = release.locate(*keys) if root == "manifest" else release.locate_model(*keys)
        name = ".".join([root, *map(str, keys or rest)])
        yield _compared(rule, name, value.value if isinstance(value, Enum) else value, location, context)


def _compared(rule: FieldRule, name: str, value: Any, location: Location, context: Context) -> Finding:
    """Return the finding of one value under one rule."""
    where = (("field", name),)
    is_there = value is not None and value not in ("", (), {})
    if rule.present is not None:
        message = f"{name} {'is there' if is_there else 'has no value'}"
        hint = f"write {name}" if rule.present else f"leave {name} out"
        satisfied: bool | None = is_there is rule.present
        return claim("metadata", satisfied=satisfied, message=message, location=location, hint=hint, slice_=where)
    if not is_there:
        satisfied = {"fail": False, "pass": True, "inconclusive": None}[rule.missing]
        message, hint = f"{name} has no value; {_wanted(rule)} is asked", f"write {name}"
        return claim("metadata", satisfied=satisfied, message=message, location=location, hint=hint, slice_=where)
    if rule.at_least is not None or rule.at_most is not None:
        number = Measurement(measure="metadata", slice=where, value=float(value), n=1)
        bound = Bound(at_least=rule.at_least, at_most=rule.at_most)
        finding = hold(number, bound, location=location, near_miss=context.near_miss)
        return advise(finding, failed=f"write {_wanted(rule)} as {name}, or mend what it describes")
    text = value if isinstance(value, Scalar) else str(value)
    is_met = matches_whole(str(text), rule.matches) if rule.matches else text in rule.values
    return claim(
        "metadata",
        satisfied=is_met,
        message=f"{name} is {text!r}, {_wanted(rule)} is asked",
        location=location,
        hint=f"correct {name}, or ask the policy's owner",
        slice_=where,
    )


def _wanted(rule: FieldRule) -> str:
    if rule.matches is not None:
        return f"text like {rule.matches}"
    if rule.values:
        return " or ".join(repr(value) for value in rule.values)
    return f">= {rule.at_least:g}" if rule.at_least is not None else f"<= {rule.at_most:g}"


def matches_whole(text: str, pattern: str) -> bool:
    """Say whether the whole text is the pattern, with * for any characters; the leftmost fit of each part suffices."""
    first, *others = pattern.split("*")
    if not others:
        return text == pattern
    last = others.pop()
    if not text.startswith(first) or len(text) < len(first) + len(last) or not text.endswith(last):
        return False
    position, end = len(first), len(text) - len(last)
    for part in others:
        found = text.find(part, position, end)
        if found < 0:
            return False
        position = found + len(part)
    return True


GATE = Gate(
    name="metadata",
    category=Category.COMPLIANCE,
    parameters=MetadataParameters,
    measures=measures,
    judge=judge,
)
