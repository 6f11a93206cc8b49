"""HTTPS without surprises: one host, one public address that was checked, no redirect, no proxy, a time limit.

fsspec's own HTTP follows redirects, resolves the name again after any check, and needs an event loop; against DNS
rebinding the address must be checked and then connected to.
"""

import http.client
import ipaddress
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO
from urllib.parse import urlsplit

TIMEOUT_SECONDS = 60.0
_SKIP_BYTES = 1 << 20


class RefusedError(Exception):
    """The answer is not one that may be read: an inner address, a redirect, or a status other than 200."""


def public_address(host: str) -> str:
    """Return an address of a host. Raises RefusedError where any of its addresses is not a public one."""
    found = {str(entry[4][0]) for entry in socket.getaddrinfo(host, 443, type=socket.SOCK_STREAM)}
    inner = sorted(address for address in found if not is_public(address))
    if inner:
        raise RefusedError(f"{host} resolves to {inner[0]}, which is not a public address")
    return min(found)


def is_public(address: str) -> bool:
    """Return whether an address is global unicast; one that is mapped into IPv6 counts as what it maps."""
    parsed = ipaddress.ip_address(address.partition("%")[0])
    mapped = getattr(parsed, "ipv4_mapped", None) or getattr(parsed, "sixtofour", None)
    checked = mapped or parsed
    return checked.is_global and not checked.is_multicast


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """How a host's name becomes the one address that is connected to, and what its certificate is held against."""

    address_of: Callable[[str], str] = public_address
    port: int = 443
    trusted: Callable[[], ssl.SSLContext] = ssl.create_default_context


PUBLIC = Network()


class _PinnedConnection(http.client.HTTPSConnection):
    """Connects to one address and checks the certificate against the name."""

    def __init__(self, host: str, network: Network) -> None:
        self._checked_context = network.trusted()
        super().__init__(host, network.port, timeout=TIMEOUT_SECONDS, context=self._checked_context)
        self._address = network.address_of(host)

    def connect(self) -> None:
        """Open the socket to the pinned address."""
        plain = socket.create_connection((self._address, self.port), TIMEOUT_SECONDS)
        self.sock = self._checked_context.wrap_socket(plain, server_hostname=self.host)


@contextmanager
def open_https(uri: str, *, start: int = 0, network: Network = PUBLIC) -> Iterator[IO[bytes]]:
    """Yield the body of a GET from byte `start` on, whether or not the server knows ranges.

    Raises RefusedError as it says, OSError and http.client.HTTPException on failures.
    """
    parts = urlsplit(uri)
    host = parts.hostname or ""
    connection = _PinnedConnection(host, network)
    try:
        headers = {"Accept-Encoding": "identity", "User-Agent": "promoter"}
        asked = {"Range": f"bytes={start}-"} if start else {}
        connection.request("GET", parts.path, headers=headers | asked)
        response = connection.getresponse()
        if 300 <= response.status < 400:
            raise RefusedError(f"{host} answered with a redirect ({response.status})")
        is_partial = bool(start) and response.status == http.HTTPStatus.PARTIAL_CONTENT
        if is_partial and not (response.headers["Content-Range"] or "").startswith(f"bytes {start}-"):
            raise RefusedError(f"{host} answered with another range than was asked for")
        if response.status != http.HTTPStatus.OK and not is_partial:
            raise RefusedError(f"{host} answered {response.status} {response.reason[:80]}")
        if not is_partial:
            _skip(response, start)
        yield response
    finally:
        connection.close()


def _skip(stream: IO[bytes], count: int) -> None:
    """Read over some bytes; at the end of the stream there are none left to skip."""
    while count > 0 and (chunk := stream.read(min(count, _SKIP_BYTES))):
        count -= len(chunk)
