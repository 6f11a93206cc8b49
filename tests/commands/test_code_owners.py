"""The owners by CODEOWNERS in the report: computed from the base, handed over, shown inert."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from promoter.commands.case import open_case
from promoter.commands.code_owners import owners_of_change
from promoter.commands.stored_owners import OWNERS, owners_from, write_owners
from promoter.errors import ServiceError
from promoter.git.repository import open_repository
from promoter.report.parts import OwnersView
from tests.support.command import run_promoter
from tests.support.registry import FOLDER, registry_files, stage_files, version_files
from tests.support.repositories import RepositoryBuilder

AT = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
FILE = f"* @acme/everybody\n/models/ @acme/models @leo\n{FOLDER}/stages/production.yaml @acme/risk\n"
RISK = OwnersView(owners=("@acme/risk",), files=1, example=f"{FOLDER}/stages/production.yaml")


def owners(folder: Path, base: dict[str, str], head: dict[str, str]) -> tuple[OwnersView, ...]:
    """Return the owners of a change that adds version 2.0.0 and moves production to it, beside what `head` says."""
    builder = RepositoryBuilder.create(folder)
    first = builder.commit({**registry_files(production="1.0.0"), **base})
    change = {**version_files("2.0.0"), **stage_files(production="2.0.0"), **head}
    second = builder.commit(change, branch="candidate", onto=[first])
    return owners_of_change(open_case(open_repository(folder), base=first, head=second, is_worktree=False, at=AT))


def test_each_set_of_owners_is_named_with_its_files(tmp_path: Path) -> None:
    """The last line that matches decides: risk for the pointer, the models' owners for the version."""
    version = f"{FOLDER}/versions/2.0.0/evidence/predictions.csv"
    models = OwnersView(owners=("@acme/models", "@leo"), files=3, example=version)
    assert {RISK, models} == set(owners(tmp_path, {"CODEOWNERS": FILE}, {}))


def test_the_head_cannot_name_other_owners(tmp_path: Path) -> None:
    """GitHub reads the base's file, and so does the report; the change of CODEOWNERS has its own owner there."""
    found = owners(tmp_path, {"CODEOWNERS": FILE}, {"CODEOWNERS": "* @mallory\n"})
    assert {"@acme/risk", "@acme/models", "@leo", "@acme/everybody"} == {
        name for guard in found for name in guard.owners
    }


@pytest.mark.parametrize("text", [None, "x" * 3_100_000])
def test_without_a_file_that_github_loads_nobody_is_named(tmp_path: Path, text: str | None) -> None:
    """None, or one too large."""
    assert () == owners(tmp_path, {} if text is None else {"CODEOWNERS": text}, {})


def test_a_folder_of_that_name_is_no_file(tmp_path: Path) -> None:
    """GitHub goes on to the next location, and so does the report."""
    base = {".github/CODEOWNERS/note.txt": "x\n", "CODEOWNERS": FILE}
    assert RISK in owners(tmp_path, base, {})


def test_what_is_stored_is_read_back(tmp_path: Path) -> None:
    """As it was."""
    write_owners((RISK,), tmp_path)
    assert (RISK,) == owners_from(json.loads((tmp_path / OWNERS).read_bytes()))
    assert () == owners_from(None)


@pytest.mark.parametrize("stored", [3, {"a": 1}, [{"owners": [], "files": 1, "example": "x"}], [{"files": 1}]])
def test_what_is_of_another_form_is_refused(stored: object) -> None:
    """Whoever wrote it."""
    with pytest.raises(ServiceError, match=r"owners\.json: the stored answer is unusable"):
        owners_from(stored)


def test_the_comment_names_them_without_a_mention(tmp_path: Path) -> None:
    """Team and path in code, so that nobody is notified by it."""
    builder = RepositoryBuilder.create(tmp_path)
    first = builder.commit({**registry_files(production="1.0.0"), **version_files("2.0.0"), "CODEOWNERS": FILE})
    builder.commit(stage_files(production="2.0.0"), branch="candidate", onto=[first])
    told = run_promoter("check", "--repo", str(tmp_path), "--base", first, "--head", "candidate", "--markdown").out
    assert "Code owners: 1 review is needed" in told
    assert f"| `@acme/risk` | 1 | `{FOLDER}/stages/production.yaml` |" in told


def test_the_page_names_them_too(tmp_path: Path) -> None:
    """Beside the roles, in the full report."""
    builder = RepositoryBuilder.create(tmp_path)
    first = builder.commit({**registry_files(production="1.0.0"), **version_files("2.0.0"), "CODEOWNERS": FILE})
    builder.commit(stage_files(production="2.0.0"), branch="candidate", onto=[first])
    page = tmp_path / "report.html"
    run_promoter("check", "--repo", str(tmp_path), "--base", first, "--head", "candidate", "--html", str(page))
    row = f'<td><code>@acme/risk</code></td><td class="number">1</td><td><code>{FOLDER}/stages/production.yaml</code>'
    assert row in page.read_text(encoding="utf-8")
