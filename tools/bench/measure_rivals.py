"""Other libraries on the same files, run by an environment of their own: `python measure_rivals.py NAME REF CUR`.

Nothing of this project is imported: the environments hold the libraries alone.
"""

import sys
from collections.abc import Callable

TEXT = ["c0", "c1", "c2", "sex", "race"]
IDS = ["id"]


def polars_scan(*paths: str) -> None:
    """Read every value once, in polars' streaming engine."""
    import polars as pl

    for path in paths:
        frame = pl.scan_parquet(path)
        numbers = [name for name in frame.collect_schema().names() if name not in TEXT]
        texts = [name for name in frame.collect_schema().names() if name in TEXT]
        sums = [pl.col(numbers).sum(), *(pl.col(name).str.len_bytes().sum() for name in texts)]
        print(frame.select(sums).collect(engine="streaming").shape)


def evidently(reference: str, current: str) -> None:
    """Drift of every column by the defaults of the preset (Wasserstein and Jensen-Shannon)."""
    import pandas as pd
    from evidently import DataDefinition, Dataset, Report
    from evidently.presets import DataDriftPreset

    frames = [pd.read_parquet(path).drop(columns=IDS) for path in (reference, current)]
    numbers = [name for name in frames[0].columns if name not in TEXT]
    definition = DataDefinition(numerical_columns=numbers, categorical_columns=TEXT)
    sides = [Dataset.from_pandas(frame, data_definition=definition) for frame in frames]
    print(len(Report([DataDriftPreset()]).run(sides[1], sides[0]).dict()["metrics"]))


def deepchecks(reference: str, current: str) -> None:
    """Drift of every feature on the default sample of 100,000 rows."""
    import pandas as pd
    from deepchecks.tabular import Dataset
    from deepchecks.tabular.checks import FeatureDrift

    frames = [pd.read_parquet(path).drop(columns=IDS) for path in (reference, current)]
    sides = [Dataset(frame, cat_features=TEXT, label="y_true") for frame in frames]
    print(len(FeatureDrift().run(*sides).value))


RIVALS: dict[str, Callable[..., None]] = {
    "polars": polars_scan,
    "evidently": evidently,
    "deepchecks": deepchecks,
}

if __name__ == "__main__":
    RIVALS[sys.argv[1]](*sys.argv[2:])
