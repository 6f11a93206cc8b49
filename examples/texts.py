"""A version's documents: templates below texts/, into which the numbers of its evidence are filled."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from examples.spec import Spec
from examples.training import Trained

DOCUMENTS = ("model-card", "design-notes", "data-provenance", "decision-log")
_LONGEST_TABLE = 20


def write_documents(folder: Path, spec: Spec, trained: Trained, *, facts: Mapping[str, Any]) -> None:
    """Write each document into a version's folder; `facts` are the numbers of every version so far."""
    numbers = {f"v{key.replace('.', '_')}": value for key, value in facts.items()}
    filled = {**numbers, "own": trained.facts, "version": trained.version}
    shared = {
        "data": _read(spec.texts / "data.md").format(**filled).strip(),
        "columns": column_table(spec, trained),
        "columns_n": f"{len(trained.training):,}",
    }
    for kind in DOCUMENTS:
        own, common = spec.texts / trained.version / f"{kind}.md", spec.texts / f"{kind}.md"
        template = _read(own if own.exists() else common)
        (folder / f"{kind}.md").write_text(template.format(**filled, **shared), encoding="utf-8")


def column_table(spec: Spec, trained: Trained) -> str:
    """Return origin, extremes and missing values of each column that the version reads, on its training rows.

    Of many columns of one kind their number and the extremes of all of them.
    """
    rows = trained.training[list(trained.features)]
    missing = int(rows.isna().to_numpy().sum())
    if len(trained.features) > _LONGEST_TABLE:
        return (
            f"{len(trained.features)} columns, {trained.features[0]} to {trained.features[-1]}: from"
            f" {rows.to_numpy().min():g} to {rows.to_numpy().max():g} on the training rows, {missing} values missing."
        )
    lines = ["| column | made from | smallest | largest | missing |", "|---|---|---|---|---|"]
    for name in trained.features:
        values = rows[name]
        cells: Sequence[object] = (name, f"`{spec.features[name].origin}`", f"{values.min():g}", f"{values.max():g}")
        lines.append("| " + " | ".join(map(str, (*cells, int(values.isna().sum())))) + " |")
    return "\n".join(lines)


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8")
