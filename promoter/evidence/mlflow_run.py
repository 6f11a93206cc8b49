"""A training run of an MLflow tracking server: its code, its model's file and signature. Nothing of it is executed.

Of the model only `MLmodel` and the one data file that it names are fetched; a pickled model is named and refused.
"""

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from promoter.document.reader import read_yaml
from promoter.errors import Location, Problem, ProposalError, ServiceError
from promoter.report.plain import without_credentials

_FLAVORS = ("onnx", "lightgbm", "xgboost")
"""Flavors whose data file cannot run code when it is loaded; its bytes are held against that again."""

_DTYPES = {"double": "float", "float": "float", "long": "int", "integer": "int", "string": "string", "boolean": "bool"}
_GIT = "mlflow.source.git."
_HINTS = {
    "unsupported URI": "mlflow-skinny reads no database: `pip install mlflow`, or name the tracking server",
    "mlflow-artifacts URI": "its files lie with the tracking server: name that server's http address as --tracking-uri",
    "Max retries exceeded": "nobody answers there: mend --tracking-uri or MLFLOW_TRACKING_URI, or start the server",
}
"""What to do about what MLflow says, by its words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackedColumn:
    """A column of the run's signature, its type in the registry's words."""

    name: str
    dtype: str
    is_required: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackedRun:
    """What a run tells. `source` is what its tags say of its code; parameters and metrics are its own words."""

    id: str
    model: Path
    source: Mapping[str, str]
    inputs: tuple[TrackedColumn, ...]
    outputs: tuple[TrackedColumn, ...]
    parameters: Mapping[str, str]
    metrics: Mapping[str, float]


def fetch_run(run: str, *, tracking_uri: str | None, folder: Path) -> TrackedRun:
    """Return a run by its id, or by the folder of a file store; the model's file is brought into `folder`.

    Raises ProposalError where the run has no usable model, ServiceError where MLflow is not installed or fails.
    """
    place = Path(run)
    if (place / "meta.yaml").is_file():
        run, tracking_uri = place.name, place.resolve().parent.parent.as_uri()
    where = Location(f"MLflow run {run}")
    with _translated(where):
        client = _client(tracking_uri)
        found = client.get_run(run)
        roots = [*_logged_models(client, found), *_model_folders(client, found)]
        if not roots:
            message, hint = "the run has logged no model", "log it with `mlflow.onnx.log_model`, or name --artifact"
            raise ProposalError(Problem(where, message, hint))
        described = read_yaml(_fetch(f"{roots[0]}/MLmodel", folder, tracking_uri).read_bytes(), path="MLmodel").value
        model = _fetch(f"{roots[0]}/{_data_file(described, where)}", folder, tracking_uri)
    tags = found.data.tags
    told = {
        "training_run": run,
        "repository": tags.get(f"{_GIT}repoURL"),
        "commit": tags.get(f"{_GIT}commit"),
        "path": tags.get("mlflow.source.name") if tags.get("mlflow.source.type") == "PROJECT" else None,
    }
    signature = described.get("signature") or {}
    return TrackedRun(
        id=run,
        model=model,
        source={key: str(value) for key, value in told.items() if value},
        inputs=_columns(signature.get("inputs")),
        outputs=_columns(signature.get("outputs")),
        parameters=dict(found.data.params),
        metrics=dict(found.data.metrics),
    )


def _client(tracking_uri: str | None) -> Any:
    """Return MLflow's client. A registry tells nobody that it reads; a file store is only read, whatever its future.

    MLflow's own seven tries take more than four minutes to say that a server is not there.
    """
    os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
    os.environ.setdefault("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "2")
    os.environ.setdefault("MLFLOW_ALLOW_FILE_STORE", "true")
    from mlflow.tracking import MlflowClient

    return MlflowClient(tracking_uri=tracking_uri)


@contextmanager
def _translated(where: Location) -> Iterator[None]:
    try:
        from mlflow.exceptions import MlflowException
    except ImportError as error:
        hint = "install promoter[mlflow], or name the files with --artifact and the like"
        raise ServiceError(Problem(where, "mlflow is not installed", hint)) from error
    try:
        yield
    except (MlflowException, OSError) as error:
        told = without_credentials(" ".join(str(error).split()))
        otherwise = "check the run's id and --tracking-uri, or MLFLOW_TRACKING_URI, then run it again"
        hint = next((hint for words, hint in _HINTS.items() if words in told), otherwise)
        message = f"MLflow cannot read it: {told[:300]}"
        raise ServiceError(Problem(where, message, hint)) from error


def _logged_models(client: Any, run: Any) -> list[str]:
    """Return the places of the models that the run logged as such (MLflow 3), newest first."""
    outputs = run.outputs.model_outputs if run.outputs else []
    ordered = sorted(outputs, key=lambda output: output.step, reverse=True)
    return [str(client.get_logged_model(output.model_id).artifact_location) for output in ordered]


def _model_folders(client: Any, run: Any) -> list[str]:
    """Return the folders among the run's artifacts that hold a model (MLflow 2), by name."""
    folders = sorted(entry.path for entry in client.list_artifacts(run.info.run_id) if entry.is_dir)
    return [
        f"{run.info.artifact_uri}/{folder}"
        for folder in folders
        if any(entry.path == f"{folder}/MLmodel" for entry in client.list_artifacts(run.info.run_id, folder))
    ]


def _fetch(uri: str, folder: Path, tracking_uri: str | None) -> Path:
    from mlflow.artifacts import download_artifacts

    return Path(download_artifacts(artifact_uri=uri, dst_path=str(folder), tracking_uri=tracking_uri))


def _data_file(described: Mapping[str, Any], where: Location) -> str:
    """Return the name of the model's data file. Raises ProposalError where it has none that only holds data."""
    flavors = described.get("flavors") or {}
    data = next((flavors[name].get("data") for name in _FLAVORS if isinstance(flavors.get(name), dict)), None)
    if not isinstance(data, str):
        message = f"its model has the flavors {', '.join(sorted(map(str, flavors))) or 'of none'}: none only holds data"
        hint = "log it with `mlflow.onnx.log_model`: a pickled model runs code when it is loaded"
        raise ProposalError(Problem(where, message, hint))
    path = PurePosixPath(data)
    if path.is_absolute() or ".." in path.parts or "://" in data:
        message, hint = f"its MLmodel names {data!r}, outside of the model's folder", "log the model again"
        raise ProposalError(Problem(where, message, hint))
    return data


def _columns(told: object) -> tuple[TrackedColumn, ...]:
    """Return the named columns of a signature; tensors and types that the registry has no word for tell nothing."""
    try:
        listed = json.loads(told) if isinstance(told, str) else []
    except ValueError:
        return ()
    columns = [entry for entry in listed if isinstance(entry, dict) and entry.get("name")]
    if len(columns) != len(listed) or any(entry.get("type") not in _DTYPES for entry in columns):
        return ()
    return tuple(
        TrackedColumn(
            name=str(entry["name"]), dtype=_DTYPES[entry["type"]], is_required=bool(entry.get("required", True))
        )
        for entry in columns
    )
