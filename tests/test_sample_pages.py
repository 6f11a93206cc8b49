"""The full report of every sample model: each kind of plot, drawn from real evidence."""

import re
import shutil
from pathlib import Path

import pytest

from tests.support.command import run_promoter
from tests.support.repositories import RepositoryBuilder

ROOT = Path(__file__).parents[1]
MODELS = ("health/diabetes-progression", "labour/employment", "lending/mortgage", "vision/digits")


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The page of a branch that moves each sample's production to 2.0.0."""
    folder = tmp_path_factory.mktemp("registry")
    for name in ("models", "policies"):
        shutil.copytree(ROOT / name, folder / name)
    builder = RepositoryBuilder.create(folder)
    builder.git("add", "-A")
    builder.git("commit", "-qm", "registry")
    pointers = {f"models/{model}/stages/production.yaml": 'version: "2.0.0"\n' for model in MODELS}
    builder.commit(pointers, branch="all", onto=[builder.git("rev-parse", "HEAD").strip()])
    path = folder.parent / "report.html"
    run_promoter("check", "--repo", str(folder), "--head", "all", "--at", "2026-06-01T00:00:00Z", "--html", str(path))
    return path.read_text(encoding="utf-8")


def test_each_task_has_its_plots(page: str) -> None:
    """Two binary models, a regression and a classification; features of all four; nothing that could not be drawn."""
    headings = re.findall(r"<h2>([^<]+)</h2>", page)
    expected = {"Scores": 2, "Groups of people": 2, "Predictions": 1, "Classes": 1, "Features": 4, "Lineage": 4}
    assert expected == {heading: headings.count(heading) for heading in expected}
    assert "Not drawn" not in page


def test_the_models_are_in_the_table_of_contents(page: str) -> None:
    """One line and one chapter each."""
    assert set(MODELS) == set(re.findall(r'href="#change-\d+">promotion of ([a-z/-]+)@2\.0\.0 to production', page))


def test_it_stays_a_page_that_one_can_mail(page: str) -> None:
    """Four models, some forty plots: below a megabyte."""
    assert 1_000_000 > len(page)
