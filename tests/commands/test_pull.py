from collections.abc import Iterator
from pathlib import Path

import pytest

from promoter.digest import sha256_bytes
from promoter.errors import Location, ProposalError, ServiceError
from promoter.evidence.download import bring
from tests.commands.recorded import Registry
from tests.support.registry import FOLDER, artifact_bytes, stage_files, version_files

STAGE = "lending/mortgage#production"
CONTENT = bytes(range(256)) * 40
WITHDRAWN = "schema: promoter.withdrawn/1\nwithdrawn: [{version: '2.0.0', reason: It leaks income}]\n"
HERE = Location("models/a/b/versions/1.0.0/manifest.yaml", 12, 7)


@pytest.fixture
def registry(tmp_path: Path) -> Registry:
    """Return a registry whose four changes are recorded."""
    return Registry.create_recorded(tmp_path / "registry")


def part_of(target: Path, content: bytes) -> Path:
    """Return where what has arrived of some bytes waits for the rest."""
    return target.with_name(f"{target.name}.{sha256_bytes(content)[7:19]}.part")


def fetch(target: Path, content: bytes, *, until: int | None = None) -> list[int]:
    """Bring CONTENT from a store that holds `content` and breaks off behind `until` bytes; return what was told."""
    told: list[int] = []

    def read_from(start: int) -> Iterator[bytes]:
        for position in range(start, len(content), 1000):
            if until is not None and position >= until:
                raise ServiceError
            yield content[position : position + 1000]

    bring(
        read_from,
        target,
        digest=sha256_bytes(CONTENT),
        size_bytes=len(CONTENT),
        location=HERE,
        tell=told.append,
    )
    return told


def test_what_the_stage_serves_is_fetched(registry: Registry, tmp_path: Path) -> None:
    """An artifact in the registry itself, its digest that of the manifest."""
    out = tmp_path / "model"
    assert 0 == registry.run("pull", STAGE, "--out", str(out)).exit_code
    assert artifact_bytes("2.0.0") == out.read_bytes()


def test_an_artifact_in_a_store_is_fetched_and_gone_on_with(registry: Registry, tmp_path: Path) -> None:
    """From the store that the rules allow; what has arrived before is not asked for again."""
    store, artifact = tmp_path / "store", artifact_bytes("3.0.0")
    store.mkdir()
    (store / "model").write_bytes(artifact)
    settings = (
        f"schema: promoter.registry/1\ntitle: T\nstores: [{{id: disk, scheme: file, host: '', prefix: {store}}}]\n"
    )
    uri = f"{{uri: 'file://{store}/model', format: safetensors, digest: '{sha256_bytes(artifact)}', size_bytes: "
    files = version_files("3.0.0", artifact=f"{uri}{len(artifact)}}}")
    files = {path: text for path, text in files.items() if not path.endswith("model.safetensors")}
    registry.commit({"policies/registry.yaml": settings})
    registry.commit({**files, **stage_files(production="3.0.0")})
    out = tmp_path / "model"
    part_of(out, artifact).write_bytes(artifact[:10])
    result = registry.run("pull", STAGE, "--out", str(out), "--allow-unverified")
    assert (0, artifact) == (result.exit_code, out.read_bytes())
    assert not part_of(out, artifact).exists()


def test_an_unverified_state_is_not_fetched(registry: Registry, tmp_path: Path) -> None:
    """As `resolve` refuses it."""
    registry.commit(stage_files(production="1.0.0"))
    result = registry.run("pull", STAGE, "--out", str(tmp_path / "model"))
    assert 1 == result.exit_code
    assert not (tmp_path / "model").exists()


def test_a_broken_connection_is_taken_up_where_it_broke(tmp_path: Path) -> None:
    """Two breaks, three runs: the bytes told of are those that are there, then each piece."""
    target = tmp_path / "model"
    for until in (3000, 5000):
        with pytest.raises(ServiceError):
            fetch(target, CONTENT, until=until)
        assert not target.exists()
    told = fetch(target, CONTENT)
    assert (5000, len(CONTENT), CONTENT) == (told[0], sum(told), target.read_bytes())


@pytest.mark.parametrize("content", [b"x" + CONTENT[1:], CONTENT + b"x"], ids=["altered", "longer"])
def test_other_bytes_are_refused_and_removed(tmp_path: Path, content: bytes) -> None:
    """Nothing of them stays to be gone on with."""
    with pytest.raises(ProposalError, match="the manifest says"):
        fetch(tmp_path / "model", content)
    assert [] == list(tmp_path.iterdir())


def test_a_store_that_sends_too_little_is_asked_again(tmp_path: Path) -> None:
    """What has arrived is kept."""
    with pytest.raises(ServiceError, match="run it again"):
        fetch(tmp_path / "model", CONTENT[:2500])
    assert [part_of(tmp_path / "model", CONTENT)] == list(tmp_path.iterdir())
    assert len(CONTENT) == sum(fetch(tmp_path / "model", CONTENT))


@pytest.mark.parametrize("left", [CONTENT, CONTENT + b"more", b"other" + CONTENT[5:]], ids=["whole", "more", "other"])
def test_what_lies_beside_it_is_never_trusted(tmp_path: Path, left: bytes) -> None:
    """A part is hashed before anything is added to it; the second run is clean in any case."""
    part_of(tmp_path / "model", CONTENT).write_bytes(left)
    if left.startswith(b"other"):
        with pytest.raises(ProposalError):
            fetch(tmp_path / "model", CONTENT)
    fetch(tmp_path / "model", CONTENT)
    assert CONTENT == (tmp_path / "model").read_bytes()


def test_a_folder_that_does_not_exist_is_named(registry: Registry, tmp_path: Path) -> None:
    """Before anything is fetched."""
    with pytest.raises(ProposalError, match="its folder does not exist"):
        registry.run("pull", STAGE, "--out", str(tmp_path / "none" / "model"))


def test_what_has_arrived_of_another_version_is_not_gone_on_with(tmp_path: Path) -> None:
    """The stage moved between two runs: each digest has a part of its own."""
    target, other = tmp_path / "model", bytes(reversed(CONTENT))
    part_of(target, other).write_bytes(other[:3000])
    fetch(target, CONTENT)
    assert (CONTENT, other[:3000]) == (target.read_bytes(), part_of(target, other).read_bytes())


def test_a_target_that_holds_it_already_is_not_fetched_again(tmp_path: Path) -> None:
    """Nothing is asked of the store; a target with other bytes is replaced."""
    (tmp_path / "model").write_bytes(CONTENT)
    assert [len(CONTENT)] == fetch(tmp_path / "model", CONTENT, until=0)
    (tmp_path / "model").write_bytes(CONTENT[:-1] + b"x")
    assert len(CONTENT) == sum(fetch(tmp_path / "model", CONTENT))
    assert CONTENT == (tmp_path / "model").read_bytes()


def test_a_withdrawn_version_is_fetched_by_name_of_the_option_alone(registry: Registry, tmp_path: Path) -> None:
    """As `resolve` answers: an unverified state is another matter."""
    registry.commit({f"{FOLDER}/withdrawn.yaml": WITHDRAWN})
    out = tmp_path / "model"
    assert 1 == registry.run("pull", STAGE, "--out", str(out), "--allow-unverified").exit_code
    assert 0 == registry.run("pull", STAGE, "--out", str(out), "--allow-withdrawn").exit_code
    assert artifact_bytes("2.0.0") == out.read_bytes()
