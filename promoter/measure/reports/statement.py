"""What an in-toto statement says: its subjects, and of the predicates that we know who built it from what.

Formats: in-toto Statement v1 and v0.1; SLSA provenance v1 and v0.2; OpenSSF model-signing v1.0, whose one subject is
the SHA-256 of all files' digests in the order listed, and whose predicate lists the files.
"""

import hashlib
import re
from pathlib import PurePosixPath
from typing import Any

from promoter.errors import Undecidable
from promoter.measure.reports.json_node import Node

MODEL_SIGNING = "https://model_signing/signature/v1.0"
_STATEMENTS = {"https://in-toto.io/Statement/v1", "https://in-toto.io/Statement/v0.1"}
_MOST_SUBJECTS = 10_000
_HEX = re.compile(r"[0-9a-f]{64}")


def read_statement(statement: Node) -> dict[str, Any]:
    """Return the facts of a statement. Raises Undecidable where it is none, or contradicts itself."""
    statement.require("_type", "subject", "predicateType", what="in-toto statement")
    if statement["_type"].text() not in _STATEMENTS:
        raise Undecidable(f"the statement is of type {statement['_type'].text()!r}; in-toto v1 and v0.1 are read")
    subjects = [
        {"name": entry["name"].text() or "", "digest": _digest(entry["digest"]["sha256"])}
        for entry in statement["subject"].each()
    ]
    if not 0 < len(subjects) <= _MOST_SUBJECTS:
        raise Undecidable(f"the statement is about {len(subjects)} subjects; 1 to {_MOST_SUBJECTS:,} are read")
    kind = statement["predicateType"].required_text()
    predicate = statement["predicate"]
    is_slsa = kind.startswith("https://slsa.dev/provenance/")
    return {
        "subjects": subjects,
        "predicate_type": kind,
        "signed_files": _signed_files(predicate, subjects) if kind == MODEL_SIGNING else [],
        **(_provenance(predicate) if is_slsa else dict.fromkeys(("builder", "source", "ref", "commit"))),
    }


def _digest(node: Node) -> str:
    text = node.required_text()
    if not _HEX.fullmatch(text):
        raise Undecidable(f"{node.place} is no sha256 of 64 hex characters; sign again")
    return f"sha256:{text}"


def _signed_files(predicate: Node, subjects: list[dict[str, str]]) -> list[dict[str, str]]:
    """Return the files of a model-signing predicate, held against the subject that stands for all of them."""
    files = []
    running = hashlib.sha256()
    for entry in predicate["resources"].each():
        name = entry["name"].required_text()
        path = PurePosixPath(name)
        if path.is_absolute() or ".." in path.parts or "\\" in name:
            raise Undecidable(f"the signature names {name!r}, which leads out of the model's folder")
        if entry["algorithm"].text() != "sha256":
            raise Undecidable(f"{entry.place} is hashed with {entry['algorithm'].text()}; sign files with sha256")
        digest = _digest(entry["digest"])
        running.update(bytes.fromhex(digest.removeprefix("sha256:")))
        files.append({"name": name, "digest": digest})
    if [f"sha256:{running.hexdigest()}"] != [subject["digest"] for subject in subjects]:
        raise Undecidable("the files that the signature lists do not hash to its subject; sign again")
    return files


def _provenance(predicate: Node) -> dict[str, str | None]:
    """Return builder, source repository, ref and commit; version 1 where it has a build definition, else 0.2."""
    if predicate["buildDefinition"].value is None:
        source = predicate["invocation"]["configSource"]
        repository, ref = _split(source["uri"].text())
        commit = source["digest"]["sha1"].text() or source["digest"]["gitCommit"].text()
        return {"builder": predicate["builder"]["id"].text(), "source": repository, "ref": ref, "commit": commit}
    definition = predicate["buildDefinition"]
    workflow = definition["externalParameters"]["workflow"]
    repository, ref = None, None
    if isinstance(workflow.value, dict):
        repository, ref = workflow["repository"].text(), workflow["ref"].text()
    commit = None
    for dependency in definition["resolvedDependencies"].each():
        found, found_ref = _split(dependency["uri"].text())
        own = dependency["digest"]["gitCommit"].text() or dependency["digest"]["sha1"].text()
        if own is not None and (repository is None or found == repository):
            repository, ref, commit = repository or found, ref or found_ref, own
            break
    builder = predicate["runDetails"]["builder"]["id"].text()
    return {"builder": builder, "source": repository, "ref": ref, "commit": commit}


def _split(uri: str | None) -> tuple[str | None, str | None]:
    """Return (repository, ref) of `git+https://host/owner/name@refs/...`."""
    if uri is None:
        return None, None
    repository, _, ref = uri.removeprefix("git+").partition("@refs/")
    return repository, f"refs/{ref}" if ref else None
