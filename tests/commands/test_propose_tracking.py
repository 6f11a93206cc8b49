"""promoter propose --mlflow-run from MLflow itself: a tracking server over HTTP, and a database without one."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.commands.proposed import MODEL, SAMPLE, manifest_at, propose, sample_registry
from tests.commands.test_propose_run import ROWS
from tests.commands.tracking import ORIGIN, Server, is_installed, run_there, running_server, train
from tests.support.repositories import RepositoryBuilder

pytestmark = pytest.mark.skipif(not is_installed(), reason="MLflow is not installed: run `make tracking`")
BRANCH = f"promoter/{MODEL}/2.2.0"


@dataclass(frozen=True, slots=True)
class Trained:
    """A run on a server, and the commit of the script that trained it."""

    server: Server
    run: str
    commit: str

    def stored(self) -> str:
        """Return the digest of the one model that the server keeps."""
        (model,) = self.server.folder.glob("artifacts/**/model.onnx")
        return hashlib.sha256(model.read_bytes()).hexdigest()


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trained]:
    """Yield a server with one run: starting it takes longer than all that is asked of it."""
    folder = tmp_path_factory.mktemp("mlflow")
    with running_server(folder) as server:
        run, commit = train(folder, server.url, SAMPLE / "model.onnx")
        yield Trained(server, run, commit)


@pytest.fixture
def samples(tmp_path: Path) -> RepositoryBuilder:
    """Return the sample registry."""
    return sample_registry(tmp_path / "registry")


def test_a_run_is_proposed_over_http(samples: RepositoryBuilder, trained: Trained) -> None:
    """The model comes through the server, byte for byte; repository and commit are what MLflow saw by itself."""
    done = propose(samples, "2.2.0", *ROWS, "--mlflow-run", trained.run, "--tracking-uri", trained.server.url)
    assert done.code in (0, 1), done.err
    manifest = manifest_at(samples, BRANCH, "2.2.0")
    assert f"sha256:{trained.stored()}" == manifest.artifact.digest
    assert (ORIGIN, trained.commit, trained.run) == (
        manifest.source.repository,
        manifest.source.commit,
        manifest.source.training_run,
    )
    assert "auc=0.99: its own numbers decide nothing" in done.err


def test_a_run_that_the_server_does_not_know_is_told(samples: RepositoryBuilder, trained: Trained) -> None:
    """Exit 3, one line, no branch."""
    done = propose(samples, "2.2.0", *ROWS, "--mlflow-run", "0" * 32, "--tracking-uri", trained.server.url)
    assert (3, 1) == (done.code, len(done.err.splitlines()))
    assert "check the run's id" in done.err
    assert "main" == samples.git("branch", "--format=%(refname:short)")


def words(samples: RepositoryBuilder, run: str, uri: str) -> tuple[object, ...]:
    """Return the arguments that propose a run."""
    named = ("--mlflow-run", run, "--tracking-uri", uri, "--repo", samples.path)
    return ("propose", MODEL, "--version", "2.2.0", *ROWS, *named)


def test_a_servers_database_without_the_server_says_what_to_name(samples: RepositoryBuilder, trained: Trained) -> None:
    """The run is in the database; its files are with the server, under no address of their own."""
    done = run_there(samples.path, "promoter", *words(samples, trained.run, trained.server.database))
    assert 3 == done.returncode, done.stderr
    assert "name that server's http address as --tracking-uri" in done.stderr


def test_a_run_is_proposed_from_a_database(samples: RepositoryBuilder, tmp_path: Path) -> None:
    """As `mlflow.set_tracking_uri("sqlite:///...")` leaves it: promoter beside the whole package, and no server."""
    uri = f"sqlite:///{tmp_path}/mlflow.db"
    run, commit = train(tmp_path, uri, SAMPLE / "model.onnx")
    done = run_there(samples.path, "promoter", *words(samples, run, uri))
    assert done.returncode in (0, 1), done.stderr
    manifest = manifest_at(samples, BRANCH, "2.2.0")
    (stored,) = tmp_path.glob("training/mlruns/**/model.onnx")
    assert f"sha256:{hashlib.sha256(stored.read_bytes()).hexdigest()}" == manifest.artifact.digest
    assert (ORIGIN, commit, run) == (
        manifest.source.repository,
        manifest.source.commit,
        manifest.source.training_run,
    )
