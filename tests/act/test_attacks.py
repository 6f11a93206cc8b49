"""Rows 1-10 and 61-67 of the threat table, from the event to the answer; rows 3, 6, 8-10 and 63 stand beside these."""

import json
import re
import sys
from pathlib import Path

import cmarkgfm
import pytest

from promoter.commands.answer import write_refusal
from promoter.errors import Location, Problem
from tests.act.harness import ROOT, Scene, pull_payload
from tests.support.registry import FOLDER, manifest_yaml, predictions_csv, version_files

GOOD, BAD = version_files("2.0.0"), version_files("2.0.0", shift=1.0)
MANIFEST = f"{FOLDER}/versions/2.0.0/manifest.yaml"
HELD = [("completed", "failure")]


def test_row_2_a_job_of_the_gates_name_is_refused_at_its_line(stage: Scene) -> None:
    """The required check is a name, and only the gate may bear it."""
    pull = stage.propose({".github/workflows/green.yml": "on: push\njobs:\n  promoter: {runs-on: x}\n"})
    stage.gate(pull)
    assert "a job here reports a check named" in stage.comments()[0]
    (notes,) = stage.forge.state.annotations.values()
    assert (".github/workflows/green.yml", 3) == (notes[0]["path"], notes[0]["start_line"])
    assert HELD == stage.checks(pull)


def test_row_4_the_engine_of_the_head_never_runs(stage: Scene, tmp_path: Path) -> None:
    """A head whose engine says yes, beside a version that needs it, is refused as mixed."""
    proof = tmp_path / "ran"
    code = f"open({str(proof)!r}, 'w')\n"
    pull = stage.propose({**BAD, "promoter/__init__.py": code, "promoter/__main__.py": code})
    stage.gate(pull)
    assert "split it" in stage.comments()[0]
    assert HELD == stage.checks(pull)
    assert not proof.exists()


SHADOWS = ("promoter.py", "yaml.py", "sitecustomize.py", "conftest.py", ".github/steps/install.sh")


def test_row_5_modules_of_the_head_shadow_nothing(stage: Scene, tmp_path: Path) -> None:
    """They are never on the disk of a job, and so never imported or run."""
    proof = tmp_path / "ran"
    pull = stage.propose({**GOOD, **dict.fromkeys(SHADOWS, f"open({str(proof)!r}, 'w')\n")})
    stage.gate(pull)
    assert not proof.exists()
    assert HELD == stage.checks(pull)


def test_row_5_modules_of_the_base_shadow_nothing_either(stage: Scene, tmp_path: Path) -> None:
    """-I keeps the workspace off the path, even where main holds a module of that name."""
    proof = tmp_path / "ran"
    stage.builder.commit({"yaml.py": f"open({str(proof)!r}, 'w')\n", "click.py": "raise SystemExit(0)\n"})
    pull = stage.propose(GOOD)
    stage.gate(pull)
    assert not proof.exists()
    assert [("completed", "success")] == stage.checks(pull)


def test_the_step_that_judges_has_no_token_and_no_network(stage: Scene) -> None:
    """Its environment holds nothing of the job, and loopback is not there."""
    probe = (
        "import os, socket, sys\n"
        "names = sorted(os.environ)\n"
        "print('SEEN', names)\n"
        "try:\n"
        "    socket.create_connection(('127.0.0.1', PORT), 2)\n"
        "    print('NETWORK yes')\n"
        "except OSError as error:\n"
        "    print('NETWORK no', error)\n"
    ).replace("PORT", stage.forge.url.rpartition(":")[2])
    install = (
        "cat > \"$RUNNER_TEMP/probe.py\" <<'END'\n" + probe + "END\n"
        f'printf \'#!/bin/sh\\nexec {sys.executable} -I "%s"\\n\' "$RUNNER_TEMP/probe.py" > "$RUNNER_TEMP/promoter"\n'
        'chmod +x "$RUNNER_TEMP/promoter"\nmkdir -p "$RUNNER_TEMP/evidence"\n'
    )
    stage.builder.commit({".github/steps/install.sh": install})
    outcome = stage.gate(stage.propose(GOOD))
    judged = [
        line for line in outcome.log.splitlines() if '"evaluate"' in line and ("SEEN" in line or "NETWORK" in line)
    ]
    seen = " ".join(json.loads(line)["msg"] for line in judged)
    assert "NETWORK no" in seen
    names = set(re.findall(r"'(\w+)'", seen))
    assert names <= {"HOME", "LANG", "LC_CTYPE", "PATH", "PWD", "SHLVL", "TMPDIR", "_"}


def test_row_61_a_bad_commit_that_the_next_one_undoes_is_not_what_is_merged(stage: Scene) -> None:
    """What is judged is the tree that the merge makes; the history between is the merge method's matter."""
    pull = stage.propose(BAD)
    stage.builder.commit(GOOD, branch="candidate")
    stage.forge.state.move_head(pull)
    stage.gate(pull)
    assert [("completed", "success")] == stage.checks(pull)


HOSTILE = (
    "@everyone @acme/team #1 GH-2 ![x](http://beacon.example) <img src=x> </details> a|b `c` \\@d "
    "https://evil.example <!-- promoter:report --> ::error::x ::set-output name=verdict::pass"
)


def test_row_62_text_of_a_proposal_stays_text(stage: Scene) -> None:
    """In the rendered comment there is no link, image or tag of the author's, and no mention."""
    text = json.dumps(HOSTILE)
    manifest = manifest_yaml("2.0.0", predictions_csv(), source=f"{{repository: {text}, commit: {text}}}")
    pull = stage.propose({**GOOD, MANIFEST: manifest, f"{FOLDER}/versions/2.0.0/extra @acme <b>.md": "x"})
    stage.gate(pull)
    (comment,) = stage.comments()
    assert 1 == comment.count("<!-- promoter:report -->")
    assert not re.search(r"(?<![\w`])@(?=\w)", re.sub(r"(`+).+?\1", "", comment))
    html = cmarkgfm.github_flavored_markdown_to_html(comment)
    assert "<img" not in html
    (link,) = re.findall(r"<a [^>]*>", html)  # to the full report of this very run
    assert re.fullmatch(r'<a href="http://127\.0\.0\.1:\d+/acme/registry/actions/runs/1/artifacts/7">', link)
    assert HELD == stage.checks(pull)


def test_row_64_a_report_beyond_the_limit_is_posted_below_it(stage: Scene) -> None:
    """The largest messages that a manifest can bring about still fit, and the verdict is told."""
    lines = "\n".join(f"unknown_key_{number}: 1" for number in range(600))
    pull = stage.propose({**GOOD, MANIFEST: f"{manifest_yaml('2.0.0', predictions_csv())}{lines}\n"})
    stage.gate(pull)
    (comment,) = stage.comments()
    assert len(comment) <= 65_536
    assert HELD == stage.checks(pull)


def test_row_65_titles_and_branches_run_nothing(stage: Scene, tmp_path: Path) -> None:
    """No expression of the workflow puts the author's text into a script."""
    proof = tmp_path / "proof"
    text = "$(touch PROOF) `touch PROOF` \"; touch PROOF; # '; touch PROOF; '"
    pull = stage.propose(GOOD, title=text.replace("PROOF", str(proof)))
    event = pull_payload(stage.forge, pull)
    event["pull_request"]["head"]["ref"] = text.replace("PROOF", str(proof)).replace(" ", "${IFS}")
    stage.run("pull_request_target", event)
    assert not proof.exists()
    assert [("completed", "success")] == stage.checks(pull)


def test_row_66_text_in_the_log_commands_nothing(stage: Scene) -> None:
    """A path with a line break and a command in it is printed as one harmless line, if at all."""
    pull = stage.propose({**GOOD, f"{FOLDER}/versions/2.0.0/a\n::set-output name=verdict::pass": "x"})
    outcome = stage.gate(pull)
    entries = [json.loads(line) for line in outcome.log.splitlines() if line.startswith("{")]
    assert {"artifact-url", "url"} == {entry["name"] for entry in entries if entry.get("command") == "set-output"}
    assert HELD == stage.checks(pull)


@pytest.mark.parametrize("forgery", ["decision", "refusal", "lineage"])
def test_a_forged_artifact_is_no_pass(stage: Scene, forgery: str) -> None:
    """What `report` finds is checked for form, size and the commit that it is about."""
    other = "a" * 40
    decision = {
        "schema": "promoter.decision/1",
        "engine": {"version": "0", "digest": "x"},
        "decided_at": "2026-01-31T09:00:00Z",
        "bound_to": {"head": other, "base": other, "merge_tree": other, "policy_tree": other, "champion": None},
        "changes": [],
        "problems": [],
        "verdict": "passed",
    }
    content = {"decision": json.dumps(decision), "refusal": '[{"path": 1}]', "lineage": "[" * 100_000}[forgery]
    lines = f"cat > \"$RUNNER_TEMP/decision/{forgery}.json\" <<'END'\n{content}\nEND\n"
    forger = f'#!/bin/sh\nmkdir -p "$RUNNER_TEMP/decision"\n{lines}'
    offline = ".github/steps/offline.sh"
    real = (ROOT / offline).read_text(encoding="utf-8")
    keeps = forgery == "lineage"
    stage.builder.commit({offline: real.replace("exec ", "") + forger.removeprefix("#!/bin/sh\n") if keeps else forger})
    pull = stage.propose(GOOD)
    outcome = stage.gate(pull)
    assert "failure" == outcome.jobs["report"]
    assert ("success") not in [conclusion for _, conclusion in stage.checks(pull)]


def test_a_refusal_is_escaped_again_by_the_job_that_posts(stage: Scene, tmp_path: Path) -> None:
    """`report` trusts no text of the artifact: what it prints is made inert there."""
    write_refusal((Problem(Location("a @acme `x"), HOSTILE, HOSTILE),), tmp_path / "forged")
    content = (tmp_path / "forged/refusal.json").read_text()
    forger = f'mkdir -p "$RUNNER_TEMP/decision"\ncat > "$RUNNER_TEMP/decision/refusal.json" <<\'END\'\n{content}\nEND\n'
    stage.builder.commit({".github/steps/offline.sh": forger})
    pull = stage.propose(GOOD)
    stage.gate(pull)
    html = cmarkgfm.github_flavored_markdown_to_html(stage.comments()[0])
    assert "<img" not in html
    assert "<a " not in html
    assert HELD == stage.checks(pull)
