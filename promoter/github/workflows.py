"""Workflows that would answer in the gate's place: a required check is a name, and any job can bear it."""

from collections.abc import Iterator

import yaml

from promoter.errors import Location, Problem
from promoter.github.checks import CHECK_NAME
from promoter.registry.tree import Tree

FOLDER = ".github/workflows"
_MOST_BYTES = 262_144


def find_impostors(base: Tree, merged: Tree) -> tuple[Problem, ...]:
    """Return each job of a workflow that is new or changed whose check would bear the gate's name.

    A name that a script or an API call gives is not found: for that a ruleset names the app that the check must
    come from, and after the merge the record is compared.
    """
    return tuple(
        problem
        for entry in merged.children(FOLDER)
        if entry.path.endswith((".yml", ".yaml")) and not _stands(base, entry.path, entry.object_id)
        for problem in _impostors(entry.path, merged.read(entry.path, limit_bytes=_MOST_BYTES))
    )


def _stands(base: Tree, path: str, object_id: str) -> bool:
    known = base.entry(path)
    return known is not None and known.object_id == object_id


def _impostors(path: str, content: bytes) -> Iterator[Problem]:
    """Yield the jobs of one file, read as nodes: workflows use what the registry's own YAML forbids."""
    try:
        root = yaml.compose(content, Loader=yaml.SafeLoader)
    except (yaml.YAMLError, UnicodeError, RecursionError):
        message = "it is no YAML that can be read, so nobody can tell which checks it reports"
        yield Problem(Location(path), message, "mend it; `actionlint` says where")
        return
    for key, jobs in _items(root):
        if key.value == "jobs":
            for job_id, job in _items(jobs):
                names = [value.value for name, value in _items(job) if name.value == "name"]
                if any(_is_the_gates(str(name)) for name in names or [job_id.value]):
                    yield _problem(Location(path, job_id.start_mark.line + 1, job_id.start_mark.column + 1))


def _items(node: yaml.Node | None) -> list[tuple[yaml.Node, yaml.Node]]:
    return list(node.value) if isinstance(node, yaml.MappingNode) else []


def _is_the_gates(name: str) -> bool:
    """Say whether a name is the gate's, or is put together from it."""
    text = name.strip().lower()
    return text == CHECK_NAME or ("${{" in text and CHECK_NAME in text)


def _problem(location: Location) -> Problem:
    message = f"a job here reports a check named {CHECK_NAME!r}, which is the gate's own"
    return Problem(location, message, "give the job another `name:`")
