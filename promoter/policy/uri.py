"""Which URIs may be fetched: decided on the text alone, before anything is opened.

Threats: files of the runner, other people's buckets, metadata services, hosts that look like an allowed one, and
paths that climb out of a store. What is allowed is what a store of policies/registry.yaml names, exactly.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

LONGEST_URI = 2048

_SHAPE = re.compile(r"([a-z][a-z0-9+.-]*)://([^/]*)(/.*)?", re.DOTALL)
_SAFE_PATH = re.compile(r"[A-Za-z0-9._~!$'()*+,=@:/-]*")
_SAFE_HOST = re.compile(r"[a-z0-9]([a-z0-9._-]*[a-z0-9])?")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
_INNER_NAMES = (".localhost", ".local", ".internal", ".localdomain", ".home.arpa")


class Place(Protocol):
    """What a store of policies/registry.yaml says of where files may lie."""

    @property
    def scheme(self) -> str:
        """Scheme of its URIs."""

    @property
    def host(self) -> str:
        """Host, bucket or container, exactly; empty for file."""

    @property
    def prefix(self) -> str:
        """Path below which everything lies."""


AnyPlace = TypeVar("AnyPlace", bound=Place)


@dataclass(frozen=True, slots=True)
class UriFault:
    """What is wrong with a URI, and what to do next."""

    message: str
    hint: str

    def __str__(self) -> str:
        return f"{self.message}; {self.hint}"


def check_uri(uri: str, stores: Sequence[Place]) -> UriFault | None:
    """Return why a URI may not be fetched, or None where a store allows it."""
    shape = _SHAPE.fullmatch(uri)
    if len(uri) > LONGEST_URI:
        return UriFault(f"the URI is longer than {LONGEST_URI} characters", "store the file under a shorter name")
    if shape is None:
        return UriFault("this is not a URI of the form scheme://host/path", "write it in full, scheme in lower case")
    scheme, host, path = shape[1], shape[2], shape[3] or ""
    if scheme not in {store.scheme for store in stores}:
        return UriFault(f"no store of the registry has the scheme {scheme!r}", _known(stores))
    return _host_fault(scheme, host) or _path_fault(path) or _store_fault(scheme, host, path, stores)


def find_store(uri: str, stores: Sequence[AnyPlace]) -> AnyPlace | None:
    """Return the store in which a URI lies, by scheme, exact host and path prefix."""
    shape = _SHAPE.fullmatch(uri)
    if shape is None:
        return None
    scheme, host, path = shape[1], shape[2], shape[3] or ""
    return next((store for store in stores if _lies_in(store, scheme, host, path)), None)


def _lies_in(store: Place, scheme: str, host: str, path: str) -> bool:
    return (store.scheme, store.host) == (scheme, host) and path.startswith(f"{store.prefix.rstrip('/')}/")


def _host_fault(scheme: str, host: str) -> UriFault | None:
    if scheme == "file":
        return UriFault("a file URI names a host", "write file:///path") if host else None
    if "@" in host:
        return UriFault("the URI names a user before its host", "leave user and password out of URIs")
    if not host.isascii() or host.startswith("xn--") or ".xn--" in host:
        return UriFault("the host is an international name, which can look like another", "use the host's ASCII name")
    if host.endswith("."):
        return UriFault("the host ends with a dot", "leave the dot out")
    if _is_address(host):
        return UriFault("the host is an address, not a name", "name the store's host as policies/registry.yaml does")
    if host == "localhost" or host.endswith(_INNER_NAMES):
        return UriFault("the host is a name of an inner network", "keep evidence in a store that others can reach")
    if not _SAFE_HOST.fullmatch(host):
        return UriFault("the host holds characters that no store's name has", "use lower case, digits, dots, dashes")
    return None


def _is_address(host: str) -> bool:
    """Return whether a resolver would take the text as an address: dotted, short, hexadecimal, octal or IPv6.

    No name ends with a number. Source: WHATWG URL standard, "ends in a number checker".
    """
    return "[" in host or ":" in host or _NUMBER.fullmatch(host.rpartition(".")[2]) is not None


def _path_fault(path: str) -> UriFault | None:
    if not _SAFE_PATH.fullmatch(path):
        return UriFault(
            "the path holds a query, a fragment, an escape or a character that is not plain ASCII",
            "store the file under a plain name",
        )
    segments = path.split("/")[1:]
    if not segments or any(segment in ("", ".", "..") for segment in segments):
        return UriFault("the path is empty or has an empty, `.` or `..` segment", "write the file's own path")
    return None


def _store_fault(scheme: str, host: str, path: str, stores: Sequence[Place]) -> UriFault | None:
    if any(_lies_in(store, scheme, host, path) for store in stores):
        return None
    return UriFault(f"{scheme}://{host}{path[:80]} lies in no store of the registry", _known(stores))


def _known(stores: Sequence[Place]) -> str:
    allowed = ", ".join(f"{store.scheme}://{store.host}{store.prefix}" for store in stores)
    if not allowed:
        return "commit the file beside its manifest, or ask the registry's owners to add a store"
    return f"use {allowed}, or ask the registry's owners to add a store to policies/registry.yaml"
