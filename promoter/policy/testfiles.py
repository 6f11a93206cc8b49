"""The files below policies/tests/ as typed cases, each held against the policy that its folder names.

They are read by those who test the rules, and by nobody who judges: a check never pays for them.
"""

from collections.abc import Collection
from dataclasses import dataclass

from promoter.document.nearest import did_you_mean
from promoter.document.reader import Document
from promoter.errors import Location, PolicyError, Problem, ProposalError
from promoter.policy.rulebook import PolicyFile
from promoter.policy.selector import Selector
from promoter.policy.testcase import PolicyTest
from promoter.registry.changes import ChangeKind
from promoter.registry.layout import POLICIES, FileKind, Place, place_of
from promoter.registry.reading import read_file
from promoter.registry.tree import Tree

TESTS = f"{POLICIES}/tests"
NEEDED = ("passed", "failed", "not_applicable")
"""Outcomes of which every policy shows a case."""

_JUDGED = (ChangeKind.PROMOTION, ChangeKind.REGISTRATION, ChangeKind.ROLLBACK)


@dataclass(frozen=True, slots=True, kw_only=True)
class TestFile:
    """A case, the policy that it is about, and where it stands."""

    __test__ = False

    policy: str
    name: str
    case: PolicyTest
    document: Document

    @property
    def path(self) -> str:
        """Where the case stands."""
        return self.document.path


def read_tests(tree: Tree, policies: Collection[str]) -> tuple[TestFile, ...]:
    """Return all cases by path; `policies` are the ids that exist. Raises PolicyError with every problem of all."""
    problems: list[Problem] = []
    cases: list[TestFile] = []
    for entry in tree.walk(TESTS):
        place = place_of(entry.path)
        if isinstance(place, Problem):
            problems.append(place)
        elif place.kind is FileKind.POLICY_TEST:
            try:
                cases.append(_read(tree, place, policies))
            except ProposalError as error:
                problems += error.problems
    if problems:
        raise PolicyError(*problems)
    return tuple(cases)


def _read(tree: Tree, place: Place, policies: Collection[str]) -> TestFile:
    policy = place.folder or ""
    if policy not in policies:
        hint = f"{did_you_mean(policy, tuple(policies))}name the folder after the policy that it tests"
        raise ProposalError(Problem(Location(place.path), f"no policy has the id {policy!r}", hint))
    read = read_file(tree, place, PolicyTest)
    return TestFile(policy=policy, name=place.name or "", case=read.value, document=read.document)


def missing_cases(files: Collection[PolicyFile], tests: Collection[TestFile]) -> dict[str, tuple[str, ...]]:
    """Return the policies that lack a passing, a failing or a not-applicable case, and which they lack.

    A policy that judges every kind of change, without any condition, needs no case to which it does not apply.
    """
    shown: dict[str, set[str]] = {}
    for test in tests:
        shown.setdefault(test.policy, set()).add(test.case.expect.outcome)
    lacking = {}
    for file in files:
        needed = NEEDED[:2] if _judges_everything(file) else NEEDED
        lacking[file.policy.id] = tuple(o for o in needed if o not in shown.get(file.policy.id, ()))
    return {policy: outcomes for policy, outcomes in lacking.items() if outcomes}


def _judges_everything(file: PolicyFile) -> bool:
    return file.policy.applies_to.model_copy(update={"kinds": _JUDGED}) == Selector(kinds=_JUDGED) and set(
        _JUDGED
    ) <= set(file.policy.applies_to.kinds)
