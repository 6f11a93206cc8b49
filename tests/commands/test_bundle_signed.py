"""What a bundle tells of signatures: verified again, from its objects and the keys in it, wherever it is opened."""

import hashlib
import io
import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from promoter.commands.bundle import zip_files
from promoter.commands.unbundle import open_bundle
from promoter.git.openpgp import GpgError
from promoter.policy.signers import SIGNERS_PATH
from promoter.policy.trust import OPENPGP_PATH
from tests.commands.signed import REQUIRED, SETTINGS, Signing
from tests.support.gnupg import gnupg_home, gpg, make_key
from tests.support.registry import model_yaml, rule_files
from tests.support.ssh import certify, new_key, public_text

STAGING = "reports/decisions/lending/mortgage/staging/0001-2.0.0.json"
UNSIGNED = "it is not signed, and the rules of that time ask for it"


@dataclass(frozen=True, slots=True)
class Packed:
    """A bundle of the move of staging that a registry recorded."""

    content: bytes

    @classmethod
    def of(cls, signing: Signing) -> "Packed":
        """Record the last commit, and pack its record."""
        signing.registry.run("record", "--commit")
        out = signing.registry.builder.path.parent / "bundle.zip"
        result = signing.registry.run("audit", "pack", STAGING, "--out", str(out))
        assert result.exit_code in (0, 1), result.output
        return cls(out.read_bytes())

    @property
    def files(self) -> dict[str, bytes]:
        """Return name and bytes of what is in it."""
        with zipfile.ZipFile(io.BytesIO(self.content)) as archive:
            return {name: archive.read(name) for name in archive.namelist()}

    @property
    def page(self) -> str:
        """Return the index."""
        return self.files["index.html"].decode()

    def opened(self, folder: Path) -> tuple[int, dict[str, Any]]:
        """Open it in a process that has seen no registry: how that ends, and what it says."""
        path = folder / "evidence.zip"
        path.write_bytes(self.content)
        environment = {**os.environ, "XDG_CACHE_HOME": str(folder / "cache"), "PYTHONPATH": os.pathsep.join(sys.path)}
        command = [sys.executable, "-m", "promoter", "audit", "open", str(path), "--json"]
        done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=False)
        return done.returncode, json.loads(done.stdout)


@pytest.fixture
def signing(tmp_path: Path) -> Signing:
    """Return the recorded registry, whose rules ask for no signature yet."""
    return Signing.create(tmp_path)


def fingerprint(key: Path) -> str:
    """Return what `ssh-keygen -l` says of a key."""
    command = ["ssh-keygen", "-l", "-f", str(key.with_suffix(".pub"))]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()[1]


def test_where_nobody_asked_for_signatures_none_is_judged(signing: Signing, tmp_path: Path) -> None:
    """Neither a good one nor a missing one: whose would count is not said."""
    signing.commit_with_ssh()
    packed = Packed.of(signing)
    code, told = packed.opened(tmp_path)
    assert (0, [], {"asked": 0, "good": [], "faults": []}) == (code, told["faults"], told["signatures"])
    assert "The rules of no time asked for signatures" in packed.page
    assert "<th>Signature</th><td>the rules before the commit ask for none</td>" in packed.page


def test_a_good_signature_is_told_with_its_signer(signing: Signing, tmp_path: Path) -> None:
    """By the line of allowed signers and the key, as ssh-keygen shows it; the records' commit is not asked."""
    signing.require()
    signing.commit_with_ssh()
    packed = Packed.of(signing)
    by = f"ada@example.org, key {fingerprint(signing.key)}"
    code, told = packed.opened(tmp_path)
    assert (0, [], []) == (code, told["faults"], told["findings"])
    assert {"asked": 1, "good": [{"by": by, "commits": 1}], "faults": []} == told["signatures"]
    assert f"<th>Signature</th><td>good, by {by}</td>" in packed.page


def test_a_certified_key_is_told_with_the_names_of_its_certificate(signing: Signing, tmp_path: Path) -> None:
    """Not with the patterns of its authority."""
    authority, public = new_key(tmp_path / "ca"), signing.key.with_suffix(".pub")
    line = f"*@example.org cert-authority {public_text(authority.with_suffix('.pub'))}\n"
    signing.registry.commit({SETTINGS: REQUIRED, SIGNERS_PATH: line})
    signing.commit_with_ssh(certify(authority, public, "-n", "ada@example.org", "-V", "20200101Z:20400101Z"))
    told = json.loads(Packed.of(signing).files["bundle.json"])["signatures"]
    assert [f"ada@example.org, certified key {fingerprint(signing.key)}"] == [entry["by"] for entry in told["good"]]


@pytest.mark.parametrize("kind", ["absent", "of somebody else", "moved"])
def test_a_signature_that_does_not_count_is_a_finding(signing: Signing, tmp_path: Path, kind: str) -> None:
    """Of the commit of the decision: with commit, author and reason, wherever the bundle is opened, and on its page."""
    signing.require()
    if kind == "absent":
        commit, reason = signing.commit("--no-gpg-sign"), UNSIGNED
    elif kind == "of somebody else":
        commit = signing.commit_with_ssh(new_key(tmp_path / "eve"))
        reason = "its signature is of a key that the rules of that time do not name"
    else:
        raw = signing.raw(signing.commit_with_ssh()).replace(b"\n\nmove", b"\n\nstay")
        commit, reason = str(signing.registry.builder.odb.write(1, raw)), "its signature does not fit the commit"
        signing.registry.builder.git("update-ref", "refs/heads/main", commit)
    packed = Packed.of(signing)
    code, told = packed.opened(tmp_path)
    assert (1, []) == (code, told["faults"])
    expected = [(commit, "Ada <ada@example.org>", reason)]
    for found in (told["findings"], told["signatures"]["faults"]):
        assert expected == [(item["commit"], item["author"], item["message"]) for item in found]
    assert f'<p class="bad">UNVERIFIED: commit {commit[:10]}: {reason}</p>' in packed.page
    assert f"<th>Signature</th><td>{reason}</td>" in packed.page


@pytest.mark.parametrize(
    ("path", "is_finding"), [("models/lending/cards/model.yaml", False), ("policies/roles.yaml", True)]
)
def test_an_unsigned_commit_elsewhere_is_told_and_one_of_the_rules_is_a_finding(
    signing: Signing, tmp_path: Path, path: str, is_finding: bool
) -> None:
    """What another model got is not what the bundle proves; whoever changed the rules decided with them."""
    signing.require()
    content = f"{rule_files()[path]}\n" if is_finding else model_yaml().replace("lending/mortgage", "lending/cards")
    commit = signing.registry.commit({path: content})
    signing.commit_with_ssh()
    code, told = Packed.of(signing).opened(tmp_path)
    assert ([commit], []) == ([item["commit"] for item in told["signatures"]["faults"]], told["faults"])
    assert (int(is_finding), [commit] * is_finding) == (code, [item["commit"] for item in told["findings"]])


def test_a_verdict_that_was_written_into_a_bundle_is_found(signing: Signing) -> None:
    """In bundle.json and on the page: it is made again, not read."""
    signing.require()
    signing.commit("--no-gpg-sign")
    files = Packed.of(signing).files
    contents = json.loads(files["bundle.json"])
    contents["findings"], contents["signatures"] = [], {"asked": 1, "good": [{"by": "ada", "commits": 1}], "faults": []}
    forged = {
        **files,
        "bundle.json": (json.dumps(contents, ensure_ascii=False, indent=1) + "\n").encode(),
        "index.html": files["index.html"].replace(UNSIGNED.encode(), b"good, by ada"),
    }
    faults = open_bundle(zip_files(forged), path="bundle.zip")[1]
    assert {
        "bundle.json: the file is not what the objects prove",
        "index.html: the page is not what the objects prove",
    } == set(faults)


def test_another_key_in_the_bundle_proves_nothing(signing: Signing, tmp_path: Path) -> None:
    """Eve's key in the file of allowed signers has another id, which no tree names."""
    eve = new_key(tmp_path / "eve")
    signing.require()
    signing.commit_with_ssh(eve)
    files = Packed.of(signing).files
    ours, theirs = signing.public_key.encode(), public_text(eve.with_suffix(".pub")).encode()
    name = next(name for name, body in files.items() if name.startswith("objects/") and ours in body)
    body = files.pop(name).replace(ours, theirs)
    files["objects/" + hashlib.sha1(body, usedforsecurity=False).hexdigest()] = body
    assert any("does not prove" in fault for fault in open_bundle(zip_files(files), path="bundle.zip")[1])


@pytest.fixture
def gnupg() -> Iterator[Path]:
    """Yield a home of GnuPG's."""
    with gnupg_home() as home:
        yield home


def test_openpgp_is_told_with_the_fingerprint_and_without_gpg_there_is_no_verdict(
    signing: Signing, gnupg: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever has no gpg learns that, and not that the bundle was altered: exit 3."""
    made = make_key(gnupg, "Maria <maria@example.org>")
    signing.registry.commit({SETTINGS: REQUIRED, OPENPGP_PATH: gpg(gnupg, "--armor", "--export", "maria@example.org")})
    signing.commit("-c", "user.signingkey=maria@example.org", "-S", environment={"GNUPGHOME": str(gnupg)})
    packed = Packed.of(signing)
    code, told = packed.opened(tmp_path)
    assert (0, [{"by": f"OpenPGP key {made}", "commits": 1}]) == (code, told["signatures"]["good"])
    tools = tmp_path / "tools"
    tools.mkdir()
    (tools / "git").symlink_to(shutil.which("git") or "")
    with monkeypatch.context() as patch:
        patch.setenv("PATH", str(tools))
        with pytest.raises(GpgError, match="gpg is not installed") as caught:
            open_bundle(packed.content, path="bundle.zip")
    assert 3 == caught.value.exit_code
