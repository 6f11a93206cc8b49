"""The files of a new gate, as `promoter gates new` writes them: they work as they are, and are there to be changed."""

from string import Template

PROJECT = Template("""\
[build-system]
requires = ["setuptools>=77"]
build-backend = "setuptools.build_meta"

[project]
name = "$distribution"
version = "0.1.0"
description = "The gate $name for Promoter"
requires-python = ">=3.11"
dependencies = ["promoter"]

[project.entry-points."promoter.gates"]
$name = "$package.$name:GATE"

[tool.setuptools]
packages = ["$package"]

[tool.ruff]
line-length = 120
target-version = "py311"

[tool.ruff.lint]
select = ["B", "E", "F", "I", "UP", "W"]
""")

PACKAGE = Template('''\
"""Gates of our own; the entry point in pyproject.toml names each."""
''')

GATE = Template('''\
"""Holds what a version says of itself to a number of words, so that a reviewer learns what is new.

## Checks
The summary in the manifest has at least `min_words` words.

## Why
A reviewer who does not learn what is new reads everything, or nothing.

## Parameters
`min_words`.

## Decision rule
words of the summary >= min_words; equality passes.

## Undecidable when
Never: the summary is part of every manifest.

## Example
```yaml
$policy```

## Sources
Your organisation's own rule; name it here.
"""

from collections.abc import Sequence

from promoter.gates.contract.candidate import Candidate, Context
from promoter.gates.contract.finding import Finding, hold
from promoter.gates.contract.gate import Gate, Parameters
from promoter.measure.measurement import Measurement
from promoter.measure.request import Measurements, Request
from promoter.policy.bound import Bound
from promoter.policy.policy import Category
from pydantic import Field


class $parameters(Parameters):
    """How much must be said."""

    min_words: int = Field(default=5, ge=1, description="Words of the summary, 1 or more; 5 make a short sentence.")


def measures(_parameters: $parameters, _candidate: Candidate) -> Sequence[Request]:
    """Return no request: the manifest itself is read."""
    return ()


def judge(parameters: $parameters, _measurements: Measurements, context: Context) -> Sequence[Finding]:
    """Return one finding on the length of the summary."""
    release = context.candidate.release
    words = len(release.manifest.summary.split())
    found = Measurement(measure="summary_words", value=float(words), n=words, unit="words")
    place = release.locate("summary")
    return [hold(found, Bound(at_least=parameters.min_words), location=place, near_miss=context.near_miss)]


GATE = Gate(
    name="$name",
    category=Category.$member,
    parameters=$parameters,
    measures=measures,
    judge=judge,
)
''')

POLICY = Template("""\
schema: promoter.policy/1
id: $id
title: The summary says what is new
category: $category
owner: $owner
rationale: A reviewer who does not learn what is new reads everything, or nothing.
gate: $name
parameters:
  min_words: 5
severity: low
enforcement: warn
near_miss: {absolute: 1}
remediation: "The summary has {value} words, {bound} are asked; say what is new against the version before."
""")

TEST = Template('''\
from promoter.decision.gate_case import judge_described

from $package.$name import GATE

CASE = """
schema: promoter.policy-test/1
title: A case of the policy on the gate's page.
candidate: {manifest: {summary: SUMMARY}}
expect: {outcome: passed}
"""


def outcome(summary: str) -> str:
    """Return what the page's policy says of a version with this summary."""
    return judge_described(GATE, CASE.replace("SUMMARY", summary)).outcome


def test_summary_of_five_words_passes() -> None:
    """Equality with the bound passes."""
    assert outcome("Trained on the latest year.") == "passed"


def test_short_summary_fails_narrowly() -> None:
    """Four words are a near miss, and the finding stands at the summary."""
    result = judge_described(GATE, CASE.replace("SUMMARY", "Trained on new rows."))
    assert (result.outcome, result.near_miss) == ("failed", True)
    assert result.findings[0].location.line is not None
''')

CASE = Template("""\
schema: promoter.policy-test/1
title: $title
kind: $kind
candidate: {manifest: {summary: $summary}}
expect: {outcome: $outcome}
""")
