"""What is not UTF-8 text of the file itself is refused by name."""

import pytest

from tests.document.reading import problems_of, value_of


def test_lfs_pointer_is_no_document() -> None:
    """Row 30: a pointer is valid YAML-like text and says nothing about the model."""
    pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n"
    assert [
        (
            1,
            1,
            "the file is a Git LFS pointer and not the file that it points to",
            "stop tracking it with `git lfs untrack`, then commit the file itself",
        )
    ] == problems_of(pointer)


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"\xef\xbb\xbfa: 1\n", "the file starts with a byte order mark (BOM)"),
        ("a: 1\n".encode("utf-16"), "the file is UTF-16"),
        (b"\xfe\xff" + "a: 1\n".encode("utf-16-be"), "the file is UTF-16"),
        ("a: 1\n".encode("utf-32"), "the file is UTF-32"),
        ("a: 1\n".encode("utf-16-le"), "the file is UTF-16 or UTF-32 without a mark"),
        ("a: 1\n".encode("utf-16-be"), "the file is UTF-16 or UTF-32 without a mark"),
    ],
)
def test_other_encoding_is_named(content: bytes, what: str) -> None:
    """Row 39: a BOM and UTF-16 in both orders, with and without a mark."""
    assert [(1, 1, what, "save it as UTF-8 without BOM")] == problems_of(content)


def test_latin_1_byte_is_placed() -> None:
    """The first byte that is not UTF-8 is told by line, column in characters, and byte offset."""
    message = "the file is not UTF-8: byte 0xE9 at byte offset 11"
    assert [(2, 6, message, "save the file as UTF-8")] == problems_of(b"a: 1\nb: \xc3\xa9x\xe9\n")


def test_lone_surrogate_in_bytes_is_named() -> None:
    """Row 39: ED A0 80 is half of a UTF-16 pair, which UTF-8 cannot hold."""
    message = "the file is not UTF-8: a lone surrogate at byte offset 3"
    assert [(1, 4, message, "save the file as UTF-8")] == problems_of(b"a: \xed\xa0\x80\n")


def test_hangul_that_starts_with_the_surrogate_lead_is_text() -> None:
    """U+D55C is encoded ED 95 9C: the lead byte alone is no surrogate."""
    assert {"a": "\ud55c"} == value_of("a: \ud55c\n".encode())


def test_file_beyond_the_size_cap_is_not_parsed() -> None:
    """Row 25: 256 KiB and one byte, all of it invalid inside, has the size as its only problem."""
    message = "the file has 262,145 bytes, more than 262,144"
    hint = "split it, or keep large content in evidence files"
    assert [(None, None, message, hint)] == problems_of(b"[" * (256 * 1024 + 1))


def test_crlf_is_a_line_end() -> None:
    """A file saved on Windows reads the same."""
    assert {"a": 1, "b": 2} == value_of(b"a: 1\r\nb: 2\r\n")
