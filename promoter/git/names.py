"""Which names a tree may hold, and how a name is shown that may be hostile."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from promoter.git.entry import path_bytes

MAX_NAME_BYTES = 255

# Most names of a registry; they need no second look, and no two of them fold to one.
_PLAIN = re.compile(rb"(?!(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\.|$))[a-z0-9][a-z0-9_-]*(?:\.[a-z0-9_-]+)*\Z")

_HARMLESS = re.compile(rb"[A-Za-z0-9_./-]+\Z")

# Code points that macOS drops when it compares names. Source: git, utf8.c, next_hfs_char.
_HFS_IGNORED = dict.fromkeys([*range(0x200C, 0x2010), *range(0x202A, 0x202F), *range(0x206A, 0x2070), 0xFEFF])
_DOT_GIT_SHORT_NAME = re.compile(r"git~[0-9]+\Z")
# Short names that NTFS gives to git's own files. Source: git, path.c, is_ntfs_dot_generic.
_GIT_FILE_SHORT_NAME = re.compile(r"(?:gitatt|gitmod|gitign|gi[0-9a-f]{4})~[0-9]+\Z")
_GIT_FILES = (".gitattributes", ".gitmodules", ".gitignore")

# Control, format (bidi, zero-width), line and paragraph separator, surrogate, private use, unassigned.
_INVISIBLE_CATEGORIES = ("Cc", "Cf", "Zl", "Zp", "Cs", "Co", "Cn")
# Blank though their category says otherwise: fillers, the grapheme joiner, the empty braille cell.
_BLANK = frozenset("\u034f\u115f\u1160\u2800\u3164\uffa0")
# Source: learn.microsoft.com, Naming Files, Paths, and Namespaces.
_WINDOWS_DEVICES = re.compile(r"(?:CON|PRN|AUX|NUL|CONIN\$|CONOUT\$|(?:COM|LPT)[0-9¹²³])(?:$|[ .:])", re.IGNORECASE)
_WINDOWS_FORBIDDEN = frozenset('<>:"|?*')

_RENAME = "rename it"


@dataclass(frozen=True, slots=True)
class NameFault:
    """What is wrong with one name, and what to do."""

    message: str
    hint: str


def shown(path: str | bytes) -> str:
    r"""Return a path that is safe to print anywhere: printable ASCII, everything else escaped.

    A byte that is no UTF-8 is `\xNN`, a code point `\uNNNN`. `:` and `##[` are escaped too, since a line that
    begins with `::` or holds `##[` is a command to a GitHub runner. The root is `.`.
    """
    raw = path_bytes(path) if isinstance(path, str) else path
    if _HARMLESS.match(raw):
        return raw.decode()
    text = "".join(map(_shown_character, raw.decode("utf-8", "surrogateescape")))
    return text.replace("##[", r"#\x23[") or "."


def _shown_character(character: str) -> str:
    code = ord(character)
    if 0xDC80 <= code <= 0xDCFF:
        return f"\\x{code - 0xDC00:02x}"
    if code < 0x20 or character in (":", "\x7f"):
        return f"\\x{code:02x}"
    if character == "\\":
        return r"\\"
    if code < 0x7F:
        return character
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


@lru_cache(maxsize=65_536)
def is_plain(name: bytes) -> bool:
    """Return whether a name is lower-case ASCII without any trap, so that no rule here can find a fault."""
    return len(name) <= MAX_NAME_BYTES and _PLAIN.match(name) is not None


def look_alike_key(name: bytes) -> str:
    """Return what names share that a person or a file system cannot tell apart: NFKC, case folded."""
    text = unicodedata.normalize("NFKC", name.decode("utf-8", "surrogateescape"))
    return unicodedata.normalize("NFKC", text.casefold())


def name_fault(name: bytes) -> NameFault | None:
    """Return the first reason to refuse one entry's name, or None."""
    if is_plain(name):
        return None
    if name in (b"", b".", b".."):
        return NameFault(
            f'the name "{name.decode()}" would leave its folder', "remove the entry; git writes no such tree"
        )
    if b"/" in name:
        return NameFault("a slash inside one name", "remove the entry; git writes no such tree")
    if b"\\" in name:
        return NameFault("a backslash in the name, which Windows reads as a folder", _RENAME)
    if len(name) > MAX_NAME_BYTES:
        return NameFault(f"a name of {len(name)} bytes, at most {MAX_NAME_BYTES}", "shorten it")
    try:
        text = name.decode("utf-8")
    except UnicodeDecodeError:
        return NameFault(f"the name is not UTF-8; its bytes are {name.hex()}", "rename it in UTF-8, best in ASCII")
    return _git_twin_fault(text) or _unicode_fault(text) or _windows_fault(text)


def _git_twin_fault(text: str) -> NameFault | None:
    folded = text.translate(_HFS_IGNORED).casefold().partition(":")[0].rstrip(" .")
    if folded == ".git" or _DOT_GIT_SHORT_NAME.match(folded):
        return NameFault("some file system takes this name for .git", "remove the entry")
    if _GIT_FILE_SHORT_NAME.match(folded) or (folded in _GIT_FILES and text != folded):
        return NameFault("some file system takes this name for one of git's own files", _RENAME)
    return None


def _unicode_fault(text: str) -> NameFault | None:
    for character in text:
        if unicodedata.category(character) in _INVISIBLE_CATEGORIES or character in _BLANK:
            label = unicodedata.name(character, "control character")
            return NameFault(f"U+{ord(character):04X} ({label}) in the name cannot be seen", "rename it without it")
    if unicodedata.normalize("NFC", text) != text:
        return NameFault("the name is not in Unicode's composed form (NFC)", "rename it, best in ASCII")
    return None


def _windows_fault(text: str) -> NameFault | None:
    if text.endswith((".", " ")):
        return NameFault("the name ends in a dot or space, which Windows drops", _RENAME)
    if _WINDOWS_DEVICES.match(text):
        return NameFault("the name is reserved on Windows", _RENAME)
    forbidden = sorted(_WINDOWS_FORBIDDEN.intersection(text))
    if forbidden:
        return NameFault(f"{shown(''.join(forbidden))} in the name is not possible on Windows", _RENAME)
    return None
