"""Workflows that would answer in the gate's place: a required check is a name, and any job can bear it."""

import re
from collections.abc import Iterator
from typing import Any

from promoter.document.reader import read_yaml
from promoter.errors import Location, Problem, ProposalError
from promoter.github.checks import CHECK_NAME
from promoter.registry.tree import Tree

FOLDER = ".github/workflows"
_MOST_BYTES = 262_144
_LOOKS_LIKE_NAME = re.compile(rf"(?mi)^\s*(?:name:\s*)?[\"']?{CHECK_NAME}[\"']?\s*:?\s*(?:#.*)?$")


def find_impostors(tree: Tree) -> tuple[Problem, ...]:
    """Return each job of a tree's workflows whose check would bear the gate's name.

    A name that is put together at run time is not found: for that a ruleset names the app that the check must
    come from, and after the merge the record is compared.
    """
    return tuple(
        problem
        for entry in tree.children(FOLDER)
        if entry.path.endswith((".yml", ".yaml"))
        for problem in _impostors(entry.path, tree.read(entry.path, limit_bytes=_MOST_BYTES))
    )


def _impostors(path: str, content: bytes) -> Iterator[Problem]:
    """Yield the jobs of one file; where it is not YAML as the registry reads it, the lines that look like one."""
    try:
        document = read_yaml(content, path=path)
    except ProposalError:
        found = _LOOKS_LIKE_NAME.search(content.decode("utf-8", "replace"))
        if found is not None:
            yield _problem(Location(path, content[: found.start()].count(b"\n") + 1))
        return
    jobs = document.value.get("jobs") if isinstance(document.value, dict) else None
    for job_id, job in jobs.items() if isinstance(jobs, dict) else ():
        if _bears_name(job_id, job):
            yield _problem(document.key_location(("jobs", job_id)))


def _bears_name(job_id: Any, job: Any) -> bool:
    name = job.get("name", job_id) if isinstance(job, dict) else job_id
    text = str(name).strip().lower()
    return text == CHECK_NAME or ("${{" in text and CHECK_NAME in text)


def _problem(location: Location) -> Problem:
    message = f"a job here reports a check named {CHECK_NAME!r}, which is the gate's own"
    return Problem(location, message, "give the job another `name:`")
