"""The rollback lane in a registry with history and records: what comes back, what is held, and what it takes."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from promoter.commands.caching import cache_folder
from promoter.commands.case import open_case
from promoter.commands.judging import Workshop, judge_case
from promoter.decision.types import Verdict
from promoter.git.repository import open_repository
from tests.commands.recorded import PRODUCTION, Registry, pipeline
from tests.support.command import Run, run_promoter
from tests.support.registry import (
    AUC_POLICY,
    FOLDER,
    MODEL,
    artifact_bytes,
    policy_yaml,
    rule_files,
    stage_files,
    version_files,
)

LANE = policy_yaml("comes-back", "return_to_service", "{unrecorded: refuse}", category="lifecycle")
LANE += "applies_to: {kinds: [promotion, rollback]}\n"


@pytest.fixture
def registry(tmp_path: Path) -> Registry:
    """Return a recorded registry whose production went from 1.0.0 to 2.0.0, with the rollback lane as a policy."""
    registry = Registry.create(tmp_path / "registry")
    rules = rule_files({"catalog/performance/auc.yaml": AUC_POLICY, "catalog/lifecycle/comes-back.yaml": LANE})
    path = "policies/catalog/lifecycle/comes-back.yaml"
    registry.commit({path: rules[path]})
    registry.run("record", "--commit")
    return registry


def rollback(registry: Registry, *options: str) -> Run:
    """Roll production back."""
    place = ("--repo", str(registry.builder.path))
    return run_promoter("rollback", f"{MODEL}#production", "--reason", "refusals", *options, *place)


def promote(registry: Registry, version: str, *options: str) -> Run:
    """Promote a version to production."""
    place = ("--repo", str(registry.builder.path))
    return run_promoter("promote", f"{MODEL}@{version}", "--stage", "production", *options, *place)


def test_what_was_good_comes_back_without_a_look_at_performance(registry: Registry) -> None:
    """Its record speaks for it, and no policy of performance judges it."""
    run = rollback(registry)
    assert 0 == run.code, run.out
    assert "UNVERIFIED" not in run.err
    assert "1 of 1 blocking policy passed" in " ".join(run.out.split())


def test_what_served_without_a_record_is_held(registry: Registry) -> None:
    """2.0.0's record is there, that of a version pushed past the gate is not."""
    registry.commit({**version_files("3.0.0"), **stage_files(production="3.0.0")})
    registry.commit(stage_files(production="2.0.0"))
    registry.commit({**version_files("4.0.0"), **stage_files(production="4.0.0")})
    assert 0 == rollback(registry, "--to", "2.0.0").code
    run = rollback(registry, "--to", "3.0.0")
    assert 1 == run.code
    assert "3.0.0 in lending/mortgage#production is UNVERIFIED" in run.err


def test_a_version_that_callers_cannot_call_is_held(registry: Registry) -> None:
    """They send a text today where 2.0.0 needs a number."""
    typed = "{features: [{name: income, dtype: string}], prediction: {name: y_score, dtype: float}}"
    registry.commit({**version_files("3.0.0", signature=typed), **stage_files(production="3.0.0")})
    registry.run("record", "--commit")
    run = rollback(registry)
    assert 1 == run.code
    assert "feature income has type float, had string" in " ".join(run.out.split())


def test_what_was_taken_back_comes_again_for_a_new_reason_alone(registry: Registry) -> None:
    """2.0.0 was rolled back for refusals: neither silence nor the same words bring it back."""
    pointer = {path: f'{text}reason: "refusals"\n' for path, text in stage_files(production="1.0.0").items()}
    registry.commit({**pointer}, message="Roll back (#5)")
    registry.run("record", "--commit")
    assert [1, 1, 0] == [
        promote(registry, "2.0.0", *reason).code
        for reason in ((), ("--reason", "Refusals"), ("--reason", "the default of the feature store was mended"))
    ]


def test_a_record_that_says_failed_is_no_good_word(registry: Registry) -> None:
    """3.0.0 fails its policy and was merged all the same: it does not come back."""
    registry.commit({**version_files("3.0.0", shift=1.0), **stage_files(production="3.0.0")}, message="Force (#6)")
    registry.run("record", "--commit")
    registry.commit({**version_files("4.0.0"), **stage_files(production="4.0.0")}, message="Promote (#7)")
    assert any(path.startswith(f"{PRODUCTION}/") and path.endswith("-3.0.0.json") for path in registry.records())
    run = rollback(registry, "--to", "3.0.0")
    assert 1 == run.code
    assert "the verdict was failed, and it was merged all the same" in run.err


def test_what_served_before_a_broken_pointer_comes_back_in_the_lane(registry: Registry) -> None:
    """Its record speaks for it, and the broken push took nothing back."""
    registry.commit(dict.fromkeys(stage_files(production="2.0.0"), b"\xff\xfe"))
    run = rollback(registry)
    assert 0 == run.code, run.out
    assert "rollback to lending/mortgage@2.0.0 in production" in " ".join(run.out.split())
    assert "UNVERIFIED" not in run.err


def test_what_was_merged_without_approval_is_no_good_word(registry: Registry) -> None:
    """Risk had to agree to 3.0.0, and whether it did is unknown: the verdict that says passed is not enough."""
    registry.commit(dict(pipeline(approvals="{role: risk}")))
    registry.commit({**version_files("3.0.0"), **stage_files(production="3.0.0")})
    registry.commit({**pipeline(approvals="")})
    registry.commit({**version_files("4.0.0"), **stage_files(production="4.0.0")})
    registry.run("record", "--commit")
    run = rollback(registry, "--to", "3.0.0")
    assert (1, True) == (run.code, "recorded without GitHub: whether risk agreed is unknown" in run.err)
    assert "3.0.0 is UNVERIFIED: whether the roles agreed to it in production is unknown" in " ".join(run.out.split())
    assert 0 == rollback(registry, "--to", "2.0.0").code


@pytest.mark.parametrize(
    ("content", "told"),
    [(None, "is not in its store"), (b"other bytes", "has 11 bytes and digest")],
    ids=["gone", "altered"],
)
def test_what_a_store_no_longer_has_is_held_by_this_policy_alone(
    registry: Registry, tmp_path: Path, content: bytes | None, told: str
) -> None:
    """No other policy of the registry looks at artifacts, and the record speaks for 3.0.0.

    What another job of the same run has just fetched stands for the store, which the job that judges cannot reach.
    """
    kept = tmp_path / "store" / "model.safetensors"
    kept.parent.mkdir()
    kept.write_bytes(artifact_bytes("3.0.0"))
    settings = "policies/registry.yaml"
    store = f'stores: [{{id: files, scheme: file, host: "", prefix: {kept.parent}}}]\n'
    registry.commit({settings: f"{rule_files()[settings]}{store}"})
    files = {path: text for path, text in version_files("3.0.0").items() if not path.endswith("/model.safetensors")}
    manifest = f"{FOLDER}/versions/3.0.0/manifest.yaml"
    files[manifest] = str(files[manifest]).replace("uri: model.safetensors", f"uri: file://{kept}")
    registry.commit({**files, **stage_files(production="3.0.0")})
    registry.run("record", "--commit")
    registry.commit({**version_files("4.0.0"), **stage_files(production="4.0.0")})
    assert 0 == rollback(registry, "--to", "3.0.0").code
    if content is None:
        kept.unlink()
    else:
        kept.write_bytes(content)
    run = rollback(registry, "--to", "3.0.0")
    assert (True, True) == (run.code != 0, told in " ".join(run.out.split()))
    branch, at = "promoter/lending/mortgage/production", datetime.now(UTC)
    case = open_case(open_repository(registry.builder.path), base="main", head=branch, is_worktree=False, at=at)
    brought = Workshop(cache=cache_folder(), is_brought=True)
    assert Verdict.PASSED is judge_case(case, at=at, workshop=brought).verdict


def test_the_lane_is_that_of_every_stage(registry: Registry) -> None:
    """Staging returns to a version whose record is there, and to no other."""
    registry.commit(stage_files(staging="1.0.0"))
    registry.run("record", "--commit")
    registry.commit({**version_files("3.0.0"), **stage_files(staging="3.0.0")})
    registry.commit({**version_files("4.0.0"), **stage_files(staging="4.0.0")})
    place = ("--reason", "refusals", "--repo", str(registry.builder.path))
    codes = [
        run_promoter("rollback", f"{MODEL}#staging", "--to", version, *place).code for version in ("1.0.0", "3.0.0")
    ]
    assert [0, 1] == codes
