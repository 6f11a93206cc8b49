from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from promoter.decision.docket import Item, build_docket
from promoter.decision.trees import ReadStays, Trees, unread_stays
from promoter.gates.contract.record_of_stage import Stay
from promoter.gates.table import find_gate
from promoter.git.difference import diff_snapshots
from promoter.git.repository import open_repository
from promoter.git.snapshot import Snapshot
from promoter.policy.rulebook import read_rules
from promoter.registry.changes import find_changes
from tests.support.annals import annals_of
from tests.support.registry import FOLDER, registry_files, version_files
from tests.support.repositories import RepositoryBuilder

AT = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
CHANGE = (
    "schema: promoter.change/1\nticket: CHG-7\ntitle: A move\nreason: Better\nrisk: low\nrisk_assessment: Low\n"
    "rollback_plan: Revert\nrequester: leo\napprovers: [rita]\neffective_from: 2026-05-30\n"
)
INCIDENT = (
    "schema: promoter.incident/1\nid: {id}\nversion: '1.0.0'\nstage: staging\nstarted_at: 2026-05-20T00:00:00Z\n"
    "summary: Wrong scores\n"
)
ENDED = "resolved_at: 2026-05-21T00:00:00Z\n"
Docket = Callable[..., Item]


@pytest.fixture
def docket(tmp_path: Path) -> Docket:
    """Return a function: more files of the base, more of the change, history -> the one item of a promotion."""

    def build(
        base: Mapping[str, str] | None = None, change: Mapping[str, str] | None = None, stays: ReadStays = unread_stays
    ) -> Item:
        builder = RepositoryBuilder.create(tmp_path)
        registry = {**registry_files(production="1.0.0"), **version_files("2.0.0")}
        first = builder.commit({**registry, "policies/changes/CHG-7.yaml": CHANGE, **(base or {})})
        pointer = {f"{FOLDER}/stages/production.yaml": 'version: "2.0.0"\nchange: CHG-7\n'}
        second = builder.commit({**pointer, **(change or {})})
        repository = open_repository(tmp_path)
        before, after = (Snapshot(repository, repository.commit(commit).tree_id) for commit in (first, second))
        changes, refused = find_changes(before, after, diff_snapshots(before, after), annals_of({"1.0.0": 0}))
        trees = Trees(base=before, merged=after, last_served=lambda _model, _stage: "1.0.0", stays=stays)
        items, problems = build_docket(changes, trees, read_rules(before), find_gate=find_gate, at=AT)
        assert ((), ()) == (refused, problems)
        return next(item for item in items if item.candidate is not None)

    return build


def test_candidate_carries_the_pointer_and_model_yaml(docket: Docket) -> None:
    """Gates see the ticket, and can point into model.yaml."""
    candidate = docket().candidate
    assert candidate is not None
    assert candidate.pointer is not None
    assert ("2.0.0", "CHG-7") == (candidate.pointer.version, candidate.pointer.change)
    place = candidate.release.locate_model("risk_tier")
    assert (f"{FOLDER}/model.yaml", 5) == (place.path, place.line)


def test_record_holds_change_records_and_roles_of_the_base(docket: Docket) -> None:
    """What the same change brings in was agreed by nobody yet."""
    record = (
        docket(change={"policies/changes/CHG-8.yaml": CHANGE.replace("CHG-7", "CHG-8")}).judgements[0].context.record
    )
    assert ["CHG-7"] == list(record.changes)
    assert record.holds_role("Rita", "risk")
    assert not record.holds_role("leo", "risk")


def test_history_that_nobody_gives_is_not_an_empty_one(docket: Docket) -> None:
    """A stage that was not looked up is no key."""
    assert {} == docket().judgements[0].context.record.stays


def test_history_is_asked_for_every_stage_of_the_pipeline(docket: Docket) -> None:
    """Each stage of the pipeline has its stays."""
    stay = Stay(version="2.0.0", entered_at=AT - timedelta(days=9))
    record = docket(stays=lambda _model, stage: (stay,) if stage == "staging" else ()).judgements[0].context.record
    assert {"staging": (stay,), "production": ()} == record.stays
    assert stay == record.stay_of("2.0.0", stage="staging")


@pytest.mark.parametrize(
    ("base", "change", "open_ids"),
    [
        ({}, {}, []),
        ({"old": ""}, {}, ["old"]),
        ({"old": ENDED}, {}, []),
        ({"old": ""}, {"old": ENDED}, ["old"]),
        ({}, {"new": ""}, ["new"]),
    ],
)
def test_change_cannot_end_the_incident_that_holds_it(
    docket: Docket, base: dict[str, str], change: dict[str, str], open_ids: list[str]
) -> None:
    """An incident of the base stands as the base has it; one that the change brings in counts at once."""

    def files(incidents: dict[str, str]) -> dict[str, str]:
        return {f"{FOLDER}/incidents/{name}.yaml": INCIDENT.format(id=name) + end for name, end in incidents.items()}

    record = docket(files(base), files(change)).judgements[0].context.record
    assert open_ids == [incident.id for incident in record.open_incidents(at=AT)]


OBSERVATION = (
    "schema: promoter.observation/1\nversion: '2.0.0'\nstage: staging\nobserved_from: 2026-05-01T00:00:00Z\n"
    "observed_to: {to}\nuri: {uri}\ndigest: 'sha256:" + "d" * 64 + "'\nsize_bytes: 9\n"
    "columns: {{id: id, timestamp: at, prediction: y}}\n"
)


def test_observations_of_the_base_stand_and_new_ones_join_them(docket: Docket) -> None:
    """A change cannot better what was seen of it; those of another version or stage are not the candidate's."""
    folder = f"{FOLDER}/observations"
    seen = OBSERVATION.format(to="2026-05-08T00:00:00Z", uri="a.csv")
    base = {
        f"{folder}/a.yaml": seen,
        f"{folder}/of-production.yaml": seen.replace("stage: staging", "stage: production"),
        f"{folder}/of-another.yaml": seen.replace("2.0.0", "1.0.0"),
        f"{folder}/taken-away.yaml": seen,
    }
    change = {f"{folder}/a.yaml": seen.replace("-08T", "-09T"), f"{folder}/b.yaml": seen}
    candidate = docket(base=base, change={**change, f"{folder}/taken-away.yaml": None}).candidate
    assert candidate is not None
    names = [observed.path.removeprefix(f"{folder}/") for observed in candidate.observations]
    assert ["a.yaml", "b.yaml", "taken-away.yaml"] == names
    assert 8 == candidate.observations[0].observation.observed_to.day


def test_an_observation_in_a_store_that_nobody_allowed_is_refused(docket: Docket) -> None:
    """Its rows are fetched like any evidence."""
    text = OBSERVATION.format(to="2026-05-08T00:00:00Z", uri="https://elsewhere.example/a.csv")
    with pytest.raises(AssertionError, match=r"no store of the registry has the scheme 'https'"):
        docket(base={f"{FOLDER}/observations/a.yaml": text})
