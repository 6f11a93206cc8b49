import json
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from promoter.commands import verifying
from promoter.errors import ProposalError
from promoter.history.record import encode_record
from tests.commands.recorded import PRODUCTION, VERSIONS, Registry
from tests.support.registry import FOLDER, stage_files
from tests.support.repositories import RepositoryBuilder

FIRST, LAST = f"{PRODUCTION}/0001-1.0.0.json", f"{PRODUCTION}/0002-2.0.0.json"


@pytest.fixture
def registry(tmp_path: Path) -> Registry:
    """Return a registry whose four changes are recorded."""
    return Registry.create_recorded(tmp_path / "registry")


def findings(registry: Registry, *arguments: str) -> list[dict]:
    """Return what the audit finds; its exit code says whether that is anything."""
    result = registry.run("audit", "verify", "--json", *arguments)
    found = json.loads(result.stdout)["findings"]
    assert (1 if found else 0) == result.exit_code
    return found


@pytest.mark.parametrize("arguments", [[], ["--remeasure"], ["--since", "main~2"]])
def test_a_history_that_kept_to_the_gate_has_no_findings(registry: Registry, arguments: list[str]) -> None:
    """Judged again from the stored numbers, and from the evidence, every record is the same byte by byte."""
    assert [] == findings(registry, *arguments)


def test_processes_find_what_one_finds(registry: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    """A long history is shared out by folder; findings stay in their order."""
    registry.commit({FIRST: altered(registry, FIRST, merger="Eve <eve@example.org>")})
    alone = findings(registry)
    monkeypatch.setattr(verifying, "_WORTH_PROCESSES", 1)
    assert alone == findings(registry)
    assert 3 == len(alone)


def test_a_change_without_a_record_names_commit_author_and_reason(registry: Registry) -> None:
    """What went around the gate is UNVERIFIED."""
    commit = registry.commit(stage_files(production="1.0.0"))
    (found,) = findings(registry)
    assert (commit, "Ada <ada@example.org>", True) == (found["commit"], found["author"], found["unverified"])
    assert "rollback lending/mortgage#production 1.0.0" == found["subject"]
    assert "UNVERIFIED rollback" in registry.run("audit", "verify").stdout
    assert [] == findings(registry, "--since", "main")


@pytest.mark.parametrize(
    ("keys", "value"),
    [
        (("decision", "changes", 0), [1]),
        (("decision", "bound_to"), None),
        (("decision", "engine"), "\ud800"),
        (("decision", "changes", 0, "results"), 7),
        (("decision", "changes", 0, "approvals"), True),
        (("decision", "changes", 0, "measurements"), {"sha256:0": None}),
        (("previous",), float("nan")),
        (("waivers",), 0),
        (("stage",), "\ud800"),
    ],
    ids=lambda value: ".".join(map(str, value)) if isinstance(value, tuple) else "",
)
def test_a_record_of_any_shape_is_a_finding_beside_the_others(registry: Registry, keys: tuple, value: object) -> None:
    """Whoever can push a record can end no audit by it: what else went around the gate is still named, and packed."""
    record = json.loads(registry.records()[LAST])
    below = record
    for key in keys[:-1]:
        below = below[key]
    below[keys[-1]] = value
    registry.commit({LAST: json.dumps(record)})
    commit = registry.commit(stage_files(staging="2.0.0"))
    found = findings(registry)
    assert commit in {item["commit"] for item in found}
    assert any(LAST in item["subject"] + item["message"] for item in found)


@pytest.mark.parametrize("changed", [{"bound_to": None}, {"changes": []}, {"changes": [{"results": 7}]}])
def test_a_record_of_any_shape_is_packed_as_a_finding(registry: Registry, changed: dict) -> None:
    """The page names what it cannot show."""
    record = json.loads(registry.records()[LAST])
    registry.commit({LAST: json.dumps(record | {"decision": record["decision"] | changed})})
    assert 1 == registry.run("audit", "pack", LAST, "--out", str(registry.builder.path / "b.zip")).exit_code


def altered(registry: Registry, path: str, **changed: object) -> bytes:
    """Return a record with some of its keys changed."""
    return encode_record(json.loads(registry.records()[path]) | changed)


def test_a_record_that_was_rewritten_is_found_in_every_way(registry: Registry) -> None:
    """The chain breaks, and the commit that rewrote it is named."""
    commit = registry.commit({FIRST: altered(registry, FIRST, merger="Eve <eve@example.org>")})
    found = findings(registry)
    made_again = "promotion lending/mortgage#production 1.0.0"
    assert [LAST, made_again, FIRST] == [item["subject"] for item in found]
    assert commit == found[2]["commit"]


@pytest.mark.parametrize(("path", "expected"), [(FIRST, "it should have number 1"), (LAST, "went around the gate")])
def test_a_record_that_was_removed_is_found(registry: Registry, path: str, expected: str) -> None:
    """First or last: the change has no record, and the commit that removed it is named."""
    registry.commit({path: None})
    messages = [item["message"] for item in findings(registry)]
    assert any(expected in message for message in messages)
    assert any("changed or removed" in message for message in messages)


def test_numbers_that_were_improved_come_out_differently(registry: Registry) -> None:
    """A better value in the stored measurements does not fit the stored findings."""
    record = json.loads(registry.records()[LAST])
    for entry in record["decision"]["changes"][0]["measurements"].values():
        for value in entry["measured"]["values"]:
            value["value"] = value["value"] and value["value"] * 0.9
    registry.commit({LAST: encode_record(record)})
    assert any("comes out differently" in item["message"] for item in findings(registry))


def test_numbers_and_findings_improved_together_do_not_survive_the_evidence(registry: Registry) -> None:
    """What is consistent in itself is held against the evidence with --remeasure."""
    record = json.loads(registry.records()[LAST])
    text = encode_record(record).decode().replace('"level": 0.95', '"level": 0.9')
    registry.commit({LAST: text})
    assert any("from its evidence" in item["message"] for item in findings(registry, "--remeasure"))


@pytest.mark.parametrize("content", [b"", b"[]", b"{", b'{"schema": "promoter.record/1", "decision": 1}'])
def test_bytes_that_are_no_record_are_a_finding_not_a_crash(registry: Registry, content: bytes) -> None:
    """The change counts as unrecorded."""
    registry.commit({LAST: content})
    found = findings(registry)
    assert LAST in [item["subject"] for item in found]
    assert any(item["unverified"] for item in found)


def test_a_forged_record_of_a_change_that_never_was_is_found(registry: Registry) -> None:
    """Its commit is not on the line."""
    path = f"{PRODUCTION}/0003-1.0.0.json"
    registry.commit({path: altered(registry, FIRST, sequence=3, commit="a" * 40)})
    assert path in [item["subject"] for item in findings(registry)]


def test_a_merged_version_that_was_changed_is_found(registry: Registry) -> None:
    """Evidence is for good."""
    registry.commit({f"{FOLDER}/versions/1.0.0/model.safetensors": b"other"})
    messages = [item["message"] for item in findings(registry)]
    assert any("a merged version was changed" in message for message in messages)


def test_history_rewritten_since_the_last_sound_audit_is_found(registry: Registry) -> None:
    """The head that was verified is no longer on the branch."""
    assert [] == findings(registry)
    registry.builder.git("reset", "--hard", "-q", "main~1")
    assert any("history was rewritten" in item["message"] for item in findings(registry))


def test_registrations_have_their_records_too(registry: Registry) -> None:
    """They belong to no stage and lie in versions/."""
    registry.commit({f"{VERSIONS}/0002-2.0.0.json": None})
    assert any(item["subject"] == "registration lending/mortgage@2.0.0" for item in findings(registry))


def leaves(value: object, path: tuple = ()) -> Iterator[tuple]:
    """Yield the path of every scalar of a JSON value."""
    if isinstance(value, dict | list):
        for key, below in value.items() if isinstance(value, dict) else enumerate(value):
            yield from leaves(below, (*path, key))
    else:
        yield path


@settings(max_examples=12)
@given(data=st.data())
def test_every_forged_leaf_of_a_record_is_found(data: st.DataObject) -> None:
    """Forged in the recorder's own commit, last of its chain: nothing but making it again can tell.

    A number that no finding rests on takes --remeasure.
    """
    with TemporaryDirectory() as folder:
        registry = Registry.create(Path(folder) / "registry")
        registry.run("record")
        path = Path(folder) / "registry" / LAST
        record = json.loads(path.read_text())
        leaf = data.draw(st.sampled_from([leaf for leaf in leaves(record) if "engine" not in leaf]))
        *keys, last = leaf
        holder = record
        for key in keys:
            holder = holder[key]
        holder[last] = data.draw(st.sampled_from([None, 0, "forged", True, 0.5]).filter(lambda x: x != holder[last]))
        forged = {
            str(file.relative_to(registry.builder.path)): file.read_bytes() for file in path.parents[3].rglob("*.json")
        }
        registry.commit({**forged, LAST: encode_record(record)})
        assert findings(registry, *(["--remeasure"] if "measurements" in leaf else []))


@settings(max_examples=10)
@given(
    moves=st.lists(st.sampled_from(["1.0.0", "2.0.0", None]), max_size=5),
    merges=st.booleans(),
    data=st.data(),
)
def test_every_record_that_is_missing_is_named(moves: list[str | None], merges: bool, data: st.DataObject) -> None:
    """Whatever the pointer did, the changes without a record are UNVERIFIED, each once, and no other is."""
    with TemporaryDirectory() as folder:
        registry = Registry.create(Path(folder) / "registry")
        for version in moves:
            pointer = {f"{FOLDER}/stages/production.yaml": f'version: "{version}"\n' if version else None}
            tip = registry.builder.git("rev-parse", "main")
            if version or f"{FOLDER}/stages/production.yaml" in registry.builder.files(tip):
                head = registry.builder.commit(pointer, branch="pr", onto=[tip])
                registry.builder.commit(pointer, onto=[tip, head] if merges else [tip])
        registry.check_out()
        written = registry.run("record").stdout.split()
        root = Path(folder) / "registry"
        records = {path: (root / path).read_bytes() for path in written}
        lost = data.draw(st.sets(st.sampled_from(written)))
        registry.commit({path: content for path, content in records.items() if path not in lost} or {"A.md": "x"})
        expected = sorted(json.loads(records[path])["commit"] for path in lost)
        found = findings(registry)
        assert expected == sorted(item["commit"] for item in found if "no decision record" in item["message"])


def test_a_rewritten_history_is_found_until_it_is_accepted(registry: Registry) -> None:
    """Whatever else the audit before found; the message says how to accept it."""
    before = registry.builder.git("rev-parse", "main")
    seen = registry.commit(stage_files(production="1.0.0"))
    assert [seen] == [found["commit"] for found in findings(registry)]
    registry.builder.git("update-ref", "refs/heads/main", before)
    for _ in range(2):
        (found,) = findings(registry)
        assert (seen[:10], True) == (found["subject"], "history was rewritten" in found["message"])
    Path(found["message"].partition("`rm ")[2].partition("`")[0]).unlink()
    assert [] == findings(registry)


def test_an_audit_of_no_registry_is_unusable_input(tmp_path: Path) -> None:
    """Nothing to find is no sound registry."""
    builder = RepositoryBuilder.create(tmp_path / "elsewhere")
    builder.commit({"main.c": "int main() {}"})
    with pytest.raises(ProposalError, match="this is no registry"):
        Registry(builder).run("audit", "verify")


OTHER_ENGINE = {"version": "0.0.9", "digest": "sha256:" + "0" * 64}


@pytest.mark.parametrize(
    ("decision", "count"),
    [({"engine": OTHER_ENGINE}, 0), ({"engine": OTHER_ENGINE, "verdict": "warned"}, 1), ({}, 1)],
    ids=["other words of another engine", "another verdict", "other words of this engine"],
)
def test_another_engine_words_it_otherwise_and_decides_the_same(tmp_path: Path, decision: dict, count: int) -> None:
    """What a later release adds to the findings of a gate makes no old record UNVERIFIED; another outcome does."""
    registry = Registry.create(tmp_path / "registry")
    before = registry.builder.git("rev-parse", "main")
    registry.run("record", "--commit")
    records = registry.records()
    record = json.loads(records[LAST])
    record["decision"] |= decision
    record["decision"]["changes"][0]["results"][0]["findings"] = []
    registry.builder.git("update-ref", "refs/heads/main", before)
    registry.commit({**records, LAST: encode_record(record)})
    messages = [found["message"] for found in findings(registry)]
    assert count == len(messages)
    assert all("comes out differently" in message for message in messages)
