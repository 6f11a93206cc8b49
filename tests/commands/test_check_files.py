"""Changes that bring no version: what they add is searched by the policies that name their kind."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from promoter.cli import promoter
from tests.commands.recorded import VERSIONS, Registry
from tests.support.command import run_promoter
from tests.support.registry import FOLDER, model_yaml, policy_yaml, registry_files, rule_files, version_files
from tests.support.repositories import FIRST_COMMIT_AT, RepositoryBuilder

TOKEN = "gh" + "p_16C7e42F292c6912E7710c838347Ae178B4a"
KINDS = "{kinds: [registration, promotion, rollback, withdrawal, retirement, restoration, governance, upkeep]}"
POLICY = policy_yaml("no-secrets", "secrets", "{}", category="security", remediation="Revoke it.", applies_to=KINDS)
ONLY_VERSIONS = policy_yaml("no-secrets", "secrets", "{}", category="security", remediation="Revoke it.")
WITHDRAWN = f'schema: promoter.withdrawn/1\nwithdrawn: [{{version: "1.0.0", reason: "It leaked {TOKEN}"}}]\n'
INCIDENT = (
    "schema: promoter.incident/1\nid: outage\nversion: '1.0.0'\nstage: staging\nstarted_at: 2026-05-20T00:00:00Z\n"
    f"summary: The token was {TOKEN}\n"
)
WORKFLOW = f"on: push\nenv:\n  TOKEN: {TOKEN}\n"
BEGAN = datetime.fromtimestamp(FIRST_COMMIT_AT, UTC)
Files = Mapping[str, bytes | str | None]


def lay_out(folder: Path, policy: str = POLICY, **more: str) -> RepositoryBuilder:
    """Return a registry with one registered version and this policy alone."""
    builder = RepositoryBuilder.create(folder)
    models = {path: content for path, content in registry_files().items() if path.startswith("models/")}
    builder.commit({**models, **rule_files({"catalog/security/no-secrets.yaml": policy, **more})})
    return builder


def check(builder: RepositoryBuilder, *commits: Files, code: int = 1) -> list[dict[str, Any]]:
    """Return the changes of the decision on a branch of these commits."""
    base = [builder.git("rev-parse", "main")]
    builder.commit(commits[0], branch="candidate", onto=base)
    for files in commits[1:]:
        builder.commit(files, branch="candidate")
    at = (BEGAN + timedelta(days=5)).isoformat()
    run = run_promoter("check", "--repo", str(builder.path), "--head", "candidate", "--at", at, "--json")
    assert TOKEN not in run.out
    assert code == run.code, run.out
    changes: list[dict[str, Any]] = json.loads(run.out)["changes"]
    return changes


@pytest.mark.parametrize(
    ("kind", "path", "content"),
    [
        ("governance", "policies/registry.yaml", f"schema: promoter.registry/1\ntitle: t\n# token = {TOKEN}\n"),
        ("governance", ".github/workflows/deploy.yml", WORKFLOW),
        ("governance", f"{FOLDER}/model.yaml", model_yaml(title=f"'token {TOKEN}'")),
        ("upkeep", "models/lending/cards/model.yaml", model_yaml(model="lending/cards", title=f"'token {TOKEN}'")),
        ("upkeep", f"{FOLDER}/incidents/outage.yaml", INCIDENT),
        ("upkeep", "docs/notes.md", f"token = {TOKEN}\n"),
        ("withdrawal", f"{FOLDER}/withdrawn.yaml", WITHDRAWN),
    ],
)
def test_secret_of_a_change_without_a_version_fails(tmp_path: Path, kind: str, path: str, content: str) -> None:
    """Rules, workflows, a model.yaml by itself, an incident, a page and a withdrawal: each at its path and line."""
    [change] = check(lay_out(tmp_path), {path: content})
    [result] = change["results"]
    [finding] = result["findings"]
    assert (kind, "failed", "failed") == (change["kind"], change["verdict"], result["outcome"])
    assert (path, False) == (finding["location"]["path"], finding["satisfied"])
    assert 1 == len(change["measurements"])


def test_secret_that_a_later_commit_removes_fails_though_nothing_is_left_to_merge(tmp_path: Path) -> None:
    """The merge would bring the commit all the same."""
    [change] = check(lay_out(tmp_path), {"docs/notes.md": f"token = {TOKEN}\n"}, {"docs/notes.md": None})
    assert ("upkeep", "failed") == (change["kind"], change["verdict"])


def test_change_without_a_version_and_without_secrets_passes(tmp_path: Path) -> None:
    """One finding for all files that were searched."""
    [change] = check(lay_out(tmp_path), {"docs/notes.md": "Nothing.\n", "docs/more.md": "Nothing.\n"}, code=0)
    [result] = change["results"]
    assert ("upkeep", "passed") == (change["kind"], result["outcome"])
    assert ["2 more files that 1 commit adds: no secret in any"] == [item["message"] for item in result["findings"]]


def test_policy_that_does_not_name_the_kind_leaves_the_decision_as_it_was(tmp_path: Path) -> None:
    """No result where rules change, and no change at all where nothing else does."""
    builder = lay_out(tmp_path, ONLY_VERSIONS)
    [change] = check(builder, {".github/workflows/deploy.yml": WORKFLOW}, code=0)
    assert ("governance", []) == (change["kind"], change["results"])
    assert [] == check(builder, {"docs/notes.md": f"token = {TOKEN}\n"}, code=0)


def test_rules_of_the_base_judge_a_change_of_the_rules(tmp_path: Path) -> None:
    """A change that turns the policy off brings its secret in under the policy as it was."""
    off = POLICY.replace("enforcement: block", "enforcement: 'off'")
    files = {"policies/catalog/security/no-secrets.yaml": f"{off}# token = {TOKEN}\n"}
    [change] = check(lay_out(tmp_path), files)
    assert ("governance", "failed") == (change["kind"], change["verdict"])


def test_each_change_answers_for_its_own_files(tmp_path: Path) -> None:
    """A registration for its model and for pages; another model's incident beside it is a change of its own."""
    other = "models/lending/cards/model.yaml"
    found = check(lay_out(tmp_path), {**version_files("2.0.0"), other: f"{model_yaml(model='lending/cards')}# {TOKEN}"})
    assert [("registration", "passed"), ("upkeep", "failed")] == [(one["kind"], one["verdict"]) for one in found]


def waiver(blob: str) -> str:
    """Return a waiver of the policy for one content of docs/notes.md."""
    return (
        "schema: promoter.waiver/1\nid: example-key\npolicy: no-secrets\nreason: An example of the issuer's own page\n"
        "requester: leo\napprover: rita\nticket: T-1\n"
        f"not_before: {BEGAN:%Y-%m-%dT%H:%M:%SZ}\nexpires: {BEGAN + timedelta(days=20):%Y-%m-%dT%H:%M:%SZ}\n"
        f"files: [{{path: docs/notes.md, blob: {blob}}}]\n"
    )


def test_false_alarm_is_waived_for_one_content_of_one_file(tmp_path: Path) -> None:
    """By git's id: with another content, or beside another file, the waiver does not hold."""
    text = f"token = {TOKEN}\n"
    blob = RepositoryBuilder.create(tmp_path / "blobs").blob(text)
    builder = lay_out(tmp_path / "registry", **{"waivers/example-key.yaml": waiver(str(blob))})
    [change] = check(builder, {"docs/notes.md": text}, code=0)
    assert ("waived", "example-key") == (change["results"][0]["outcome"], change["results"][0]["waiver"])
    [change] = check(builder, {"docs/notes.md": f"\n{text}"})
    assert "waiver example-key does not hold: it does not accept docs/notes.md" in change["results"][0]["reason"]
    [change] = check(builder, {"docs/notes.md": text, "docs/more.md": text})
    assert "it does not accept docs/more.md" in change["results"][0]["reason"]


def test_record_of_a_withdrawal_holds_the_result_and_comes_out_the_same_again(tmp_path: Path) -> None:
    """Judged again from its own measurements, and far from the registry from its bundle."""
    builder = lay_out(tmp_path / "registry")
    builder.git("config", "user.name", "Recorder")
    builder.git("config", "user.email", "recorder@example.org")
    builder.commit({f"{FOLDER}/withdrawn.yaml": WITHDRAWN}, message="Withdraw (#2)")
    registry = Registry(builder)
    registry.check_out()
    assert 0 == registry.run("record", "--commit").exit_code
    [path] = [
        path for path in registry.records() if path.startswith(VERSIONS) and b'"withdrawal"' in registry.records()[path]
    ]
    [change] = json.loads(registry.records()[path])["decision"]["changes"]
    assert ("withdrawal", ["failed"]) == (change["kind"], [result["outcome"] for result in change["results"]])
    verified = json.loads(registry.run("audit", "verify", "--json").stdout)
    assert not [found for found in verified["findings"] if "comes out differently" in found["message"]]
    packed = registry.run("audit", "pack", path, "--out", str(tmp_path / "bundle.zip"))
    assert packed.exit_code in (0, 1), packed.output
    opened = CliRunner().invoke(promoter, ["audit", "open", str(tmp_path / "bundle.zip"), "--json"])
    assert [] == json.loads(opened.stdout)["faults"]
