"""Reads YAML bytes in tests, and tells its problems as tuples."""

from typing import Any

from promoter.document.reader import DEFAULT_LIMITS, Limits, read_yaml
from promoter.errors import Problem, ProposalError

PATH = "models/retail/churn/model.yaml"


def value_of(content: bytes) -> Any:
    """Return the data of a file that must be readable."""
    return read_yaml(content, path=PATH).value


def problems_of(content: bytes, *, limits: Limits = DEFAULT_LIMITS) -> list[tuple[int | None, int | None, str, str]]:
    """Return line, column, message and hint of every problem of a file; an empty list for a readable one."""
    problems: tuple[Problem, ...] = ()
    try:
        read_yaml(content, path=PATH, limits=limits)
    except ProposalError as error:
        problems = error.problems
    assert all(problem.location.path == PATH for problem in problems)
    return [(problem.location.line, problem.location.column, problem.message, problem.hint) for problem in problems]
