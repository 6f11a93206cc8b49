import hashlib
import io
import json
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st

from promoter.cli import promoter
from promoter.commands.bundle import zip_files
from promoter.commands.unbundle import open_bundle
from promoter.errors import ProposalError
from promoter.history.record import encode_record
from tests.commands.recorded import PRODUCTION, VERSIONS, Registry
from tests.support.registry import FOLDER, stage_files, version_files

LAST = f"{PRODUCTION}/0002-2.0.0.json"


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Registry:
    """Return a registry whose four changes are recorded."""
    return Registry.create_recorded(tmp_path_factory.mktemp("bundle") / "registry")


def pack(registry: Registry, *arguments: str) -> bytes:
    """Return the bundle that `audit pack` writes."""
    out = registry.builder.path.parent / "bundle.zip"
    result = registry.run("audit", "pack", *arguments, "--out", str(out))
    assert result.exit_code in (0, 1), result.output
    return out.read_bytes()


@pytest.fixture(scope="module")
def bundle(registry: Registry) -> bytes:
    """Return the bundle of the last promotion."""
    return pack(registry, LAST)


def run_open(path: Path, content: bytes) -> Result:
    """Run `audit open` on a file, far from any registry."""
    path.write_bytes(content)
    return CliRunner().invoke(promoter, ["audit", "open", str(path), "--json"])


def files_of(content: bytes) -> dict[str, bytes]:
    """Return the files of a zip."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def faults_of(content: bytes) -> tuple[str, ...]:
    """Return what `audit open` holds against a bundle; one that is none at all is one fault."""
    try:
        return open_bundle(content, path="bundle.zip")[1]
    except ProposalError as error:
        return tuple(str(problem) for problem in error.problems)


def test_a_bundle_is_proven_by_itself_alone(tmp_path: Path, bundle: bytes) -> None:
    """No registry, no network: the record is judged again from the objects in the bundle."""
    result = run_open(tmp_path / "evidence.zip", bundle)
    found = json.loads(result.stdout)
    assert (0, [], [], [LAST]) == (
        result.exit_code,
        found["faults"],
        found["findings"],
        [record["path"] for record in found["records"]],
    )


def test_a_bundle_holds_what_an_auditor_asks_for(bundle: bytes) -> None:
    """Record, rules of that day, manifests of both versions, pointer; and nothing of the evidence itself."""
    paths = {name.split("/", 2)[2] for name in files_of(bundle) if name.startswith("files/")}
    assert {
        LAST,
        "policies/catalog/performance/auc.yaml",
        "policies/pipeline.yaml",
        "policies/registry.yaml",
        "policies/roles.yaml",
        f"{FOLDER}/model.yaml",
        f"{FOLDER}/stages/production.yaml",
        f"{FOLDER}/versions/1.0.0/manifest.yaml",
        f"{FOLDER}/versions/2.0.0/manifest.yaml",
    } == paths


def test_the_same_decision_gives_the_same_bytes(registry: Registry, bundle: bytes) -> None:
    """No clock, no user, no order of reading is in it."""
    assert bundle == pack(registry, LAST)


def test_a_period_holds_its_decisions(registry: Registry) -> None:
    """All four, or none: then it says so."""
    contents = json.loads(files_of(pack(registry, "--since", "2023-11-14", "--until", "2024-01-01"))["bundle.json"])
    expected = [f"{PRODUCTION}/0001-1.0.0.json", LAST, f"{VERSIONS}/0001-1.0.0.json", f"{VERSIONS}/0002-2.0.0.json"]
    assert expected == [record["path"] for record in contents["records"]]
    with pytest.raises(ProposalError, match="no decision was recorded then"):
        pack(registry, "--since", "2025-01-01")


@pytest.mark.parametrize("arguments", [[LAST], ["--since", "2023-11-14"]])
def test_a_bundle_carries_every_commit_of_the_line(registry: Registry, arguments: list[str]) -> None:
    """From the tip to the first, of a decision and of a period; without any one of them it proves nothing."""
    files = files_of(pack(registry, *arguments))
    line = registry.builder.git("rev-list", "--first-parent", "main").splitlines()
    assert {f"objects/{commit}" for commit in line} <= files.keys()
    for commit in line:
        rest = {name: body for name, body in files.items() if name != f"objects/{commit}"}
        assert any("does not prove" in fault for fault in faults_of(zip_files(rest)))


@pytest.mark.parametrize("path", ["x", "policies/roles.yaml", f"{PRODUCTION}/0009-9.0.0.json", f"{PRODUCTION}/x"])
def test_a_path_that_is_no_record_is_unusable_input(registry: Registry, path: str) -> None:
    """Whatever it is instead."""
    with pytest.raises(ProposalError):
        pack(registry, path)


@pytest.mark.parametrize("arguments", [[], [LAST, "--since", "2023-01-01"]])
def test_a_decision_or_a_period_is_asked_for(registry: Registry, arguments: list[str]) -> None:
    """Neither and both are a mistake."""
    with pytest.raises(ProposalError, match="name a decision or a period"):
        pack(registry, *arguments)


def test_every_file_is_held_against_the_objects(bundle: bytes) -> None:
    """Whatever file has another byte, is gone or is one too many: it is found."""
    files = files_of(bundle)
    for name, body in files.items():
        assert faults_of(zip_files({**files, name: body[:-1] + bytes([body[-1] ^ 1])})), name
        assert faults_of(zip_files({other: text for other, text in files.items() if other != name})), name
    assert ("files/note.txt belongs to nothing here",) == faults_of(zip_files({**files, "files/note.txt": b"x"}))


@settings(max_examples=60)
@given(data=st.data())
def test_any_flipped_bit_is_found(bundle: bytes, data: st.DataObject) -> None:
    """In files, in the zip's own headers, anywhere."""
    position = data.draw(st.integers(0, len(bundle) - 1))
    flipped = bundle[position] ^ (1 << data.draw(st.integers(0, 7)))
    assert faults_of(bundle[:position] + bytes([flipped]) + bundle[position + 1 :])


def test_an_object_forged_with_its_name_breaks_the_tree_above_it(bundle: bytes) -> None:
    """A better record under its own right id: no tree names it."""
    files = files_of(bundle)
    name = next(name for name, body in files.items() if name.startswith("objects/") and b'"promoter.record/1"' in body)
    body = files.pop(name).replace(b'"passed"', b'"failed"')
    files["objects/" + hashlib.sha1(body, usedforsecurity=False).hexdigest()] = body
    assert any("does not prove" in fault for fault in faults_of(zip_files(files)))


def test_what_went_around_the_gate_is_packed_with_its_finding(tmp_path: Path) -> None:
    """A record that was rewritten is shown for what it is, and both commands say 1."""
    registry = Registry.create_recorded(tmp_path / "registry")
    registry.commit({LAST: registry.records()[LAST].replace(b'"merger": "Ada', b'"merger": "Eve')})
    content = pack(registry, LAST)
    result = run_open(tmp_path / "evidence.zip", content)
    found = json.loads(result.stdout)
    assert (1, []) == (result.exit_code, found["faults"])
    assert "comes out differently" in found["findings"][0]["message"]
    assert b"UNVERIFIED" in files_of(content)["index.html"]


def test_a_record_that_was_changed_is_told_by_the_one_after_it(tmp_path: Path) -> None:
    """Though nobody asks for that one, and another engine would have worded it like that."""
    registry = Registry.create_recorded(tmp_path / "registry")
    first = f"{PRODUCTION}/0001-1.0.0.json"
    record = json.loads(registry.records()[first])
    record["decision"]["engine"]["digest"] = "sha256:" + "0" * 64
    record["decision"]["changes"][0]["results"][0]["findings"] = []
    registry.commit({first: encode_record(record)})
    findings = json.loads(files_of(pack(registry, first))["bundle.json"])["findings"]
    assert ["the record after it names another digest"] == [item["message"].partition(":")[0] for item in findings]


def test_a_period_holds_what_has_no_record(tmp_path: Path) -> None:
    """What went around the gate in it is a finding that the bundle proves; a record that was broken is none."""
    registry = Registry.create_recorded(tmp_path / "registry")
    registry.commit(stage_files(production="1.0.0"))
    registry.commit(dict(version_files("3.0.0")))
    registry.commit({LAST: b"{}"})
    content = pack(registry, "--since", "2023-11-14")
    result = run_open(tmp_path / "evidence.zip", content)
    found = json.loads(result.stdout)
    assert (1, [], 3) == (result.exit_code, found["faults"], len(found["records"]))
    assert [
        "promotion lending/mortgage#production 2.0.0",
        "registration lending/mortgage@3.0.0",
        "rollback lending/mortgage#production 1.0.0",
    ] == sorted(finding["subject"] for finding in found["findings"])
    contents = json.loads(files_of(content)["bundle.json"])
    contents["unrecorded"][0]["version"] = "9.0.0"
    forged = files_of(content) | {"bundle.json": json.dumps(contents).encode()}
    assert any("no change of the history" in fault for fault in faults_of(zip_files(forged)))


def test_foreign_text_is_escaped_on_the_page(tmp_path: Path) -> None:
    """A commit's author may be called anything."""
    registry = Registry.create(tmp_path / "registry")
    registry.builder.git("config", "user.name", "x")
    script = "<script>alert(1)</script>"
    pointer = stage_files(staging="2.0.0")
    registry.commit(pointer)
    tree = registry.builder.git("rev-parse", "main^{tree}")
    parent = registry.builder.git("rev-parse", "main~1")
    text = f"tree {tree}\nparent {parent}\nauthor {script} <e@x> 1700009999 +0000\n"
    raw = (text + "committer Ada <ada@example.org> 1700009999 +0000\n\nmove\n").encode()
    commit = str(registry.builder.odb.write(1, raw))
    registry.builder.git("update-ref", "refs/heads/main", commit)
    registry.check_out()
    registry.run("record", "--commit")
    content = pack(registry, "reports/decisions/lending/mortgage/staging/0001-2.0.0.json")
    page = files_of(content)["index.html"]
    assert b"&lt;script&gt;" in page
    assert b"<script" not in page


@pytest.mark.parametrize("content", [b"", b"PK", b"x" * 100, zip_files({}), zip_files({"bundle.json": b"[]"})])
def test_what_is_no_bundle_is_unusable_input(content: bytes) -> None:
    """One line that says what to do."""
    with pytest.raises(ProposalError, match="ask for the bundle again"):
        open_bundle(content, path="bundle.zip")


@pytest.mark.parametrize(
    "changed", [{"findings": None}, {"records": [{"path": "\ud800"}]}, {"engine": {"version": "\ud800", "digest": ""}}]
)
def test_contents_of_another_form_are_refused(bundle: bytes, changed: dict) -> None:
    """Half of a surrogate pair is no text, and a bundle without a list of findings is none."""
    files = files_of(bundle)
    files["bundle.json"] = json.dumps(json.loads(files["bundle.json"]) | changed).encode()
    with pytest.raises(ProposalError, match=r"holds no bundle\.json"):
        open_bundle(zip_files(files), path="bundle.zip")


def test_a_compressed_file_is_refused_unread() -> None:
    """A bundle cannot grow in memory beyond what it is on disk."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bundle.json", b"0" * 10_000_000)
    with pytest.raises(ProposalError, match="compressed"):
        open_bundle(target.getvalue(), path="bundle.zip")
