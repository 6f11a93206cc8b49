"""Records and files that whoever can push made to mislead: each ends in a finding, and none in silence or a crash."""

import json
from pathlib import Path

import pytest

from promoter.commands.gather import sources_of
from promoter.commands.rules_of_base import rules_of
from promoter.commands.unbundle import open_bundle
from promoter.decision.contents import Content
from promoter.errors import Location
from promoter.git.repository import open_repository
from promoter.git.snapshot import Snapshot
from promoter.history.record import encode_record
from tests.commands.recorded import PRODUCTION, VERSIONS, Registry
from tests.support.registry import FOLDER, stage_files, version_files

LAST = f"{PRODUCTION}/0002-2.0.0.json"
REGISTERED = f"{VERSIONS}/0002-2.0.0.json"
MANIFEST = f"{FOLDER}/versions/2.0.0/manifest.yaml"
OTHER_ENGINE = {"version": "9.9.9", "digest": f"sha256:{'0' * 64}"}
DEEP = b"[" * 5_000 + b"]" * 5_000


@pytest.fixture
def registry(tmp_path: Path) -> Registry:
    """Return a registry whose four changes are recorded."""
    registry = Registry.create(tmp_path / "registry")
    registry.run("record", "--commit")
    registry.check_out()
    return registry


def broken_results(content: bytes) -> bytes:
    """Return a record of another engine, the lines of whose results are no JSON."""
    record = json.loads(content)
    record["decision"]["engine"] = OTHER_ENGINE
    return encode_record(record).replace(b'\n{"policy": "', b'\n{"policy": : "')


def deep_answers(content: bytes) -> bytes:
    """Return a record whose answers are nested deeper than any parser goes."""
    head, mark, rest = content.partition(b'\n"sha256:')
    name, _, end = rest.partition(b'": ')
    return head + mark + name + b'": ' + DEEP + b"\n" + end.partition(b"\n")[2]


@pytest.mark.parametrize("forge", [broken_results, deep_answers])
def test_lines_that_are_left_out_of_what_is_read_end_no_audit(registry: Registry, forge) -> None:
    """What else went around the gate is named beside it."""
    content = registry.records()[LAST]
    forged = forge(content)
    assert forged != content
    registry.commit({LAST: forged})
    commit = registry.commit(stage_files(staging="2.0.0"))
    found = json.loads(registry.run("audit", "verify", "--json").stdout)["findings"]
    assert commit in {item["commit"] for item in found}
    assert any(LAST in item["subject"] + item["message"] for item in found)


@pytest.mark.parametrize("forge", [broken_results, deep_answers])
def test_a_period_is_packed_though_a_record_in_it_is_broken(registry: Registry, forge, tmp_path: Path) -> None:
    """The change that it stood for has none."""
    registry.commit({LAST: forge(registry.records()[LAST])})
    out = tmp_path / "evidence.zip"
    done = registry.run("audit", "pack", "--since", "2000-01-01", "--out", str(out))
    assert (1, True) == (done.exit_code, out.is_file())
    assert ([], True) == (list(open_bundle(out.read_bytes(), path=str(out))[1]), LAST.encode() not in out.read_bytes())


def test_a_manifest_that_nobody_can_read_hides_no_decision_about_it(registry: Registry, tmp_path: Path) -> None:
    """Who breaks a version past the gate keeps nobody from the evidence of how it came in."""
    registry.commit({MANIFEST: "schema: [\n"})
    out = tmp_path / "evidence.zip"
    assert 0 == registry.run("audit", "pack", LAST, "--out", str(out)).exit_code
    assert MANIFEST.encode() in out.read_bytes()


def test_a_record_that_claims_what_came_after_other_records_registers_nothing(registry: Registry) -> None:
    """A rebase lands at once: a record stretched over a later alteration would pass it off as what was merged."""
    record = json.loads(registry.records()[REGISTERED])
    bad = registry.commit(dict(version_files("2.0.0", shift=0.9)))
    claimed = {"pull_request": 2, "rebased": [record["commit"], bad]}
    record["people"] = {"schema": "promoter.people/1", "merged": claimed}
    registry.commit({REGISTERED: encode_record(record)})
    assert 1 == registry.run("resolve", "lending/mortgage#production").exit_code


def test_a_document_is_read_by_the_id_that_pins_it(registry: Registry) -> None:
    """The champion's text as it was registered is what a candidate's is held against, not what was pushed over it."""
    path = f"{FOLDER}/versions/2.0.0/model_card.md"
    registry.commit({path: "as registered"})
    key = f"git:{registry.builder.git('rev-parse', f'main:{path}')}"
    tip = registry.commit({path: "as pushed over it"})
    repository = open_repository(registry.builder.path)
    tree = Snapshot(repository, repository.commit(tip).tree_id)
    content = Content(key=key, path=path, uri=None, digest=None, size_bytes=None, location=Location(path))
    sources = sources_of((content,), (tree, tree), rules_of(tree).settings, cache=registry.builder.path)
    assert b"as registered" == sources[key]()
