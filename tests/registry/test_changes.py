from collections.abc import Mapping
from pathlib import Path

import pytest

from promoter.errors import Problem
from promoter.git.difference import diff_snapshots
from promoter.git.repository import open_repository
from promoter.git.snapshot import Snapshot
from promoter.registry.changes import Change, ChangeKind, find_changes
from tests.support.annals import annals_of
from tests.support.registry import FOLDER, model_yaml, registry_files, stage_files, version_files
from tests.support.repositories import RepositoryBuilder

Edit = Mapping[str, bytes | str | None]


@pytest.fixture
def changes_of(tmp_path: Path):
    """Return a function: files of the base, edits, entries of the stage -> changes and problems."""

    def find(
        base: Edit, edit: Edit, entered: Mapping[str, int] | None = None
    ) -> tuple[tuple[Change, ...], tuple[Problem, ...]]:
        builder = RepositoryBuilder.create(tmp_path)
        first, second = builder.commit(base), builder.commit(edit)
        repository = open_repository(tmp_path)
        before, after = (Snapshot(repository, repository.commit(commit).tree_id) for commit in (first, second))
        return find_changes(before, after, diff_snapshots(before, after), annals_of(entered or {}))

    return find


def test_a_new_manifest_is_a_registration(changes_of) -> None:
    """A version that the base lacks is registered."""
    changes, problems = changes_of(registry_files(), version_files("2.0.0"))
    assert ((ChangeKind.REGISTRATION, "2.0.0"),) == tuple((change.kind, change.version) for change in changes)
    assert () == problems


def test_a_moved_pointer_is_a_promotion_that_names_what_it_replaces(changes_of) -> None:
    """The version that served before is the one to compare with."""
    base = {**registry_files(production="1.0.0"), **version_files("2.0.0")}
    changes, _ = changes_of(base, stage_files(production="2.0.0"), {"1.0.0": 0})
    assert ("promotion", "2.0.0", "production", "1.0.0") == (
        changes[0].kind,
        changes[0].version,
        changes[0].stage,
        changes[0].replaced,
    )


def test_a_return_to_an_earlier_version_is_a_rollback(changes_of) -> None:
    """What first entered the stage before the version that it replaces is a return."""
    base = {**registry_files(production="2.0.0"), **version_files("2.0.0")}
    changes, _ = changes_of(base, stage_files(production="1.0.0"), {"1.0.0": 0, "2.0.0": 1})
    assert ChangeKind.ROLLBACK is changes[0].kind


def test_a_second_try_of_a_version_that_was_rolled_back_is_a_promotion(changes_of) -> None:
    """It first entered later than the version that it replaces, so it is judged in full."""
    base = {**registry_files(production="1.0.0"), **version_files("2.0.0")}
    changes, _ = changes_of(base, stage_files(production="2.0.0"), {"1.0.0": 0, "2.0.0": 1})
    assert ChangeKind.PROMOTION is changes[0].kind


def test_a_removed_pointer_is_a_retirement(changes_of) -> None:
    """The stage serves nothing afterwards."""
    changes, problems = changes_of(registry_files(production="1.0.0"), {f"{FOLDER}/stages/production.yaml": None})
    assert [(ChangeKind.RETIREMENT, "1.0.0")] == [(change.kind, change.version) for change in changes]
    assert () == problems


def test_a_merged_version_never_changes(changes_of) -> None:
    """Row 42: the same version with another artifact is refused, at the file that changed."""
    edit = {f"{FOLDER}/versions/1.0.0/model.safetensors": b"other"}
    _, problems = changes_of(registry_files(), edit)
    assert [f"{FOLDER}/versions/1.0.0/model.safetensors"] == [problem.location.path for problem in problems]
    assert "never changes" in problems[0].message
    assert "new version" in problems[0].hint


def test_a_file_added_to_or_removed_from_a_merged_version_is_refused(changes_of) -> None:
    """A folder that was judged holds what was judged, no more and no less."""
    edit = {f"{FOLDER}/versions/1.0.0/extra.md": "x", f"{FOLDER}/versions/1.0.0/evidence/predictions.csv": None}
    _, problems = changes_of(registry_files(), edit)
    assert {"added to", "removed from"} == {" ".join(problem.message.split()[:2]) for problem in problems}


def test_rules_and_what_they_judge_do_not_change_together(changes_of) -> None:
    """Row 3: a policy edited beside the manifest that needs it is refused."""
    edit = {**version_files("2.0.0"), "policies/catalog/performance/auc.yaml": "id: auc\n"}
    changes, problems = changes_of(registry_files(), edit)
    assert "split it" in problems[0].hint
    assert ChangeKind.GOVERNANCE in {change.kind for change in changes}


@pytest.mark.parametrize("path", ["promoter/cli.py", "sitecustomize.py", ".github/workflows/gate.yml", "CODEOWNERS"])
def test_the_engine_and_a_manifest_do_not_change_together(changes_of, path: str) -> None:
    """Rows 4 and 5: code beside a candidate is refused."""
    _, problems = changes_of(registry_files(), {**version_files("2.0.0"), path: "x"})
    assert any("touches the rules" in problem.message for problem in problems)


def test_a_changed_risk_tier_is_governance(changes_of) -> None:
    """A merged model.yaml decides which rules apply, so it does not change beside a promotion."""
    edit = {f"{FOLDER}/model.yaml": model_yaml(risk_tier="low"), **stage_files(production="1.0.0")}
    changes, problems = changes_of(registry_files(), edit)
    assert ChangeKind.GOVERNANCE in {change.kind for change in changes}
    assert any("split it" in problem.hint for problem in problems)


def test_a_decision_record_is_written_by_the_recorder_alone(changes_of) -> None:
    """A record in a pull request is refused."""
    path = f"reports/decisions/{FOLDER.removeprefix('models/')}/production/0001-1.0.0.json"
    _, problems = changes_of(registry_files(), {path: "{}"})
    assert [path] == [problem.location.path for problem in problems]


def test_a_withdrawal_names_the_version(changes_of) -> None:
    """Each new entry of withdrawn.yaml is a change of its own."""
    text = 'schema: promoter.withdrawn/1\nwithdrawn: [{version: "1.0.0", reason: leaked labels}]\n'
    changes, problems = changes_of(registry_files(), {f"{FOLDER}/withdrawn.yaml": text})
    assert [(ChangeKind.WITHDRAWAL, "1.0.0")] == [(change.kind, change.version) for change in changes]
    assert () == problems


def test_a_withdrawal_is_for_good(changes_of) -> None:
    """An entry that disappears is refused."""
    entry = '{version: "1.0.0", reason: leaked labels}'
    other = '{version: "0.9.0", reason: wrong units}'
    before = f"schema: promoter.withdrawn/1\nwithdrawn: [{entry}, {other}]\n"
    after = f"schema: promoter.withdrawn/1\nwithdrawn: [{other}]\n"
    base = {**registry_files(), f"{FOLDER}/withdrawn.yaml": before}
    _, problems = changes_of(base, {f"{FOLDER}/withdrawn.yaml": after})
    assert "1.0.0 is no longer withdrawn" in problems[0].message


def test_a_pointer_to_an_unknown_version_is_refused(changes_of) -> None:
    """The place is the version's line, and known versions are named."""
    _, problems = changes_of(registry_files(), stage_files(production="9.9.9"))
    assert f"{FOLDER}/stages/production.yaml:1:10" == str(problems[0].location)
    assert "1.0.0" in problems[0].hint
