from promoter.report.columns import column_lines

ROWS = [("2026-01-31", "promotion", "abc", "Ada"), ("2026-02-01", "rollback", "abcdef", "Max")]


def test_a_row_is_a_line_where_nobody_looks() -> None:
    """Words two spaces apart, for the next program."""
    assert ["2026-01-31  promotion  abc  Ada", "2026-02-01  rollback  abcdef  Max"] == list(
        column_lines(ROWS, room=None)
    )


def test_words_stand_in_columns_on_a_terminal() -> None:
    """As wide as the widest."""
    assert ["2026-01-31  promotion  abc     Ada", "2026-02-01  rollback   abcdef  Max"] == list(
        column_lines(ROWS, room=34)
    )


def test_columns_that_are_too_wide_break_before_the_last_two() -> None:
    """One character less, and every row has two lines, so that they stay columns."""
    expected = ["2026-01-31  promotion", "    abc  Ada", "2026-02-01  rollback", "    abcdef  Max"]
    assert expected == list(column_lines(ROWS, room=33))


def test_no_rows_are_no_lines() -> None:
    """Nothing happened."""
    assert [] == list(column_lines([], room=80))
