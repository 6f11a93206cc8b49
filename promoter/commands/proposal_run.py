"""What a proposal takes from an MLflow run: its artifact, the code that trained it, the signature that it logged."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from promoter.errors import Location, Problem, ProposalError
from promoter.evidence.mlflow_run import TrackedRun, fetch_run
from promoter.report.plain import PROSE_LENGTH, plain


def take_run(
    options: Mapping[str, Any], folder: Path, *, has_version_before: bool
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the options with what the run tells, and the parts of the manifest that it fills.

    What is typed goes first. Parameters and metrics are only repeated: every number is measured again from evidence.
    """
    run_id = options["mlflow_run"]
    if run_id is None:
        if options["tracking_uri"] is not None:
            problem = Problem(Location("--tracking-uri"), "no run is named", "name it with --mlflow-run")
            raise ProposalError(problem)
        return dict(options), {}
    if options["artifact"] is not None:
        hint = "leave one of both out"
        raise ProposalError(Problem(Location("--artifact"), "the artifact is the run's", hint))
    run = fetch_run(run_id, tracking_uri=options["tracking_uri"], folder=folder)
    _tell(run)
    source = dict(run.source)
    if options["source_commit"] is not None:
        source["commit"] = options["source_commit"]
    fill: dict[str, Any] = {"source": source} if has_version_before or _is_whole(source) else {}
    if options["reference"] is None and options["current"] is None and run.inputs and run.outputs:
        fill["signature"] = _signature(run)
    return {**options, "artifact": run.model}, fill


def _is_whole(source: Mapping[str, str]) -> bool:
    """Say whether the run tells repository and commit; what is lacking is the version before's, or asked for."""
    return {"repository", "commit"} <= source.keys()


def _signature(run: TrackedRun) -> dict[str, Any]:
    features = [
        {"name": column.name, "dtype": column.dtype, **({} if column.is_required else {"nullable": True})}
        for column in run.inputs
    ]
    return {"features": features, "prediction": {"name": run.outputs[0].name, "dtype": run.outputs[0].dtype}}


def _tell(run: TrackedRun) -> None:
    parts = [f"{name}={value}" for name, value in sorted(run.parameters.items())]
    numbers = [f"{name}={value:g}" for name, value in sorted(run.metrics.items())]
    if parts:
        click.echo(plain(f"note: run {run.id} was trained with {', '.join(parts)}", limit=PROSE_LENGTH), err=True)
    if numbers:
        told = f"note: run {run.id} says {', '.join(numbers)}: its own numbers decide nothing, they are measured again"
        click.echo(plain(told, limit=PROSE_LENGTH), err=True)
    if not _is_whole(run.source):
        lacking = " and ".join(key for key in ("repository", "commit") if key not in run.source)
        click.echo(f"note: run {run.id} does not tell {lacking} of its code: mlflow.source.git.* tags do", err=True)
