"""Rows of words for people: a row a line to be piped, columns on a terminal."""

from collections.abc import Iterator, Sequence

_GAP = "  "
_INDENT = "    "
_TAIL = 2


def column_lines(rows: Sequence[Sequence[str]], *, room: int | None) -> Iterator[str]:
    """Yield the lines of rows of equally many words; `room` is the terminal's width, None where there is none.

    Without one a row is a line, its words two spaces apart. On a terminal the words stand in columns; where those are
    wider than it is, the last two words of each row have a line of their own.
    """
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    is_narrow = room is not None and sum(widths) + len(_GAP) * (len(widths) - 1) > room
    for row in rows:
        if room is None:
            yield _GAP.join(row)
            continue
        cells = [word.ljust(width) for word, width in zip(row, widths, strict=True)]
        yield _GAP.join(cells[:-_TAIL] if is_narrow else cells).rstrip()
        if is_narrow:
            yield _INDENT + _GAP.join(row[-_TAIL:])
