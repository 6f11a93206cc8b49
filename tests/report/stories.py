"""The decisions behind the golden reports, by the golden file's name."""

from dataclasses import replace
from pathlib import Path

from promoter.decision.types import Approvals, ChangeDecision, Decision, Outcome, Verdict
from promoter.errors import Location, Problem
from promoter.measure.measurement import Measurement
from promoter.registry.changes import ChangeKind
from promoter.report.markdown import render_markdown
from promoter.report.view import build_view
from tests.report import decisions as make

AGREED = Approvals(
    required=(("model-validation", 1), ("risk-office", 1)),
    given=(("model-validation", "mmina"), ("risk-office", "olu-b")),
)


def passed() -> Decision:
    """Everything holds and everybody agreed."""
    results = (make.discrimination(), make.freshness(), *make.others())
    return make.decision(make.change(Verdict.PASSED, results, approvals=AGREED))


def held() -> Decision:
    """A near miss of a fairness bound, an undecided comparison, a narrow pass, a missing approval."""
    results = (
        make.no_regression(),
        make.equal_opportunity(),
        make.discrimination(),
        make.freshness(),
        *make.others(),
    )
    return make.decision(make.change(Verdict.FAILED, results))


def waived() -> Decision:
    """The same near miss, set aside by a waiver; a warning beside it."""
    age = Measurement(measure="evidence_age", n=1, value=201.0, unit="day")
    late = make.freshness(
        outcome=Outcome.FAILED,
        enforcement="warn",
        findings=(make.held(age, at_most=180),),
        remediation="Evaluate on this year's applications.",
    )
    results = (make.equal_opportunity(Outcome.WAIVED, waiver="small-group-2026"), late, make.discrimination())
    return make.decision(make.change(Verdict.WARNED, results, approvals=AGREED))


def errored() -> Decision:
    """A policy that could not be judged blocks like a failure, and says who mends it."""
    reason = "held-out.parquet: column `approve` has values other than two: 0, 1, 9"
    broken = make.result("credit-discrimination", Outcome.ERRORED, reason=reason)
    return make.decision(make.change(Verdict.ERRORED, (broken, make.freshness()), measurements={}))


def problems() -> Decision:
    """Files that cannot be read: nothing is judged."""
    folder = "models/lending/mortgage"
    found = (
        Problem(
            Location(f"{folder}/stagse/production.yaml"),
            "the layout knows no folder `stagse`",
            "rename it to stages/",
        ),
        Problem(
            Location(f"{folder}/versions/2.1.0/manifest.yaml", 14, 11),
            "digest is 63 hex characters, sha256 has 64",
            "recompute with `sha256sum model.onnx`",
        ),
    )
    return make.decision(problems=found)


def mixed() -> Decision:
    """Many models in one pull request: two held, one without a verdict, the rest passed."""
    names = [f"retail/store-{number:03d}" for number in range(1, 10)]
    changes = [registration(name, passed=True) for name in names]
    changes[3] = registration(names[3], passed=False)
    changes[7] = replace(make.change(Verdict.FAILED, (make.equal_opportunity(),)), model=names[7])
    reason = "no policy judges this registration; bind at least one to it in policies/catalog/"
    changes[5] = replace(changes[5], verdict=Verdict.ERRORED, results=(), reason=reason, measurements={})
    return make.decision(*changes)


def registration(model: str, *, passed: bool) -> ChangeDecision:
    """Return the registration of a model's version 2.1.0."""
    results = (make.discrimination(), make.freshness()) if passed else (make.equal_opportunity(), make.discrimination())
    return make.change(
        Verdict.PASSED if passed else Verdict.FAILED,
        results,
        kind=ChangeKind.REGISTRATION,
        model=model,
        stage=None,
        champion=None,
        approvals=Approvals(),
        measurements=make.answers(with_champion=False),
    )


STORIES = {
    "passed": passed,
    "held": held,
    "waived": waived,
    "errored": errored,
    "problems": problems,
    "mixed": mixed,
}

GOLDEN = Path(__file__).parent / "golden"


def told(name: str) -> str:
    """Return a story's report."""
    return render_markdown(build_view(STORIES[name]().as_json(), lineage={make.LINEAGE.version: make.LINEAGE}))


if __name__ == "__main__":  # `python -m tests.report.stories` writes the golden reports; read them before you keep them
    for title in STORIES:
        (GOLDEN / f"{title}.md").write_text(told(title), encoding="utf-8")
