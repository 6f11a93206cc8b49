"""A policy judged on a described candidate: its numbers are stated, nothing is measured, nothing is read."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from promoter.decision.docket import FindGate, build_docket
from promoter.decision.judge import Judgement, judge, no_waiver
from promoter.decision.policy_candidate import CANDIDATE, CHAMPION, model_of, tree_of
from promoter.decision.trees import Trees
from promoter.decision.types import Outcome, Result
from promoter.digest import sha256_bytes
from promoter.errors import Problem, ProposalError
from promoter.gates.contract.candidate import Added
from promoter.gates.contract.record_of_stage import Precedent, Stay
from promoter.measure.measurement import Interval, Measurement
from promoter.measure.request import Measured, Measurements, Request
from promoter.policy.rulebook import RuleBook
from promoter.policy.testcase import ExpectedFinding, PolicyTest, StatedAnswer, StatedMeasurement
from promoter.policy.testfiles import TestFile
from promoter.registry.changes import Change, ChangeKind
from promoter.registry.layout import MODELS
from promoter.registry.memory import MemoryTree


@dataclass(frozen=True, slots=True, kw_only=True)
class TestResult:
    """What a case found: its policy, the outcome, and every way in which it is not what was expected."""

    __test__ = False

    test: TestFile
    outcome: Outcome
    problems: tuple[Problem, ...]

    @property
    def passed(self) -> bool:
        """Say whether the policy said what the case expects."""
        return not self.problems


def run_policy_test(test: TestFile, rules: RuleBook, *, find_gate: FindGate) -> TestResult:
    """Return what a case found. Raises ProposalError where the described candidate is itself unusable."""
    judgement, answers = prepare_case(test, rules, find_gate=find_gate)
    result = judge(judgement, answers, no_waiver)
    return TestResult(test=test, outcome=result.outcome, problems=tuple(_differences(test, result)))


def prepare_case(test: TestFile, rules: RuleBook, *, find_gate: FindGate) -> tuple[Judgement, Measurements]:
    """Return what is to be judged and its stated answers. Raises ProposalError where the candidate is unusable."""
    case = test.case
    [file] = [file for file in rules.policies if file.policy.id == test.policy]
    alone = replace(rules, policies=(file,), changes=(*rules.changes, *case.changes))
    tree = tree_of(case)
    items, problems = build_docket([_change(case)], _trees(case, tree), alone, find_gate=find_gate, at=case.at)
    if problems:
        raise ProposalError(*(_retold(problem, test) for problem in problems))
    judgements = items[0].judgements
    if not judgements:
        raise ProposalError(_not_judged(test))
    [judgement] = judgements
    return judgement, {request: _answer(case, request) for request in judgement.requests}


def _retold(problem: Problem, test: TestFile) -> Problem:
    """Return a problem of the described candidate at the case that describes it."""
    place = test.document.location(("candidate",))
    return Problem(place, f"the case describes an unusable candidate: {problem.message}", problem.hint)


def _not_judged(test: TestFile) -> Problem:
    place = test.document.location(("kind",))
    message = f"a {test.case.kind} brings no version, and policy {test.policy} does not judge its files"
    return Problem(place, message, "name the kind in the policy's applies_to.kinds, or describe another change")


def _trees(case: PolicyTest, tree: MemoryTree) -> Trees:
    """Return the case's registry before and after the change: the pointer that moves is all that differs."""
    pointer = f"{MODELS}/{model_of(case)}/stages/{case.stage}.yaml"
    before = {path: content for path, content in tree.files.items() if path != pointer}
    if case.champion is not None and case.kind is not ChangeKind.REGISTRATION:
        before[pointer] = f'version: "{CHAMPION}"\n'.encode()
    stays = {
        stage: tuple(Stay(version=s.version, entered_at=s.entered_at, left_at=s.left_at) for s in found)
        for stage, found in case.stays.items()
    }
    told = case.precedent
    precedent = Precedent(verdict=told.verdict, agreed=told.agreed, reasons=told.reasons) if told is not None else None
    return Trees(
        base=MemoryTree(before),
        merged=tree,
        last_served=lambda _model, _stage: CHAMPION if case.champion is not None else None,
        stays=lambda _model, stage: stays.get(stage),
        recall=lambda _model, _stage, _version: precedent,
        rehearse=lambda: case.undone,
        additions=lambda: tuple(Added(path, f"git:{sha256_bytes(path.encode())[-40:]}") for path in case.added),
    )


def _change(case: PolicyTest) -> Change:
    folder = f"{MODELS}/{model_of(case)}"
    if case.kind in (ChangeKind.GOVERNANCE, ChangeKind.UPKEEP):
        return Change(kind=case.kind, paths=case.added)
    if case.kind in (ChangeKind.REGISTRATION, ChangeKind.WITHDRAWAL, ChangeKind.RESTORATION):
        name = "withdrawn.yaml" if case.kind is ChangeKind.WITHDRAWAL else f"versions/{CANDIDATE}/manifest.yaml"
        return Change(kind=case.kind, model=model_of(case), version=CANDIDATE, paths=(f"{folder}/{name}",))
    return Change(
        kind=case.kind,
        model=model_of(case),
        version=CANDIDATE,
        stage=case.stage,
        replaced=CHAMPION if case.champion is not None else None,
        paths=(f"{folder}/stages/{case.stage}.yaml",),
    )


def _answer(case: PolicyTest, request: Request) -> Measured:
    """Return the stated answer to a request: its family's own, else what is stated for all."""
    general = StatedAnswer(measurements=case.measurements, facts=case.facts)
    stated = case.answers.get(type(request).__name__, general)
    return Measured(values=tuple(map(_measurement, stated.measurements)), facts=stated.facts, failure=stated.failure)


def _measurement(stated: StatedMeasurement) -> Measurement:
    interval = stated.interval
    return Measurement(
        measure=stated.measure,
        value=stated.value,
        n=stated.n,
        unit=stated.unit,
        slice=tuple(stated.slice.items()),
        interval=Interval(interval.lower, interval.upper, interval.level, "stated") if interval else None,
        undecidable=stated.undecidable,
    )


def _differences(test: TestFile, result: Result) -> list[Problem]:
    """Return every way in which a result is not what its case expects, each at its line."""
    expected, place = test.case.expect, test.document.location
    said = "; ".join([*([result.reason] if result.reason else []), *(finding.message for finding in result.findings)])
    hint = f"the policy said: {said or 'nothing'}"
    problems = []
    if result.outcome != expected.outcome:
        message = f"expected {expected.outcome}, the outcome is {result.outcome}"
        problems.append(Problem(place(("expect", "outcome")), message, hint))
    flags: Mapping[str, tuple[bool | None, bool]] = {
        "near_miss": (expected.near_miss, result.near_miss),
        "narrow_pass": (expected.narrow_pass, result.narrow_pass),
    }
    for name, (wanted, found) in flags.items():
        if wanted is not None and wanted is not found:
            message = f"expected {name} {str(wanted).lower()}, it is {str(found).lower()}"
            problems.append(Problem(place(("expect", name)), message, hint))
    if expected.reason is not None and expected.reason not in (result.reason or ""):
        message = f"expected a reason with {expected.reason!r}, it is {result.reason!r}"
        problems.append(Problem(place(("expect", "reason")), message, hint))
    for index, wanted_finding in enumerate(expected.findings):
        if not _has(result, wanted_finding):
            message = f"no finding is {wanted_finding.measure} with satisfied {wanted_finding.satisfied}"
            problems.append(Problem(place(("expect", "findings", index)), message, hint))
    return problems


def _has(result: Result, wanted: ExpectedFinding) -> bool:
    return any(
        finding.measure == wanted.measure
        and finding.satisfied is wanted.satisfied
        and (wanted.slice is None or dict(finding.slice) == wanted.slice)
        for finding in result.findings
    )
