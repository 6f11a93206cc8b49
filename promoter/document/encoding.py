"""Bytes to text: what is not UTF-8 text of this file is refused by its name."""

from promoter.errors import Location, Problem, ProposalError

_BYTE_ORDER_MARKS = (
    (b"\xef\xbb\xbf", "starts with a byte order mark (BOM)"),
    (b"\xff\xfe\x00\x00", "is UTF-32"),
    (b"\x00\x00\xfe\xff", "is UTF-32"),
    (b"\xff\xfe", "is UTF-16"),
    (b"\xfe\xff", "is UTF-16"),
)
_SURROGATE_LEAD = 0xED
"""In UTF-8 the bytes ED A0..BF would encode a surrogate, half of a UTF-16 pair (RFC 3629 section 3)."""


def decode(content: bytes, *, path: str) -> str:
    """Return the text of a UTF-8 file; raises ProposalError that names the other encoding or the first bad byte."""
    _refuse_pointer(content, path)
    _refuse_other_encoding(content, path)
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        place = locate(content[: error.start].decode("utf-8"), error.start, path=path)
        byte = content[error.start]
        is_surrogate = byte == _SURROGATE_LEAD and content[error.start + 1 : error.start + 2] >= b"\xa0"
        what = "a lone surrogate" if is_surrogate else f"byte 0x{byte:02X}"
        message = f"the file is not UTF-8: {what} at byte offset {error.start}"
        raise ProposalError(Problem(place, message, "save the file as UTF-8")) from error


def locate(text: str, index: int, *, path: str) -> Location:
    """Return the place of a character; lines end at a line feed alone, as editors and diffs count them."""
    index = min(index, len(text))
    return Location(path, text.count("\n", 0, index) + 1, index - text.rfind("\n", 0, index))


def _refuse_pointer(content: bytes, path: str) -> None:
    if content.startswith(b"version https://git-lfs"):
        message = "the file is a Git LFS pointer and not the file that it points to"
        hint = "stop tracking it with `git lfs untrack`, then commit the file itself"
        raise ProposalError(Problem(Location(path, 1, 1), message, hint))


def _refuse_other_encoding(content: bytes, path: str) -> None:
    """A text begins with an ASCII character, so its first zero byte tells the encoding (YAML 1.2.2 section 5.2)."""
    how = next((how for mark, how in _BYTE_ORDER_MARKS if content.startswith(mark)), None)
    if how is None and len(content) > 1 and (content[0] == 0) != (content[1] == 0):
        how = "is UTF-16 or UTF-32 without a mark"
    if how is not None:
        raise ProposalError(Problem(Location(path, 1, 1), f"the file {how}", "save it as UTF-8 without BOM"))
