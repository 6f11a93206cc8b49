"""Who started it, and what moved meanwhile."""

import json
from typing import Any

import pytest

from tests.act.harness import REPOSITORY, Scene, pull_payload
from tests.forge.events import payload
from tests.forge.shapes import user
from tests.forge.state import MOMENT
from tests.support.registry import policy_yaml, version_files

OPEN_TO_FORKS = "schema: promoter.registry/1\ntitle: Test registry\nforks: judge\n"
GOOD, BAD = version_files("2.0.0"), version_files("2.0.0", shift=1.0)


def test_a_fork_is_refused_unless_the_registry_takes_forks(stage: Scene) -> None:
    """The answer says why and what to do; nothing that its manifests name is fetched."""
    pull = stage.propose(GOOD, is_fork=True, author="stranger")
    outcome = stage.gate(pull)
    assert "takes proposals from its own branches alone" in stage.comments()[0]
    assert "no file is brought for a fork" in outcome.log
    assert [("completed", "failure")] == stage.checks(pull)


def test_a_fork_cannot_let_itself_in(stage: Scene) -> None:
    """The base's settings decide: `forks: judge` in the fork's own registry.yaml is data."""
    pull = stage.propose({"policies/registry.yaml": OPEN_TO_FORKS}, is_fork=True, author="stranger")
    stage.gate(pull)
    assert "takes proposals from its own branches alone" in stage.comments()[0]
    assert [("completed", "failure")] == stage.checks(pull)


def test_a_fork_is_judged_as_data(stage: Scene) -> None:
    """The base's token posts, and nothing of the fork ran; the stored facts say that it is one."""
    stage.builder.commit({"policies/registry.yaml": OPEN_TO_FORKS})
    pull = stage.propose(GOOD, is_fork=True, author="stranger")
    outcome = stage.gate(pull)
    assert json.loads((outcome.artifacts / "evidence/facts.json").read_text())["is_fork"]
    people = json.loads((outcome.artifacts / "evidence/reviews.json").read_text())
    assert "stranger" == people["author"]["login"]
    assert [("completed", "success")] == stage.checks(pull)


def test_row_6_a_head_that_moved_before_the_fetch_gets_no_verdict(stage: Scene) -> None:
    """The old event's run posts nothing, on neither commit."""
    pull = stage.propose(GOOD)
    event = pull_payload(stage.forge, pull)
    stage.builder.commit(BAD, branch="candidate")
    stage.forge.state.move_head(pull)
    outcome = stage.run("pull_request_target", event)
    assert "the head moved from" in outcome.log
    assert {"evidence": "failure", "report": "success"} == outcome.jobs
    assert [] == stage.comments()
    assert {} == stage.forge.state.check_runs


def test_row_6_a_head_that_moves_after_the_judgement_keeps_its_newer_comment(stage: Scene) -> None:
    """A late run neither comments nor puts its verdict on the newer commit."""
    pull = stage.propose(GOOD)
    event = pull_payload(stage.forge, pull)
    moved: list[str] = []

    def move() -> None:
        if not moved:
            stage.builder.commit(BAD, branch="candidate")
            moved.append(stage.forge.state.move_head(pull))

    stage.forge.on("GET", "/reviews", move)
    stage.run("pull_request_target", event)
    assert 1 == len(moved)
    assert [] == stage.comments()
    assert {} == stage.forge.state.check_runs


def test_a_second_push_updates_the_one_comment(stage: Scene) -> None:
    """Held, mended, passed: one comment, a check on each head."""
    pull = stage.propose(BAD)
    stage.gate(pull)
    old_head = stage.forge.state.head_of(pull)
    stage.propose(GOOD, branch="better")
    tip = stage.forge.state.git("rev-parse", "refs/heads/better")
    stage.forge.state.git("update-ref", "refs/heads/candidate", tip)
    stage.forge.state.move_head(pull)
    stage.gate(pull)
    (comment,) = stage.comments()
    assert "✅ Passed" in comment
    assert [("completed", "success")] == stage.checks(pull)
    assert ["failure"] == [run["conclusion"] for run in stage.forge.state.runs_on(old_head)]


def test_row_9_a_merge_group_is_judged_as_its_own_tree(stage: Scene) -> None:
    """Two pull requests together: the check stands on the group's commit, and no comment is made."""
    base = stage.forge.state.git("rev-parse", "refs/heads/main")
    first = stage.builder.commit(GOOD, branch="one", onto=[base])
    queue = f"gh-readonly-queue/main/pr-7-{base}"
    group = stage.builder.commit(version_files("3.0.0", shift=1.0), branch=queue, onto=[first])
    commit = {"id": group, "timestamp": MOMENT}
    stage.propose(GOOD)
    merge_group = {"head_sha": group, "base_sha": base, "head_ref": f"refs/heads/{queue}", "head_commit": commit}
    values = {"merge_group": merge_group, "repository": REPOSITORY}
    stage.run("merge_group", payload("merge-group-checks-requested", values))
    (run,) = stage.forge.state.runs_on(group)
    assert ("promoter", "failure") == (run["name"], run["conclusion"])
    assert "2 changes" in run["output"]["summary"]
    assert {} == stage.forge.state.comments


def test_row_8_a_tightened_policy_makes_the_gate_judge_again(stage: Scene) -> None:
    """A push to policies asks for each open pull request; the run that follows holds what had passed."""
    pull = stage.propose(GOOD)
    stage.gate(pull)
    tightened = policy_yaml("auc", "performance", "{bounds: [{measure: log_loss, at_most: 0.01}]}")
    path = "policies/catalog/performance/auc.yaml"
    before = stage.forge.state.git("rev-parse", "main")
    moved = {"before": before, "after": stage.builder.commit({path: tightened})}
    push = payload("push", {"ref": "refs/heads/main", **moved, "repository": REPOSITORY})
    stage.run("push", push, workflow="workflows/recheck.yml")
    assert [{"workflow": "gate.yml", "ref": "main", "inputs": {"pull": "7"}}] == stage.forge.state.dispatches
    stage.run("workflow_dispatch", {"inputs": {"pull": "7"}, "repository": REPOSITORY})
    (comment,) = stage.comments()
    assert "⛔ Held" in comment
    assert [("completed", "success"), ("completed", "failure")] == stage.checks(pull)


def comment_payload(login: str, body: str) -> dict[str, Any]:
    """Return the payload of a comment on pull request 7."""
    links = {"url": "https://x.example", "html_url": "https://x.example"}
    issue = {"number": 7, "state": "open", "pull_request": links, "user": user("ada")}
    comment = {"body": body, "user": user(login)}
    return payload("issue-comment-created", {"issue": issue, "comment": comment, "repository": REPOSITORY})


def test_a_comment_of_somebody_with_the_right_makes_the_gate_judge_again(stage: Scene) -> None:
    """The dispatch carries the number and nothing else; a comment without the words costs no job."""
    stage.propose(GOOD)
    stage.forge.state.permissions |= {"maria": "write"}
    stage.run("issue_comment", comment_payload("maria", "/promoter recheck"), workflow="workflows/recheck.yml")
    assert [{"workflow": "gate.yml", "ref": "main", "inputs": {"pull": "7"}}] == stage.forge.state.dispatches
    ignored = stage.run(
        "issue_comment", comment_payload("maria", "please /promoter recheck"), workflow="workflows/recheck.yml"
    )
    assert {} == ignored.jobs


def test_a_review_makes_the_gate_judge_again(stage: Scene) -> None:
    """The run that noted the review is followed by its head's commit id alone, a fork's too."""
    pull = stage.propose(GOOD, is_fork=True)
    run = {
        "head_sha": stage.forge.state.head_of(pull),
        "pull_requests": [],
        "head_branch": "x",
        "conclusion": "success",
    }
    values = {"workflow_run": run, "repository": REPOSITORY}
    stage.run("workflow_run", payload("workflow-run-completed", values), workflow="workflows/recheck.yml")
    assert ["7"] == [entry["inputs"]["pull"] for entry in stage.forge.state.dispatches]


def test_row_10_another_target_branch_is_no_way_around(stage: Scene) -> None:
    """A pull request to a branch without guarded rules is refused, with the branch to choose."""
    stage.forge.state.git("branch", "release", "main")
    pull = stage.propose(GOOD, base="release")
    stage.gate(pull)
    assert "change its base to main" in stage.comments()[0]
    assert [("completed", "failure")] == stage.checks(pull)


@pytest.mark.parametrize(("files", "end"), [(GOOD, "success"), (BAD, "failure")], ids=["good", "bad"])
def test_the_fallback_tells_the_verdict_in_the_job_alone(stage: Scene, files: dict[str, bytes | str], end: str) -> None:
    """Without a token that writes: the job's end is the verdict, its log annotates the lines, its summary reports."""
    stage.builder.commit({"policies/registry.yaml": OPEN_TO_FORKS})
    pull = stage.propose(files, is_fork=True)
    outcome = stage.run("pull_request", pull_payload(stage.forge, pull), workflow="promoter/fallback.yml")
    assert {"promoter": end} == outcome.jobs
    assert '"command":"summary"' in outcome.log
    annotated = [line for line in outcome.log.splitlines() if '"command":"error"' in line and "manifest.yaml" in line]
    assert (end == "failure") == bool(annotated)
    assert [entry for entry in stage.forge.seen if not entry.startswith("GET")] == []
