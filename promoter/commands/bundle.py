"""The auditor's bundle: made from a registry, and proven by making it again from nothing but itself."""

import io
import json
import shutil
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from promoter.commands.exhibits import Examined, Exhibit, examine
from promoter.commands.gaps import prove_gaps
from promoter.commands.past import past_before
from promoter.commands.signing import Signature, read_signatures
from promoter.commands.verifying import Finding
from promoter.errors import ProposalError
from promoter.git.repository import Repository
from promoter.git.tracing import TracedRepository
from promoter.registry.stock import Shelf
from promoter.report.bundle import Chapter, Line, Part, render_index
from promoter.report.lineage import LineageNode

SCHEMA = "promoter.bundle/1"
CONTENTS, INDEX = "bundle.json", "index.html"
_ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)
_FILE_MODE = 0o100644 << 16
_UNIX = 3

Files = dict[str, bytes]


def make_bundle(
    source: Repository,
    *,
    tip: str,
    records: Sequence[str],
    engine: Mapping[str, str],
    unrecorded: Sequence[Mapping[str, Any]] = (),
) -> Files:
    """Return the files of the bundle of some records of a commit: the same records of it give the same bytes.

    `unrecorded` are changes that have no record, as `match_records` tells them; each is a finding.
    Judging again shows which git objects a proof needs; those are in it, from the commit down, and no others. Raises
    ProposalError where a record is none, ServiceError where an object is missing, GpgError where a signature is to be
    verified and gpg cannot.
    """
    with TemporaryDirectory(prefix="promoter-bundle-") as folder:
        traced = TracedRepository.create(Path(folder), source, tip=tip)
        past = past_before(traced, tip)
        try:
            examined = [examine(past, path) for path in sorted(set(records))]
            signatures = {signature.commit: signature for signature in read_signatures(past, -1)}
            chapters = [_chapter(item, signatures) for item in examined]
            gaps = tuple(prove_gaps(past, unrecorded))
            line = Line(tip=tip, commits=len(past.timeline.line), signatures=_told(signatures))
        finally:
            shutil.rmtree(past.index_folder, ignore_errors=True)
        objects = {f"objects/{name}": _loose(kind, body) for name, (kind, body) in traced.found.items()}
    exhibits = {_name(exhibit): exhibit for item in examined for exhibit in item.exhibits}
    contents = {
        "schema": SCHEMA,
        "engine": dict(engine),
        "tip": tip,
        "records": [{"path": item.record.path, "digest": item.record.digest} for item in examined],
        "unrecorded": [dict(gap) for gap in unrecorded],
        "findings": [finding.as_json() for finding in (*gaps, *_findings(examined, signatures))],
        "signatures": line.signatures,
        "files": {name: {"commit": e.commit, "path": e.path, "blob": e.blob} for name, e in sorted(exhibits.items())},
    }
    return {
        CONTENTS: (json.dumps(contents, ensure_ascii=False, indent=1) + "\n").encode(),
        INDEX: render_index(chapters, line=line, engine=engine, gaps=[gap.as_json() for gap in gaps]),
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


def _findings(examined: Sequence[Examined], signatures: Mapping[str, Signature]) -> Iterator[Finding]:
    """Yield what is wrong with the decisions, and with the signatures of their commits and of those that made rules.

    Of other commits that had to be signed the bundle tells too; what they did is not what it proves.
    """
    yield from (finding for item in examined for finding in item.findings)
    decided = {item.record.value["commit"] for item in examined}
    for signature in signatures.values():
        if signature.finding is not None and (signature.changes_rules or signature.commit in decided):
            yield signature.finding


def _told(signatures: Mapping[str, Signature]) -> dict[str, Any]:
    """Return of the commits that had to be signed how many there are, how many by whom, and whose do not count."""
    good = Counter(signature.by for signature in signatures.values() if signature.by is not None)
    return {
        "asked": len(signatures),
        "good": [{"by": by, "commits": count} for by, count in sorted(good.items())],
        "faults": [found.as_json() for signature in signatures.values() if (found := signature.finding) is not None],
    }


def _lineage(item: Examined) -> tuple[LineageNode, ...]:
    """Return the data sets of the version as it was decided on; none where its manifest is gone or cannot be read."""
    shelf, version = Shelf(item.tree, str(item.record.value["model"])), item.record.value.get("version")
    with suppress(ProposalError):
        if isinstance(version, str) and shelf.has_version(version):
            datasets = shelf.read_manifest(version).value.datasets
            return tuple(LineageNode(data.id, str(data.role), tuple(data.parents)) for data in datasets)
    return ()


def _chapter(item: Examined, signatures: Mapping[str, Signature]) -> Chapter:
    signature = signatures.get(item.record.value["commit"])
    findings = (*item.findings, signature.finding if signature is not None else None)
    return Chapter(
        record=item.record.value,
        path=item.record.path,
        digest=item.record.digest,
        lineage=_lineage(item),
        findings=tuple(f"{finding.subject}: {finding.message}" for finding in findings if finding is not None),
        signature=_worth(signature),
        parts=tuple(Part(name=_name(e), path=e.path, commit=e.commit, blob=e.blob) for e in item.exhibits),
    )


def _worth(signature: Signature | None) -> str:
    """Return what the signature of a decision's commit is worth, in words."""
    if signature is None:
        return "the rules before the commit ask for none"
    return signature.fault or f"good, by {signature.by}"


def _name(exhibit: Exhibit) -> str:
    return f"files/{exhibit.commit[:12]}/{exhibit.path}"


def _loose(kind: str, content: bytes) -> bytes:
    """Return the bytes whose SHA-1 is an object's id. Source: git, Documentation/gitformat-loose."""
    return b"%s %d\0%s" % (kind.encode(), len(content), content)
