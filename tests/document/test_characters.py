"""Characters that make a file read differently than it looks are named where they stand."""

import pytest

from tests.document.reading import problems_of, value_of

_NOT_NFC = "text is not in Unicode normal form NFC: it looks like another text and compares unequal"


@pytest.mark.parametrize(
    ("character", "message"),
    [
        ("\u202e", "U+202E RIGHT-TO-LEFT OVERRIDE changes the direction in which text is read"),
        ("\u2066", "U+2066 LEFT-TO-RIGHT ISOLATE changes the direction in which text is read"),
        ("\u200b", "U+200B ZERO WIDTH SPACE cannot be seen"),
        ("\u200d", "U+200D ZERO WIDTH JOINER cannot be seen"),
        ("\ufeff", "U+FEFF ZERO WIDTH NO-BREAK SPACE cannot be seen"),
        ("\U000e0041", "U+E0041 TAG LATIN CAPITAL LETTER A cannot be seen"),
        ("\u3164", "U+3164 HANGUL FILLER cannot be seen"),
        ("\x1b", "control character U+001B"),
        ("\x7f", "control character U+007F"),
        ("\uffff", "noncharacter U+FFFF"),
    ],
)
def test_hidden_character_is_shown_escaped(character: str, message: str) -> None:
    """Row 20: the problem names the code point and never repeats the character."""
    assert [(2, 7, message, "delete it")] == problems_of(f"a: 1\nb: fra{character}ud\n".encode())


@pytest.mark.parametrize(
    ("character", "code"),
    [("\x85", "U+0085"), ("\u2028", "U+2028 LINE SEPARATOR"), ("\u2029", "U+2029 PARAGRAPH SEPARATOR")],
)
def test_hidden_line_break_is_refused(character: str, code: str) -> None:
    """Row 35: PyYAML sees a second key `b` where a diff shows one line."""
    message = f"{code} is a line break to YAML readers and none in a diff"
    hint = "use a normal line break, or a space"
    assert (1, 5, message, hint) == problems_of(f"a: x{character}b: 2\n".encode())[0]


def test_nul_is_named() -> None:
    """Row 39: NUL ends a string in C, so two readers see two values."""
    assert [(1, 5, "NUL character U+0000", "delete it: the file is not plain text")] == problems_of(b"a: x\0y\n")


def test_tabs_as_indentation_are_each_told() -> None:
    """Row 39: the structure under tabs is not what the author sees, so nothing else is judged."""
    told = ("a tab is used as indentation", "indent with spaces")
    assert [(2, 1, *told), (3, 3, *told)] == problems_of(b"a:\n\tb: 1\n  \tc: 2\n")


def test_tab_inside_a_line_is_text() -> None:
    """Only indentation by tabs is ambiguous."""
    assert {"a": "x\ty"} == value_of(b"a: x\ty\n")


def test_carriage_returns_alone_are_one_problem() -> None:
    """Row 39: a file of the classic Mac is one line to git and many to YAML."""
    message = "3 lines end in a carriage return alone"
    hint = "save the file with line feed (LF) line ends"
    assert [(1, 5, message, hint)] == problems_of(b"a: 1\rb: 2\rc: 3\r")


def test_text_that_is_not_nfc_is_placed() -> None:
    """Row 19: `e` and U+0301 look like U+00E9 and compare unequal."""
    hint = "retype it, or normalise the file, for example with `uconv -x any-nfc`"
    assert [(2, 7, _NOT_NFC, hint)] == problems_of("a: 1\nb: cafe\u0301\n".encode())


@pytest.mark.parametrize(
    ("escape", "reason"),
    [
        (b"\\u202e", "U+202E RIGHT-TO-LEFT OVERRIDE changes the direction in which text is read"),
        (b"\\0", "NUL character U+0000"),
        (b"\\e", "control character U+001B"),
        (b"\\N", "U+0085 is a line break to YAML readers and none in a diff"),
        (b"e\\u0301", _NOT_NFC),
    ],
)
def test_character_behind_an_escape_is_refused_too(escape: bytes, reason: str) -> None:
    """Rows 20 and 21: an escape would put into reports what the file may not hold."""
    [(line, column, message, _)] = problems_of(b'a: "' + escape + b'"\n')
    assert (1, 4, f"an escape hides a character: {reason}") == (line, column, message)


def test_escaped_line_break_is_text() -> None:
    """Line feeds and tabs are text, written either way."""
    assert {"a": "x\n\ty"} == value_of(b'a: "x\\n\\ty"\n')


def test_surrogate_escape_is_refused() -> None:
    """Row 39: half of a UTF-16 pair is no character, and would end in an encoding error in a report."""
    message = "not YAML while parsing a quoted scalar: found invalid Unicode character escape code"
    hint = "write the character itself: a lone surrogate is no character"
    assert [(1, 7, message, hint)] == problems_of(b'a: "\\ud800"\n')


def test_other_scripts_are_text() -> None:
    """Free text may be in any script; identifiers are held to ASCII by their own type."""
    text = "Kreditw\u00fcrdigkeit \u4fe1\u7528 \u043e\u0446\u0435\u043d\u043a\u0430 \U0001f600"
    assert {"title": text} == value_of(f"title: {text}\n".encode())


def test_problems_of_text_and_of_structure_come_together() -> None:
    """An author mends a file once: characters are neutralised and the structure is checked all the same."""
    lines = [line for line, *_ in problems_of("a: \u200b\nb: 012\nb: 2\n".encode())]
    assert [1, 2, 3] == lines


def test_hostile_file_gets_a_short_answer() -> None:
    """A file of 80,000 invisible characters has 100 problems and no more."""
    assert 100 == len(problems_of(b"a: " + "\u200b".encode() * 80_000))
