"""Everything that can be asked of a file: the requests of `promoter measure`, from what the file holds."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from promoter.measure.request import (
    Calibration,
    Disparity,
    Drift,
    GroupRates,
    Measured,
    PairedQuality,
    Quality,
    Request,
    Table,
    TableProfile,
)
from promoter.measure.requests_data import Confusions
from promoter.measure.roles import guess_class_scores

_MOST_CLASSES = 20
_BINARY_TEXTS = frozenset(("0", "1", "true", "false"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """A file, what it is compared with, and how its rows are cut."""

    table: Table
    profile: Measured
    task: str | None = None
    threshold: float | None = None
    by: tuple[str, ...] = ()
    champion: Table | None = None
    champion_columns: Collection[str] = ()
    reference: Table | None = None
    reference_columns: Collection[str] = ()
    features: tuple[str, ...] = ()


def survey_requests(survey: Survey) -> tuple[Request, ...]:
    """Return all requests that the file's columns can answer; what it lacks a column for is not asked."""
    return (
        *_of_predictions(survey),
        *_of_champion(survey),
        *_of_reference(survey),
        TableProfile(table=survey.table),
    )


def task_of(survey: Survey) -> str | None:
    """Return the task that was given, else the one that the label's values speak of; None without a label.

    0/1 and true/false are binary, up to 20 distinct whole numbers or texts are classes, other numbers quantities.
    """
    label = survey.table.label
    if survey.task is not None:
        return survey.task
    if label is None:
        return None
    categories, dtype = survey.profile.facts["categories"].get(label), survey.profile.facts["columns"].get(label)
    if categories is not None and {text.lower() for text in categories} <= _BINARY_TEXTS:
        return "binary"
    is_few = categories is not None and len(categories) <= _MOST_CLASSES
    return "multiclass" if dtype in ("string", "bool") or (dtype == "int" and is_few) else "regression"


def slices_of(by: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    """Return each column, each pair of columns, and all of them together."""
    singles = [(name,) for name in by]
    pairs = list(combinations(by, 2))
    return tuple(dict.fromkeys([*singles, *pairs, *([tuple(by)] if len(by) > 2 else [])]))


def _of_predictions(survey: Survey) -> Iterator[Request]:
    task, table, slices = task_of(survey), survey.table, slices_of(survey.by)
    if task is None:
        return
    if task == "multiclass":
        table = _with_class_scores(table, survey, survey.profile.facts["columns"])
    yield Quality(table=table, task=task, threshold=survey.threshold, slices=slices)
    if task == "multiclass" and slices:
        yield Confusions(table=table, slices=slices)
    if task != "binary":
        return
    if table.score is not None:
        yield Calibration(table=table, slices=slices)
    is_decided = table.prediction is not None or (table.score is not None and survey.threshold is not None)
    if slices and is_decided:
        yield GroupRates(table=table, threshold=survey.threshold, attributes=slices)
        yield Disparity(table=table, threshold=survey.threshold, attributes=slices)


def _with_class_scores(table: Table, survey: Survey, columns: Collection[str]) -> Table:
    """Return a table with the columns that are named after the classes of the surveyed file's label."""
    classes = survey.profile.facts["categories"].get(survey.table.label) or ()
    return replace(table, class_scores=guess_class_scores(columns, classes))


def _of_champion(survey: Survey) -> Iterator[Request]:
    task = task_of(survey)
    if survey.champion is not None and task is not None:
        candidate, champion = survey.table, survey.champion
        if task == "multiclass":
            candidate = _with_class_scores(candidate, survey, survey.profile.facts["columns"])
            champion = _with_class_scores(champion, survey, survey.champion_columns)
        yield PairedQuality(
            candidate=candidate,
            champion=champion,
            task=task,
            threshold=survey.threshold,
            champion_threshold=survey.threshold,
            slices=slices_of(survey.by),
        )


def _of_reference(survey: Survey) -> Iterator[Request]:
    if survey.reference is None:
        return
    facts = survey.profile.facts
    parts = {survey.table.id, survey.table.timestamp, survey.table.query}
    common = (name for name in facts["columns"] if name in survey.reference_columns and name not in parts)
    kinds = {name: _kind(name, survey) for name in survey.features or common}
    if survey.features:  # what was asked for by name and cannot be measured is told, not left out
        kinds = {name: kind or facts["columns"][name] for name, kind in kinds.items()}
    columns = tuple((name, kind) for name, kind in kinds.items() if kind is not None)
    yield Drift(reference=survey.reference, current=survey.table, columns=columns)


def _kind(name: str, survey: Survey) -> str | None:
    """Return how a column's drift is measured, or None for times, which always move."""
    dtype, categories = survey.profile.facts["columns"].get(name), survey.profile.facts["categories"].get(name)
    is_few = categories is not None and len(categories) <= _MOST_CLASSES
    if dtype == "float" or (dtype == "int" and not is_few):
        return "numeric"
    if dtype == "vector":
        return "vector"
    return "categorical" if dtype in ("int", "bool", "string") else None
