"""A bundle from a stranger: read with limits, its objects hashed, everything else made again and compared."""

import io
import json
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from promoter.commands.bundle import CONTENTS, INDEX, SCHEMA, Files, make_bundle, zip_files
from promoter.commands.case import engine_digest
from promoter.digest import plain_text
from promoter.errors import Location, Problem, PromoterError, ProposalError
from promoter.git.openpgp import GpgError
from promoter.git.repository import open_repository
from promoter.git.tracing import write_objects

MAX_BUNDLE_BYTES = 1 << 30

_OBJECT_NAME = re.compile(r"objects/([0-9a-f]{40})")
_HEADER = re.compile(rb"(commit|tree|blob) (0|[1-9][0-9]{0,11})\0")
_COMMIT = re.compile(r"[0-9a-f]{40}")


def open_bundle(content: bytes, *, path: str) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Return what a bundle says it holds, and everything in which it is not what it must be; nothing else is read.

    1. Each object's name is the SHA-1 of its bytes. 2. From these objects alone the whole bundle is made again: the
    records are judged anew, the files read along their trees from the commit. 3. The two are the same, byte by byte.
    Raises ProposalError where it is no bundle at all.
    """
    files = _read(content, path)
    contents = _contents(files, path)
    faults = list(_forged(files))
    if not faults:
        faults += _made_again(files, content, contents)
    return contents, tuple(faults)


def _read(content: bytes, path: str) -> Files:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            if any(entry.compress_type != zipfile.ZIP_STORED for entry in entries):
                raise _refused(path, "it holds compressed files, and a bundle holds none")
            if sum(entry.file_size for entry in entries) > len(content):
                raise _refused(path, "its files overlap")
            return {entry.filename: archive.read(entry) for entry in entries}
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError, EOFError, OSError) as exc:
        raise _refused(path, f"it is no zip that can be read: {exc}") from exc


def _contents(files: Files, path: str) -> dict[str, Any]:
    try:
        value = json.loads(files[CONTENTS])
        is_bundle = (
            value["schema"] == SCHEMA
            and isinstance(value["findings"], list)
            and all(isinstance(gap, dict) for gap in value["unrecorded"])
            and isinstance(value["tip"], str)
            and _COMMIT.fullmatch(value["tip"]) is not None
            and all(isinstance(entry["path"], str) for entry in value["records"])
            and all(isinstance(value["engine"][key], str) for key in ("version", "digest"))
            and bool(plain_text(value).encode())  # half a surrogate pair is no text
        )
    except (KeyError, TypeError, ValueError, RecursionError):
        is_bundle = False
    if not is_bundle:
        raise _refused(path, f"it holds no {CONTENTS} in the form of {SCHEMA}")
    contents: dict[str, Any] = value
    return contents


def _forged(files: Files) -> Iterator[str]:
    for name, body in files.items():
        if name.startswith("objects/"):
            header = _HEADER.match(body)
            if _OBJECT_NAME.fullmatch(name) is None or header is None or int(header[2]) != len(body) - header.end():
                yield f"{name} is no git object"


def _made_again(files: Files, content: bytes, contents: dict[str, Any]) -> Iterator[str]:
    engine = {"version": contents["engine"]["version"], "digest": contents["engine"]["digest"]}
    with TemporaryDirectory(prefix="promoter-open-") as folder:
        forged = write_objects(Path(folder), _objects(files), tip=contents["tip"])
        if forged:
            yield from (f"objects/{name} has other bytes than its name says" for name in forged)
            return
        records = [entry["path"] for entry in contents["records"]]
        try:
            again = make_bundle(
                open_repository(Path(folder)),
                tip=contents["tip"],
                records=records,
                engine=engine,
                unrecorded=contents["unrecorded"],
            )
        except GpgError:
            raise  # nobody altered anything: who opens it cannot verify
        except PromoterError as error:
            yield from (f"it does not prove what it says: {problem}" for problem in error.problems)
            return
    names = sorted(files.keys() | again.keys())
    differing = [name for name in names if files.get(name) != again.get(name)]
    for name in differing:
        yield _difference(name, files, again)
    if not differing and zip_files(again) != content:
        yield "the files are sound, and the zip around them was written or altered by something else"
    if differing and engine["digest"] != engine_digest():
        yield f"promoter {engine['version']} made it, with another engine, {engine['digest']}: open it with that one"


def _difference(name: str, files: Files, again: Files) -> str:
    if name not in again:
        return f"{name} belongs to nothing here"
    if name not in files:
        return f"{name} is missing"
    what = "the page" if name == INDEX else "the file"
    return f"{name}: {what} is not what the objects prove"


def _objects(files: Files) -> dict[str, tuple[str, bytes]]:
    found: dict[str, tuple[str, bytes]] = {}
    for name, body in files.items():
        header = _HEADER.match(body) if name.startswith("objects/") else None
        if header is not None:
            found[name.removeprefix("objects/")] = (header[1].decode(), body[header.end() :])
    return found


def _refused(path: str, message: str) -> ProposalError:
    return ProposalError(Problem(Location(path), message, "ask for the bundle again, as `promoter audit pack` made it"))
