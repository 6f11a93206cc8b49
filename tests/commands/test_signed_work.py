"""The whole loop under rules that ask for signatures: proposed, merged and recorded by our commands, and audited."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from promoter.policy.signers import SIGNERS_PATH
from promoter.policy.trust import OPENPGP_PATH
from tests.commands.recorded import Registry
from tests.support.command import Run, run_promoter
from tests.support.gnupg import gnupg_home, gpg, make_key
from tests.support.registry import AUC_POLICY, MODEL, artifact_bytes, predictions_csv, rule_files
from tests.support.ssh import new_key, public_text

SETTINGS = "policies/registry.yaml"
RULES = {
    SETTINGS: str(rule_files()[SETTINGS]) + "signed_commits: required\n",
    "policies/catalog/performance/auc.yaml": AUC_POLICY + "applies_to: {kinds: [registration, promotion, rollback]}\n",
}
PRODUCTION = f"promoter/{MODEL}/production"


@dataclass(frozen=True, slots=True)
class Signed:
    """A recorded registry whose rules ask for signatures, and in which git signs."""

    registry: Registry

    def configure(self, **values: str) -> None:
        """Set values of git's configuration: gpg_format is gpg.format."""
        for name, value in values.items():
            self.registry.builder.git("config", name.replace("_", "."), value)

    def run(self, *arguments: str) -> Run:
        """Run a command of Promoter on the registry."""
        return run_promoter(*arguments, "--repo", str(self.registry.builder.path))

    def merge(self, branch: str) -> None:
        """Move main to a branch's commit, as a rebase merge of one commit or a push does."""
        self.registry.check_out()
        self.registry.builder.git("merge", "--ff-only", "-q", branch)

    def findings(self) -> list[str]:
        """Return what the audit finds."""
        return [item["message"] for item in json.loads(self.run("audit", "verify", "--json").out)["findings"]]


@pytest.fixture
def registry(tmp_path: Path) -> Registry:
    """Return a registry with the records of its changes."""
    return Registry.create_recorded(tmp_path / "registry")


@pytest.fixture
def by_ssh(registry: Registry, tmp_path: Path) -> Signed:
    """Git signs with an SSH key that the rules name."""
    key = new_key(tmp_path / "keys")
    registry.commit({**RULES, SIGNERS_PATH: f"olu@example.org {public_text(key.with_suffix('.pub'))}\n"})
    signed = Signed(registry)
    signed.configure(commit_gpgsign="true", gpg_format="ssh", user_signingkey=str(key))
    return signed


@pytest.fixture
def by_gpg(registry: Registry, monkeypatch: pytest.MonkeyPatch) -> Iterator[Signed]:
    """Git signs with an OpenPGP key that the rules name."""
    with gnupg_home() as home:
        make_key(home, "Olu <olu@example.org>")
        registry.commit({**RULES, OPENPGP_PATH: gpg(home, "--armor", "--export", "olu@example.org")})
        monkeypatch.setenv("GNUPGHOME", str(home))
        signed = Signed(registry)
        signed.configure(commit_gpgsign="true", user_signingkey="olu@example.org")
        yield signed


@pytest.mark.parametrize("kind", ["by_ssh", "by_gpg"])
def test_what_our_commands_commit_passes_the_audit(kind: str, request: pytest.FixtureRequest) -> None:
    """A rollback, its record, and the promotion back, each on main as it was made."""
    signed: Signed = request.getfixturevalue(kind)
    assert [] == signed.findings()
    for arguments in (
        ("rollback", f"{MODEL}#production", "--reason", "worse"),
        ("promote", f"{MODEL}@2.0.0", "--stage", "production", "--reason", "mended"),
    ):
        run = signed.run(*arguments, "--local")
        assert 0 == run.code
        assert "warning" not in run.err
        signed.merge(PRODUCTION)
        signed.run("record", "--commit")
        assert "gpgsig" in signed.registry.builder.git("cat-file", "commit", "main")
        assert [] == signed.findings()


def test_a_proposed_version_is_signed_too(by_ssh: Signed, tmp_path: Path) -> None:
    """As every proposal is."""
    (tmp_path / "model.safetensors").write_bytes(artifact_bytes("3.0.0"))
    (tmp_path / "scored.csv").write_bytes(predictions_csv())
    files = ("--artifact", str(tmp_path / "model.safetensors"), "--predictions", str(tmp_path / "scored.csv"))
    run = by_ssh.run("propose", MODEL, "--version", "3.0.0", *files, "--summary", "s", "--local", "--skip-check")
    assert "committed" in run.err
    assert "warning: commit" not in run.err
    assert "gpgsig" in by_ssh.registry.builder.git("cat-file", "commit", f"promoter/{MODEL}/3.0.0")


def test_a_signer_that_fails_leaves_everything_as_it_was(by_ssh: Signed) -> None:
    """No branch moved, nothing is pushed, no record is committed; and what to mend is said."""
    by_ssh.run("rollback", f"{MODEL}#production", "--reason", "worse", "--local", "--skip-check")
    by_ssh.merge(PRODUCTION)
    by_ssh.configure(user_signingkey="/nowhere/key")
    before = by_ssh.registry.builder.git("for-each-ref")
    for arguments in (
        ("promote", f"{MODEL}@2.0.0", "--stage", "production", "--reason", "r", "--local", "--skip-check"),
        ("record", "--commit"),
    ):
        run = by_ssh.run(*arguments)
        assert 3 == run.code
        assert "ssh-keygen: the commit is not signed: " in run.err
        assert before == by_ssh.registry.builder.git("for-each-ref")
    by_ssh.configure(gpg_format="x509")
    run = by_ssh.run("record", "--commit")
    assert (2, True) == (run.code, "commits are not signed with X.509 here" in run.err)
    assert before == by_ssh.registry.builder.git("for-each-ref")


@pytest.mark.parametrize("kind", ["by_ssh", "by_gpg"])
def test_who_proposes_is_told_what_an_audit_would_find(kind: str, request: pytest.FixtureRequest) -> None:
    """No signature, and one by a key that the rules do not name; with the way in which it stays no finding."""
    signed: Signed = request.getfixturevalue(kind)
    signed.configure(commit_gpgsign="false")
    rollback = ("rollback", f"{MODEL}#production", "--reason", "worse", "--local", "--skip-check")
    run = signed.run(*rollback)
    assert "it is not signed, and the rules of that time ask for it; GitHub signs what is merged or squashed" in run.err
    signed.configure(commit_gpgsign="true")
    assert "not signed" not in signed.run(*rollback).err


def test_who_signs_with_another_key_is_told(by_ssh: Signed, tmp_path: Path) -> None:
    """Before anybody merges it."""
    by_ssh.configure(user_signingkey=str(new_key(tmp_path / "other")))
    run = by_ssh.run("rollback", f"{MODEL}#production", "--reason", "worse", "--local", "--skip-check")
    assert "its signature is of a key that the rules of that time do not name; GitHub signs" in run.err
