"""Which roles are asked for a change that brings no version in: each on a real repository."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from promoter.commands.case import open_case
from promoter.decision.required import required_roles
from promoter.git.repository import open_repository
from tests.support.registry import AUC_POLICY, FOLDER, registry_files
from tests.support.repositories import RepositoryBuilder

AT = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
PIPELINE = (
    "schema: promoter.pipeline/1\n"
    "stages: [{id: staging, title: Staging}, {id: production, title: Production}]\n"
    "tiers:\n"
    "  low: {review_interval_days: 9, stages: {production: {approvals: [{role: lending-models}]}}}\n"
    "  high: {review_interval_days: 9, stages: {production: {approvals: [{role: risk, count: 2}],"
    " rollback_approvals: [{role: platform}]}}}\n"
)
ROLES = "schema: promoter.roles/1\nroles:\n" + "".join(
    f"  {name}: {{title: {name}, contact: {name}@example.org, members: [{{login: {name}, id: {number}}}]}}\n"
    for number, name in enumerate(("risk", "lending-models", "platform", "audit"), start=101)
)
POLICY = "policies/catalog/performance/auc.yaml"
WITHDRAWN = "schema: promoter.withdrawn/1\nwithdrawn: [{version: '1.0.0', reason: Leaks}]\n"
Asked = Callable[..., Mapping[str, int]]


@pytest.fixture
def asked(tmp_path: Path) -> Asked:
    """Return a function: the change's files, lines added to pipeline.yaml, roles.yaml -> the roles that are asked."""

    def build(files: Mapping[str, str | None], *, pipeline: str = "", roles: str = ROLES) -> Mapping[str, int]:
        builder = RepositoryBuilder.create(tmp_path)
        rules = {"policies/pipeline.yaml": PIPELINE + pipeline, "policies/roles.yaml": roles}
        base = builder.commit({**registry_files(production="1.0.0"), **rules})
        head = builder.commit(files, branch="candidate", onto=[base])
        case = open_case(open_repository(tmp_path), base=base, head=head, is_worktree=False, at=AT)
        assert () == case.problems
        (item,) = case.items
        return required_roles(item, (), case.rules)

    return build


def test_a_change_of_the_rules_asks_whom_the_strictest_tier_asks_last(asked: Asked) -> None:
    """Whoever may change the rules can let anything in."""
    assert {"risk": 2} == asked({"promoter/engine.py": "x = 1\n"})


def test_the_owner_of_a_policy_that_changes_is_asked_too(asked: Asked) -> None:
    """By the base's owner: the change cannot name itself another one."""
    own = "approvals: {governance: [{role: platform}]}\n"
    changed = AUC_POLICY.replace("owner: risk", "owner: lending-models")
    assert {"platform": 1, "risk": 1} == asked({POLICY: changed}, pipeline=own)


def test_a_policy_that_is_removed_asks_its_owner(asked: Asked) -> None:
    """Taking a rule away is a change of the rules."""
    own = "approvals: {governance: [{role: platform}]}\n"
    other = AUC_POLICY.replace("id: auc", "id: other")
    moved = {POLICY: None, "policies/catalog/performance/other.yaml": other}
    assert {"platform": 1, "risk": 1} == asked(moved, pipeline=own)


def test_a_new_registry_can_name_its_first_members(asked: Asked) -> None:
    """By default, roles with nobody in them are not asked: they could never agree."""
    empty = ROLES.replace("members: [{login: risk, id: 101}]", "members: []")
    assert {} == asked({"policies/roles.yaml": ROLES}, roles=empty)


def test_a_role_that_the_pipeline_names_is_asked_though_nobody_is_in_it(asked: Asked) -> None:
    """What is written down is never relaxed."""
    empty = ROLES.replace("members: [{login: audit, id: 104}]", "members: []")
    own = "approvals: {governance: [{role: audit}]}\n"
    assert {"audit": 1} == asked({"policies/roles.yaml": ROLES}, pipeline=own, roles=empty)


def test_a_withdrawal_asks_whom_a_rollback_asks(asked: Asked) -> None:
    """It takes away and brings nothing in."""
    assert {"platform": 1} == asked({f"{FOLDER}/withdrawn.yaml": WITHDRAWN})


def test_a_withdrawal_asks_whom_the_pipeline_names(asked: Asked) -> None:
    """The field decides where it is given."""
    own = "approvals: {withdrawal: [{role: audit}]}\n"
    assert {"audit": 1} == asked({f"{FOLDER}/withdrawn.yaml": WITHDRAWN}, pipeline=own)


@pytest.mark.parametrize(
    ("own", "expected"), [("", {"platform": 1}), ("approvals: {retirement: [{role: risk}]}\n", {"risk": 1})]
)
def test_a_retirement_asks_whom_a_rollback_of_its_stage_asks(
    asked: Asked, own: str, expected: Mapping[str, int]
) -> None:
    """Unless the pipeline names others."""
    assert expected == asked({f"{FOLDER}/stages/production.yaml": None}, pipeline=own)
