"""What a branch took out again is judged after the merge too, and proven by a bundle far from the registry."""

import json
from pathlib import Path

from click.testing import CliRunner

from promoter.cli import promoter
from tests.commands.recorded import VERSIONS, Registry, pipeline
from tests.support.registry import FOLDER, model_yaml, policy_yaml, rule_files, version_files
from tests.support.repositories import RepositoryBuilder

TOKEN = "gh" + "p_16C7e42F292c6912E7710c838347Ae178B4a"
POLICY = policy_yaml("no-secrets", "secrets", "{}", category="security", remediation="Revoke it.")


def merged_registry(folder: Path) -> Registry:
    """Return a registry in which a branch was merged whose first commit held a secret."""
    builder = RepositoryBuilder.create(folder)
    builder.git("config", "user.name", "Recorder")
    builder.git("config", "user.email", "recorder@example.org")
    builder.commit({**rule_files({"catalog/security/no-secrets.yaml": POLICY}), **pipeline(approvals="")})
    base = builder.commit({f"{FOLDER}/model.yaml": model_yaml(), **version_files()}, message="Register (#1)")
    notes = f"{FOLDER}/versions/2.0.0/notes.md"
    builder.commit({notes: f"token = {TOKEN}\n"}, branch="candidate", onto=[base])
    head = builder.commit({notes: None, **version_files("2.0.0")}, branch="candidate")
    builder.commit(version_files("2.0.0"), onto=[base, head], message="Merge (#2)")
    registry = Registry(builder)
    registry.check_out()
    return registry


def test_secret_of_a_merged_branch_is_in_the_record_and_its_bundle(tmp_path: Path) -> None:
    """The record holds the merge against what its branch brought, and the bundle has the objects to do so again."""
    registry = merged_registry(tmp_path / "registry")
    assert 0 == registry.run("record", "--commit").exit_code
    [path] = [path for path in registry.records() if path.startswith(VERSIONS) and "2.0.0" in path]
    record = json.loads(registry.records()[path])
    [change] = record["decision"]["changes"]
    [result] = change["results"]
    assert "failed" == result["outcome"]
    assert any("notes.md" in finding["message"] for finding in result["findings"] if not finding["satisfied"])
    assert TOKEN not in json.dumps(record)

    out = tmp_path / "bundle.zip"
    packed = registry.run("audit", "pack", path, "--out", str(out))
    assert packed.exit_code in (0, 1), packed.output
    opened = CliRunner().invoke(promoter, ["audit", "open", str(out), "--json"])
    assert [] == json.loads(opened.stdout)["faults"]
