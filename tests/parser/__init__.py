"""GitHub's own parser of workflows and evaluator of expressions, run by node; `make node` installs them."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
_DEFAULT_TYPES = dict.fromkeys(("pull_request", "pull_request_target"), ("opened", "synchronize", "reopened"))
"""Activities that start a workflow which names none. Source: docs.github.com, "Events that trigger workflows"."""


def require_parser() -> None:
    """Skip a test where the parser is not installed, as where there is no node; in CI that is a failure."""
    if shutil.which("node") is None or not (HERE / "node_modules").is_dir():
        message = "GitHub's workflow parser is not installed: `make node`"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)


def parse(paths: Iterable[Path]) -> dict[Path, Any]:
    """Return what GitHub reads in workflow files: errors, events, concurrency, and each job's condition."""
    listed = list(paths)
    found = json.loads(_node("parse.mjs", *map(str, listed)))
    return {path: found[str(path)] for path in listed}


def evaluate(expression: str, contexts: Mapping[str, Any]) -> str:
    """Return what GitHub's evaluator makes of an expression, as text."""
    asked = [{"expression": expression, "contexts": contexts}]
    return str(json.loads(_node("evaluate.mjs", stdin=json.dumps(asked)))[0])


def starts(
    events: Mapping[str, Any],
    event: str,
    *,
    activity: str | None = None,
    branch: str | None = None,
    path: str | None = None,
) -> bool:
    """Say whether an event starts a workflow with these `events`, as the parser reads them.

    `branch` is the one that is pushed to, or that a pull request goes to; `path` the only file that changed.
    """
    if event not in events:
        return False
    filters = {} if event == "schedule" else events[event] or {}
    types = filters.get("types") or _DEFAULT_TYPES.get(event)
    if types is not None and activity not in types:
        return False
    if path is not None and any(fnmatchcase(path, pattern) for pattern in filters.get("paths-ignore") or ()):
        return False
    branches = filters.get("branches")
    return branches is None or any(fnmatchcase(branch or "", pattern) for pattern in branches)


def _node(script: str, *arguments: str, stdin: str = "") -> str:
    command = ["node", str(HERE / script), *arguments]
    done = subprocess.run(command, input=stdin, capture_output=True, text=True, check=False)
    assert 0 == done.returncode, done.stderr
    return done.stdout
