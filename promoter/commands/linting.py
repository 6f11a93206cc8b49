"""The parts of `promoter lint` that read trees."""

from promoter.commands.code_owners import codeowners_files
from promoter.errors import Problem, ProposalError
from promoter.git.snapshot import Snapshot
from promoter.policy.roles import Roles
from promoter.registry.codeowners import SIZE_LIMIT_BYTES, governing_location, parse_codeowners
from promoter.registry.codeowners_lint import lint_codeowners, lint_locations
from promoter.registry.layout import FileKind, Place
from promoter.registry.lint import group_models, lint_model
from promoter.registry.reading import read_file

ROLES = "policies/roles.yaml"


def lint_models(tree: Snapshot) -> tuple[int, tuple[Problem, ...]]:
    """Return how many models the tree holds, and every problem below models/ and reports/."""
    models, problems = group_models(tree)
    roles = known_roles(tree)
    found = [problem for model in models for problem in lint_model(tree, model, roles=roles)]
    return len(models), (*problems, *found)


def known_roles(tree: Snapshot) -> frozenset[str] | None:
    """Return the roles of policies/roles.yaml, or None where it cannot be read: that is told elsewhere."""
    try:
        return frozenset(read_file(tree, Place(ROLES, FileKind.ROLES), Roles).value.roles)
    except ProposalError:
        return None


def lint_owners(tree: Snapshot) -> tuple[Problem, ...]:
    """Return what is wrong with the CODEOWNERS file that GitHub would load."""
    existing = codeowners_files(tree)
    path = governing_location(existing)
    if path is None:
        return lint_locations(existing)
    try:
        codeowners = parse_codeowners(tree.read(path, limit_bytes=SIZE_LIMIT_BYTES), path=path)
    except ProposalError as error:
        return error.problems
    return (*lint_locations(existing), *lint_codeowners(codeowners))
