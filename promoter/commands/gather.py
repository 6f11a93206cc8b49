"""Where the bytes lie that requests name: in the registry's trees, or in an allowed store."""

from collections.abc import Collection, Mapping, Sequence
from functools import partial
from pathlib import Path

from promoter.decision.contents import Content
from promoter.digest import sha256_bytes
from promoter.errors import Problem, ProposalError
from promoter.git.snapshot import Snapshot
from promoter.measure.port import Content as Source
from promoter.policy.settings import Settings

_GIT = "git:"
"""How the key of a content begins that is an object's id."""


def sources_of(
    contents: Sequence[Content],
    trees: Sequence[Snapshot],
    settings: Settings,
    *,
    cache: Path,
    anew: Collection[str] = (),
) -> Mapping[str, Source]:
    """Return content key to a function that brings the bytes; each raises ProposalError at its manifest's line.

    `trees` are looked through in order: first the merged tree, then the base's. What git pins and neither holds any
    more, as a file of a champion that was altered past the gate, is read by its id. `cache` keeps what stores deliver;
    for the keys in `anew` the store is asked though it has been kept.
    """
    return {
        content.key: _source(content, trees, settings, cache, asks_anew=content.key in anew) for content in contents
    }


def _source(content: Content, trees: Sequence[Snapshot], settings: Settings, cache: Path, *, asks_anew: bool) -> Source:
    if content.uri is not None:
        return partial(_fetch, content, settings, cache, asks_anew=asks_anew)
    path = content.path or ""
    limits = settings.limits
    tree = None if content.is_added else next((tree for tree in trees if _holds(tree, path, content.key)), None)
    if tree is None and content.key.startswith(_GIT):
        limit = limits.evidence_bytes if content.is_added else limits.document_bytes
        return partial(trees[0].repository.load_file, content.key.removeprefix(_GIT), path=path, limit_bytes=limit)
    tree = tree or trees[0]
    if content.digest is None:
        return partial(tree.read, path, limit_bytes=limits.document_bytes)
    return partial(_read_pinned, content, tree, settings)


def _read_pinned(content: Content, tree: Snapshot, settings: Settings) -> bytes:
    """Return a file of the registry, held against the digest and size that its manifest claims."""
    path = content.path or ""
    found = tree.read(path, limit_bytes=settings.limits.evidence_bytes)
    digest, name = sha256_bytes(found), path.rsplit("/", 1)[-1]
    if digest != content.digest:
        message = f"{name} has digest {digest}, the manifest says {content.digest}"
        hint = f"recompute it with `sha256sum {name}`, or commit the file that was meant"
        raise ProposalError(Problem(content.location, message, hint))
    if len(found) != content.size_bytes:
        message = f"{name} has {len(found):,} bytes, the manifest says {content.size_bytes:,}"
        raise ProposalError(Problem(content.location, message, f"write size_bytes: {len(found)}"))
    return found


def _fetch(content: Content, settings: Settings, cache: Path, *, asks_anew: bool) -> Path:
    from promoter.evidence.store import resolve

    return resolve(
        content.uri or "",
        digest=content.digest or "",
        size_bytes=content.size_bytes or 0,
        stores=settings.stores,
        cache_dir=cache,
        location=content.location,
        asks_anew=asks_anew,
    )


def _holds(tree: Snapshot, path: str, key: str) -> bool:
    entry = tree.entry(path)
    return entry is not None and (not key.startswith(_GIT) or key == f"{_GIT}{entry.object_id}")
