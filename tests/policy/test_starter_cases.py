"""The starter policies' own cases: each policy shows what passes, what fails and what it does not judge."""

import shutil
from pathlib import Path

import pytest

from promoter.commands.policy_rules import OpenRules, open_rules
from promoter.decision.policy_test import run_policy_test
from promoter.gates.table import find_gate
from promoter.policy.testfiles import TestFile, missing_cases, read_tests
from tests.support.repositories import RepositoryBuilder

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> OpenRules:
    """Return the starter rules, in a repository of their own."""
    folder = tmp_path_factory.mktemp("registry")
    RepositoryBuilder.create(folder)
    shutil.copytree(ROOT / "policies", folder / "policies")
    return open_rules(folder, None)


def test_every_case_holds(opened: OpenRules) -> None:
    """Pure judging says of each described candidate what its case expects."""
    tests: tuple[TestFile, ...] = read_tests(opened.tree, opened.bound)
    results = [run_policy_test(test, opened.rules, find_gate=find_gate) for test in tests]
    assert [] == [str(problem) for result in results for problem in result.problems]


def test_every_policy_has_its_cases(opened: OpenRules) -> None:
    """A new starter policy comes with a passing, a failing and, where there can be one, a not-applicable case."""
    tests = read_tests(opened.tree, opened.bound)
    assert {} == missing_cases([file for file, _, _ in opened.bound.values()], tests)
