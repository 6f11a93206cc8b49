"""`promoter measure`: the measurements of an evidence file without any policy; what the gates would see."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import click

from promoter.commands.default_command import DefaultCommand
from promoter.commands.measure_files import open_survey
from promoter.commands.measure_options import finite_of, names_of
from promoter.commands.measure_table import as_entries, print_table
from promoter.commands.output import announced
from promoter.engines.duckdb.engine import DuckDBEngine
from promoter.errors import Location, Problem, ProposalError
from promoter.measure.plan import measure
from promoter.measure.survey import survey_requests, task_of

_TASKS = ("binary", "multiclass", "regression", "ranking", "scores")


@click.command("file")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--task", type=click.Choice(_TASKS), help="What is predicted; guessed from the label's values.")
@click.option("--id", "id_", metavar="C", help="Column of row ids; pairs the rows with the champion's.")
@click.option("--label", metavar="C", help="Column of what truly happened.")
@click.option("--score", metavar="C", help="Column of the positive class's probability, or of an example's score.")
@click.option("--prediction", metavar="C", help="Column of the predicted class or quantity.")
@click.option(
    "--threshold", type=float, callback=finite_of, metavar="T", help="A score at or above it is a positive decision."
)
@click.option("--by", callback=names_of, metavar="C,C", help="Columns to slice by, alone and together.")
@click.option("--champion", type=click.Path(path_type=Path), metavar="FILE", help="Predictions to compare with.")
@click.option("--reference", type=click.Path(path_type=Path), metavar="FILE", help="Rows to measure drift from.")
@click.option("--features", callback=names_of, metavar="C,C", help="Columns whose drift is measured; default: all.")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON list of measurements.")
def of_file(
    *,
    file: Path,
    task: str | None,
    id_: str | None,
    label: str | None,
    score: str | None,
    prediction: str | None,
    threshold: float | None,
    by: tuple[str, ...],
    champion: Path | None,
    reference: Path | None,
    features: tuple[str, ...],
    as_json: bool,
) -> None:
    """Print every statistic that FILE (Parquet or CSV) holds, each with interval, n and unit.

    `promoter measure FILE --help` lists the options for FILE.
    """
    if features and reference is None:
        raise click.UsageError("--features names columns whose drift is measured; name what from with --reference")
    engine = DuckDBEngine()
    given = {"id": id_, "label": label, "score": score, "prediction": prediction}
    survey, sources = open_survey(file, given, engine, champion=champion, reference=reference, by=by, features=features)
    survey = replace(survey, task=task, threshold=threshold)
    if task_of(survey) is None:
        hint = "name it with --label, or with --task scores say that the score itself is the quality"
        click.echo(f"{file}: no column is known as the label, so no quality is measured; {hint}", err=True)
    with announced("json" if as_json else None) as progress:
        answers = measure(survey_requests(survey), sources, engine, progress=progress)
    failures = [answer.failure for answer in answers.values() if answer.failure is not None]
    if failures:
        raise ProposalError(*(_problem(failure, sources, file=file) for failure in dict.fromkeys(failures)))
    values = list(dict.fromkeys(value for answer in answers.values() for value in answer.values))
    if as_json:
        click.echo(as_entries(values))
    else:
        print_table(values)


command = DefaultCommand(
    "measure",
    default=of_file,
    others={
        "latency": "promoter.commands.measure_latency",
        "predictions": "promoter.commands.measure_predictions",
    },
)


def _problem(failure: str, contents: Iterable[str], *, file: Path) -> Problem:
    """Return a failure as a problem of the file that it names first, else of the file that is measured."""
    begun = (where for where in contents if failure.startswith((f"{where}: ", f"{where} against ")))
    where, _, rest = failure.partition(": ") if next(begun, None) is not None else (str(file), "", failure)
    message, _, hint = rest.rpartition("; ")
    return Problem(Location(where), message or rest, hint if message else "check the file")
