"""Which column of a file plays which part, by the names that the field's tools give them."""

from collections.abc import Collection, Mapping

from promoter.measure.request import Table

ALIASES: Mapping[str, tuple[str, ...]] = {
    "id": ("id", "entity_id", "row_id", "sample_id", "example_id"),
    "label": ("y_true", "label", "target", "targets", "label_value", "y", "ground_truth"),
    "score": (
        "y_score",
        "score",
        "y_pred_proba",
        "prediction_probas",
        "predicted_probability",
        "probability",
        "proba",
    ),
    "prediction": (
        "y_pred",
        "prediction",
        "predictions",
        "predicted_label",
        "prediction_labels",
        "predicted",
    ),
    "timestamp": ("timestamp", "datetime", "event_time"),
    "query": ("query", "query_id", "qid"),
}
"""Part to names, best first: promoter's own, then NannyML's, Evidently's, Aequitas', MLflow's, Clarify's."""

_CLASS_SCORE_PREFIXES = ("y_score_", "y_pred_proba_", "probability_", "proba_", "score_")


def guess_table(content: str, format_: str, columns: Collection[str], given: Mapping[str, str | None]) -> Table:
    """Return the table with the parts that were given, and for every other part the first alias that it has.

    A name of one part is not guessed for a second; names are compared without letter case.
    """
    taken = {name for name in given.values() if name is not None}
    parts = dict(given)
    folded = {name.casefold(): name for name in columns}
    for part, aliases in ALIASES.items():
        if parts.get(part) is None:
            found = (folded[alias] for alias in aliases if alias in folded and folded[alias] not in taken)
            parts[part] = next(found, None)
    return Table(
        content=content,
        format=format_,
        id=parts["id"],
        label=parts["label"],
        score=parts["score"],
        prediction=parts["prediction"],
        timestamp=parts["timestamp"],
        query=parts["query"],
    )


def guess_class_scores(columns: Collection[str], classes: Collection[str]) -> tuple[tuple[str, str], ...]:
    """Return (class, column) for every class where one prefix names a column for each of them, else nothing."""
    for prefix in _CLASS_SCORE_PREFIXES:
        if classes and all(f"{prefix}{name}" in columns for name in classes):
            return tuple((name, f"{prefix}{name}") for name in sorted(classes))
    return ()
