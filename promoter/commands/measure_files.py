"""The files that `promoter measure` is given: found, told apart, and their columns matched with their parts."""

from collections.abc import Mapping
from pathlib import Path

from promoter.document.nearest import nearest
from promoter.errors import Location, Problem, ProposalError
from promoter.measure.plan import measure
from promoter.measure.port import Engine
from promoter.measure.request import Measured, Table, TableProfile
from promoter.measure.roles import guess_table
from promoter.measure.survey import Survey

_PARQUET_MAGIC = b"PAR1"


def open_survey(
    file: Path,
    given: Mapping[str, str | None],
    engine: Engine,
    *,
    champion: Path | None,
    reference: Path | None,
    by: tuple[str, ...],
    features: tuple[str, ...],
) -> tuple[Survey, Mapping[str, Path]]:
    """Return what is to be surveyed, and the files by key. Raises ProposalError for files and columns that are not."""
    paths = [path for path in (file, champion, reference) if path is not None]
    tables = {path: Table(content=str(path), format=format_of(path)) for path in paths}
    sources = {str(path): path for path in paths}
    profiles = measure([TableProfile(table=table) for table in tables.values()], sources, engine)
    found = {path: _readable(path, profiles[TableProfile(table=table)]) for path, table in tables.items()}
    options = {f"--{part}": (name,) for part, name in given.items() if name is not None} | {"--by": by}
    _require_columns(file, found[file], options | ({"--features": features} if reference else {}))
    parts = {path: guess_table(str(path), tables[path].format, _columns(found[path]), given) for path in paths}
    survey = Survey(
        table=parts[file],
        profile=found[file],
        by=by,
        champion=None if champion is None else parts[champion],
        champion_columns=() if champion is None else _columns(found[champion]),
        reference=None if reference is None else parts[reference],
        reference_columns=() if reference is None else _columns(found[reference]),
        features=features,
    )
    return survey, sources


def format_of(path: Path) -> str:
    """Return parquet or csv, by the file's first bytes and its name. Raises ProposalError for other files."""
    try:
        with path.open("rb") as stream:
            start = stream.read(len(_PARQUET_MAGIC))
    except OSError as error:
        message = f"cannot be read: {error.strerror}"
        raise ProposalError(Problem(Location(str(path)), message, "name a Parquet or CSV file")) from error
    if start == _PARQUET_MAGIC:
        return "parquet"
    if path.suffix.lower() in (".csv", ".txt"):
        return "csv"
    message = "neither starts as Parquet does nor is named .csv"
    raise ProposalError(Problem(Location(str(path)), message, "save it as Parquet, or as CSV with a header"))


def _columns(profile: Measured) -> Mapping[str, str]:
    columns: Mapping[str, str] = profile.facts["columns"]
    return columns


def _readable(path: Path, profile: Measured) -> Measured:
    if profile.failure is not None:
        reason = profile.failure.removeprefix(f"{path}: ")
        message, _, hint = reason.rpartition("; ")
        raise ProposalError(Problem(Location(str(path)), message, hint))
    return profile


def _require_columns(path: Path, profile: Measured, options: Mapping[str, tuple[str, ...]]) -> None:
    """Raise ProposalError, one problem an absent column, with the nearest name that there is."""
    known = _columns(profile)
    problems = [
        Problem(Location(str(path)), f"there is no column {name!r} for {option}", _hint(name, known))
        for option, names in options.items()
        for name in names
        if name not in known
    ]
    if problems:
        raise ProposalError(*problems)


def _hint(name: str, known: Mapping[str, str]) -> str:
    guess = nearest(name, known)
    return f"did you mean {guess!r}?" if guess else f"the file has {', '.join(list(known)[:12])}"
