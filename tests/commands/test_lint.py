import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.support.command import Run, run_promoter
from tests.support.registry import FOLDER, model_yaml, registry_files, stage_files
from tests.support.repositories import RepositoryBuilder

CODEOWNERS = "* @org/platform\n"
OBSERVATION = (
    "schema: promoter.observation/1\nversion: '1.0.0'\nstage: production\nobserved_from: 2026-05-01T00:00:00Z\n"
    "observed_to: 2026-05-02T00:00:00Z\nuri: day.csv\ndigest: 'sha256:" + "d" * 64 + "'\nsize_bytes: 9\n"
    "columns: {timestamp: at, prediction: y}\n"
)


def lint(folder: Path, changed: Mapping[str, str | None]) -> Run:
    """Lint the smallest registry with some files changed."""
    builder = RepositoryBuilder.create(folder)
    files = {**registry_files(production="1.0.0"), "CODEOWNERS": CODEOWNERS, **changed}
    builder.commit({path: text for path, text in files.items() if text is not None})
    return run_promoter("lint", "--repo", str(folder), "--rev", "main")


def test_a_valid_registry_has_no_problem(tmp_path: Path) -> None:
    """Exit 0, and what was read is counted on stderr."""
    run = lint(tmp_path, {})
    assert (0, "") == (run.code, run.out)
    assert "1 models, 0 problems" in run.err


@pytest.mark.parametrize(
    ("path", "text", "words"),
    [
        (f"{FOLDER}/model.yaml", None, "the model has no model.yaml"),
        (f"{FOLDER}/model.yaml", model_yaml(owners="[nobody]"), "owner 'nobody' is no role"),
        (f"{FOLDER}/model.yaml", model_yaml(risk_tir="high"), "risk_tier"),
        (f"{FOLDER}/stages/production.yaml", 'version: "7.0.0"\n', "version '7.0.0' is not registered"),
        (f"{FOLDER}/stagse/production.yaml", 'version: "1.0.0"\n', "'stages'"),
        (f"{FOLDER}/versions/2.0.0/model.onnx", "x", "the version has no manifest.yaml"),
        (f"{FOLDER}/versions/1.0.0/notes.md", "x", "the manifest names no such file"),
        (f"{FOLDER}/observations/day.csv", "x", "no observation names these rows"),
        (f"{FOLDER}/observations/day.yaml", OBSERVATION, "'day.csv' is not beside it"),
        (f"{FOLDER}/observations/day.yaml", OBSERVATION.replace("1.0.0", "9.0.0"), "version '9.0.0' is not registered"),
        (f"{FOLDER}/observations/day.yaml", OBSERVATION.replace("prediction: y", "id: y"), "names neither prediction"),
        (f"{FOLDER}/observations/day.txt", "x", "the registry's layout knows no such file"),
        ("policies/roles.yaml", None, "policies/roles.yaml: the file is missing"),
        ("CODEOWNERS", None, "no CODEOWNERS file"),
    ],
)
def test_each_fault_is_told_at_its_file(tmp_path: Path, path: str, text: str | None, words: str) -> None:
    """Exit 2, and one line says where, what and what to do next."""
    run = lint(tmp_path, {path: text})
    assert 2 == run.code
    assert words in run.out


def test_every_fault_is_told_not_the_first_alone(tmp_path: Path) -> None:
    """Two files, two lines."""
    run = lint(tmp_path, {**stage_files(staging="8.0.0"), f"{FOLDER}/model.yaml": model_yaml(owners="[nobody]")})
    assert 2 == len(run.out.strip().splitlines())


def test_json_holds_the_place_of_each_problem(tmp_path: Path) -> None:
    """For editors and other programs."""
    lint(tmp_path, stage_files(staging="8.0.0"))
    run = run_promoter("lint", "--repo", str(tmp_path), "--rev", "main", "--json")
    [problem] = json.loads(run.out)["problems"]
    assert (f"{FOLDER}/stages/staging.yaml", 1) == (problem["path"], problem["line"])
