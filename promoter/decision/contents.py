"""Where the bytes lie that the docket's requests name by content."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from promoter.decision.docket import Item
from promoter.errors import Location
from promoter.gates.contract.candidate import Added, Observed, Release
from promoter.measure.request import Measured, Measurements, Request
from promoter.registry.layout import MODELS, POLICIES


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """Bytes that must be had: their key, and what the manifest says of them.

    `path` is their place in the registry's tree, `uri` their place in a store; exactly one is given. `digest` and
    `size_bytes` are None for files that git itself pins.
    """

    key: str
    path: str | None
    uri: str | None
    digest: str | None
    size_bytes: int | None
    location: Location
    is_added: bool = False
    """Whether a commit of the change brings it in: the judged tree may hold other bytes at its path, or none."""


def wanted_contents(items: Sequence[Item]) -> tuple[Content, ...]:
    """Return the contents that the docket's requests name, each once, in the order of their keys."""
    keys = {key for item in items for request in item.requests for key in request.contents}
    known: dict[str, Content] = {}
    for item in items:
        known |= {content.key: content for request in item.requests for content in _rules_files(request.as_json())}
        known |= {content.key: content for content in map(_added, item.added)}
        if item.candidate is not None:
            known |= {content.key: content for content in map(_rows, item.candidate.observations)}
            for earlier in item.candidate.earlier:
                folder = _folder(item.candidate.release, earlier.version)
                known |= {content.key: content for content in _files(folder, earlier.files)}
            for release in (item.candidate.release, item.candidate.champion):
                if release is not None:
                    known |= {content.key: content for content in _contents(release)}
    return tuple(known[key] for key in sorted(keys) if key in known)


def name_failures(answers: Measurements, contents: Sequence[Content]) -> dict[Request, Measured]:
    """Return the answers, with failures that begin with keys of contents beginning with paths or addresses instead.

    What measures knows contents by key alone; whoever mends a file looks for it by its name.
    """
    names = {content.key: content.path or content.uri or content.key for content in contents}
    return {request: _named(answer, names) for request, answer in answers.items()}


def _named(answer: Measured, names: Mapping[str, str]) -> Measured:
    """Name the contents that stand before the reason; digests within it are what it is about, and stay."""
    about, colon, reason = (answer.failure or "").partition(": ")
    told = " ".join(names.get(word, word) for word in about.split(" "))
    return replace(answer, failure=f"{told}: {reason}") if colon and told != about else answer


def _added(file: Added) -> Content:
    place = Location(file.path)
    return Content(
        key=file.content, path=file.path, uri=None, digest=None, size_bytes=None, location=place, is_added=True
    )


def _rows(observed: Observed) -> Content:
    """Return the rows that an observation pins."""
    observation = observed.observation
    is_remote = "://" in observation.uri
    return Content(
        key=observation.digest,
        path=None if is_remote else f"{observed.path.rpartition('/')[0]}/{observation.uri}",
        uri=observation.uri if is_remote else None,
        digest=observation.digest,
        size_bytes=observation.size_bytes,
        location=Location(observed.path),
    )


def _rules_files(request: Any) -> Iterator[Content]:
    """Yield the files of the rules that a request names by digest and path."""
    if isinstance(request, dict):
        path = request.get("path")
        if isinstance(request.get("content"), str) and isinstance(path, str) and path.startswith(f"{POLICIES}/"):
            place = Location(path)
            yield Content(key=request["content"], path=path, uri=None, digest=None, size_bytes=None, location=place)
        for value in request.values():
            yield from _rules_files(value)


def _folder(release: Release, version: str) -> str:
    """Return the folder of a version of a release's model."""
    return f"{MODELS}/{release.model.model}/versions/{version}"


def _files(folder: str, files: Mapping[str, str]) -> Iterator[Content]:
    """Yield the files of a folder: path in it to content key."""
    for name, key in files.items():
        path = f"{folder}/{name}"
        yield Content(key=key, path=path, uri=None, digest=None, size_bytes=None, location=Location(path))


def _contents(release: Release) -> list[Content]:
    """Return all that a version's manifest pins, and the files of its folder."""
    folder = _folder(release, release.version)
    manifest = release.manifest
    pinned: list[tuple[str, str, int, tuple[str | int, ...]]]
    pinned = [(manifest.artifact.uri, manifest.artifact.digest, manifest.artifact.size_bytes, ("artifact", "uri"))]
    pinned += [
        (evidence.uri, evidence.digest, evidence.size_bytes, ("evidence", index, "uri"))
        for index, evidence in enumerate(manifest.evidence)
    ]
    contents = list(_files(folder, release.files))
    for uri, digest, size_bytes, keys in pinned:
        is_remote = "://" in uri
        contents.append(
            Content(
                key=digest,
                path=None if is_remote else f"{folder}/{uri}",
                uri=uri if is_remote else None,
                digest=digest,
                size_bytes=size_bytes,
                location=release.locate(*keys),
            )
        )
    return contents
