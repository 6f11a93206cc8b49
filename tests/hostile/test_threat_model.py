"""docs/threat-model.md held against the tests: no row without a case, no case that is not there."""

import re
from pathlib import Path

from tests.hostile.test_rows import CASES

ROOT = Path(__file__).parents[2]
ROWS = frozenset({*range(11, 45), 50, 62})
LINE = re.compile(r"^\| ([\d, ]+) \| .* \| `([^`]+)` \|$", re.MULTILINE)


def lines() -> list[tuple[frozenset[int], str]]:
    """Return the rows of each line of the tables, and the test that the line names."""
    page = (ROOT / "docs/threat-model.md").read_text()
    return [(frozenset(map(int, rows.split(","))), test) for rows, test in LINE.findall(page)]


def test_every_row_has_a_line_and_a_case() -> None:
    """Rows 11 to 44, 50 and 62 stand on the page; a row that names a table of cases has one there."""
    documented = {row for rows, _ in lines() for row in rows}
    assert documented >= ROWS
    tabled = {row for rows, test in lines() for row in rows if test.endswith(("trees.py", "documents.py"))}
    assert tabled <= {case.row for case in CASES}


def test_every_named_test_exists() -> None:
    """A page that names a test which is gone would promise what nobody holds."""
    for _, test in lines():
        file, _, name = test.partition("::")
        assert f"def {name}(" in (ROOT / file).read_text() if name else (ROOT / file).is_file()
