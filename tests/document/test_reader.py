"""Every value of a document knows its place, and no bytes do more than be refused."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from promoter.document.reader import read_yaml
from promoter.errors import Location, ProposalError
from tests.document.reading import PATH, problems_of, value_of

_TEXT = b"""title: Churn
evidence:
  - kind: predictions
    rows: 1.10
  - {kind: latency, "rows": 20}
note: |
  two
  lines
"""
_CLEAN = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=20)
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(0.001, 1e300) | _CLEAN,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_CLEAN, inner, max_size=4),
    max_leaves=20,
)


@pytest.mark.parametrize(
    ("keys", "line", "column"),
    [
        ((), 1, 1),
        (("title",), 1, 8),
        (("evidence",), 3, 3),
        (("evidence", 0), 3, 5),
        (("evidence", 0, "rows"), 4, 11),
        (("evidence", 1), 5, 5),
        (("evidence", 1, "rows"), 5, 29),
        (("note",), 6, 7),
        (("evidence", 1, "digest"), 5, 5),
        (("evidence", 7, "digest"), 3, 3),
        (("missing", "deeper"), 1, 1),
    ],
)
def test_value_or_its_nearest_ancestor_has_a_place(keys: tuple[str | int, ...], line: int, column: int) -> None:
    """A key that is not there is told at the mapping that lacks it."""
    assert Location(PATH, line, column) == read_yaml(_TEXT, path=PATH).location(keys)


@pytest.mark.parametrize(
    ("keys", "line", "column"),
    [(("evidence",), 2, 1), (("evidence", 0, "rows"), 4, 5), (("evidence", 1, "rows"), 5, 21), (("evidence", 1), 5, 5)],
)
def test_key_has_a_place_of_its_own(keys: tuple[str | int, ...], line: int, column: int) -> None:
    """An unknown key is told where it is written and not where its value is."""
    assert Location(PATH, line, column) == read_yaml(_TEXT, path=PATH).key_location(keys)


def test_value_that_is_not_written_stands_on_the_line_of_its_key() -> None:
    """No place is past the end of its file, where an annotation could not stand."""
    assert Location(PATH, 1, 3) == read_yaml(b"? key", path=PATH).location(("key",))
    assert Location(PATH, 1, 5) == read_yaml(b"key:\n\n", path=PATH).location(("key",))


def test_part_of_a_document_keeps_its_places() -> None:
    """The parameters of a policy are bound alone and still told at their line."""
    part = read_yaml(_TEXT, path=PATH).at(("evidence", 1))
    assert {"kind": "latency", "rows": 20} == part.value
    assert Location(PATH, 5, 29) == part.location(("rows",))


def test_part_that_is_not_there_is_a_key_error() -> None:
    """The caller knows whether the part is optional."""
    with pytest.raises(KeyError):
        read_yaml(_TEXT, path=PATH).at(("evidence", 2))


def test_number_is_shown_as_written() -> None:
    """1.10 is a version that lost its quotes; 1.1 is not what its author wrote."""
    document = read_yaml(_TEXT, path=PATH)
    assert "1.10" == document.written(("evidence", 0, "rows"))
    assert "20" == document.written(("evidence", 1, "rows"))
    assert document.written(("title",)) is None


@settings(max_examples=150, deadline=None)
@given(_JSON)
def test_json_reads_as_itself(value: object) -> None:
    """JSON in ASCII is a subset of what is read: the values are json's own."""
    assert value == value_of(json.dumps(value).encode())


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=80) | st.text("ab:-?[]{},&*!|>'\"%@\t\n #<~.0129e\u2028\u200b", max_size=60).map(str.encode))
def test_any_bytes_are_read_or_refused_with_a_place_and_a_hint(content: bytes) -> None:
    """No input ends in another exception than the one that names its problems."""
    problems = problems_of(content)
    assert all(message and hint for *_, message, hint in problems)
    try:
        json.dumps(read_yaml(content, path=PATH).value, allow_nan=False)
    except ProposalError:
        assert problems


@settings(max_examples=200, deadline=None)
@given(st.integers(0, len(_TEXT) - 1), st.binary(min_size=1, max_size=3))
def test_mutated_file_is_read_or_refused(index: int, inserted: bytes) -> None:
    """A broken manifest is refused at a line that it has."""
    content = _TEXT[:index] + inserted + _TEXT[index:]
    lines = content.count(b"\n") + content.count(b"\r")
    assert all(line is not None and 1 <= line <= lines for line, *_ in problems_of(content))
