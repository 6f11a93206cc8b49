"""`promoter policy test`: each policy's cases, judged without data."""

import json
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from promoter.commands.policy_rules import OpenRules, open_rules
from promoter.decision.policy_test import TestResult, run_policy_test
from promoter.document.nearest import did_you_mean
from promoter.errors import Location, PolicyError, Problem, ProposalError
from promoter.gates.table import find_gate
from promoter.policy.testfiles import TESTS, TestFile, missing_cases, read_tests


@click.command("test", help="Judge the cases of policies/tests, of all policies or of those named.")
@click.argument("policies", metavar="[POLICY]...", nargs=-1)
@click.option("--repo", type=click.Path(path_type=Path), default=Path(), help="A folder of the registry.")
@click.option("--rev", default=None, help="Commit to read; default: the files as they stand, uncommitted ones too.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def run_tests(*, policies: tuple[str, ...], repo: Path, rev: str | None, as_json: bool) -> None:
    """Exit 0 where every case holds, 1 where one does not or a policy lacks one, 2 where one cannot be read."""
    opened = open_rules(repo, rev)
    chosen = _chosen(opened, policies)
    tests = [test for test in read_tests(opened.tree, opened.bound) if test.policy in chosen]
    results, unusable = _run(tests, opened)
    lacking = missing_cases([opened.bound[policy][0] for policy in chosen], tests)
    if as_json:
        click.echo(json.dumps(_document(results, unusable, lacking), indent=2))
    else:
        _print(results, unusable, lacking)
    sys.exit(2 if unusable else int(bool(lacking) or not all(result.passed for result in results)))


def _chosen(opened: OpenRules, policies: Sequence[str]) -> tuple[str, ...]:
    """Return the policies that are meant. Raises PolicyError for an id that none has."""
    known = tuple(opened.bound)
    for policy in policies:
        if policy not in known:
            hint = f"{did_you_mean(policy, known)}`promoter policy test` without a name tests all of them"
            raise PolicyError(Problem(Location(f"{TESTS}/{policy}"), f"no policy has the id {policy!r}", hint))
    return tuple(policies) or known


def _run(tests: Sequence[TestFile], opened: OpenRules) -> tuple[list[TestResult], list[Problem]]:
    results: list[TestResult] = []
    unusable: list[Problem] = []
    for test in tests:
        try:
            results.append(run_policy_test(test, opened.rules, find_gate=find_gate))
        except ProposalError as error:
            unusable += error.problems
    return results, unusable


def _document(
    results: Sequence[TestResult], unusable: Sequence[Problem], lacking: dict[str, tuple[str, ...]]
) -> dict[str, object]:
    return {
        "cases": [
            {
                "policy": result.test.policy,
                "path": result.test.path,
                "title": result.test.case.title,
                "expected": result.test.case.expect.outcome,
                "outcome": result.outcome.value,
                "passed": result.passed,
                "problems": list(map(str, result.problems)),
            }
            for result in results
        ],
        "problems": list(map(str, unusable)),
        "without_case": {policy: list(outcomes) for policy, outcomes in lacking.items()},
    }


def _print(results: Sequence[TestResult], unusable: Sequence[Problem], lacking: dict[str, tuple[str, ...]]) -> None:
    for problem in (*unusable, *(problem for result in results for problem in result.problems)):
        click.echo(str(problem))
    failed = sum(not result.passed for result in results)
    for policy, outcomes in lacking.items():
        click.echo(f"{TESTS}/{policy}: no case shows what is {', or what is '.join(outcomes)}; add one in this folder")
    without = f", {len(lacking):,} policies lack a case" if lacking else ""
    click.echo(f"{len(results):,} cases, {failed:,} do not hold{without}", err=True)
