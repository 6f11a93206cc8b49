"""What is drawn is measured beside the decision, and never part of it."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from promoter.commands.case import Case, open_case
from promoter.commands.judging import Workshop, judge_and_draw, judge_case
from promoter.decision.drawing import MOST_CHANGES, drawing_requests, drawings_of
from promoter.digest import canonical_json
from promoter.git.repository import open_repository
from tests.support.registry import FOLDER, registry_files, version_files
from tests.support.repositories import RepositoryBuilder

AT = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
MOVE: Mapping[str, str] = {f"{FOLDER}/stages/production.yaml": 'version: "2.0.0"\n'}


@pytest.fixture
def case(tmp_path: Path) -> Case:
    """The promotion of a binary model's second version."""
    builder = RepositoryBuilder.create(tmp_path / "registry")
    base = builder.commit({**registry_files(production="1.0.0"), **version_files("2.0.0")})
    head = builder.commit(MOVE, branch="candidate", onto=[base])
    return open_case(open_repository(builder.path), base=base, head=head, is_worktree=False, at=AT)


def test_the_decision_is_the_same_with_and_without_drawings(case: Case, tmp_path: Path) -> None:
    """Byte by byte, from a cold cache each."""
    plain = judge_case(case, at=AT, workshop=Workshop(cache=tmp_path / "one"))
    drawn, drawings = judge_and_draw(case, at=AT, workshop=Workshop(cache=tmp_path / "two"))
    assert canonical_json(plain.as_json()) == canonical_json(drawn.as_json())
    assert drawings["changes"][0]["drawings"]


def test_the_champions_curve_stands_beside_the_candidates(case: Case) -> None:
    """Both versions' scores are drawn, of the files that the gates read too."""
    curves = [drawing for drawing in drawings_of(case.items[0]) if drawing.shape == "curve"]
    assert [("2.0.0", False), ("1.0.0", True)] == [(curve.version, curve.is_champion) for curve in curves]


def test_a_drawing_brings_no_file(case: Case) -> None:
    """Without a gate that reads them, nothing of the features is drawn."""
    assert not [drawing for drawing in drawings_of(case.items[0]) if drawing.shape in ("drift", "distribution")]


def test_too_many_changes_are_not_drawn(case: Case) -> None:
    """Above the limit nothing is measured for drawing: the evaluation stays as fast as its gates."""
    assert drawing_requests(case.items * MOST_CHANGES)
    assert () == drawing_requests(case.items * (MOST_CHANGES + 1))
