"""The auditor's bundle: made from a registry, and proven by making it again from nothing but itself."""

import io
import json
import shutil
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from promoter.commands.exhibits import Examined, Exhibit, examine
from promoter.commands.past import past_before
from promoter.git.repository import Repository
from promoter.git.snapshot import Snapshot
from promoter.git.tracing import TracedRepository
from promoter.registry.stock import Shelf
from promoter.report.bundle import Chapter, Part, render_index
from promoter.report.lineage import LineageNode

SCHEMA = "promoter.bundle/1"
CONTENTS, INDEX = "bundle.json", "index.html"
_ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)
_FILE_MODE = 0o100644 << 16
_UNIX = 3

Files = dict[str, bytes]


def make_bundle(source: Repository, *, tip: str, records: Sequence[str], engine: Mapping[str, str]) -> Files:
    """Return the files of the bundle of some records of a commit: the same records of it give the same bytes.

    Judging again shows which git objects a proof needs; those are in it, from the commit down, and no others. Raises
    ProposalError where a record is none, ServiceError where an object is missing.
    """
    with TemporaryDirectory(prefix="promoter-bundle-") as folder:
        traced = TracedRepository.create(Path(folder), source, tip=tip)
        past = past_before(traced, tip)
        try:
            examined = [examine(past, path) for path in sorted(set(records))]
            chapters = [_chapter(item, past.tree) for item in examined]
        finally:
            shutil.rmtree(past.index_folder, ignore_errors=True)
        objects = {f"objects/{name}": _loose(kind, body) for name, (kind, body) in traced.found.items()}
    exhibits = {_name(exhibit): exhibit for item in examined for exhibit in item.exhibits}
    contents = {
        "schema": SCHEMA,
        "engine": dict(engine),
        "tip": tip,
        "records": [{"path": item.record.path, "digest": item.record.digest} for item in examined],
        "findings": [finding.as_json() for item in examined for finding in item.findings],
        "files": {name: {"commit": e.commit, "path": e.path, "blob": e.blob} for name, e in sorted(exhibits.items())},
    }
    return {
        CONTENTS: (json.dumps(contents, ensure_ascii=False, indent=1) + "\n").encode(),
        INDEX: render_index(chapters, tip=tip, engine=engine),
        **{name: exhibit.content for name, exhibit in sorted(exhibits.items())},
        **objects,
    }


def zip_files(files: Files) -> bytes:
    """Return a zip of files in their order, stored as they are: no clock, no user, no compressor in its bytes."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, _ZIP_EPOCH)
            entry.external_attr, entry.create_system = _FILE_MODE, _UNIX
            archive.writestr(entry, content)
    return target.getvalue()


def _chapter(item: Examined, tree: Snapshot) -> Chapter:
    shelf, version = Shelf(tree, str(item.record.value["model"])), item.record.value.get("version")
    has_manifest = isinstance(version, str) and shelf.has_version(version)
    datasets = shelf.read_manifest(str(version)).value.datasets if has_manifest else ()
    return Chapter(
        record=item.record.value,
        path=item.record.path,
        digest=item.record.digest,
        lineage=tuple(LineageNode(data.id, str(data.role), tuple(data.parents)) for data in datasets),
        findings=tuple(f"{finding.subject}: {finding.message}" for finding in item.findings),
        parts=tuple(Part(name=_name(e), path=e.path, commit=e.commit, blob=e.blob) for e in item.exhibits),
    )


def _name(exhibit: Exhibit) -> str:
    return f"files/{exhibit.commit[:12]}/{exhibit.path}"


def _loose(kind: str, content: bytes) -> bytes:
    """Return the bytes whose SHA-1 is an object's id. Source: git, Documentation/gitformat-loose."""
    return b"%s %d\0%s" % (kind.encode(), len(content), content)
