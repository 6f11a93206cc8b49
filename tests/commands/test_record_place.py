"""What the job with the key lets onto the branch: the next records of their folders, and nothing else."""

from pathlib import Path

import pytest

from promoter.errors import PromoterError
from tests.commands.recorded import PRODUCTION, Registry
from tests.support.registry import FOLDER, stage_files


@pytest.fixture
def registry(tmp_path: Path) -> Registry:
    """Return a registry whose records lie beside it, in `records`."""
    registry = Registry.create(tmp_path / "registry")
    registry.run("record", "--out", str(tmp_path / "records"))
    return registry


def place(registry: Registry) -> str:
    """Return what the command prints: the commit, or nothing."""
    records = registry.builder.path.with_name("records")
    return registry.run("record", "place", "--branch", "main", "--records", str(records)).stdout


def made(registry: Registry, name: str) -> Path:
    """Return a file among the records that were made."""
    return registry.builder.path.with_name("records") / name


def test_records_that_follow_are_committed_once(registry: Registry) -> None:
    """The commit is printed; the second time there is nothing to add."""
    assert registry.builder.git("rev-parse", "main") != (commit := place(registry).strip())
    assert registry.builder.git("rev-parse", "main") == commit
    assert 4 == len(registry.records())
    assert "" == place(registry)


def test_a_branch_that_moved_takes_them_on_its_new_tip(registry: Registry) -> None:
    """A merge landed meanwhile; its own record comes with the next run."""
    tip = registry.commit(dict(stage_files(production="1.0.0")))
    place(registry)
    assert tip == registry.builder.git("rev-parse", "main~1")
    assert 4 == len(registry.records())


@pytest.mark.parametrize("name", ["policies/roles.yaml", f"{FOLDER}/stages/production.yaml", "reports/x.json"])
def test_any_other_path_is_refused(registry: Registry, name: str) -> None:
    """Whoever made the files, they change no rule and no pointer."""
    path = made(registry, name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("x")
    with pytest.raises(PromoterError, match="no path of a decision record"):
        place(registry)


def test_a_gap_is_refused(registry: Registry) -> None:
    """The second without the first."""
    made(registry, f"{PRODUCTION}/0001-1.0.0.json").unlink()
    with pytest.raises(PromoterError, match="the next record has number 1"):
        place(registry)


def test_a_record_that_follows_another_one_is_refused(registry: Registry) -> None:
    """The first was changed after the second had named its digest."""
    path = made(registry, f"{PRODUCTION}/0001-1.0.0.json")
    path.write_bytes(path.read_bytes().replace(b'"passed"', b'"warned"'))
    with pytest.raises(PromoterError, match="does not follow the last record"):
        place(registry)


def test_a_name_that_is_taken_is_refused(registry: Registry) -> None:
    """A record on the branch is never written over."""
    place(registry)
    path = made(registry, f"{PRODUCTION}/0002-2.0.0.json")
    path.write_bytes(path.read_bytes() + b"\n")
    with pytest.raises(PromoterError, match="has this name already"):
        place(registry)


def test_a_link_is_refused(registry: Registry) -> None:
    """It could lead to any file of the runner."""
    path = made(registry, f"{PRODUCTION}/0001-1.0.0.json")
    path.unlink()
    path.symlink_to(__file__)
    with pytest.raises(PromoterError, match="something here that is no record"):
        place(registry)
