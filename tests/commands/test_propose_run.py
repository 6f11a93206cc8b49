"""promoter propose --mlflow-run: from a real MLflow store, made here, to the branch."""

import json
import socket
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.commands.proposed import EVIDENCE, MODEL, ROOT, SAMPLE, manifest_at, propose, sample_paths, with_identity
from tests.support.registry import model_yaml, registry_files
from tests.support.repositories import RepositoryBuilder

GIT = {"mlflow.source.git.commit": "c" * 40, "mlflow.source.git.repoURL": "https://git.example/training"}
ONNX = "flavors:\n  onnx: {data: model.onnx, onnx_version: 1.19.0}\n"
ROWS = (
    *("--predictions", EVIDENCE / "predictions.parquet", "--reference", EVIDENCE / "features_reference.parquet"),
    *("--current", EVIDENCE / "features_current.parquet", "--summary", "From a run."),
)


@dataclass(frozen=True, slots=True)
class Tracker:
    """A file store of MLflow below `folder`."""

    folder: Path
    client: Any
    experiment: str

    @property
    def uri(self) -> str:
        """Its tracking URI."""
        return (self.folder / "mlruns").as_uri()

    def run(self, described: str, *, tags: dict[str, str] | None = None, is_logged_model: bool = False) -> str:
        """Return the id of a run that logged the sample's artifact under this MLmodel."""
        run = self.client.create_run(self.experiment, tags=GIT if tags is None else tags).info.run_id
        self.client.log_param(run, "depth", 3)
        self.client.log_metric(run, "auc", 0.99)
        model = self.folder / f"model-{run}"
        model.mkdir()
        (model / "MLmodel").write_text(described, encoding="utf-8")
        (model / "model.onnx").write_bytes((SAMPLE / "model.onnx").read_bytes())
        if is_logged_model:
            from mlflow.entities import LoggedModelOutput

            logged = self.client.create_logged_model(self.experiment, name="m", source_run_id=run).model_id
            self.client.log_model_artifacts(logged, str(model))
            self.client.log_outputs(run, [LoggedModelOutput(logged, 0)])
        else:
            self.client.log_artifacts(run, str(model), "model")
        return str(run)


@pytest.fixture
def tracker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tracker:
    """Return an empty store."""
    monkeypatch.setenv("MLFLOW_ALLOW_FILE_STORE", "true")
    monkeypatch.setenv("MLFLOW_DISABLE_TELEMETRY", "true")
    from mlflow.tracking import MlflowClient

    client = MlflowClient(tracking_uri=(tmp_path / "mlruns").as_uri())
    return Tracker(tmp_path, client, client.create_experiment("mortgage"))


@pytest.fixture
def samples(tmp_path: Path) -> RepositoryBuilder:
    """The sample registry: its rules, and all versions of its mortgage model."""
    builder = with_identity(tmp_path / "registry")
    builder.commit({path.relative_to(ROOT).as_posix(): path.read_bytes() for path in sample_paths(MODEL)})
    return builder


@pytest.mark.parametrize("is_logged_model", [False, True], ids=["artifact-folder", "logged-model"])
def test_artifact_and_code_are_the_runs(samples: RepositoryBuilder, tracker: Tracker, *, is_logged_model: bool) -> None:
    """As MLflow 2 and MLflow 3 log a model; its metrics are repeated and decide nothing."""
    run = tracker.run(ONNX, is_logged_model=is_logged_model)
    done = propose(samples, "2.2.0", *ROWS, "--mlflow-run", run, "--tracking-uri", tracker.uri)
    assert done.code in (0, 1), done.err
    manifest = manifest_at(samples, f"promoter/{MODEL}/2.2.0", "2.2.0")
    assert 774 == manifest.artifact.size_bytes
    assert ("https://git.example/training", "c" * 40, run, None) == (
        manifest.source.repository,
        manifest.source.commit,
        manifest.source.training_run,
        manifest.source.path,  # the version before's lies in another repository
    )
    assert "auc=0.99: its own numbers decide nothing, they are measured again" in done.err
    assert "depth=3" in done.err


def test_a_run_is_named_by_its_folder_too(samples: RepositoryBuilder, tracker: Tracker) -> None:
    """What its tags do not tell of the code is the version before's, and that is said."""
    run = tracker.run(ONNX, tags={})
    folder = tracker.folder / "mlruns" / tracker.experiment / run
    done = propose(samples, "2.2.0", *ROWS, "--mlflow-run", folder)
    assert done.code in (0, 1), done.err
    assert f"run {run} does not tell repository and commit of its code" in done.err
    assert run == manifest_at(samples, f"promoter/{MODEL}/2.2.0", "2.2.0").source.training_run


def test_a_new_model_takes_the_signature_that_was_logged(tracker: Tracker, tmp_path: Path) -> None:
    """Without rows of features: names, types, and which may be missing."""
    builder = with_identity(tmp_path / "registry")
    builder.commit(registry_files())
    inputs = [
        {"name": "income", "type": "double", "required": True},
        {"name": "age", "type": "long", "required": False},
    ]
    outputs = [{"name": "y_score", "type": "float", "required": True}]
    signature = f"signature:\n  inputs: '{json.dumps(inputs)}'\n  outputs: '{json.dumps(outputs)}'\n"
    model_file, fill = tmp_path / "model.yaml", tmp_path / "fill.yaml"
    model_file.write_text(model_yaml(model="lending/cards"), encoding="utf-8")
    fill.write_text(
        "datasets: [{id: holdout, role: evaluation, uri: 'https://d.example/h', digest: 'sha256:" + "0" * 64
    )
    fill.write_text(fill.read_text() + "', personal_data: false}]\nsource: {path: train.py}\n")
    run = tracker.run(ONNX + signature)
    rows = ("--predictions", EVIDENCE / "predictions.parquet", "--summary", "First.", "--threshold", "0.5")
    options = ("--mlflow-run", run, "--tracking-uri", tracker.uri, "--model-file", model_file, "--fill", fill)
    done = propose(builder, "1.0.0", *rows, *options, model="lending/cards")
    assert done.code in (0, 1, 3), done.err
    manifest = manifest_at(builder, "promoter/lending/cards/1.0.0", "1.0.0", model="lending/cards")
    features = [(one.name, one.dtype, one.nullable) for one in manifest.signature.features]
    assert [("income", "float", False), ("age", "int", True)] == features
    assert ("train.py", "c" * 40) == (manifest.source.path, manifest.source.commit)


@pytest.mark.parametrize(
    ("described", "words"),
    [
        ("flavors:\n  sklearn: {pickled_model: model.pkl}\n", "flavors sklearn: none only holds data"),
        ("flavors:\n  onnx: {data: ../../../secret}\n", "outside of the model's folder"),
        ("flavors:\n  onnx: {data: /etc/passwd}\n", "outside of the model's folder"),
        ("flavors: &a [*a]\n", "MLmodel"),
    ],
)
def test_a_model_that_is_no_data_is_refused(
    samples: RepositoryBuilder, tracker: Tracker, described: str, words: str
) -> None:
    """A pickle, a path out of the model's folder, YAML with aliases: one line, exit 2, no branch."""
    done = propose(samples, "2.2.0", *ROWS, "--mlflow-run", tracker.run(described), "--tracking-uri", tracker.uri)
    assert (2, True) == (done.code, words in done.err), done.err
    assert "main" == samples.git("branch", "--format=%(refname:short)")


def test_what_cannot_be_had_says_why(samples: RepositoryBuilder, tracker: Tracker) -> None:
    """A run that is not there, one without a model, a URI without a run, an artifact beside a run."""
    empty = tracker.client.create_run(tracker.experiment).info.run_id
    at = ("--tracking-uri", tracker.uri)
    for options, code, words in (
        (("--mlflow-run", "nope", *at), 3, "check the run's id and --tracking-uri"),
        (("--mlflow-run", empty, *at), 2, "has logged no model"),
        (at, 2, "no run is named; name it with --mlflow-run"),
        (("--mlflow-run", empty, "--artifact", SAMPLE / "model.onnx", *at), 2, "the artifact is the run's"),
    ):
        done = propose(samples, "2.2.0", *ROWS, *options)
        assert (code, True) == (done.code, words in done.err), done.err


def test_a_server_that_is_not_there_is_told_soon_and_without_its_password(samples: RepositoryBuilder) -> None:
    """MLflow's own seven tries took four minutes, and repeated the address as it was typed."""
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))  # nobody else takes the port, and nobody listens there
        port = deaf.getsockname()[1]
        uri = f"http://ann:s3cretpass@127.0.0.1:{port}"
        done = propose(samples, "2.2.0", *ROWS, "--mlflow-run", "0" * 32, "--tracking-uri", uri)
    assert (3, True) == (done.code, "nobody answers there: mend --tracking-uri" in done.err), done.err
    assert f"http://127.0.0.1:{port}/api" in done.err
    assert "s3cretpass" not in done.err


def test_a_database_takes_the_whole_package(samples: RepositoryBuilder, tmp_path: Path) -> None:
    """The extra `promoter[mlflow]` brings the small one, which reads servers and file stores."""
    done = propose(samples, "2.2.0", *ROWS, "--mlflow-run", "0" * 32, "--tracking-uri", f"sqlite:///{tmp_path}/m.db")
    assert (3, True) == (done.code, "`pip install mlflow`" in done.err), done.err
