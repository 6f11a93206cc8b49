"""The synthetic tables of the measurement bench: the same rows on every machine, made by DuckDB from hashes.

`reference` and `current` hold an id, 30 numeric and 3 categorical features, 2 sensitive attributes, a label and the
challenger's score; `champion` holds id, label and score of the current rows. Five features drift, one has
nulls, three are whole numbers with many ties, and the champion is a little worse than the challenger.
"""

from pathlib import Path

import duckdb

from promoter.measure.request import Table

NUMERIC = tuple(f"f{index:02d}" for index in range(30))
CATEGORICAL = ("c0", "c1", "c2")
SENSITIVE = ("sex", "race")
FILES = ("reference", "current", "champion")

_BITS = 9007199254740992.0
_RACES = ("'white'", "'black'", "'hispanic'", "'asian'", "'other'")


def table(name: str) -> Table:
    """Return one of the tables and the parts that its columns play."""
    return Table(content=f"local:{name}", format="parquet", id="id", label="y_true", score="y_score")


def paths_of(folder: Path, rows: int) -> dict[str, Path]:
    """Return where the three files are."""
    return {name: folder / f"{name}-{rows}.parquet" for name in FILES}


def tables(folder: Path, rows: int) -> dict[str, Path]:
    """Return the three files, made where they are not there yet."""
    paths = paths_of(folder, rows)
    if not all(path.exists() for path in paths.values()):
        folder.mkdir(parents=True, exist_ok=True)
        with duckdb.connect(config={"memory_limit": "4GB", "temp_directory": str(folder / "spill")}) as connection:
            for name, side in (("reference", 0), ("current", 1)):
                query = f"SELECT * EXCLUDE (y_champion) FROM ({_rows(rows, side=side)})"  # noqa: S608
                _write(connection, query, paths[name])
            champion = f"SELECT id, y_true, y_champion AS y_score FROM ({_rows(rows, side=1)})"  # noqa: S608
            _write(connection, champion, paths["champion"])
    return paths


def _write(connection: duckdb.DuckDBPyConnection, query: str, path: Path) -> None:
    part = path.with_suffix(".part")
    connection.execute(f"COPY ({query}) TO '{part}' (FORMAT parquet, COMPRESSION zstd)")
    part.rename(path)


def _rows(rows: int, *, side: int) -> str:
    """Return SQL for the rows of one side; the outer query turns the logit into label and scores."""
    features = ", ".join(f"{_feature(index, side=side)} AS {name}" for index, name in enumerate(NUMERIC))
    categories = ", ".join(
        f"'v' || CAST(floor({4 + 8 * index} * {_uniform(70 + index, side)} ^ 2) AS INTEGER) AS {name}"
        for index, name in enumerate(CATEGORICAL)
    )
    race = f"[{', '.join(_RACES)}][1 + CAST(floor(5 * {_uniform(81, side)} ^ 2) AS INTEGER)]"
    people = f"CASE WHEN {_uniform(80, side)} < 0.5 THEN 'female' ELSE 'male' END AS sex, {race} AS race"
    inner = f"SELECT i AS id, {features}, {categories}, {people} FROM range({rows}) AS t(i)"  # noqa: S608
    logit = "(0.8 * f00 + 0.5 * f02 - 0.4 * f03 - 1.0)"
    happened = f"CAST({_uniform(90, side, row='id')} < 1 / (1 + exp(-{logit})) AS INTEGER) AS y_true"
    scores = ", ".join(
        f"1 / (1 + exp(-({logit} + {noise} * {_normal(seed, side, row='id')}))) AS {name}"
        for name, noise, seed in (("y_score", 0.3, 92), ("y_champion", 0.5, 94))
    )
    return f"SELECT *, {happened}, {scores} FROM ({inner})"  # noqa: S608


def _feature(index: int, *, side: int) -> str:
    """Return SQL for a feature: normal, log-normal or whole; every sixth drifts on the current side."""
    shift = 0.1 if side and index % 6 == 5 else 0.0
    normal = f"({_normal(2 * index, side)} + {shift})"
    if index % 10 == 9:
        return f"CAST(floor(20 * exp(0.5 * {normal})) AS DOUBLE)"
    if index == 8:
        return f"CASE WHEN {_uniform(60, side)} < 0.02 THEN NULL ELSE {normal} END"
    return f"exp({normal})" if index % 3 == 1 else normal


def _uniform(stream: int, side: int, *, row: str = "i") -> str:
    """Return SQL for a number in (0, 1] of one stream."""
    return f"(((hash(hash({row}, {2 * stream + side})) >> 11) + 1) / {_BITS})"


def _normal(stream: int, side: int, *, row: str = "i") -> str:
    """Return SQL for a standard normal number (Box and Muller 1958) from two streams."""
    angle = f"2 * pi() * {_uniform(stream + 1, side, row=row)}"
    return f"sqrt(-2 * ln({_uniform(stream, side, row=row)})) * cos({angle})"
