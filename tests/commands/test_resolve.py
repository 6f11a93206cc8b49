import json
from pathlib import Path

import pytest

from promoter.errors import ProposalError
from tests.commands.recorded import PRODUCTION, Registry
from tests.support.registry import FOLDER, artifact_bytes, stage_files

STAGE = "lending/mortgage#production"


@pytest.fixture
def registry(tmp_path: Path) -> Registry:
    """Return a registry whose four changes are recorded."""
    return Registry.create_recorded(tmp_path / "registry")


def test_a_recorded_state_is_answered_with_uri_and_digest(registry: Registry) -> None:
    """All that a consumer needs to fetch the artifact, and the commit that says so."""
    found = json.loads(registry.run("resolve", STAGE, "--json").stdout)
    assert ("2.0.0", f"{FOLDER}/versions/2.0.0/model.safetensors") == (found["version"], found["uri"])
    assert (True, len(artifact_bytes("2.0.0"))) == (found["verified"], found["size_bytes"])
    assert registry.builder.git("rev-parse", "main") == found["commit"]
    assert found == json.loads(registry.run("resolve", STAGE, "--json", "--allow-unverified").stdout)


@pytest.mark.parametrize(
    "files",
    [
        stage_files(production="1.0.0"),
        {f"{PRODUCTION}/0002-2.0.0.json": None},
        {f"{PRODUCTION}/0001-1.0.0.json": None, f"{PRODUCTION}/0002-2.0.0.json": None},
    ],
    ids=["moved past the gate", "last record gone", "no record at all"],
)
def test_a_state_without_its_record_is_refused_unless_told_otherwise(registry: Registry, files) -> None:
    """What went around the gate is not served by default."""
    registry.commit(files)
    refused = registry.run("resolve", STAGE)
    assert 1 == refused.exit_code
    assert "UNVERIFIED" in refused.stderr
    allowed = registry.run("resolve", STAGE, "--allow-unverified", "--json")
    assert (0, False) == (allowed.exit_code, json.loads(allowed.stdout)["verified"])


def test_the_same_version_set_twice_needs_the_record_of_the_second_time(registry: Registry) -> None:
    """There and back past the gate ends at a version that has a record, and is unverified all the same."""
    registry.commit(stage_files(production="1.0.0"))
    registry.commit(stage_files(production="2.0.0"))
    assert 1 == registry.run("resolve", STAGE).exit_code


def test_a_state_that_was_merged_against_its_verdict_is_refused(registry: Registry) -> None:
    """The record of a broken rule book says errored."""
    registry.commit({"policies/roles.yaml": "{"})
    registry.commit(stage_files(production="1.0.0"))
    registry.run("record", "--commit")
    refused = registry.run("resolve", STAGE)
    assert (1, True) == (refused.exit_code, "errored" in refused.stderr)


def test_a_record_that_does_not_follow_the_one_before_is_refused(registry: Registry) -> None:
    """A record that somebody edited breaks the one behind it."""
    first = f"{PRODUCTION}/0001-1.0.0.json"
    registry.commit({first: registry.records()[first].replace(b"Ada", b"Eve")})
    refused = registry.run("resolve", STAGE)
    assert (1, True) == (refused.exit_code, "digest of the record before it" in refused.stderr)


def test_a_withdrawn_version_is_refused_unless_told_otherwise(registry: Registry) -> None:
    """Whoever takes an unverified state does not thereby take a withdrawn version."""
    text = "schema: promoter.withdrawn/1\nwithdrawn: [{version: '2.0.0', reason: It leaks income}]\n"
    registry.commit({f"{FOLDER}/withdrawn.yaml": text})
    refused = registry.run("resolve", STAGE, "--allow-unverified")
    assert (1, True) == (refused.exit_code, "It leaks income" in refused.stderr)
    allowed = json.loads(registry.run("resolve", STAGE, "--allow-withdrawn", "--json").stdout)
    assert ("2.0.0", True, True) == (allowed["version"], allowed["withdrawn"], allowed["verified"])


@pytest.mark.parametrize("address", ["lending/mortgage#staging", "lending/cards#production", "Lending", "a/b@1.0.0"])
def test_an_unknown_stage_is_unusable_input(registry: Registry, address: str) -> None:
    """Exit 2, with what could have been meant."""
    with pytest.raises(ProposalError) as caught:
        registry.run("resolve", address)
    assert 2 == caught.value.exit_code
