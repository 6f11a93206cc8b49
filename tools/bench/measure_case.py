"""One case of the measurement bench as a process of its own: `python -m tools.bench.measure_case NAME FOLDER ROWS`."""

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from tools.bench.measure_tables import CATEGORICAL, FILES, NUMERIC, SENSITIVE, paths_of, table

SLICES = (("sex",), ("race",), ("sex", "race"))
THRESHOLD = 0.5
Paths = Mapping[str, Path]


def scan(paths: Paths) -> None:
    """Read every value of all three files once, in DuckDB: the floor."""
    import duckdb

    for path in paths.values():
        columns = duckdb.sql(f"DESCRIBE SELECT * FROM '{path}'").fetchall()  # noqa: S608
        sums = (f"sum(length({name}))" if kind == "VARCHAR" else f"sum({name})" for name, kind, *_ in columns)
        duckdb.sql(f"SELECT {', '.join(sums)} FROM '{path}'").fetchall()  # noqa: S608


def whole(paths: Paths) -> None:
    """Measure all that a high-risk binary model is judged on."""
    _measure(paths, ("quality", "calibration", "paired", "groups", "disparity", "drift", "profile"))


def drift(paths: Paths) -> None:
    """Measure the drift of every feature, of the label and of the prediction."""
    _measure(paths, ("drift",))


def _measure(paths: Paths, names: tuple[str, ...]) -> None:
    from promoter.engines.duckdb.engine import DuckDBEngine
    from promoter.measure.plan import measure

    requests = _requests()
    chosen = [requests[name] for name in names]
    answers = measure(chosen, {f"local:{name}": path for name, path in paths.items()}, DuckDBEngine())
    failures = [answer.failure for answer in answers.values() if answer.failure]
    if failures:
        raise RuntimeError(failures[0])
    print(sum(len(answer.values) for answer in answers.values()), "numbers")


def _requests() -> dict[str, Any]:
    from promoter.measure import request

    reference, current, champion = (table(name) for name in FILES)
    columns = tuple((name, "numeric") for name in (*NUMERIC, "y_score"))
    columns += tuple((name, "categorical") for name in (*CATEGORICAL, *SENSITIVE, "y_true"))
    return {
        "quality": request.Quality(table=current, task="binary", threshold=THRESHOLD, slices=SLICES),
        "calibration": request.Calibration(table=current, slices=SLICES),
        "paired": request.PairedQuality(
            candidate=current,
            champion=champion,
            task="binary",
            threshold=THRESHOLD,
            champion_threshold=THRESHOLD,
            slices=SLICES,
        ),
        "groups": request.GroupRates(table=current, threshold=THRESHOLD, attributes=SLICES),
        "disparity": request.Disparity(table=current, threshold=THRESHOLD, attributes=SLICES),
        "drift": request.Drift(reference=reference, current=current, columns=columns),
        "profile": request.TableProfile(table=current),
    }


def scikit_learn(paths: Paths) -> None:
    """Area, average precision, log loss and Brier score of two models, without slices and intervals."""
    import pandas as pd
    from sklearn import metrics

    for name in ("current", "champion"):
        frame = pd.read_parquet(paths[name], columns=["y_true", "y_score"])
        for measure in ("roc_auc_score", "average_precision_score", "log_loss", "brier_score_loss"):
            print(measure, getattr(metrics, measure)(frame["y_true"], frame["y_score"]))


def fairlearn(paths: Paths) -> None:
    """Seven rates of the ten groups of two attributes, without intervals."""
    import pandas as pd
    from fairlearn import metrics

    frame = pd.read_parquet(paths["current"], columns=["y_true", "y_score", *SENSITIVE])
    rates = ("selection_rate", "true_positive_rate", "false_positive_rate", "true_negative_rate", "false_negative_rate")
    chosen = {name: getattr(metrics, name) for name in (*rates, "count", "mean_prediction")}
    decided = (frame["y_score"] >= THRESHOLD).astype(int)
    groups = metrics.MetricFrame(
        metrics=chosen, y_true=frame["y_true"], y_pred=decided, sensitive_features=frame[list(SENSITIVE)]
    )
    print(groups.by_group.to_string())


CASES: dict[str, Callable[[Paths], None]] = {
    "scan": scan,
    "whole": whole,
    "drift": drift,
    "scikit-learn": scikit_learn,
    "fairlearn": fairlearn,
}


def main() -> int:
    """Run the case that is named."""
    name, folder, rows = sys.argv[1:]
    CASES[name](paths_of(Path(folder), int(rows)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
