"""`promoter measure predictions`: the holdout scored with the artifact itself, as a predictions file."""

from pathlib import Path

import click
import numpy as np

from promoter.commands.measure_options import finite_of, names_of
from promoter.commands.measure_rows import (
    Columns,
    choose,
    features_of,
    read_table,
    require_model,
    require_new,
    write_new,
)
from promoter.engines.onnx.process import score
from promoter.errors import Location, Problem, ProposalError, Undecidable


@click.command("predictions")
@click.argument("artifact", type=click.Path(path_type=Path))
@click.argument("rows", type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), required=True, help="File to write: .parquet or .csv.")
@click.option("--id", "id_", default="id", show_default=True, metavar="C", help="Column of row ids.")
@click.option("--label", default="y_true", show_default=True, metavar="C", help="Column of what truly happened.")
@click.option(
    "--features", callback=names_of, metavar="C,C", help="Features in the artifact's order; default: the rest."
)
@click.option("--carry", callback=names_of, metavar="C,C", help="Columns to write along, such as groups; no features.")
@click.option("--regression", is_flag=True, help="The artifact predicts a quantity.")
@click.option("--classes", callback=names_of, metavar="C,C", help="The artifact scores these classes, in this order.")
@click.option(
    "--threshold",
    type=float,
    callback=finite_of,
    metavar="T",
    help="A score at or above it is written as a positive decision.",
)
def command(
    *,
    artifact: Path,
    rows: Path,
    out: Path,
    id_: str,
    label: str,
    features: tuple[str, ...],
    carry: tuple[str, ...],
    regression: bool,
    classes: tuple[str, ...],
    threshold: float | None,
) -> None:
    """Score ROWS (Parquet or CSV) with ARTIFACT (ONNX), in a process of its own, and write a predictions file.

    Columns: the id, the label where ROWS has it, those carried along, and y_score and y_pred, score_<class> and
    y_pred, or y_pred alone.
    """
    if sum((regression, bool(classes), threshold is not None)) > 1:
        raise click.UsageError("--regression, --classes and --threshold are of three tasks; give one of them")
    require_new(out)
    require_model(artifact)
    table = read_table(rows)
    parts = [name for name in (id_, label) if name in table]
    given = features_of(rows, table, named=features, others=[*parts, *carry])
    kept = choose(rows, table, [id_, *(part for part in parts if part != id_), *carry])
    try:
        scores = score(artifact, given, width=len(classes) or 1)
    except Undecidable as reason:
        hint = "name the features in the artifact's order with --features, and what it predicts"
        raise ProposalError(Problem(Location(str(artifact)), reason.reason, hint)) from reason
    if regression:
        predicted: Columns = {"y_pred": scores[:, 0]}
    elif classes:
        predicted = {"y_pred": np.asarray(classes, dtype=object)[scores.argmax(axis=1)]}
        predicted |= {f"score_{name}": scores[:, place] for place, name in enumerate(classes)}
    else:
        predicted = {"y_score": scores[:, 0]}
        predicted |= {} if threshold is None else {"y_pred": (scores[:, 0] >= threshold).astype(np.int64)}
    write_new(out, kept | predicted)
    click.echo(f"{out}: {scores.shape[0]:,} rows scored by {artifact}")
