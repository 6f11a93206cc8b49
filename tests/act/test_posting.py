"""What GitHub and people do to the answer: limits, failures, deleted and forged comments, large reports."""

import re
import textwrap
from pathlib import Path

from promoter.report.markdown import MARKER
from tests.act.harness import ROOT, Scene, scene
from tests.forge.apps import register_app
from tests.forge.state import BOT
from tests.support.registry import FOLDER, model_yaml, policy_yaml, registry_files, rule_files, version_files

GATE = ".github/workflows/gate.yml"
GOOD, BAD = version_files("2.0.0"), version_files("2.0.0", shift=1.0)


def test_a_rate_limit_is_waited_out(stage: Scene) -> None:
    """The server asks for a second, twice; then the answer is posted."""
    stage.forge.fail("POST", "/comments$", 403, times=1, headers={"Retry-After": "1"})
    stage.forge.fail("POST", "/check-runs$", 429, times=1, headers={"Retry-After": "1"})
    pull = stage.propose(GOOD)
    assert "success" == stage.gate(pull).jobs["report"]
    assert 1 == len(stage.comments())
    assert [("completed", "success")] == stage.checks(pull)


def test_failures_that_pass_leave_one_comment(stage: Scene) -> None:
    """502 although the comment was made: its twin is taken away again."""
    stage.forge.fail("POST", "/comments$", 502, is_carried_out=True)
    stage.forge.fail("GET", "/pulls/7$", 503)
    pull = stage.propose(GOOD)
    assert "success" == stage.gate(pull).jobs["report"]
    assert 1 == len(stage.comments())


def test_a_post_that_fails_fails_the_job_and_changes_no_verdict(stage: Scene) -> None:
    """The comment is refused: the job is red and says why, and the check still tells the truth."""
    stage.forge.fail("POST", "/comments$", 422, times=99)
    pull = stage.propose(BAD)
    outcome = stage.gate(pull)
    assert {"evidence": "success", "evaluate": "success", "report": "failure"} == outcome.jobs
    assert "GitHub refused the content (422)" in outcome.log
    assert [("completed", "failure")] == stage.checks(pull)


def test_a_check_that_fails_still_leaves_the_comment(stage: Scene) -> None:
    """One surface that fails does not silence the other, and the required check stays missing."""
    stage.forge.fail("POST", "/check-runs$", 403, times=99)
    pull = stage.propose(GOOD)
    outcome = stage.gate(pull)
    assert "failure" == outcome.jobs["report"]
    assert "under `permissions:`" in outcome.log
    assert 1 == len(stage.comments())
    assert [] == stage.checks(pull)


def test_a_missing_permission_is_named(stage: Scene) -> None:
    """Without `checks: write` in main's workflow the job says which line is missing."""
    path = ".github/workflows/gate.yml"
    text = stage.builder.files(stage.forge.state.git("rev-parse", "main"))[path].decode()
    stage.builder.commit({path: re.sub(r"\n +checks: write.*", "", text)})
    outcome = stage.gate(stage.propose(GOOD))
    assert "failure" == outcome.jobs["report"]
    assert "grant the job `checks: write`" in outcome.log


def test_github_that_stays_away_is_no_pass(stage: Scene) -> None:
    """Facts cannot be read: nothing is judged, and the answer that can be posted says so."""
    stage.forge.fail("GET", "/reviews", 404, times=99)
    pull = stage.propose(GOOD)
    outcome = stage.gate(pull)
    assert {"evidence": "failure", "report": "success"} == outcome.jobs
    assert "ended without a decision" in stage.comments()[0]
    assert [("completed", "failure")] == stage.checks(pull)


def test_a_deleted_comment_comes_back_with_the_next_run(stage: Scene) -> None:
    """Somebody deletes it; the next event makes it anew."""
    pull = stage.propose(GOOD)
    stage.gate(pull)
    stage.forge.state.comments.clear()
    stage.gate(pull)
    assert 1 == len(stage.comments())


def test_an_unchanged_answer_notifies_nobody(stage: Scene) -> None:
    """The same event again: the comment is not written."""
    pull = stage.propose(GOOD)
    stage.gate(pull)
    stage.forge.seen.clear()
    stage.gate(pull)
    assert not [entry for entry in stage.forge.seen if "comments" in entry and not entry.startswith("GET")]


def test_duplicates_and_a_forged_marker(stage: Scene) -> None:
    """Row 63: ours become one again; the author's own `report` stays what it is, and is never edited."""
    pull = stage.propose(BAD)
    forged = f"{MARKER}\n## ✅ Passed: registration of `lending/mortgage@2.0.0`"
    stage.forge.state.add_comment(7, "ada", forged)
    stage.forge.state.add_comment(7, BOT, f"{MARKER}\nold")
    stage.forge.state.add_comment(7, BOT, f"{MARKER}\nold twin")
    stage.gate(pull)
    (comment,) = stage.comments()
    assert "⛔ Held" in comment
    assert forged == stage.forge.state.comments_on(7)[0]["body"]


def test_sixty_annotations_arrive_in_two_requests(stage: Scene) -> None:
    """A policy of sixty bounds, none met: each is annotated."""
    bounds = ", ".join(f"{{measure: log_loss, at_most: 0.{number:03d}}}" for number in range(1, 61))
    many = policy_yaml("auc", "performance", f"{{bounds: [{bounds}]}}")
    stage.builder.commit({"policies/catalog/performance/auc.yaml": many})
    pull = stage.propose(BAD)
    stage.gate(pull)
    (notes,) = stage.forge.state.annotations.values()
    assert 60 == len(notes)
    assert [("completed", "failure")] == stage.checks(pull)
    assert 1 == sum(entry.startswith("PATCH") and "check-runs" in entry for entry in stage.forge.seen)


def with_app(text: str) -> str:
    """Return the gate's workflow with the lines that docs/github.md says to add."""
    page = (ROOT / "docs/github.md").read_text(encoding="utf-8").partition("### A check that only your app can post")[2]
    blocks = re.findall(r"(?<=\n\n)((?: {7,}\S.*\n)+)", page.partition("\n## ")[0])
    job, step, variable = (textwrap.dedent(block) for block in blocks)
    head, report = text.split("\n  report:\n")
    report = report.replace("    runs-on:", f"    {job}    runs-on:", 1)
    installed = "        run: bash .github/steps/install.sh\n"
    report = report.replace(installed, installed + textwrap.indent(step, " " * 6), 1)
    answer, token = report.rsplit("          GITHUB_TOKEN:", 1)
    return f"{head}\n  report:\n{answer}          {variable}          GITHUB_TOKEN:{token}"


def test_the_check_of_an_app_is_posted_with_its_own_token(stage: Scene) -> None:
    """By the documented lines: the app posts the check, the bot the comment."""
    app = register_app(stage.forge.state, checks="write")
    stage.builder.commit(
        {GATE: with_app(stage.builder.files(stage.forge.state.git("rev-parse", "main"))[GATE].decode())}
    )
    pull = stage.propose(GOOD)
    stage.variables, stage.secrets = {"PROMOTER_APP_ID": app.id}, {"PROMOTER_APP_KEY": app.key}
    outcome = stage.gate(pull)
    assert "success" == outcome.jobs["report"]
    assert ["acme-gate[bot]"] == stage.forge.state.settings["check_authors"]
    assert [("completed", "success")] == stage.checks(pull)
    assert 1 == len(stage.comments())


def test_without_the_apps_token_no_check_is_posted(stage: Scene) -> None:
    """A wrong key: the job fails with what to do, and nobody else's check stands in."""
    app = register_app(stage.forge.state, contents="read")
    stage.builder.commit(
        {GATE: with_app(stage.builder.files(stage.forge.state.git("rev-parse", "main"))[GATE].decode())}
    )
    pull = stage.propose(GOOD)
    stage.variables, stage.secrets = {"PROMOTER_APP_ID": app.id}, {"PROMOTER_APP_KEY": app.key}
    assert "failure" == stage.gate(pull).jobs["report"]
    assert [] == stage.checks(pull)


def many_models(count: int) -> dict[str, bytes | str]:
    """Return the first version of so many models."""
    files: dict[str, bytes | str] = {}
    source = {f"{FOLDER}/model.yaml": model_yaml(), **version_files("1.0.0", shift=1.0)}
    for number in range(count):
        name = f"lending/m{number}"
        for path, content in source.items():
            text = content.replace("lending/mortgage", name) if isinstance(content, str) else content
            files[path.replace("lending/mortgage", name)] = text
    return files


def test_two_hundred_models_in_one_pull_request(tmp_path: Path) -> None:
    """One comment below GitHub's limit lists them and says what was left out; the check fails."""
    with scene(tmp_path, {**registry_files(), **rule_files()}) as stage:
        pull = stage.propose(many_models(200))
        stage.gate(pull)
        (comment,) = stage.comments()
        assert "200 changes: 200 held." in comment
        assert len(comment) <= 65_536
        assert [("completed", "failure")] == stage.checks(pull)
