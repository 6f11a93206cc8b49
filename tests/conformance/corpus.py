"""What the gates are run through: the starter policies' cases, and for the other gates cases of their page's example.

A gate of one's own joins by a folder cases/<gate>/ with cases in the form of policies/tests; the policy is the one on
its page.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from promoter.decision.gate_case import page_policy
from promoter.decision.judge import Judgement
from promoter.decision.policy_test import prepare_case
from promoter.document.bind import bind
from promoter.document.reader import read_yaml
from promoter.gates.table import find_gate, gate_names
from promoter.measure.request import Measurements
from promoter.policy.rulebook import PolicyFile, RuleBook, read_rules
from promoter.policy.testcase import PolicyTest
from promoter.policy.testfiles import TestFile, read_tests
from promoter.registry.memory import MemoryTree

ROOT = Path(__file__).parents[2]
OWN_CASES = Path(__file__).parent / "cases"
PLUGIN_CASES = {"source_host": ROOT / "examples/plugin/policies/tests/source-host"}
"""Cases that come with a plug-in; they are run where it is installed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedCase:
    """A candidate before a gate: what is to be judged, and the stated answers."""

    gate: str
    id: str
    expected: str
    judgement: Judgement
    answers: Measurements


@cache
def corpus() -> tuple[JudgedCase, ...]:
    """Return every case that a gate judges; those that do not apply are left out."""
    rules = _starter_rules()
    found = [(rules, test) for test in read_tests(_tree(), [file.policy.id for file in rules.policies])]
    found += list(_own_cases(rules))
    prepared = (_prepare(*entry) for entry in found)
    return tuple(case for case in prepared if case.judgement.not_applicable is None)


def example_of(gate: str) -> PolicyFile:
    """Return the policy on a gate's page."""
    return page_policy(find_gate(gate))


def _tree() -> MemoryTree:
    files = (path for path in (ROOT / "policies").rglob("*.yaml"))
    return MemoryTree({path.relative_to(ROOT).as_posix(): path.read_bytes() for path in files})


def _starter_rules() -> RuleBook:
    return read_rules(_tree())


def _own_cases(rules: RuleBook) -> Iterator[tuple[RuleBook, TestFile]]:
    folders = {folder.name: folder for folder in sorted(OWN_CASES.iterdir())} | PLUGIN_CASES
    for gate, folder in folders.items():
        if gate not in gate_names():
            continue
        example = example_of(gate)
        for path in sorted(folder.glob("*.yaml")):
            document = read_yaml(path.read_bytes(), path=path.relative_to(ROOT).as_posix())
            case = bind(document, PolicyTest)
            test = TestFile(policy=example.policy.id, name=path.stem, case=case, document=document)
            yield replace(rules, policies=(example,)), test


def _prepare(rules: RuleBook, test: TestFile) -> JudgedCase:
    judgement, answers = prepare_case(test, rules, find_gate=find_gate)
    return JudgedCase(
        gate=judgement.gate.name,
        id=f"{judgement.gate.name}: {test.policy}/{test.name}",
        expected=test.case.expect.outcome,
        judgement=judgement,
        answers=answers,
    )
