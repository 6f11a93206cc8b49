import json
from dataclasses import replace
from pathlib import Path

import pytest

from promoter.errors import ProposalError
from promoter.gates.contract.candidate import Context
from promoter.gates.rollback_drill import GATE
from promoter.measure.request import ArtifactFacts, Measured
from promoter.registry.stage import Withdrawal
from tests.support.candidates import bind_parameters, make_release
from tests.support.command import run_promoter
from tests.support.registry import FOLDER, policy_yaml, registry_files, rule_files, stage_files, version_files
from tests.support.repositories import RepositoryBuilder
from tests.support.stages import make_move

CHAMPION = make_release(version="1.0.0")
ARTIFACT = CHAMPION.manifest.artifact
INTACT = {"digest": ARTIFACT.digest, "size_bytes": ARTIFACT.size_bytes}


def claims(context: Context, facts: dict | None = None, **parameters: str) -> list[tuple[str, bool | None]]:
    """Return measure and answer of each finding."""
    measurements = {ArtifactFacts(content=ARTIFACT.digest): Measured(facts=INTACT if facts is None else facts)}
    found = GATE.judge(bind_parameters(GATE, **parameters), measurements, context)
    return [(finding.measure, finding.satisfied) for finding in found]


def move(*, undone: tuple[str, ...] | None = (), **changed: object) -> Context:
    """Return a move from 1.0.0 to 2.0.0 in production whose revert was rehearsed."""
    context = make_move(champion=CHAMPION, serving={"production": "1.0.0"}, **changed)
    return replace(context, undone=undone)


def test_a_way_back_that_works_passes() -> None:
    """The revert leaves all as before, the version before may serve, and its artifact is what it was."""
    expected = [("revert", True), ("rollback_point", True), ("rollback_artifact", True), ("rollback_artifact", True)]
    assert expected == claims(move())


def test_each_file_that_does_not_come_back_is_named() -> None:
    """One finding a path."""
    assert [("revert", False), ("revert", False)] == claims(move(undone=("a.yaml", "b.yaml")))[:2]


def test_a_revert_that_was_not_rehearsed_is_undecided() -> None:
    """Nobody knows is something else than it works."""
    assert ("revert", None) == claims(move(undone=None))[0]


def test_a_withdrawn_version_is_no_way_back() -> None:
    """The night it is needed it would be refused."""
    withdrawn = [Withdrawal(version="1.0.0", reason="Wrong units.")]
    assert ("rollback_point", False) == claims(move(withdrawn=withdrawn))[1]


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({**INTACT, "digest": "sha256:" + "0" * 64}, [False, True]),
        ({**INTACT, "size_bytes": 1}, [True, False]),
        ({}, [None, None]),
    ],
)
def test_an_artifact_that_is_not_the_pinned_one_is_no_way_back(facts: dict, expected: list[bool | None]) -> None:
    """Other bytes fail, bytes that were not measured are undecided."""
    found = [answer for measure, answer in claims(move(), facts) if measure == "rollback_artifact"]
    assert expected == found


@pytest.mark.parametrize(("first_version", "satisfied"), [("accept", True), ("refuse", False)])
def test_policy_says_what_a_first_version_means(first_version: str, satisfied: bool) -> None:
    """The revert leaves the stage without a version."""
    context = replace(make_move(serving={}), undone=())
    assert [("revert", True), ("rollback_point", satisfied)] == claims(context, first_version=first_version)


def test_a_version_whose_manifest_was_not_read_is_undecided() -> None:
    """What serves is named, and nothing is known of its artifact."""
    context = replace(make_move(serving={"production": "0.9.0"}), undone=())
    assert ("rollback_artifact", None) == claims(context)[-1]


def test_registration_is_not_judged() -> None:
    """A new version moves no stage."""
    assert "no stage is moved" == GATE.why_not(bind_parameters(GATE), make_move(stage=None).candidate)


def test_unknown_parameters_are_refused() -> None:
    """A first version is accepted or refused."""
    with pytest.raises(ProposalError):
        bind_parameters(GATE, first_version="maybe")


@pytest.mark.parametrize(("damage", "outcome"), [(False, "passed"), (True, "errored")])
def test_check_rehearses_on_the_real_repository(tmp_path: Path, damage: bool, outcome: str) -> None:
    """A champion whose artifact is not what its manifest pins stops the promotion."""
    policy = policy_yaml("drill", "rollback_drill", "{}", category="lifecycle")
    builder = RepositoryBuilder.create(tmp_path)
    base = {**registry_files(production="1.0.0"), **rule_files({"catalog/lifecycle/drill.yaml": policy})}
    artifact = {f"{FOLDER}/versions/1.0.0/model.safetensors": b"other"} if damage else {}
    builder.commit({**base, **version_files("2.0.0"), **artifact})
    tip = builder.git("rev-parse", "main")
    builder.commit(stage_files(production="2.0.0"), branch="candidate", onto=[tip])
    at = ("--at", "2026-01-31T09:00:00Z")
    run = run_promoter("check", "--repo", str(tmp_path), "--head", "candidate", "--json", *at)
    [change] = json.loads(run.out)["changes"]
    results = {result["policy"]: result for result in change["results"]}
    assert outcome == results["drill"]["outcome"]
