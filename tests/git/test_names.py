"""Single names of a tree: which are refused, and how any name is shown."""

import pytest

from promoter.git.names import NameFault, look_alike_key, name_fault, shown

HOSTILE = [
    pytest.param(b"..", "would leave its folder", "remove the entry", id="row 11: parent"),
    pytest.param(b".", "would leave its folder", "remove the entry", id="row 11: self"),
    pytest.param(b"", "would leave its folder", "remove the entry", id="row 11: empty"),
    pytest.param(b".git", "takes this name for .git", "remove the entry", id="row 11: .git"),
    pytest.param(b".GIT", "takes this name for .git", "remove the entry", id="row 11: .GIT"),
    pytest.param(".g\u200cit".encode(), "takes this name for .git", "remove the entry", id="row 11: HFS"),
    pytest.param(b"git~1", "takes this name for .git", "remove the entry", id="row 11: NTFS short name"),
    pytest.param(b".git. .", "takes this name for .git", "remove the entry", id="row 11: NTFS trailing dots"),
    pytest.param(b".git::$INDEX_ALLOCATION", "takes this name for .git", "remove the entry", id="row 11: NTFS stream"),
    pytest.param(b".GitAttributes", "one of git's own files", "rename it", id="row 28: attributes by another case"),
    pytest.param(b"gitatt~1", "one of git's own files", "rename it", id="row 28: attributes by short name"),
    pytest.param(b"a/../../etc/passwd", "a slash inside one name", "remove the entry", id="row 12"),
    pytest.param("cafe\u0301.yaml".encode(), "composed form (NFC)", "rename it, best in ASCII", id="row 19"),
    pytest.param("lo\u202ean.yaml".encode(), "U+202E (RIGHT-TO-LEFT OVERRIDE)", "rename it without it", id="row 20"),
    pytest.param("lo\u200ban.yaml".encode(), "U+200B (ZERO WIDTH SPACE)", "rename it without it", id="row 20: zero"),
    pytest.param("lo\u3164an".encode(), "U+3164 (HANGUL FILLER)", "rename it without it", id="row 20: blank"),
    pytest.param(b"a\n::error::b", "U+000A (control character)", "rename it without it", id="row 21"),
    pytest.param(b"a\x1b[2Jb", "U+001B (control character)", "rename it without it", id="row 21: escape"),
    pytest.param(b"loan-\xff\xfe.yaml", "6c6f616e2dfffe2e79616d6c", "rename it in UTF-8", id="row 22"),
    pytest.param(b"a\\..\\b.yaml", "a backslash", "rename it", id="row 23: backslash"),
    pytest.param(b"CON.yaml", "reserved on Windows", "rename it", id="row 23: CON"),
    pytest.param(b"aux", "reserved on Windows", "rename it", id="row 23: aux"),
    pytest.param(b"com1.yaml", "reserved on Windows", "rename it", id="row 23: com1"),
    pytest.param(b"loan.", "ends in a dot or space", "rename it", id="row 23: trailing dot"),
    pytest.param(b"loan ", "ends in a dot or space", "rename it", id="row 23: trailing space"),
    pytest.param(b"what?", "? in the name is not possible on Windows", "rename it", id="row 23: character"),
    pytest.param(b"n" * 300, "a name of 300 bytes, at most 255", "shorten it", id="row 23: length"),
    pytest.param(b"n" * 256, "a name of 256 bytes, at most 255", "shorten it", id="row 23: length by one"),
]

HONEST = [
    b"model.yaml",
    b"2.1.0",
    b"README.md",
    b".gitattributes",
    b".github",
    b"__init__.py",
    b"console.yaml",
    b"common",
    b"n" * 255,
    "größe.md".encode(),
    b"a b.txt",
    b"git",
    b"digit~1",
]


@pytest.mark.parametrize(("name", "message", "hint"), HOSTILE)
def test_a_hostile_name_is_refused_with_its_reason(name: bytes, message: str, hint: str) -> None:
    """Each name gets the message and the hint of its own rule."""
    fault = name_fault(name)
    assert fault is not None
    assert message in fault.message
    assert fault.hint.startswith(hint)


@pytest.mark.parametrize("name", HONEST)
def test_an_honest_name_has_no_fault(name: bytes) -> None:
    """Names that registries and Python projects use pass."""
    assert name_fault(name) is None


@pytest.mark.parametrize(("name", "message", "hint"), HOSTILE)
def test_nothing_said_about_a_name_holds_a_raw_character_of_it(name: bytes, message: str, hint: str) -> None:
    """Path and message are printable ASCII, so no name can forge a log line."""
    fault = name_fault(name) or NameFault("", "")
    text = shown(name) + fault.message + fault.hint
    assert text.isascii()
    assert text.isprintable()
    assert "::" not in text


@pytest.mark.parametrize(
    ("expected", "name"),
    [
        ("models/a.yaml", b"models/a.yaml"),
        (r"a\x0ab", b"a\nb"),
        (r"\xff", b"\xff"),
        (r"fr\u0430ud", "fr\u0430ud".encode()),
        (r"\x3a\x3aerror\x3a\x3a", b"::error::"),
        (r"#\x23[error]", b"##[error]"),
        (r"\\x41", b"\\x41"),
        (r"\U0001f600", "\U0001f600".encode()),
        (".", b""),
    ],
)
def test_a_shown_name_is_escaped(expected: str, name: bytes) -> None:
    """Escapes tell bytes from code points and cannot be imitated by a backslash in the name."""
    assert expected == shown(name)


def test_names_that_look_alike_share_a_key() -> None:
    """Case, ligatures and full-width letters do not tell two names apart; a Cyrillic letter does."""
    assert look_alike_key(b"Fraud.yaml") == look_alike_key(b"fraud.yaml")
    assert look_alike_key("ﬁt".encode()) == look_alike_key(b"fit")
    assert look_alike_key("\uff46\uff49\uff54".encode()) == look_alike_key(b"fit")
    assert look_alike_key(b"STRASSE") == look_alike_key("straße".encode())
    assert look_alike_key("fr\u0430ud".encode()) != look_alike_key(b"fraud")
