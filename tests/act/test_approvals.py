"""People in the loop, from a review to the check: pending while only they are missing."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.act.harness import REPOSITORY, Scene, scene
from tests.forge.events import payload
from tests.forge.state import MOMENT, Pull
from tests.support.registry import FOLDER, policy_yaml, registry_files, stage_files, version_files

HALF_PAST_EIGHT = int(datetime(2026, 1, 31, 8, 30, tzinfo=UTC).timestamp())
PENDING, SUCCESS = ("in_progress", None), ("completed", "success")


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Scene]:
    """Yield a scene in which 2.0.0 is registered and production serves 1.0.0; risk, which is rita, must agree."""
    with scene(tmp_path, {**registry_files(production="1.0.0"), **version_files("2.0.0")}) as found:
        yield found


def check_after(stage: Scene, pull: Pull) -> tuple[str, str | None]:
    """Run the gate and return how the newest check stands."""
    stage.gate(pull)
    return stage.checks(pull)[-1]


def test_a_promotion_waits_for_its_role_and_passes_with_it(stage: Scene) -> None:
    """The comment names the role and how to reach it; one review later the check succeeds."""
    pull = stage.propose(stage_files(production="2.0.0"))
    assert PENDING == check_after(stage, pull)
    assert "risk@example.org" in stage.comments()[0]
    stage.forge.state.add_review(pull, "rita")
    assert SUCCESS == check_after(stage, pull)
    (comment,) = stage.comments()
    assert "risk@example.org" not in comment


def test_a_dismissed_review_is_none(stage: Scene) -> None:
    """What was given can be taken back, and the check waits again."""
    pull = stage.propose(stage_files(production="2.0.0"))
    review = stage.forge.state.add_review(pull, "rita")
    assert SUCCESS == check_after(stage, pull)
    review["state"] = "DISMISSED"
    assert PENDING == check_after(stage, pull)


def test_row_7_a_push_of_other_content_voids_the_review(stage: Scene) -> None:
    """Approved 2.0.0, pushed 3.0.0: the role is asked again."""
    stage.builder.commit(version_files("3.0.0"))
    pull = stage.propose(stage_files(production="2.0.0"))
    stage.forge.state.add_review(pull, "rita")
    stage.builder.commit(stage_files(production="3.0.0"), branch="candidate")
    stage.forge.state.move_head(pull)
    assert PENDING == check_after(stage, pull)


def test_a_moved_champion_asks_again_those_whom_it_concerns(stage: Scene) -> None:
    """Approved beside 1.0.0; production serves 3.0.0 since: the comment says why, and a new review is enough."""
    stage.builder.commit(version_files("3.0.0"))
    pull = stage.propose(stage_files(production="2.0.0"))
    stage.forge.state.add_review(pull, "rita")["submitted_at"] = "2026-01-31T08:00:00Z"
    assert SUCCESS == check_after(stage, pull)
    tip = stage.forge.state.git("rev-parse", "refs/heads/main")
    tree = stage.builder.tree({**stage.builder.files(tip), **stage_files(production="3.0.0")})
    moved_on = stage.builder.commit_tree(tree, parents=[tip], at=HALF_PAST_EIGHT)
    stage.forge.state.git("update-ref", "refs/heads/main", moved_on)
    stage.builder.commit(stage_files(production="2.0.0"), branch="candidate", onto=[moved_on])
    stage.forge.state.move_head(pull)
    assert PENDING == check_after(stage, pull)
    assert "moved since the review" in stage.comments()[0]


def test_a_rebase_keeps_the_review(stage: Scene) -> None:
    """Another commit with the same content beside a newer main is what was reviewed."""
    pull = stage.propose(stage_files(production="2.0.0"))
    stage.forge.state.add_review(pull, "rita")
    tip = stage.builder.commit({"docs/note.md": "unrelated\n"})
    stage.builder.commit(stage_files(production="2.0.0"), branch="candidate", onto=[tip])
    stage.forge.state.move_head(pull)
    assert SUCCESS == check_after(stage, pull)


def test_rows_58_to_60_others_do_not_count(stage: Scene) -> None:
    """Another role, a bot, and an account whose login is none of the role's."""
    pull = stage.propose(stage_files(production="2.0.0"))
    for reviewer in ("leo", "rita[bot]", "stranger"):
        stage.forge.state.add_review(pull, reviewer)
    assert PENDING == check_after(stage, pull)


def test_row_58_the_author_of_a_commit_does_not_count(stage: Scene) -> None:
    """Whoever opened the pull request: rita made its commit."""
    stage.forge.state.emails["ada@example.org"] = "rita"
    pull = stage.propose(stage_files(production="2.0.0"))
    stage.forge.state.add_review(pull, "rita")
    assert PENDING == check_after(stage, pull)


def test_row_59_words_and_comments_do_not_count(stage: Scene) -> None:
    """A review that only comments, whatever it says, and a comment with the right words."""
    pull = stage.propose(stage_files(production="2.0.0"))
    stage.forge.state.add_review(pull, "rita", "COMMENTED")["body"] = "approved :+1:"
    stage.forge.state.add_comment(pull.number, "rita", "approved :+1:")
    assert PENDING == check_after(stage, pull)


def test_a_change_of_the_rules_waits_for_those_whom_production_asks(stage: Scene) -> None:
    """The check is pending until risk agrees, and the comment names the role."""
    pull = stage.propose({"policies/registry.yaml": "schema: promoter.registry/1\ntitle: Another\n"})
    assert PENDING == check_after(stage, pull)
    assert "risk@example.org" in stage.comments()[0]
    stage.forge.state.add_review(pull, "rita")
    assert SUCCESS == check_after(stage, pull)


def test_a_retirement_and_a_withdrawal_wait_for_somebody(stage: Scene) -> None:
    """Whoever is asked on the way in, where the pipeline names nobody for the way back."""
    retired = stage.propose({f"{FOLDER}/stages/production.yaml": None}, branch="retire")
    assert PENDING == check_after(stage, retired)
    gone = "schema: promoter.withdrawn/1\nwithdrawn: [{version: '2.0.0', reason: Leaks}]\n"
    withdrawn = stage.propose({f"{FOLDER}/withdrawn.yaml": gone}, branch="withdraw")
    assert PENDING == check_after(stage, withdrawn)
    stage.forge.state.add_review(withdrawn, "rita")
    assert SUCCESS == check_after(stage, withdrawn)


def test_a_rollback_is_judged_in_its_own_lane(stage: Scene) -> None:
    """Back to the version before: judged by policies for rollbacks alone, with nobody to ask where none is named."""
    lane = policy_yaml("way-back", "withdrawn", "{}", category="lifecycle", applies_to="{kinds: [rollback]}")
    stage.builder.commit({**stage_files(production="2.0.0"), "policies/catalog/lifecycle/way-back.yaml": lane})
    pull = stage.propose({f"{FOLDER}/stages/production.yaml": 'version: "1.0.0"\n'})
    assert SUCCESS == check_after(stage, pull)
    assert "rollback to `lending/mortgage@1.0.0` in `production`" in stage.comments()[0]


def test_a_merge_group_counts_the_reviews_of_its_pull_request(stage: Scene) -> None:
    """Queued and reviewed: the check on the group's commit succeeds; without the review it waits."""
    pull = stage.propose(stage_files(production="2.0.0"))
    base = stage.forge.state.git("rev-parse", "refs/heads/main")
    queue = f"gh-readonly-queue/main/pr-{pull.number}-{base}"
    group = stage.builder.commit(stage_files(production="2.0.0"), branch=queue, onto=[base])
    merge_group = {"head_sha": group, "base_sha": base, "head_ref": f"refs/heads/{queue}"}
    values = {"merge_group": {**merge_group, "head_commit": {"id": group, "timestamp": MOMENT}}}
    event = payload("merge-group-checks-requested", {**values, "repository": REPOSITORY})
    stage.run("merge_group", event)
    stage.forge.state.add_review(pull, "rita")
    stage.run("merge_group", event)
    assert [None, "success"] == [run["conclusion"] for run in stage.forge.state.runs_on(group)]
