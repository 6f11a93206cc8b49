"""`promoter measure latency`: requests of one row to a version and to the champion, by turns, on this machine."""

from pathlib import Path

import click
import numpy as np

from promoter.commands.measure_options import names_of
from promoter.commands.measure_rows import features_of, read_table, require_model, require_new, write_new
from promoter.commands.measure_table import as_entries, print_table
from promoter.digest import sha256_bytes
from promoter.engines.duckdb.engine import DuckDBEngine
from promoter.engines.onnx.process import Columns, Timed, time_requests
from promoter.errors import Location, Problem, ProposalError, Undecidable
from promoter.measure.plan import measure
from promoter.measure.request import Table
from promoter.measure.requests_data import Latency


@click.command("latency")
@click.argument("artifact", type=click.Path(path_type=Path))
@click.argument("rows", type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), required=True, help="File to write: .parquet or .csv.")
@click.option("--champion", type=click.Path(path_type=Path), metavar="FILE", help="ONNX artifact to compare with.")
@click.option(
    "--champion-rows", type=click.Path(path_type=Path), metavar="FILE", help="The champion's rows, if others."
)
@click.option(
    "--features", callback=names_of, metavar="C,C", help="Features in the artifact's order; default: the rest."
)
@click.option("--champion-features", callback=names_of, metavar="C,C", help="The champion's features.")
@click.option("--skip", callback=names_of, default="id,y_true", show_default=True, metavar="C,C", help="No features.")
@click.option(
    "--requests", type=click.IntRange(1, 1_000_000), default=1000, show_default=True, help="Requests to each."
)
@click.option(
    "--warm-up", type=click.IntRange(0, 1_000_000), default=50, show_default=True, help="Requests not counted."
)
@click.option("--json", "as_json", is_flag=True, help="Print a JSON list of measurements.")
def command(
    *,
    artifact: Path,
    rows: Path,
    out: Path,
    champion: Path | None,
    champion_rows: Path | None,
    features: tuple[str, ...],
    champion_features: tuple[str, ...],
    skip: tuple[str, ...],
    requests: int,
    warm_up: int,
    as_json: bool,
) -> None:
    """Time requests of one row of ROWS to ARTIFACT (ONNX), by turns with the champion, and write latency evidence.

    Columns: artifact (its digest), request, latency_ms, memory_bytes. Both run in one separate process.
    """
    require_new(out)
    models = [_model(artifact, rows, named=features, skip=skip)]
    if champion is not None:
        models.append(_model(champion, champion_rows or rows, named=champion_features, skip=skip))
    try:
        timed = time_requests(models, requests=requests, warm_up=warm_up)
    except Undecidable as reason:
        hint = "name the features in the artifact's order with --features and --champion-features"
        raise ProposalError(Problem(Location(str(artifact)), reason.reason, hint)) from reason
    digests = [sha256_bytes(path.read_bytes()) for path, _ in models]
    _write(out, timed, digests)
    _show(out, digests, as_json=as_json)


def _model(artifact: Path, rows: Path, *, named: tuple[str, ...], skip: tuple[str, ...]) -> tuple[Path, Columns]:
    require_model(artifact)
    return artifact, features_of(rows, read_table(rows), named=named, others=skip)


def _write(out: Path, timed: Timed, digests: list[str]) -> None:
    requests, models = timed.milliseconds.shape
    columns = {
        "artifact": np.repeat(np.asarray(digests, dtype=object), requests),
        "request": np.tile(np.arange(requests), models),
        "latency_ms": timed.milliseconds.T.ravel(),
        "memory_bytes": np.repeat(np.asarray(timed.memory_bytes, dtype=np.int64), requests),
    }
    write_new(out, columns)


def _show(out: Path, digests: list[str], *, as_json: bool) -> None:
    """Print what the gate would see of the file."""
    request = Latency(
        table=Table(content=str(out), format="csv" if out.suffix.lower() == ".csv" else "parquet"),
        column="latency_ms",
        artifact=digests[0],
        champion=digests[1] if len(digests) > 1 else None,
        artifact_column="artifact",
        memory_column="memory_bytes",
    )
    values = measure([request], {str(out): out}, DuckDBEngine())[request].values
    if as_json:
        click.echo(as_entries(values))
    else:
        print_table(values)
