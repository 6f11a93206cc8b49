"""The signature of a version, inferred from its feature tables and from the header of its ONNX file."""

from collections.abc import Mapping, Sequence
from typing import Any

from promoter.document.writing import Inline
from promoter.registry.draft.columns import draft_columns, role_columns
from promoter.registry.draft.given import Gap, Part, TableShape, Wish
from promoter.registry.evidence import EvidenceKind
from promoter.registry.signature import DType, Feature

_MOST_CATEGORIES = 20
"""Texts with more distinct values are free: no list of them would hold for the next rows."""

_FROM_FILE = "name the rows of training with --reference, or write signature to a file for --fill"


def draft_signature(wish: Wish) -> Part:
    """Return features and prediction, with notes on ranges that are only what was seen."""
    tables = wish.tables_of(EvidenceKind.FEATURES_REFERENCE, EvidenceKind.FEATURES_CURRENT)
    prediction = _prediction(wish)
    if not tables:
        return _without_tables(wish, prediction)
    names = _feature_names(tables[0], wish)
    if isinstance(names, Gap):
        return Part(gaps=(names, *prediction.gaps))
    before = {feature.name: feature for feature in wish.previous.signature.features} if wish.previous else {}
    features, notes = [], []
    for name in names:
        feature, said = _feature(name, before.get(name), tables)
        features.append(Inline(feature))
        notes += said
    new = [name for name in names if name not in before and name in tables[0].ranges]
    if new:
        rows = max(table.rows for table in tables)
        seen = f"of {', '.join(new)} the range is what {rows:,} rows hold"
        notes.append(f"signature: {seen}; widen it with --fill to what callers may send")
    value = {"features": features, "prediction": prediction.value} if prediction.value else None
    return Part(value=value, notes=(*notes, *prediction.notes), gaps=prediction.gaps)


def _without_tables(wish: Wish, prediction: Part) -> Part:
    """Return the signature of the version before, where the artifact still takes as many columns."""
    previous = wish.previous
    if previous is not None and _width(wish) in (None, len(previous.signature.features)):
        features = [Inline(_dump(feature)) for feature in previous.signature.features]
        note = f"signature: taken over from {previous.version}, held against no rows"
        return Part(value={"features": features, "prediction": prediction.value}, notes=(note, *prediction.notes))
    message = "no rows of features were given to infer it from"
    return Part(gaps=(Gap(key="signature", message=message, hint=_FROM_FILE),))


def _feature_names(table: TableShape, wish: Wish) -> tuple[str, ...] | Gap:
    """Return the features in the order in which the artifact takes them, or why they cannot be told."""
    others = role_columns(wish)
    columns = tuple(name for name in table.dtypes if name not in others)
    inputs = wish.artifact.inputs if wish.artifact else None
    if inputs and len(inputs) > 1:
        names = tuple(str(entry["name"]) for entry in inputs)
        absent = [name for name in names if name not in table.dtypes]
        message = f"the artifact has inputs that are no columns of the rows: {', '.join(absent[:5])}"
        return Gap(key="signature", message=message, hint=_FROM_FILE) if absent else names
    held = {attribute.name for attribute in wish.model.sensitive_attributes if attribute.justification is None}
    before = wish.previous.signature.features if wish.previous else ()
    known = {feature.name for feature in before}
    choices = (
        columns,
        tuple(name for name in columns if name not in held),
        tuple(name for name in columns if name in known),
    )
    width = _width(wish)
    for names in choices:
        if names and width in (None, len(names)):
            return names
    message = f"the artifact takes {width} columns, and the rows have {len(columns)}: {', '.join(columns[:12])}"
    return Gap(key="signature", message=message, hint="leave columns that are no features out of the --reference file")


def _width(wish: Wish) -> int | None:
    """Return how many columns the artifact takes, or None where its header does not say."""
    inputs = wish.artifact.inputs if wish.artifact else None
    if not inputs:
        return None
    if len(inputs) > 1:
        return len(inputs)
    shape = inputs[0].get("shape")
    return shape[1] if shape and len(shape) == 2 and isinstance(shape[1], int) else None


def _feature(name: str, before: Feature | None, tables: Sequence[TableShape]) -> tuple[dict[str, Any], list[str]]:
    """Return an entry of the signature that admits every value of the tables, and what it widens."""
    found = [table for table in tables if name in table.dtypes]
    feature: dict[str, Any] = _dump(before) if before else {"name": name}
    notes: list[str] = []
    dtype = _joined({table.dtypes[name] for table in found})
    is_admitted = before is not None and (before.dtype == dtype or (before.dtype, dtype) == (DType.FLOAT, DType.INT))
    if not is_admitted:
        feature["dtype"] = dtype
    if any(name in table.with_missing for table in found):
        feature["nullable"] = True
    ranges = [table.ranges[name] for table in found if name in table.ranges]
    if ranges and feature["dtype"] in (DType.FLOAT, DType.INT):
        notes += _widen(feature, before, ranges)
    categories = _categories(name, before, found)
    if feature["dtype"] == DType.STRING and categories:
        feature["categories"] = categories
    if before is not None and before.dtype.value != feature["dtype"]:
        notes.append(f"signature: {name} was {before.dtype}, the rows hold {feature['dtype']}")
    return feature, notes


def _widen(feature: dict[str, Any], before: Feature | None, ranges: Sequence[tuple[float, float]]) -> list[str]:
    """Set the range to what was allowed before and what was seen; return what the rows go beyond."""
    notes = []
    for key, seen, pick in (
        ("minimum", min(low for low, _ in ranges), min),
        ("maximum", max(high for _, high in ranges), max),
    ):
        allowed = getattr(before, key) if before else seen
        if allowed is None:
            continue
        feature[key] = _number(pick(allowed, seen))
        if feature[key] != allowed:
            notes.append(f"signature: {feature['name']} had the {key} {allowed:g}, the rows reach {seen:g}")
    return notes


def _categories(name: str, before: Feature | None, tables: Sequence[TableShape]) -> list[str]:
    """Return every category, sorted; none where the texts are free."""
    lists = [table.categories.get(name) for table in tables]
    known = tuple(before.categories) if before else ()
    if any(found is None for found in lists) or (before is not None and not known):
        return list(known)
    values = {text for found in lists for text in found or ()}
    new = sorted(values - set(known))
    return [*known, *new] if known or len(new) <= _MOST_CATEGORIES else []


def _joined(words: set[str]) -> str:
    """Return the one type that holds every value: float for whole and broken numbers together."""
    return next(iter(words)) if len(words) == 1 else "float" if words <= {"int", "float"} else "string"


def _prediction(wish: Wish) -> Part:
    """Return the output column: as before where it is still there, else the score or the prediction."""
    tables = wish.tables_of(EvidenceKind.PREDICTIONS)
    previous = wish.previous.signature.prediction if wish.previous else None
    if previous is not None and (not tables or previous.name in tables[0].dtypes):
        return Part(value=previous.model_dump(mode="json", exclude_unset=True))
    if not tables:
        return Part()
    file = next(file for file in wish.evidence if file.table is tables[0])
    columns = draft_columns(file, wish)
    name = columns.get("score") or columns.get("prediction")
    if not isinstance(name, str):
        message = "no column of the predictions is known as a score or a prediction"
        return Part(gaps=(Gap(key="signature", message=message, hint="name it with --score or --prediction"),))
    classes = columns.get("class_scores")
    listed = {"classes": list(classes)} if isinstance(classes, dict) else {}
    value = {"name": name, "dtype": tables[0].dtypes[name], **listed}
    was = f"signature: the prediction was {previous.name}, which these have not: it is {name}" if previous else ""
    return Part(value=value, notes=(was,) if was else ())


def _dump(feature: Feature) -> dict[str, Any]:
    entry: Mapping[str, Any] = feature.model_dump(mode="json", exclude_unset=True)
    return {key: _number(value) if isinstance(value, float) else value for key, value in entry.items()}


def _number(value: float) -> float | int:
    return int(value) if value == int(value) else value
