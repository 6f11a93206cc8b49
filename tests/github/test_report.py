"""`promoter report` without a network: what it prints, how it ends, and what it refuses to read."""

import json
from pathlib import Path
from typing import Any

import pytest

from promoter.commands.answer import read_answer
from promoter.commands.report import conclusion_of
from promoter.decision.types import Approvals, Outcome, Verdict
from promoter.errors import Location, Problem, PromoterError
from promoter.github.checks import Conclusion
from promoter.report.view import build_view
from tests.report.decisions import change, decision, result
from tests.support.command import Run, run_promoter


@pytest.fixture(autouse=True)
def known(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no job's environment be ours."""
    for name in ("GITHUB_TOKEN", "GITHUB_STEP_SUMMARY", "GITHUB_API_URL", "GITHUB_REPOSITORY"):
        monkeypatch.delenv(name, raising=False)


def a_decision(
    verdict: Verdict, *outcomes: tuple[str, Outcome], problems: tuple[Problem, ...] = (), missing: int = 0
) -> dict[str, Any]:
    """Return a decision on one change whose results are (gate, outcome), with so many approvals missing."""
    results = [result(gate, outcome, gate=gate) for gate, outcome in outcomes]
    approvals = Approvals(required=(("risk", 1),), missing=(("risk", missing),) if missing else ())
    judged = change(verdict, results, approvals=approvals)
    return {**decision(judged, problems=problems).as_json(), "verdict": verdict.value}


def stored(folder: Path, content: Any, *, name: str = "decision.json") -> Path:
    """Return a folder that holds an answer, and an event beside it."""
    (folder / name).write_text(content if isinstance(content, str) else json.dumps(content))
    (folder / "event.json").write_text('{"inputs": {"pull": "7"}}')
    return folder


def report(folder: Path, *options: str) -> Run:
    """Run the command on a stored answer."""
    return run_promoter("report", "--event", str(folder / "event.json"), "--decision", str(folder), *options)


HELD = a_decision(Verdict.FAILED, ("performance", Outcome.FAILED))


@pytest.mark.parametrize(
    ("verdict", "outcome", "code"),
    [
        (Verdict.PASSED, Outcome.PASSED, 0),
        (Verdict.WARNED, Outcome.WAIVED, 0),
        (Verdict.FAILED, Outcome.FAILED, 1),
        (Verdict.ERRORED, Outcome.ERRORED, 3),
    ],
)
def test_local_ends_as_the_verdict_says(tmp_path: Path, verdict: Verdict, outcome: Outcome, code: int) -> None:
    """The fallback's job is the check, so its end is the verdict."""
    folder = stored(tmp_path, a_decision(verdict, ("performance", outcome)))
    assert code == report(folder, "--local").code


def test_local_annotates_the_lines(tmp_path: Path) -> None:
    """As workflow commands on standard output, and the summary in its file."""
    run = report(stored(tmp_path, HELD), "--local")
    assert run.out.startswith("::error file=policies/catalog/performance/performance.yaml,line=1,")


def test_a_dry_run_prints_the_comment_and_asks_for_nothing(tmp_path: Path) -> None:
    """No token is needed to see what would be posted."""
    run = report(stored(tmp_path, HELD), "--dry-run")
    assert (0, True) == (run.code, run.out.startswith("<!-- promoter:report -->\n## "))


def test_without_a_token_it_says_how_to_pass_one(tmp_path: Path) -> None:
    """Exit 3: not posted."""
    run = report(stored(tmp_path, HELD))
    assert 3 == run.code
    assert "set GITHUB_TOKEN for this step" in run.err


def test_no_answer_is_told_as_no_verdict(tmp_path: Path) -> None:
    """A job that ended without one passes nothing."""
    run = report(stored(tmp_path, "{}", name="unrelated.json"), "--local")
    assert 3 == run.code
    assert "ended without a decision" in run.out


@pytest.mark.parametrize(
    "content",
    [
        "{",
        "[" * 100_000,
        '{"schema": "promoter.decision/1"}',
        json.dumps({**HELD, "verdict": "approved"}),
        json.dumps({**HELD, "verdict": 1}),
        json.dumps(HELD).replace('"verdict": "failed"', '"verdict": NaN'),
    ],
    ids=["cut off", "deep", "empty", "unknown verdict", "number", "NaN"],
)
def test_a_decision_of_another_form_is_refused(tmp_path: Path, content: str) -> None:
    """Never a pass, whatever else it says."""
    with pytest.raises(PromoterError):
        read_answer(stored(tmp_path, content))


def test_a_link_in_place_of_the_decision_is_no_decision(tmp_path: Path) -> None:
    """An artifact names no file of the runner."""
    (tmp_path / "elsewhere.json").write_text(json.dumps(a_decision(Verdict.PASSED, ("performance", Outcome.PASSED))))
    (tmp_path / "decision.json").symlink_to(tmp_path / "elsewhere.json")
    assert "errored" == read_answer(tmp_path).view.verdict


PROBLEM = Problem(Location("x"), "wrong", "mend it")


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (a_decision(Verdict.PASSED, ("performance", Outcome.PASSED)), Conclusion.SUCCESS),
        (a_decision(Verdict.WARNED, ("performance", Outcome.WAIVED)), Conclusion.SUCCESS),
        (HELD, Conclusion.FAILURE),
        (a_decision(Verdict.PASSED, ("performance", Outcome.PASSED), missing=1), Conclusion.PENDING),
        (a_decision(Verdict.FAILED, ("performance", Outcome.FAILED), missing=1), Conclusion.FAILURE),
        (a_decision(Verdict.ERRORED, ("performance", Outcome.ERRORED), missing=1), Conclusion.FAILURE),
        (
            a_decision(Verdict.ERRORED, ("performance", Outcome.PASSED), problems=(PROBLEM,), missing=1),
            Conclusion.FAILURE,
        ),
        (a_decision(Verdict.FAILED, ("performance", Outcome.PASSED)), Conclusion.FAILURE),
        (a_decision(Verdict.PASSED, ("performance", Outcome.FAILED)), Conclusion.FAILURE),
        ({**HELD, "verdict": "passed"}, Conclusion.FAILURE),
        (a_decision(Verdict.PASSED, ("performance", Outcome.PASSED), problems=(PROBLEM,)), Conclusion.FAILURE),
    ],
)
def test_only_a_verdict_that_passes_is_a_success(told: dict[str, Any], expected: Conclusion) -> None:
    """Pending is what waits for nothing but people."""
    assert expected is conclusion_of(build_view(told))


@pytest.mark.parametrize(
    ("page", "is_linked"),
    [
        ("https://github.com/acme/registry/actions/runs/5/artifacts/7", True),
        ("https://github.com/acme/registry/actions/runs/6/artifacts/7", False),
        ("https://github.com/acme/registry/actions/runs/5/artifacts/7) @everyone", False),
        ("javascript:alert(1)", False),
        ("", False),
    ],
)
def test_only_an_artifact_of_this_run_is_linked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, page: str, *, is_linked: bool
) -> None:
    """The address comes through the job that reads hostile data."""
    for name, value in (("SERVER_URL", "https://github.com"), ("REPOSITORY", "acme/registry"), ("RUN_ID", "5")):
        monkeypatch.setenv(f"GITHUB_{name}", value)
    run = report(stored(tmp_path, HELD), "--dry-run", "--page", page)
    assert is_linked == ("The full report" in run.out)
    assert is_linked == (bool(page) and page in run.out)
