"""promoter init: a registry that loads at once, and whose lint says what to fill in."""

from collections.abc import Iterator
from pathlib import Path

import pygit2
import pytest
from pygit2.enums import ConfigLevel

from promoter.commands import init
from promoter.commands.policy_rules import open_rules
from promoter.policy.policy import Category
from promoter.registry.changes import ChangeKind
from promoter.registry.codeowners import parse_codeowners
from tests.support.command import Run, run_promoter
from tests.support.repositories import RepositoryBuilder
from tests.support.ssh import new_key


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A place for a registry, and a configuration of git that says who is at work."""
    (tmp_path / "home").mkdir()
    text = "[user]\n\tname = Olu\n\temail = olu@example.org\n"
    (tmp_path / "home" / ".gitconfig").write_text(text, encoding="utf-8")
    pygit2.settings.search_path[ConfigLevel.GLOBAL] = str(tmp_path / "home")
    yield tmp_path / "registry"
    pygit2.settings.search_path[ConfigLevel.GLOBAL] = ""


def lay_out(folder: Path) -> Run:
    """Lay out a registry in a folder."""
    return run_promoter("init", str(folder), "--title", 'Cards: "ours"')


def test_lint_lists_exactly_the_roles_that_nobody_holds(folder: Path) -> None:
    """Every policy loads, one a category; nothing is open but that its owner has nobody in it."""
    assert 0 == lay_out(folder).code
    lint = run_promoter("lint", "--repo", str(folder))
    assert 2 == lint.code
    assert all("has nobody in it; add its members to policies/roles.yaml" in line for line in lint.out.splitlines())
    policies = [file.policy for file in open_rules(folder, None).rules.policies]
    assert {policy.id for policy in policies} == {
        line.split("/")[3].split(".yaml")[0] for line in lint.out.splitlines()
    }
    assert set(Category) == {policy.category for policy in policies}


def test_lint_is_clean_when_people_are_in(folder: Path) -> None:
    """Two people a role are all that is asked."""
    lay_out(folder)
    roles = folder / "policies" / "roles.yaml"
    people = "members: [{login: rita, id: 1}, {login: ravi, id: 2}]"
    roles.write_text(roles.read_text(encoding="utf-8").replace("members: []", people), encoding="utf-8")
    lint = run_promoter("lint", "--repo", str(folder))
    assert (0, "") == (lint.code, lint.out)


def test_the_git_identity_stands_where_people_belong(folder: Path) -> None:
    """It owns every path and is every role's contact, and fills no role: its login's id is not known."""
    lay_out(folder)
    codeowners = parse_codeowners((folder / "CODEOWNERS").read_bytes(), path="CODEOWNERS")
    assert {("olu@example.org",)} == {rule.owners for rule in codeowners.rules}
    rules = open_rules(folder, None).rules
    assert {("olu@example.org", ())} == {(role.contact, role.members) for role in rules.roles.roles.values()}
    assert 'Cards: "ours"' == rules.settings.title


def test_workflows_and_schemas_are_copied_where_they_are(folder: Path) -> None:
    """The gate's workflow is the one beside the package, byte for byte; the engine's own tests are not run there."""
    lay_out(folder)
    path = ".github/workflows/gate.yml"
    assert (init.SOURCE / path).read_bytes() == (folder / path).read_bytes()
    assert not (folder / ".github/workflows/ci.yml").exists()


def test_the_first_commit_is_signed_where_git_signs(folder: Path) -> None:
    """By the configuration that names who is at work; a signer that fails commits nothing."""
    configuration = folder.parent / "home" / ".gitconfig"
    before = configuration.read_text(encoding="utf-8")
    key = new_key(folder.parent / "keys")
    signing = f"[commit]\n\tgpgsign = true\n[gpg]\n\tformat = ssh\n[user]\n\tsigningkey = {key}\n"
    configuration.write_text(before + signing, encoding="utf-8")
    assert "committed on main" in lay_out(folder).out
    assert b"gpgsig -----BEGIN SSH SIGNATURE-----" in pygit2.Repository(str(folder)).revparse_single("main").read_raw()
    configuration.write_text(before + signing.replace(str(key), "/nowhere"), encoding="utf-8")
    other = lay_out(folder.parent / "other")
    assert (3, True) == (other.code, "the commit is not signed" in other.err)
    assert [".git"] == [path.name for path in (folder.parent / "other").iterdir()]
    configuration.write_text(before, encoding="utf-8")
    assert "committed on main" in lay_out(folder.parent / "other").out


def test_a_new_folder_becomes_a_repository_with_a_first_commit(folder: Path) -> None:
    """All files are on main, so that a branch can be proposed against it, and nothing is left to commit."""
    run = lay_out(folder)
    assert "committed on main" in run.out
    git = pygit2.Repository(str(folder))
    assert "refs/heads/main" == git.head.name
    assert {} == git.status()


def test_a_repository_with_commits_is_left_to_its_owner(folder: Path) -> None:
    """The files are written and not committed."""
    builder = RepositoryBuilder.create(folder)
    tip = builder.commit({"LICENSE": "MIT"})
    run = lay_out(folder)
    assert "not committed yet" in run.out
    assert tip == builder.git("rev-parse", "main")
    assert (folder / "policies" / "roles.yaml").is_file()


def test_git_must_know_who_is_at_work(tmp_path: Path) -> None:
    """Without a name there are no placeholders to write: exit 2, and what to configure."""
    run = lay_out(tmp_path / "registry")
    assert 2 == run.code
    assert "git config user.name and user.email" in run.err
    assert [".git"] == [path.name for path in (tmp_path / "registry").iterdir()]


@pytest.mark.parametrize("path", ["policies/registry.yaml", "models/a/b/model.yaml", "CODEOWNERS", "README.md"])
def test_a_registry_is_not_written_over(folder: Path, path: str) -> None:
    """Exit 2, and the folder holds what it held."""
    there = folder / path
    there.parent.mkdir(parents=True, exist_ok=True)
    there.write_text("mine", encoding="utf-8")
    run = lay_out(folder)
    assert 2 == run.code
    assert "it exists; name an empty folder" in run.err
    assert ["mine"] == [file.read_text() for file in (folder).rglob("*") if file.is_file() and ".git" not in file.parts]


def test_a_rollback_is_held_to_the_lane_from_the_first_day(folder: Path) -> None:
    """Record, withdrawal and artifact are asked of what comes back, and no performance; a way back of what comes."""
    lay_out(folder)
    policies = [file.policy for file in open_rules(folder, None).rules.policies]
    asked = {policy.gate for policy in policies if ChangeKind.ROLLBACK in policy.applies_to.kinds}
    assert {"artifact_integrity", "return_to_service", "withdrawn"} == asked
    assert "rollback_drill" in {policy.gate for policy in policies}
