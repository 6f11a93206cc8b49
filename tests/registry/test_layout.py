import pytest

from promoter.errors import Problem
from promoter.registry.layout import FileKind, Place, place_of


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("models/lending/mortgage/model.yaml", FileKind.MODEL),
        ("models/lending/mortgage/versions/2.1.0/manifest.yaml", FileKind.MANIFEST),
        ("models/lending/mortgage/versions/2.1.0/evidence/a.parquet", FileKind.VERSION_FILE),
        ("models/lending/mortgage/stages/production.yaml", FileKind.STAGE),
        ("policies/catalog/fairness/four-fifths.yaml", FileKind.POLICY),
        ("policies/waivers/w-1.yaml", FileKind.WAIVER),
        ("reports/decisions/lending/mortgage/production/0001-1.0.0.json", FileKind.RECORD),
        ("docs/anything.md", FileKind.PROSE),
    ],
)
def test_each_path_is_one_kind_of_file(path: str, kind: FileKind) -> None:
    """The path alone decides what a file is."""
    place = place_of(path)
    assert isinstance(place, Place)
    assert kind is place.kind


@pytest.mark.parametrize(
    "path", ["sitecustomize.py", "pyproject.toml", ".github/workflows/x.yml", "CODEOWNERS", "yaml.py"]
)
def test_whatever_can_change_the_engine_counts_as_rules(path: str) -> None:
    """A file outside of the registry's folders is not waved through as prose."""
    place = place_of(path)
    assert isinstance(place, Place)
    assert FileKind.RULES is place.kind


def test_a_misspelt_folder_is_refused_with_the_nearest_name() -> None:
    """stagse/production.yaml must fail, not be ignored."""
    problem = place_of("models/lending/mortgage/stagse/production.yaml")
    assert isinstance(problem, Problem)
    assert "'stagse' may be meant as 'stages'" in problem.message


@pytest.mark.parametrize(
    "path",
    [
        "models/mortgage/model.yaml",
        "models/Lending/mortgage/model.yaml",
        "models/lending/mortgage/versions/1.0.0",
        "models/lending/mortgage/notes.txt",
        "models/lending/versions/model.yaml",
        "policies/catalog/four-fifths.yaml",
        "policies/extra.yaml",
        "reports/decisions/x.json",
    ],
)
def test_a_path_that_the_layout_does_not_know_is_refused(path: str) -> None:
    """Unknown files below the registry's folders are problems, each at its path."""
    problem = place_of(path)
    assert isinstance(problem, Problem)
    assert path == problem.location.path
    assert problem.hint
