"""Files that a policy pins by path and digest: they must lie in the same tree, with these very bytes."""

from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel

from promoter.digest import sha256_bytes
from promoter.errors import Problem, ProposalError
from promoter.policy.rulebook import PolicyFile
from promoter.registry.layout import POLICIES
from promoter.registry.reading import YAML_LIMIT_BYTES
from promoter.registry.tree import Tree


def pin_problems(file: PolicyFile, parameters: object, tree: Tree) -> tuple[Problem, ...]:
    """Return each file below policies/ that a policy's parameters pin and the tree lacks, or holds otherwise."""
    return tuple(
        problem
        for keys, path, digest in _pins(parameters, ())
        if (problem := _problem(file, keys, path, digest, tree)) is not None
    )


def _pins(value: Any, keys: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], str, str]]:
    if isinstance(value, BaseModel):
        path, digest = getattr(value, "path", None), getattr(value, "digest", None)
        if isinstance(path, str) and isinstance(digest, str) and path.startswith(f"{POLICIES}/"):
            yield keys, path, digest
        for name in type(value).model_fields:
            yield from _pins(getattr(value, name), (*keys, name))
    elif isinstance(value, tuple | list):
        for index, item in enumerate(value):
            yield from _pins(item, (*keys, index))


def _problem(file: PolicyFile, keys: tuple[str | int, ...], path: str, digest: str, tree: Tree) -> Problem | None:
    place = file.document.location(("parameters", *keys))
    try:
        found = sha256_bytes(tree.read(path, limit_bytes=YAML_LIMIT_BYTES))
    except ProposalError as error:
        return Problem(place, f"{path} cannot be read: {error.problems[0].message}", "add the file, or correct path")
    if found == digest:
        return None
    message = f"{path} has digest {found}, the policy pins {digest}"
    return Problem(place, message, "restore the file, or have its owner review the new one and pin its digest")
