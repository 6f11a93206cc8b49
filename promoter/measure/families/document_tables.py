"""The tables of a Markdown document as rows of plain cells, within limits."""

from collections.abc import Sequence
from typing import Any

MOST_TABLES, MOST_ROWS, MOST_CELLS, LONGEST_CELL = 50, 200, 20, 200
"""What is read of tables; a card that needs more is no card, and its record must stay small."""


def tables_of(tokens: Sequence[Any]) -> list[dict[str, Any]]:
    """Return each table as its header's cells and its rows, each with cells and line (counted from 1)."""
    tables: list[dict[str, Any]] = []
    rows: list[dict[str, Any]] = []
    cells: list[str] = []
    line, is_cell = 1, False
    for token in tokens:
        if token.type == "table_open":
            rows = []
        elif token.type == "tr_open":
            line, cells = (token.map[0] + 1 if token.map else line), []
        elif token.type in ("th_open", "td_open"):
            is_cell = True
        elif token.type == "inline" and is_cell:
            cells.append(_text(token)[:LONGEST_CELL])
            is_cell = False
        elif token.type == "tr_close":
            rows.append({"cells": cells[:MOST_CELLS], "line": line})
        elif token.type == "table_close" and rows:
            tables.append({"header": rows[0]["cells"], "rows": rows[1 : MOST_ROWS + 1]})
    return tables[:MOST_TABLES]


def _text(token: Any) -> str:
    """Return a cell's words without what only marks them up."""
    parts = (child.content for child in token.children or () if child.type in ("text", "code_inline"))
    return "".join(parts).strip()
