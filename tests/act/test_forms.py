"""The forms, from what somebody types to the open pull request and its verdict."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.act.harness import REPOSITORY, Outcome, Scene, scene
from tests.forge.state import Pull
from tests.support.registry import AUC_POLICY, FOLDER, MODEL, registry_files, rule_files, stage_files, version_files

IDS = {"ada": 107, "rita": 101}
POINTER = f"{FOLDER}/stages/production.yaml"


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Scene]:
    """Yield a scene whose production went from 1.0.0 to 2.0.0, in which Actions may open pull requests."""
    policy = AUC_POLICY + "applies_to: {kinds: [registration, promotion, rollback]}\n"
    rules = rule_files({"catalog/performance/auc.yaml": policy})
    versions = {**version_files("2.0.0"), **version_files("3.0.0")}
    with scene(tmp_path, {**registry_files(production="1.0.0"), **rules, **versions}) as found:
        found.builder.commit(stage_files(production="2.0.0"))
        found.forge.state.settings["actions_may_open_pulls"] = True
        found.forge.state.emails |= {f"{number}+{name}@users.noreply.github.com": name for name, number in IDS.items()}
        yield found


def send(stage: Scene, form: str, /, *, ref: str = "refs/heads/main", by: str = "ada", **inputs: str) -> Outcome:
    """Send a form."""
    sender = {"login": by, "id": IDS[by]}
    content: dict[str, Any] = {"inputs": inputs, "ref": ref, "repository": REPOSITORY, "sender": sender}
    return stage.run("workflow_dispatch", content, workflow=f"workflows/{form}.yml")


def only_pull(stage: Scene) -> Pull:
    """Return the one pull request."""
    (pull,) = stage.forge.state.pulls.values()
    return pull


def pointer_of(stage: Scene, pull: Pull) -> str:
    """Return the pointer that it proposes."""
    return stage.forge.state.git("show", f"{stage.forge.state.head_of(pull)}:{POINTER}")


def test_a_rollback_goes_from_the_form_to_its_verdict(stage: Scene) -> None:
    """The pull request says what hurts; the gate was asked for it, and judges it in its own lane."""
    sent = send(stage, "rollback", model=MODEL, stage="production", reason="refusals", version="", incident="inc-7")
    assert {"rollback": "success"} == sent.jobs, sent.log
    pull = only_pull(stage)
    assert 'version: "1.0.0"' in pointer_of(stage, pull)
    assert "| reason | refusals |" in pull.body
    assert [
        {"workflow": "gate.yml", "ref": "main", "inputs": {"pull": str(pull.number)}}
    ] == stage.forge.state.dispatches
    assert ("completed", "success") == judge(stage, pull)
    assert "rollback to `lending/mortgage@1.0.0` in `production`" in stage.comments(pull.number)[0]


def judge(stage: Scene, pull: Pull) -> tuple[str, str | None]:
    """Run the gate as the form asked for it, and return how the newest check stands."""
    stage.run("workflow_dispatch", {"inputs": {"pull": str(pull.number)}, "repository": REPOSITORY})
    return stage.checks(pull)[-1]


def test_who_sends_the_form_is_the_author_and_approves_nothing(stage: Scene) -> None:
    """rita, who is risk, sends it and approves it: risk is still waited for."""
    send(stage, "promote", by="rita", model=MODEL, version="3.0.0", stage="production", change="", reason="")
    pull = only_pull(stage)
    assert "rita" == stage.forge.state.git("log", "-1", "--format=%an", stage.forge.state.head_of(pull))
    stage.forge.state.add_review(pull, "rita")
    assert ("in_progress", None) == judge(stage, pull)


def test_a_later_form_takes_the_place_of_the_earlier(stage: Scene) -> None:
    """One pull request a model and stage."""
    for version, reason in (("3.0.0", "first"), ("3.0.0", "second")):
        send(stage, "promote", model=MODEL, version=version, stage="production", change="", reason=reason)
    assert 'reason: "second"' in pointer_of(stage, only_pull(stage))
    assert "second" in only_pull(stage).body


def test_what_is_typed_is_never_run(stage: Scene, tmp_path: Path) -> None:
    """Shell, options and workflow commands in every field stay words: nothing of them runs."""
    proof = tmp_path / "ran"
    for text in (
        f"$(touch {proof})",
        f"`touch {proof}`",
        f'"; touch {proof}; "',
        "--repo=/",
        "::error::x\n::add-path::/x",
    ):
        sent = send(stage, "promote", model=text, version=text, stage=text, change=text, reason=text)
        assert {"promote": "failure"} == sent.jobs
    sent = send(stage, "rollback", model=MODEL, stage="production", reason=f"$(touch {proof})", version="", incident="")
    assert {"rollback": "success"} == sent.jobs
    head = stage.forge.state.head_of(only_pull(stage))
    assert f"$(touch {proof})" in stage.forge.state.git("log", "-1", "--format=%B", head)
    assert not proof.exists()


def test_where_actions_may_open_nothing_the_link_is_told(stage: Scene) -> None:
    """The branch is pushed; one click by hand opens it, and the gate then starts by itself."""
    stage.forge.state.settings["actions_may_open_pulls"] = False
    sent = send(stage, "rollback", model=MODEL, stage="production", reason="refusals", version="", incident="")
    assert {"rollback": "failure"} == sent.jobs
    assert f"/compare/main...promoter/{MODEL}/production?expand=1" in sent.log
    assert {} == stage.forge.state.pulls
    assert 'version: "1.0.0"' in stage.forge.state.git("show", f"promoter/{MODEL}/production:{POINTER}")


def test_a_form_of_another_branch_does_nothing(stage: Scene) -> None:
    """Whoever may push a branch could change the engine there."""
    sent = send(stage, "promote", ref="refs/heads/side", model=MODEL, version="3.0.0", stage="production")
    assert {} == {name: end for name, end in sent.jobs.items() if end != "skipped"}
    assert {} == stage.forge.state.pulls
