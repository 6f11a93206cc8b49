"""Secrets in what a pull request adds, wherever it adds it and whether or not it takes it out again."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.support.command import run_promoter
from tests.support.registry import (
    FOLDER,
    model_yaml,
    policy_yaml,
    registry_files,
    rule_files,
    stage_files,
    version_files,
)
from tests.support.repositories import FILE, RepositoryBuilder

TOKEN = "gh" + "p_16C7e42F292c6912E7710c838347Ae178B4a"
POLICY = policy_yaml("no-secrets", "secrets", "{}", category="security", remediation="Revoke it.")
Files = Mapping[str, bytes | str | None]


def check(folder: Path, *commits: Files) -> tuple[dict[str, Any], list[str]]:
    """Return the one result on a branch of these commits, and the ids of the commits."""
    models = {path: content for path, content in registry_files().items() if path.startswith("models/")}
    builder = RepositoryBuilder.create(folder)
    base = builder.commit({**models, **rule_files({"catalog/security/no-secrets.yaml": POLICY})})
    made = [builder.commit(commits[0], branch="candidate", onto=[base])]
    made += [builder.commit(files, branch="candidate") for files in commits[1:]]
    arguments = ("--head", "candidate", "--at", "2026-06-01T00:00:00Z", "--json")
    run = run_promoter("check", "--repo", str(folder), *arguments)
    assert TOKEN not in run.out
    [change] = json.loads(run.out)["changes"]
    [result] = change["results"]
    return result, made


def test_change_without_secrets_passes(tmp_path: Path) -> None:
    """The version's texts one by one, and what else the commits add as one."""
    result, _ = check(tmp_path, {**version_files("2.0.0"), "docs/notes.md": "Nothing.\n"})
    assert "passed" == result["outcome"]
    assert "1 more file that 1 commit adds: no secret in any" in [item["message"] for item in result["findings"]]


def test_secret_that_a_later_commit_removes_fails_at_its_commit(tmp_path: Path) -> None:
    """The head is clean, and the history that the merge brings is not."""
    path = f"{FOLDER}/versions/2.0.0/notes.md"
    result, [first, _] = check(tmp_path, {path: f"one\ntoken = {TOKEN}\n"}, {path: None, **version_files("2.0.0")})
    [finding] = [item for item in result["findings"] if not item["satisfied"]]
    assert ("failed", path, 2) == (result["outcome"], finding["location"]["path"], finding["location"]["line"])
    assert f"line 2 of {path} (commit {first[:12]}) holds what looks like a secret" in finding["message"]
    assert "rewrite the branch" in finding["hint"]


@pytest.mark.parametrize(
    ("path", "content"),
    [
        (f"{FOLDER}/model.yaml", model_yaml(title=f"'token {TOKEN}'")),
        (f"{FOLDER}/stages/staging.yaml", f'version: "1.0.0"\nreason: "{TOKEN}"\n'),
        ("docs/notes.md", f"token = {TOKEN}\n"),
        ("policies/changes/PROM-9.yaml", f"# {TOKEN}\n"),
    ],
)
def test_secret_outside_of_the_versions_folder_fails(tmp_path: Path, path: str, content: str) -> None:
    """model.yaml, a pointer, prose and a change record, here taken out again by the last commit."""
    known = registry_files().get(path)
    result, [first, _] = check(tmp_path, {path: content}, {path: known, **stage_files(production="1.0.0")})
    [finding] = [item for item in result["findings"] if not item["satisfied"]]
    assert (path, {"file": path, "commit": first[:12]}) == (finding["location"]["path"], finding["slice"])


@pytest.mark.parametrize("name", [b"::error::x", b"\xff\xfe.md", b"a\nb.md", "\u202e.md".encode(), b".git"])
def test_hostile_name_of_a_commit_in_between_is_searched_and_shown_safely(tmp_path: Path, name: bytes) -> None:
    """The head's tree is refused where it holds one; what stood before it is searched all the same."""
    models = {path: content for path, content in registry_files().items() if path.startswith("models/")}
    builder = RepositoryBuilder.create(tmp_path)
    base = builder.commit({**models, **rule_files({"catalog/security/no-secrets.yaml": POLICY})})
    hostile = builder.raw_tree([(FILE, name, builder.blob(TOKEN))])
    first = builder.commit_tree(hostile, parents=[base])
    tree = builder.tree({**builder.files(base), **version_files("2.0.0")})
    head = builder.commit_tree(tree, parents=[first])
    run = run_promoter("check", "--repo", str(tmp_path), "--base", base, "--head", head, "--at", "2026-06-01", "--json")
    [change] = json.loads(run.out)["changes"]
    [finding] = [item for item in change["results"][0]["findings"] if not item["satisfied"]]
    assert (1, True) == (run.code, finding["message"].isprintable() and finding["message"].isascii())
    assert first[:12] in finding["message"]


def test_secret_of_another_models_folder_is_that_models(tmp_path: Path) -> None:
    """Each candidate answers for its own model."""
    path = "models/lending/cards/model.yaml"
    result, _ = check(tmp_path, {path: f"# {TOKEN}\n"}, {path: None, **version_files("2.0.0")})
    assert "passed" == result["outcome"]
