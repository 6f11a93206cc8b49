"""Which column of an evidence file plays which part: as named, as before, or by the field's usual names."""

from collections.abc import Mapping

from promoter.document.nearest import did_you_mean
from promoter.errors import Location, Problem, ProposalError
from promoter.measure.roles import guess_class_scores, guess_table
from promoter.registry.draft.given import GivenFile, TableShape, Wish
from promoter.registry.evidence import EvidenceKind
from promoter.registry.model import Task

_PARTS = ("id", "label", "score", "prediction", "timestamp", "query")
_PARTS_OF_FEATURES = ("id", "label", "timestamp", "query")
"""A feature may be called score or probability: of a table of features only these parts are guessed."""

_ASKED: Mapping[str, tuple[str, ...]] = {
    EvidenceKind.PREDICTIONS: ("id", "label", "score"),
    EvidenceKind.FEATURES_REFERENCE: ("id",),
    EvidenceKind.FEATURES_CURRENT: ("id",),
}
_FEATURES = frozenset((EvidenceKind.FEATURES_REFERENCE, EvidenceKind.FEATURES_CURRENT))


def require_columns(wish: Wish) -> None:
    """Raise ProposalError, one problem a named column that the predictions do not have."""
    problems = [
        Problem(
            Location(file.source),
            f"there is no column {name!r} for --{part}",
            f"{did_you_mean(name, file.table.dtypes)}it has {', '.join(list(file.table.dtypes)[:12])}",
        )
        for file in wish.evidence
        if file.part == EvidenceKind.PREDICTIONS and file.table is not None
        for part, name in wish.columns.items()
        if name not in file.table.dtypes
    ]
    if problems:
        raise ProposalError(*problems)


def draft_columns(file: GivenFile, wish: Wish) -> dict[str, object]:
    """Return the `columns` of an evidence entry; empty for a file that is no table.

    The version before decides where all its columns are still there and none was named; a part that was named is
    that column; every other part is the first of its usual names.
    """
    if file.table is None:
        return {}
    before = _columns_before(file, wish)
    if before and not wish.columns and _named(before) <= set(file.table.dtypes):
        return before
    parts = _PARTS_OF_FEATURES if file.part in _FEATURES else _PARTS
    given = {part: name for part, name in wish.columns.items() if part in parts and name in file.table.dtypes}
    guessed = guess_table("", file.format, file.table.dtypes, {part: given.get(part) for part in _PARTS})
    columns: dict[str, object] = {part: name for part in parts if (name := getattr(guessed, part)) is not None}
    if wish.model.task is Task.MULTICLASS and file.part == EvidenceKind.PREDICTIONS and guessed.label is not None:
        columns |= _class_scores(file.table, guessed.label)
    return columns


def column_notes(file: GivenFile, wish: Wish) -> tuple[str, ...]:
    """Return the parts that policies pair and measure by and no column of a table is known to play."""
    if file.table is None or file.part not in _ASKED:
        return ()
    columns = draft_columns(file, wish)
    has_decision = not columns.keys().isdisjoint(("score", "prediction", "class_scores"))
    missing = [part for part in _ASKED[file.part] if part not in columns and not (part == "score" and has_decision)]
    ways = ", ".join(f"its {part} with --{part}" for part in missing)
    known = ", ".join(list(file.table.dtypes)[:12])
    return (f"{file.part}: no column is known as {' or '.join(missing)} among {known}: name {ways}",) if missing else ()


def role_columns(wish: Wish) -> frozenset[str]:
    """Return the columns of the feature tables that are no features: ids, labels and times."""
    files = (file for file in wish.evidence if file.part in _FEATURES)
    return frozenset(name for file in files for name in _named(draft_columns(file, wish)))


def _class_scores(table: TableShape, label: str) -> dict[str, object]:
    pairs = guess_class_scores(table.dtypes, table.categories.get(label) or ())
    return {"class_scores": dict(pairs)} if pairs else {}


def _columns_before(file: GivenFile, wish: Wish) -> dict[str, object]:
    entry = wish.entry_before(file)
    return entry.columns.model_dump(exclude_defaults=True) if entry else {}


def _named(columns: dict[str, object]) -> set[str]:
    single = {name for name in columns.values() if isinstance(name, str)}
    scores = columns.get("class_scores")
    return single | (set(scores.values()) if isinstance(scores, dict) else set())
