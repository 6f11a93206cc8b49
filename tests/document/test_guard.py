"""Structure that two readers would see differently, or that costs more than it says, is refused at its place."""

from itertools import pairwise

import pytest

from promoter.document.reader import Limits
from tests.document.reading import problems_of, value_of

_USE_ONE_WAY = "write the value out wherever it is used"


def test_billion_laughs_is_refused_at_its_first_anchor() -> None:
    """Row 31: nine lists of nine aliases are 10**9 values; no value is ever expanded."""
    lines = ["a: &a [x, x, x]"] + [f"{new}: &{new} [*{old}, *{old}, *{old}]" for old, new in pairwise("abcdefghi")]
    problems = problems_of("\n".join(lines).encode())
    assert (1, 4, "the anchor &a is refused", _USE_ONE_WAY) == problems[0]
    assert (2, 8, "the alias *a is refused", "write the value out where it is used") == problems[2]
    assert 9 + 8 * 3 == len(problems)


def test_recursive_anchor_is_refused() -> None:
    """Row 33: a list that holds itself never ends a walk."""
    messages = [message for *_, message, _ in problems_of(b"a: &a [*a]\n")]
    assert ["the anchor &a is refused", "the alias *a is refused"] == messages


def test_merge_key_is_refused() -> None:
    """Row 31: `<<` brings keys that no reviewer sees where they act."""
    assert (2, 3, "the merge key << is refused", "write the merged keys out") in problems_of(b"a:\n  <<: {b: 1}\n")


@pytest.mark.parametrize(("opening", "column"), [(b"[", 33), (b"{a: ", 129), (b"- ", 65), (b"['*n', ", 225)])
def test_deep_nesting_stops_at_level_33(opening: bytes, column: int) -> None:
    """Row 32: 100,000 levels end PyYAML's C composer with a segmentation fault; here nothing is read past the 33rd."""
    [problem] = problems_of(opening * (200_000 // len(opening)))
    assert (1, column, "nested deeper than 32 levels", "flatten the document") == problem


def test_level_32_is_read() -> None:
    """The cap is a cap and not a fence before it."""
    assert [] == problems_of(b"[" * 32 + b"]" * 32)


def test_duplicate_key_names_both_lines() -> None:
    """Row 34: PyYAML keeps the last of two keys silently."""
    content = b"stage: staging\nversion: '1'\nstage: production\n"
    message = "duplicate key 'stage', which line 1 gives already"
    assert [(3, 1, message, "keep line 1 or this line, not both")] == problems_of(content)


def test_duplicate_key_is_found_at_depth_and_under_other_quotes() -> None:
    """Row 34: a key plain, quoted and escaped is one key."""
    assert [(3, 5), (4, 5)] == [place[:2] for place in problems_of(b'x:\n  - a: 1\n    "a": 2\n    "\\x61": 3\n')]


@pytest.mark.parametrize("key", ["1", "true", "null", "1.5"])
def test_key_that_is_not_a_string_is_refused(key: str) -> None:
    """JSON has string keys alone, and 1 and "1" would be one."""
    assert [(1, 1, f"the key {key} is not a string", "quote the key")] == problems_of(f"{key}: x\n".encode())


def test_complex_key_is_refused_and_its_siblings_are_read() -> None:
    """A key that is a list has no place in JSON; the rest of the file is still checked."""
    problems = problems_of(b"? [a, b]\n: 1\nc: 012\n")
    assert (1, 3, "a key is itself a mapping or a list", "use a string as the key") == problems[0]
    assert [(1, 3), (3, 4)] == [place[:2] for place in problems]


@pytest.mark.parametrize(
    ("content", "tag"),
    [
        (b"a: !!python/object/apply:os.system [ls]\n", "!!python/object/apply:os.system"),
        (b"a: !!str 1\n", "!!str"),
        (b"a: !secret x\n", "!secret"),
        (b"a: ! x\n", "!"),
        (b"a: !<tag:example.org,2026:x> {b: 1}\n", "tag:example.org,2026:x"),
    ],
)
def test_tag_is_refused_by_its_name(content: bytes, tag: str) -> None:
    """Row 39: a tag chooses a type, and in an unsafe loader a function to call."""
    assert [(1, 4, f"the tag {tag} is refused", "remove it: the schema gives the type")] == problems_of(content)


def test_unknown_tag_handle_is_refused() -> None:
    """Row 39: `!e!x` without its %TAG is a syntax error that still says what to do."""
    [(line, column, _, hint)] = problems_of(b"a: !e!x y\n")
    assert (1, 4, "remove the tag: tags are refused") == (line, column, hint)


@pytest.mark.parametrize("directive", ["%YAML 1.1", "%YAML 1.3", "%TAG ! tag:example.org,2026:", "%FOO bar"])
def test_directive_is_refused_by_its_name(directive: str) -> None:
    """Row 39: a directive changes what the lines below it mean."""
    message = f"the directive {directive.split()[0]} is refused"
    expected = [(2, 1, message, "delete the line: no directive is needed")]
    assert expected == problems_of(f"# title\n{directive}\n---\na: 1\n".encode())


def test_percent_sign_inside_a_document_is_text() -> None:
    """Directives stand before the document alone."""
    assert {"a": "5 %", "b": "x\n%y\n"} == value_of(b"a: 5 %\nb: |\n  x\n  %y\n")


def test_second_document_is_refused() -> None:
    """Row 39: `yaml.safe_load` fails on it, and other readers take the first alone."""
    assert [(2, 1, "a second document starts here", "keep one document a file")] == problems_of(b"a: 1\n---\na: 2\n")


@pytest.mark.parametrize(
    "content", [b"", b"\n\n", b"# a comment\n", b"---\n", b"---\n...\n", b"# null\n---\n", b"---\n#"]
)
def test_empty_document_is_refused(content: bytes) -> None:
    """A file without a value is a mistake and not an empty mapping."""
    assert [(1, 1, "the document is empty", "write its keys, or remove the file")] == problems_of(content)


def test_node_cap_stops_the_reading() -> None:
    """The list is the first node, so the eleventh item of ten allowed values is not read."""
    limits = Limits(nodes=10)
    assert [(1, 20, "more than 10 keys and values", "split the file")] == problems_of(
        b"[" + b"a,".join([b""] * 200) + b"]", limits=limits
    )


def test_scalar_cap_names_the_length() -> None:
    """A text of 16,385 characters belongs in a document."""
    message = "a value of 16385 characters, more than 16384"
    hint = "shorten it, or keep the text in a document of its own"
    assert [(1, 4, message, hint)] == problems_of(b"a: " + b"x" * 16_385)


@pytest.mark.parametrize(
    ("content", "line", "column", "hint"),
    [
        (b"a: b: c\n", 1, 5, "quote the value if it holds ': ', and check the indentation of the line"),
        (b"a: [1, 2\n", 1, 4, "close the bracket, and separate the items with commas"),
        (b"a: @team\n", 1, 4, "quote the value: no plain text starts with this character"),
        (b'a: "\\q"\n', 1, 5, "double the backslash, or use single quotes"),
        (b"a:\n  - b\n c: d\n", 3, 2, "align the keys of the mapping in one column"),
        (b"a: 1\nb\n", 2, 1, "write a ':' and a space after the key, and check the indentation of the line"),
        (b"a: 'x\n", 1, 4, "close the quote"),
    ],
)
def test_syntax_error_says_where_and_what_to_do(content: bytes, line: int, column: int, hint: str) -> None:
    """The parser's words are for its authors; the hint is for ours."""
    [(told_line, told_column, message, told_hint)] = problems_of(content)
    assert (line, column, hint) == (told_line, told_column, told_hint)
    assert message.startswith("not YAML")


def test_problems_before_a_syntax_error_are_told_with_it() -> None:
    """An author mends a file once."""
    assert [1, 2] == [line for line, *_ in problems_of(b"a: 012\nb: c: d\n")]
