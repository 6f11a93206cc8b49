"""`promoter check --html`: the full report as one file, beside the same decision."""

import json
from pathlib import Path

import pytest

from tests.support.command import Run, run_promoter
from tests.support.registry import FOLDER, registry_files, version_files
from tests.support.repositories import RepositoryBuilder

AT = ("--at", "2026-05-01T00:00:00Z")


@pytest.fixture
def registry(tmp_path: Path) -> Path:
    """A registry with a second version, a branch that moves it to production, and one that is spelt wrong."""
    builder = RepositoryBuilder.create(tmp_path / "registry")
    base = builder.commit({**registry_files(production="1.0.0"), **version_files("2.0.0")})
    builder.commit({f"{FOLDER}/stages/production.yaml": 'version: "2.0.0"\n'}, branch="candidate", onto=[base])
    builder.commit({f"{FOLDER}/stagse/production.yaml": 'version: "2.0.0"\n'}, branch="broken", onto=[base])
    return builder.path


def check(registry: Path, *arguments: str) -> Run:
    """Judge the branch."""
    return run_promoter("check", "--repo", str(registry), "--head", "candidate", *AT, *arguments)


def test_the_page_is_written_and_the_decision_is_the_same(registry: Path, tmp_path: Path) -> None:
    """What is printed does not change; the file shows both versions' curves."""
    page = tmp_path / "new" / "report.html"
    plain, drawn = check(registry, "--json"), check(registry, "--json", "--html", str(page))
    assert (plain.code, json.loads(plain.out)) == (drawn.code, json.loads(drawn.out))
    text = page.read_text(encoding="utf-8")
    assert text.startswith("<!doctype html>")
    assert "candidate 2.0.0" in text
    assert "champion 1.0.0" in text
    assert "Not drawn" not in text


def test_what_cannot_be_judged_has_a_page_too(registry: Path, tmp_path: Path) -> None:
    """Problems stand first, with what to do next."""
    page = tmp_path / "report.html"
    run = run_promoter("check", "--repo", str(registry), "--head", "broken", *AT, "--html", str(page))
    assert 2 == run.code
    assert "What to mend first" in page.read_text(encoding="utf-8")


def test_a_page_that_cannot_be_written_is_an_error_with_its_path(registry: Path, tmp_path: Path) -> None:
    """A file stands where its folder would have to be."""
    (tmp_path / "file").write_text("", encoding="utf-8")
    run = check(registry, "--html", str(tmp_path / "file" / "report.html"))
    assert 2 == run.code
    assert f"{tmp_path}/file/report.html: the report cannot be written" in run.err
