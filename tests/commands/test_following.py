"""What follows a recorded change of a stage: which pull request is proposed, and what GitHub is told."""

from pathlib import Path

import pytest

from promoter.commands.following import Recorded, change_of, proposal_after, recorded_moves
from promoter.commands.past import Past, open_past
from promoter.github.deployments import State
from tests.commands.recorded import Registry
from tests.support.registry import FOLDER, stage_files, version_files

RULES = "policies/pipeline.yaml"


def pipeline(*, then: str = "propose", windows: str = "[]") -> str:
    """Return a pipeline in which staging is followed by production, after a week and with risk's approval."""
    return (
        "schema: promoter.pipeline/1\n"
        f"stages: [{{id: staging, title: Staging, then: {then}}}, {{id: production, title: Production}}]\n"
        "tiers:\n"
        "  high: {review_interval_days: 180, stages: {production: {soak_days: 7, approvals: [{role: risk}]}}}\n"
        f"windows: {windows}\n"
        "approvals: {retirement: []}\n"
    )


@pytest.fixture
def registry(tmp_path: Path) -> Registry:
    """Return a registry whose pipeline proposes, and whose versions 3.0.0 and 4.0.0 nothing serves."""
    registry = Registry.create(tmp_path / "registry")
    registry.commit({RULES: pipeline(), **version_files("3.0.0"), **version_files("4.0.0")})
    return registry


def staged(registry: Registry, *versions: str) -> tuple[Past, list[Recorded]]:
    """Return the history in which staging served these versions in turn, with its recorded changes."""
    for version in versions:
        registry.commit(dict(stage_files(staging=version)))
    registry.run("record", "--commit")
    past = open_past(registry.builder.path)
    first = past.timeline.line.commit_id(0)
    return past, [move for move in recorded_moves(past, first) if move.event.stage == "staging"]


def test_a_promotion_proposes_the_next_stage(registry: Registry) -> None:
    """The move, until when it soaks, the earliest moment, and who must agree."""
    past, (move,) = staged(registry, "3.0.0")
    proposal = proposal_after(past, move)
    assert proposal is not None
    assert ("lending/mortgage#production", "3.0.0") == (str(proposal.move.address), proposal.move.version)
    assert proposal.earliest.at is not None
    assert 7 == (proposal.earliest.at - move.event.at).days
    facts = dict(proposal.facts)
    assert f"soaks until {proposal.earliest.at:%Y-%m-%dT%H:%M:%SZ}" == facts["waits for"]
    assert "risk" == facts["must agree"]


def test_a_closed_window_moves_the_earliest_moment(registry: Registry) -> None:
    """Soak and windows together."""
    closed = "[{kind: exclude, reason: frozen, from_date: 2023-11-01, to_date: 2023-11-30}]"
    registry.commit({RULES: pipeline(windows=closed)})
    past, (move,) = staged(registry, "3.0.0")
    proposal = proposal_after(past, move)
    facts = dict(proposal.facts if proposal else ())
    assert "2023-12-01 00:00 UTC" == facts["earliest"]
    assert facts["waits for"].endswith("; closed at 2023-11-21T22:20:20Z: frozen")


def test_nothing_is_proposed_where_the_pipeline_waits(registry: Registry) -> None:
    """It is the default."""
    registry.commit({RULES: pipeline(then="wait")})
    past, (move,) = staged(registry, "3.0.0")
    assert proposal_after(past, move) is None


def test_the_latest_version_wins(registry: Registry) -> None:
    """What staging serves no more is not proposed, and a return to it proposes nothing by itself."""
    past, moves = staged(registry, "3.0.0", "4.0.0")
    assert [None, "4.0.0"] == [found.move.version if (found := proposal_after(past, move)) else None for move in moves]
    registry.commit(dict(stage_files(staging="3.0.0")))
    registry.run("record", "--commit")
    past = open_past(registry.builder.path)
    last = list(recorded_moves(past, past.timeline.line.commit_id(0)))[-1]
    assert ("rollback", None) == (last.event.kind.value, proposal_after(past, last))


def test_what_went_around_the_gate_proposes_nothing(registry: Registry) -> None:
    """A version whose quality is held: its record says failed, and GitHub is told so."""
    registry.commit(dict(version_files("5.0.0", shift=1.0)))
    past, (move,) = staged(registry, "5.0.0")
    assert "failed" == move.record.decision["verdict"]
    assert (None, State.FAILURE) == (proposal_after(past, move), change_of(past, move).state)


def test_what_was_recorded_without_github_proposes_nothing_where_a_role_had_to_agree(registry: Registry) -> None:
    """Whether risk agreed is unknown, to this command as to the audit and to resolve."""
    asks = pipeline().replace("stages: {production:", "stages: {staging: {approvals: [{role: risk}]}, production:")
    registry.commit({RULES: asks})
    past, (move,) = staged(registry, "3.0.0")
    assert ("passed", None) == (move.record.decision["verdict"], move.record.people)
    assert (None, State.FAILURE) == (proposal_after(past, move), change_of(past, move).state)


def test_a_deployment_names_what_is_served(registry: Registry) -> None:
    """Version, place, digest and record; the last stage is production; a retirement is inactive."""
    past, (move,) = staged(registry, "3.0.0")
    change = change_of(past, move)
    assert ("lending/mortgage#staging", False, State.SUCCESS) == (
        change.environment,
        change.is_production,
        change.state,
    )
    assert ("3.0.0", move.record.path) == (change.payload["version"], change.payload["record"])
    assert str(change.payload["digest"]).startswith("sha256:")
    registry.commit({f"{FOLDER}/stages/production.yaml": None})
    registry.run("record", "--commit")
    past = open_past(registry.builder.path)
    retired = change_of(past, list(recorded_moves(past, past.timeline.line.commit_id(0)))[-1])
    assert (State.INACTIVE, True, None) == (retired.state, retired.is_production, retired.payload["version"])


def test_changes_are_followed_up_to_the_first_without_a_record(registry: Registry) -> None:
    """What is not recorded yet waits, and so does what came after it; without a start, each stage's last recorded."""
    past, _ = staged(registry, "3.0.0")
    registry.commit(dict(stage_files(staging="4.0.0")))
    past = open_past(registry.builder.path)
    followed = recorded_moves(past, past.timeline.line.commit_id(0))
    assert ["1.0.0", "2.0.0", "3.0.0"] == [move.event.version for move in followed]
    assert ["2.0.0", "3.0.0"] == [move.event.version for move in recorded_moves(past, None)]
