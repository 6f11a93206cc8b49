import hashlib
from datetime import UTC, datetime
from pathlib import Path

import pytest

from promoter.decision.judge import outcome_of
from promoter.decision.types import Outcome
from promoter.document.bind import bind, bind_value
from promoter.document.reader import Document, read_yaml
from promoter.engines.duckdb.engine import DuckDBEngine
from promoter.gates.contract.candidate import Candidate, Context, Release
from promoter.gates.contract.gate import Gate
from promoter.gates.contract.record_of_stage import StageRecord, Stay
from promoter.gates.table import find_gate
from promoter.measure.plan import measure
from promoter.policy.change import ChangeRecord
from promoter.policy.pipeline import Pipeline
from promoter.policy.policy import Enforcement, Policy
from promoter.policy.roles import Roles
from promoter.policy.selector import ChangeKind
from promoter.policy.settings import Settings
from promoter.registry.manifest import Manifest
from promoter.registry.model import Model
from promoter.registry.stage import StagePointer

ROOT = Path(__file__).parents[2]
FILES = sorted([*ROOT.glob("policies/catalog/*/*.yaml"), *ROOT.glob("policies/packs/*/*.yaml")])
AT = datetime(2026, 11, 24, 15, tzinfo=UTC)
"""A Tuesday on which production is open."""
TICKETS = {("lending/mortgage", "1.0.0"): "PROM-4", ("lending/mortgage", "2.1.0"): "PROM-5"}
"""Versions of the high-risk sample that a change record is about; nobody agreed to 2.0.0."""
Sources = dict[str, Path]


def read(path: Path) -> Document:
    """Return a file of this repository's own registry."""
    return read_yaml(path.read_bytes(), path=path.relative_to(ROOT).as_posix())


def bound(path: Path) -> tuple[Policy, Gate, object]:
    """Return a policy with its gate and typed parameters."""
    document = read(path)
    policy = bind(document, Policy)
    gate = find_gate(policy.gate)
    place = lambda keys: document.location(("parameters", *keys))  # noqa: E731
    return policy, gate, bind_value(policy.parameters, gate.parameters, location_of=place)


def release(model: str, version: str) -> tuple[Release, Sources]:
    """Return a sample version, and where the contents lie that its manifest names."""
    folder = ROOT / "models" / model / "versions" / version
    document = read(folder / "manifest.yaml")
    manifest = bind(document, Manifest)
    paths = {path.relative_to(folder).as_posix(): path for path in sorted(folder.rglob("*")) if path.is_file()}
    files = {name: f"git:{git_id(path.read_bytes())}" for name, path in paths.items()}
    sources = {files[name]: path for name, path in paths.items()}
    sources |= {entry.digest: folder / entry.uri for entry in manifest.evidence}
    sources[manifest.artifact.digest] = folder / manifest.artifact.uri
    described = bind(read(folder.parents[1] / "model.yaml"), Model)
    return Release(model=described, manifest=manifest, document=document, files=files), sources


def git_id(content: bytes) -> str:
    """Return git's id of a blob."""
    return hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()


def promote(model: str, version: str, champion: str | None) -> dict[str, Outcome]:
    """Return what every enforced policy says of a promotion to production, by policy id."""
    own, sources = release(model, version)
    served, more = release(model, champion) if champion else (None, {})
    candidate = Candidate(
        kind=ChangeKind.PROMOTION,
        stage="production",
        release=own,
        champion=served,
        pointer=StagePointer(version=version, change=TICKETS.get((model, version))),
    )
    judged = [
        (policy, gate, parameters)
        for policy, gate, parameters in map(bound, FILES)
        if policy.enforcement is Enforcement.BLOCK
        and policy.applies_to.misses(candidate.subject) is None
        and gate.why_not(parameters, candidate) is None
    ]
    requests = [request for _, gate, parameters in judged for request in gate.measures(parameters, candidate)]
    answers = measure(requests, {**sources, **more}, DuckDBEngine())
    assert [] == [answer.failure for answer in answers.values() if answer.failure is not None]
    context = Context(
        candidate=candidate,
        at=AT,
        pipeline=bind(read(ROOT / "policies/pipeline.yaml"), Pipeline),
        settings=bind(read(ROOT / "policies/registry.yaml"), Settings),
        record=StageRecord(
            roles=bind(read(ROOT / "policies/roles.yaml"), Roles).roles,
            changes=change_records(),
            stays={"staging": (), "production": (Stay(version=champion, entered_at=AT),) if champion else ()},
        ),
        serving={"production": champion} if champion else {},
        undone=(),
    )
    return {policy.id: outcome_of(gate.judge(parameters, answers, context)) for policy, gate, parameters in judged}


def change_records() -> dict[str, ChangeRecord]:
    """Return the registry's change records by ticket."""
    records = (bind(read(path), ChangeRecord) for path in sorted(ROOT.glob("policies/changes/*.yaml")))
    return {record.ticket: record for record in records}


def held(model: str, version: str, champion: str | None) -> dict[str, Outcome]:
    """Return the policies that hold a promotion back."""
    results = promote(model, version, champion)
    assert len(results) >= 6
    return {name: outcome for name, outcome in results.items() if outcome is not Outcome.PASSED}


def test_there_are_enough_of_them() -> None:
    """A starter registry judges performance, fairness, drift, data, integrity and documents."""
    policies = [bound(path)[0] for path in FILES]
    assert len(policies) >= 15
    assert len({policy.gate for policy in policies}) >= 9
    assert len({policy.id for policy in policies}) == len(policies)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_each_names_owner_change_and_references_that_exist(path: Path) -> None:
    """A policy can be asked about: who owns it, what brought it, what asks for it, when it is looked at again."""
    policy, _, _ = bound(path)
    roles = bind(read(ROOT / "policies/roles.yaml"), Roles).roles
    assert policy.owner in roles
    assert policy.on_inconclusive.role is None or policy.on_inconclusive.role in roles
    assert policy.references
    assert policy.review_by is not None
    change = bind(read(ROOT / f"policies/changes/{policy.change}.yaml"), ChangeRecord)
    assert change.ticket == policy.change
    assert policy.id == path.stem
    assert "packs" in path.parts or policy.category == path.parent.name


def test_mortgage_challenger_is_held_by_fairness_and_by_a_slice() -> None:
    """Version 2.0.0 ranks better and is held: four fifths, equal opportunity, and two to four family homes.

    Nobody wrote a change record for it either.
    """
    assert {
        "four-fifths": Outcome.FAILED,
        "equal-opportunity": Outcome.FAILED,
        "credit-recall-in-every-home": Outcome.FAILED,
        "no-slice-regression-credit": Outcome.FAILED,
        "production-change-record": Outcome.FAILED,
    } == held("lending/mortgage", "2.0.0", "1.0.0")


@pytest.mark.parametrize(
    ("model", "version", "champion"),
    [
        ("lending/mortgage", "1.0.0", None),
        ("lending/mortgage", "2.1.0", "1.0.0"),
        ("labour/employment", "1.0.0", None),
        ("labour/employment", "2.1.0", "1.0.0"),
        ("health/diabetes-progression", "1.0.0", None),
        ("health/diabetes-progression", "2.1.0", "1.0.0"),
        ("vision/digits", "1.0.0", None),
        ("vision/digits", "2.0.0", "1.0.0"),
    ],
)
def test_good_versions_pass(model: str, version: str, champion: str | None) -> None:
    """Nothing that blocks holds a version that should be promoted."""
    assert {} == held(model, version, champion)


def test_worse_and_undecided_challengers_are_held() -> None:
    """The survey's 2.0.0 is inferior; of the patients' 2.0.0 nobody knows yet."""
    assert {"no-regression-survey": Outcome.FAILED} == held("labour/employment", "2.0.0", "1.0.0")
    expected = {"no-regression-progression": Outcome.INCONCLUSIVE}
    assert expected == held("health/diabetes-progression", "2.0.0", "1.0.0")
