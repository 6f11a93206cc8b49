"""The listing of a zip archive: names, sizes and first bytes of its members; nothing is extracted.

A zip file is read from its end, by a directory that need not agree with what lies in front of it: scanners and loaders
that read it differently have been fooled by flags, names and prefixes (CVE-2025-1889; modelscan#313).
Source: PKWARE APPNOTE 6.3.10, sections 4.3 and 4.4.
"""

import stat
import struct
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any, BinaryIO

from promoter.errors import Undecidable
from promoter.measure.families.artifact_facts import MAGIC
from promoter.measure.families.protobuf import Buffer

MOST_MEMBERS = 10_000
LARGEST_RATIO = 200
_END = struct.Struct("<4s4H2LH")
_LOCAL = struct.Struct("<4s5H3L2H")
_LONGEST_COMMENT = 0xFFFF
_FIRST_BYTES = 64


def end_of_archive(buffer: Buffer) -> tuple[int, int] | None:
    """Return (number of members, place of the directory) where the file ends as a zip archive, else None."""
    start = max(0, len(buffer) - _END.size - _LONGEST_COMMENT)
    tail = bytes(buffer[start : len(buffer)])
    place = tail.rfind(b"PK\x05\x06")
    while place >= 0:
        if place + _END.size <= len(tail):
            *_, members, size, offset, comment = _END.unpack_from(tail, place)
            if place + _END.size + comment == len(tail) and offset + size <= start + place:
                return members, offset
        place = tail.rfind(b"PK\x05\x06", 0, place)
    return None


def inspect_archive(stream: BinaryIO, buffer: Buffer) -> tuple[list[dict[str, Any]], list[str]]:
    """Return the members and every fault. Raises Undecidable where the directory cannot be read."""
    end = end_of_archive(buffer)
    if end is None:
        raise Undecidable("the archive has no directory at its end; it is cut off or damaged")
    if end[0] > MOST_MEMBERS:
        raise Undecidable(f"the archive has more than {MOST_MEMBERS:,} members, or is a zip64; it is no model")
    stream.seek(0)
    try:
        with zipfile.ZipFile(stream) as archive:
            infos = archive.infolist()
            if len(infos) > MOST_MEMBERS:
                raise Undecidable(f"the archive has more than {MOST_MEMBERS:,} members; it is no model")
            members = [_member(archive, info) for info in infos]
    except (zipfile.BadZipFile, struct.error, ValueError, EOFError) as error:
        raise Undecidable(f"the archive's directory cannot be read: {error}; pack it again") from error
    return [member for member, _ in members], [*_of_names(infos), *_of_places(infos, buffer), *_texts(members)]


def _texts(members: list[tuple[dict[str, Any], list[str]]]) -> Iterator[str]:
    for member, faults in members:
        yield from (f"member {member['name']!r} {fault}" for fault in faults)


def _member(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> tuple[dict[str, Any], list[str]]:
    faults = []
    if info.flag_bits & 0x1:
        faults.append("is encrypted")
    if stat.S_ISLNK(info.external_attr >> 16):
        faults.append("is a symbolic link")
    if info.file_size > LARGEST_RATIO * max(info.compress_size, 1):
        faults.append(f"unpacks to more than {LARGEST_RATIO} times its size")
    kind = None
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        faults.append("is packed by a method other than deflate, which unpacks without a bound")
        return _entry(info, kind), faults
    try:
        with archive.open(info) as member:
            kind = _kind(member.read(_FIRST_BYTES), info.filename)
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, zlib.error, OSError, EOFError, ValueError) as error:
        faults.append(f"cannot be read: {error}")
    return _entry(info, kind), faults


def _entry(info: zipfile.ZipInfo, kind: str | None) -> dict[str, Any]:
    return {
        "name": info.filename[:300],
        "size_bytes": info.file_size,
        "packed_bytes": info.compress_size,
        "kind": kind,
    }


def _kind(start: bytes, name: str) -> str:
    """Return what a member is by its first bytes, else by its name's ending; folders are "folder"."""
    if name.endswith("/"):
        return "folder"
    for offset, magic, kind in MAGIC:
        if start[offset:].startswith(magic):
            return kind
    return PurePosixPath(name).suffix.removeprefix(".").casefold() or "unknown"


def _of_names(infos: list[zipfile.ZipInfo]) -> Iterator[str]:
    for name, times in Counter(info.filename for info in infos).items():
        path = PurePosixPath(name)
        if times > 1:
            yield f"member {name[:300]!r} stands {times} times"
        if path.is_absolute() or ".." in path.parts or "\\" in name or ":" in name or not name.isprintable():
            yield f"member {name[:300]!r} leads out of the archive, or has a name that systems read differently"


def _of_places(infos: list[zipfile.ZipInfo], buffer: Buffer) -> Iterator[str]:
    """Yield where the directory and the members themselves disagree, and bytes that belong to none."""
    place = 0
    for info in sorted(infos, key=lambda entry: entry.header_offset):
        header = bytes(buffer[info.header_offset : info.header_offset + _LOCAL.size])
        if len(header) < _LOCAL.size or header[:4] != b"PK\x03\x04":
            yield f"member {info.filename[:300]!r} has no header where the directory says"
            continue
        *_, name_length, extra_length = _LOCAL.unpack(header)
        start = info.header_offset + _LOCAL.size
        name = bytes(buffer[start : start + name_length])
        if name not in (info.orig_filename.encode("cp437", "replace"), info.orig_filename.encode()):
            yield f"member {info.filename[:300]!r} is called otherwise in its own header"
        if info.header_offset < place:
            yield f"member {info.filename[:300]!r} overlaps another"
        elif place == 0 and info.header_offset > 0:
            yield f"{info.header_offset:,} bytes stand before the first member"
        place = start + name_length + extra_length + info.compress_size
