"""Hostile proposals whose form is valid: what they point at, what they take away, and what they say to readers."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from promoter.digest import sha256_bytes
from tests.hostile.driving import VERSION as FOLDER_OF_VERSION
from tests.hostile.driving import Answer, Build, check, files, with_lines
from tests.hostile.trees import LFS, MISSING
from tests.support.registry import FOLDER, policy_yaml, registry_files, rule_files, version_files

Check = Callable[..., Answer]
OWN_ARTIFACT = policy_yaml("artifact", "artifact_integrity", "{formats: [safetensors]}", category="integrity")
STORES = "schema: promoter.registry/1\ntitle: Test\nstores: [{id: store, scheme: https, host: good.example}]\n"
HELD = {
    **{path: text for path, text in registry_files(production="1.0.0").items() if not path.startswith("policies/")},
    **rule_files({"catalog/integrity/artifact.yaml": OWN_ARTIFACT}),
    "policies/registry.yaml": STORES,
}
PICKLE = b"\x80\x04\x8c\x05posix\x8c\x06system\x93\x8c\x02id\x85R."
MENTION = "@org/everyone closes #1 ![x](http://beacon.example/x.png)</details><img src=x>|`@org/everyone`"
LIVE = re.compile(r"@org|(?<!\\)\]\(|<img|closes #1\b|(?<!\\)\|`|http://")
"""What GitHub would act on: a mention, a link or image, a tag, a reference, the end of a table's cell."""


@pytest.fixture
def ask(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Check:
    """Return a function: proposal (and base, form) -> answer of `promoter check`."""
    return lambda build, **how: check(tmp_path, build, monkeypatch=monkeypatch, capsys=capsys, **how)


def result_of(answer: Answer) -> tuple[str, str]:
    """Return the outcome of the only policy on the only change, and all that it says of it."""
    assert answer.decision is not None
    [change] = answer.decision["changes"]
    [result] = change["results"]
    said = [f"{f['location']['path']}:{f['location']['line']}: {f['message']}; {f['hint']}" for f in result["findings"]]
    return result["outcome"], "\n".join([result["reason"] or "", *said])


def artifact_of(content: bytes, digest: str | None = None, uri: str = "model.safetensors") -> Build:
    """Return the proposal of a version with this artifact, pinned as it is unless a digest says otherwise."""
    pinned = digest or sha256_bytes(content)
    line = f"{{uri: '{uri}', format: safetensors, digest: '{pinned}', size_bytes: {len(content)}}}"
    proposed = version_files("3.0.0", artifact=line)
    proposed.pop(f"{FOLDER_OF_VERSION}/model.safetensors")
    return files(proposed if "://" in uri else {**proposed, f"{FOLDER_OF_VERSION}/{uri}": content})


def test_row_24_a_missing_object_is_no_verdict(ask: Check) -> None:
    """A name whose object is nowhere ends with exit code 3, the path, and what may be the cause."""
    answer = ask(MISSING)
    assert 3 == answer.code
    assert f"error: {FOLDER}/withdrawn.yaml" in answer.errors
    assert "Traceback" not in answer.errors


def test_row_27_a_deleted_pointer_is_a_retirement(ask: Check) -> None:
    """Removing what production serves is a change of its own, with the version that goes."""
    answer = ask(files({f"{FOLDER}/stages/production.yaml": None}))
    assert answer.decision is not None
    [change] = answer.decision["changes"]
    assert ("retirement", "1.0.0", "production") == (change["kind"], change["version"], change["stage"])


def test_row_30_an_lfs_pointer_in_place_of_evidence_is_not_measured(ask: Check) -> None:
    """The digest is of the file, the pointer has another: the policy errs at the line of the evidence."""
    answer = ask(files({**version_files("3.0.0"), f"{FOLDER_OF_VERSION}/evidence/predictions.csv": LFS}))
    outcome, said = result_of(answer)
    assert (3, "errored") == (answer.code, outcome)
    assert f"{FOLDER_OF_VERSION}/manifest.yaml:10" in said
    assert "recompute it with `sha256sum predictions.csv`" in said


def test_row_43_the_digest_of_another_file_does_not_pass(ask: Check) -> None:
    """The artifact's bytes are hashed; what the manifest says is only held against it."""
    answer = ask(artifact_of(b"\x00" * 40, digest="sha256:" + "a" * 64), base=HELD)
    outcome, said = result_of(answer)
    assert outcome in ("failed", "errored")
    assert answer.code in (1, 3)
    assert f"{FOLDER_OF_VERSION}/manifest.yaml:5" in said
    assert "sha256sum" in said


@pytest.mark.parametrize(
    ("uri", "message"),
    [
        ("file:///etc/passwd", "no store of the registry has the scheme 'file'"),
        ("s3://other-bucket/model.safetensors", "no store of the registry has the scheme 's3'"),
        ("git+ssh://host.example/x", "no store of the registry has the scheme 'git+ssh'"),
        ("https://good.example@evil.example/x", "the URI names a user before its host"),
        ("https://g\u043eod.example/x", "the host is an international name"),
        ("https://good.example./x", "the host ends with a dot"),
        ("https://good.example/a/../../x", "the path is empty or has an empty, `.` or `..` segment"),
        ("https://evil.example/x", "use https://good.example/, or ask the registry's owners"),
        ("https://169.254.169.254/latest/meta-data", "the host is an address, not a name"),
        ("https://0x7f.1/x", "the host is an address, not a name"),
    ],
)
def test_row_44_a_uri_outside_of_the_stores_is_never_opened(ask: Check, uri: str, message: str) -> None:
    """No store of the registry allows it, so the version is refused unread; the place is the URI's line."""
    answer = ask(artifact_of(b"\x00" * 40, uri=uri), base=HELD)
    assert 2 == answer.code
    assert answer.decision is not None
    [problem] = answer.decision["problems"]
    assert (f"{FOLDER_OF_VERSION}/manifest.yaml", 5) == (problem["location"]["path"], problem["location"]["line"])
    assert message in f"{problem['message']}; {problem['hint']}"


def test_row_50_a_pickle_under_another_name_does_not_pass(ask: Check) -> None:
    """The format is read off the bytes, whatever name and manifest say; nothing is loaded."""
    answer = ask(artifact_of(PICKLE), base=HELD)
    outcome, said = result_of(answer)
    assert "passed" != outcome
    assert 0 != answer.code
    assert f"{FOLDER_OF_VERSION}/manifest.yaml:5" in said


def test_row_62_text_of_a_proposal_mentions_nobody_and_loads_nothing(ask: Check) -> None:
    """In the comment there is no mention, no issue, no image, no tag and no second row of a table."""
    dataset = f"[{{id: holdout, role: evaluation, uri: '{MENTION}', version: '1', personal_data: false}}]"
    answer = ask(with_lines(datasets=dataset, summary=f"'{MENTION}'"), form="--markdown")
    assert [] == LIVE.findall(answer.printed)


def test_row_62_text_of_a_refused_value_is_shown_inert(ask: Check) -> None:
    """An offending value that is repeated in a problem's message is escaped as well."""
    answer = ask(with_lines(model=f"'{MENTION}'"), form="--markdown")
    assert 2 == answer.code
    assert [] == LIVE.findall(answer.printed)
