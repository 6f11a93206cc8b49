"""Decisions for the report's tests, built from the engine's own types and its own comparison of number and bound."""

from collections.abc import Sequence
from dataclasses import replace

from promoter.decision.types import Approvals, BoundTo, ChangeDecision, Decision, Outcome, Result, Verdict
from promoter.errors import Location, Problem
from promoter.gates.contract.finding import Finding, hold
from promoter.measure.measurement import Interval, Measurement, Slice
from promoter.measure.request import Measured, PairedQuality, Quality, Request, Table
from promoter.policy.bound import Bound, DecideOn
from promoter.policy.policy import NearMiss
from promoter.registry.changes import ChangeKind
from promoter.report.lineage import LineageGraph, LineageNode

MANIFEST = "models/lending/mortgage/versions/2.1.0/manifest.yaml"
CANDIDATE, CHAMPION = "sha256:" + "c" * 64, "sha256:" + "b" * 64
BAND = NearMiss(relative=0.05)

LINEAGE = LineageGraph(
    "lending/mortgage@2.1.0",
    (
        LineageNode("loan-files-1990", "raw"),
        LineageNode("applications", "training", ("loan-files-1990",)),
        LineageNode("held-out", "evaluation", ("loan-files-1990",)),
    ),
)


def measured(
    measure: str,
    value: float,
    lower: float,
    upper: float,
    *,
    n: int = 398,
    unit: str = "",
    slice_: Slice = (),
    method: str = "wilson",
) -> Measurement:
    """Return a number with a 95 % interval."""
    interval = Interval(lower, upper, 0.95, method)
    return Measurement(measure=measure, n=n, value=value, unit=unit, slice=slice_, interval=interval)


AUC = measured("roc_auc", 0.8421, 0.7902, 0.8811, method="delong")
AUC_CHAMPION = measured("roc_auc", 0.8274, 0.7731, 0.8702, method="delong")
AUC_DIFFERENCE = measured("roc_auc_difference", 0.0147, -0.0081, 0.0375, method="delong")
BRIER = measured("brier", 0.08214, 0.0701, 0.0942, method="t")
RECALL = measured("recall", 0.9412, 0.9098, 0.9621, unit="fraction")
RECALL_BLACK = measured("recall", 0.7317, 0.5806, 0.8424, n=41, unit="fraction", slice_=(("race", "black"),))


def held(found: Measurement, *, line: int = 61, near: NearMiss | None = BAND, **bound: float | str) -> Finding:
    """Return the engine's finding for a number and a bound."""
    return hold(found, Bound(**bound), location=Location(MANIFEST, line), near_miss=near)


def result(policy: str, outcome: Outcome, *findings: Finding, **changed: object) -> Result:
    """Return a blocking policy's result of high severity, with what is changed of it."""
    plain = Result(
        policy=policy,
        policy_version="9fceb02d0ae598e95dc970b74767f19372d61af8",
        policy_path=f"policies/catalog/performance/{policy}.yaml",
        title="The model separates good from bad applications",
        gate="performance",
        category="performance",
        owner="model-validation",
        severity="high",
        enforcement="block",
        outcome=outcome,
        findings=findings,
        evidence=(CANDIDATE,),
    )
    return replace(plain, **changed)  # type: ignore[arg-type]


def answers(*, with_champion: bool = True) -> dict[str, object]:
    """Return what was measured of the candidate and, on the same rows, of the champion."""
    table = Table(content=CANDIDATE, format="parquet", id="id", label="approve", score="score")
    other = replace(table, content=CHAMPION)
    asked: list[tuple[Request, Measured]] = [
        (Quality(table=table, task="binary", slices=(("race",),)), Measured(values=(AUC, BRIER, RECALL, RECALL_BLACK)))
    ]
    if with_champion:
        paired = PairedQuality(candidate=table, champion=other, task="binary")
        asked.append((Quality(table=other, task="binary"), Measured(values=(AUC_CHAMPION,))))
        asked.append((paired, Measured(values=(AUC_DIFFERENCE,), facts={"delong_p": 0.206})))
    found = {request.digest: {"request": request.as_json(), "measured": answer.as_json()} for request, answer in asked}
    return dict(sorted(found.items()))


def change(verdict: Verdict, results: Sequence[Result], **changed: object) -> ChangeDecision:
    """Return the promotion of lending/mortgage@2.1.0 to production, with what is changed of it."""
    plain = ChangeDecision(
        kind=ChangeKind.PROMOTION,
        model="lending/mortgage",
        version="2.1.0",
        stage="production",
        champion="2.0.0",
        verdict=verdict,
        results=tuple(results),
        approvals=Approvals(
            required=(("model-validation", 1), ("risk-office", 1)),
            missing=(("risk-office", 1),),
            given=(("model-validation", "mmina"),),
        ),
        measurements=answers(),
    )
    return replace(plain, **changed)  # type: ignore[arg-type]


def decision(*changes: ChangeDecision, problems: Sequence[Problem] = ()) -> Decision:
    """Return a decision whose verdict is the worst of its changes, errored where there are problems."""
    verdicts = [entry.verdict for entry in changes] + [Verdict.ERRORED] * bool(problems)
    return Decision(
        engine_version="0.1.0",
        engine_digest="sha256:" + "e" * 64,
        decided_at="2026-03-02T09:30:00Z",
        bound_to=BoundTo(
            head="0a1b2c3d4e5f60718293a4b5c6d7e8f901234567",
            base="89abcdef0123456789abcdef0123456789abcdef",
            merge_tree="76543210fedcba9876543210fedcba9876543210",
            policy_tree="13579bdf02468ace13579bdf02468ace13579bdf",
            champion="sha256:" + "a" * 64,
        ),
        changes=changes,
        problems=tuple(problems),
        verdict=max(verdicts, key=lambda verdict: verdict.rank, default=Verdict.PASSED),
    )


def discrimination() -> Result:
    """Return a pass with room."""
    findings = (held(AUC, at_least=0.72, decide_on=DecideOn.INTERVAL), held(BRIER, at_most=0.11))
    return result("credit-discrimination", Outcome.PASSED, *findings)


def equal_opportunity(outcome: Outcome = Outcome.FAILED, **changed: object) -> Result:
    """Return a near miss: recall of one group is 1.83 percentage points short of its bound."""
    finding = held(RECALL_BLACK, line=73, at_least=0.75)
    plain = result(
        "equal-opportunity",
        outcome,
        finding,
        held(RECALL, line=61, at_least=0.75),
        title="Creditworthy people are found in every group",
        category="fairness",
        owner="fairness-board",
        severity="critical",
        remediation="recall of race=black is 0.732 on 41 rows, at least 0.75 is asked: 0.0183 short. Add labelled"
        " applications of that group, or move the threshold and register a new version.",
    )
    return replace(plain, **changed)  # type: ignore[arg-type]


def no_regression() -> Result:
    """Return an undecided comparison with the champion that asks a role."""
    finding = Finding(
        satisfied=None,
        measure="roc_auc_difference",
        message="roc_auc_difference is +0.0147, margin 0.005: inconclusive; p(loss > margin) = 0.045",
        location=Location(MANIFEST, 61),
        value=AUC_DIFFERENCE.value,
        interval=AUC_DIFFERENCE.interval,
        n=398,
        comparator=">=",
        bound=-0.005,
        margin=0.0197,
        hint="about 240 more rows would decide it, if the difference stays as it is",
    )
    return result(
        "no-regression",
        Outcome.INCONCLUSIVE,
        finding,
        title="The version is not worse than what the stage serves",
        gate="champion_regression",
        asks="model-validation",
        remediation="Score more held-out rows with both versions.",
    )


def freshness(**changed: object) -> Result:
    """Return a narrow pass: 172 of 180 days."""
    age = Measurement(measure="evidence_age", n=1, value=172.0, unit="day")
    plain = result(
        "fresh-evidence",
        Outcome.PASSED,
        held(age, line=58, at_most=180),
        title="The evidence is younger than half a year",
        gate="freshness",
        severity="medium",
    )
    return replace(plain, **changed)  # type: ignore[arg-type]


def others() -> tuple[Result, ...]:
    """Return one policy that only observes, and one that does not apply."""
    drift = Measurement(measure="psi", n=398, value=0.2713, slice=(("feature", "income"),))
    observed = result(
        "feature-drift",
        Outcome.FAILED,
        held(drift, at_most=0.2),
        title="Features look as they did in training",
        gate="feature_drift",
        enforcement="audit",
        remediation="Find out why income moved.",
    )
    reason = "the model's domain is credit, the policy is for health"
    absent = result("clinical-review", Outcome.NOT_APPLICABLE, title="A clinician has looked", reason=reason)
    return observed, absent
