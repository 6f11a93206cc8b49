"""HTTPS against a real server on loopback, with a certificate of its own: ranges, breaks, and what is refused."""

import ssl
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from promoter.digest import sha256_bytes
from promoter.errors import Location, ServiceError
from promoter.evidence.download import bring
from promoter.evidence.https import Network, RefusedError, open_https

CONTENT = bytes(range(256)) * 4000
HOST = "store.example"
URI = f"https://{HOST}/model.onnx"
Answer = Callable[[BaseHTTPRequestHandler], None]


def certificate(folder: Path) -> tuple[Path, Path]:
    """Return certificate and key of HOST, which vouches for itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    paths = folder / "store.pem", folder / "store.key"
    paths[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    form, plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    paths[1].write_bytes(key.private_bytes(serialization.Encoding.PEM, form, plain))
    return paths


@dataclass(slots=True)
class Store:
    """A server that answers as `answer` says, and the network on which HOST is it. `asked`: each request's range."""

    network: Network
    answer: Answer
    asked: list[str | None] = field(default_factory=list)

    def read(self, start: int, uri: str = URI) -> Iterable[bytes]:
        """Yield the file's bytes from an offset on."""
        with open_https(uri, start=start, network=self.network) as stream:
            while chunk := stream.read(100_000):
                yield chunk


def send(
    handler: BaseHTTPRequestHandler, status: int, body: bytes, *, until: int | None = None, **headers: str
) -> None:
    """Answer with a body, and break off behind `until` bytes of it."""
    handler.send_response(status)
    for name, value in headers.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body[:until])
    handler.close_connection = True


def ranged(handler: BaseHTTPRequestHandler, *, until: int | None = None) -> None:
    """Answer as a store that knows ranges."""
    asked = handler.headers["Range"]
    start = int(asked.removeprefix("bytes=").rstrip("-")) if asked else 0
    told = {"Content_Range": f"bytes {start}-{len(CONTENT) - 1}/{len(CONTENT)}"} if asked else {}
    send(handler, 206 if asked else 200, CONTENT[start:], until=until, **told)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Yield a store that knows ranges."""
    certified, key = certificate(tmp_path)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            found.asked.append(self.headers["Range"])
            found.answer(self)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's signature
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certified, key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    network = Network(
        address_of=lambda _host: "127.0.0.1",
        port=server.server_address[1],
        trusted=lambda: ssl.create_default_context(cafile=str(certified)),
    )
    found = Store(network, ranged)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield found
    server.shutdown()
    server.server_close()
    thread.join()


def fetch(store: Store, target: Path) -> list[int]:
    """Bring the file, and return what was told of the progress."""
    told: list[int] = []
    place = Location("models/a/b/versions/1.0.0/manifest.yaml", 5)
    digest = sha256_bytes(CONTENT)
    bring(store.read, target, digest=digest, size_bytes=len(CONTENT), location=place, tell=told.append)
    return told


def test_a_broken_connection_is_gone_on_with_by_a_range(store: Store, tmp_path: Path) -> None:
    """The store breaks off behind 300,000 bytes, then behind 500,000 more; only what is missing is asked for."""
    for until in (300_000, 500_000):
        store.answer = lambda handler, until=until: ranged(handler, until=until)  # type: ignore[misc]
        with pytest.raises(ServiceError, match="run it again: what has arrived is kept"):
            fetch(store, tmp_path / "model")
    store.answer = ranged
    told = fetch(store, tmp_path / "model")
    assert [None, "bytes=300000-", "bytes=800000-"] == store.asked
    assert (CONTENT, 800_000, len(CONTENT)) == ((tmp_path / "model").read_bytes(), told[0], sum(told))


def test_a_store_that_knows_no_ranges_is_read_over(store: Store) -> None:
    """It answers 200 with all: what is there already is skipped."""
    store.answer = lambda handler: send(handler, 200, CONTENT)
    assert CONTENT[500_000:] == b"".join(store.read(500_000))


def test_the_whole_file_is_asked_for_without_a_range(store: Store) -> None:
    """Nothing has arrived yet."""
    assert CONTENT == b"".join(store.read(0))
    assert [None] == store.asked


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda handler: send(handler, 206, b"x", Content_Range="bytes 0-0/1"), "another range than was asked for"),
        (lambda handler: send(handler, 206, b"x"), "another range than was asked for"),
        (lambda handler: send(handler, 416, b""), "answered 416"),
        (lambda handler: send(handler, 404, b""), "answered 404"),
        (lambda handler: send(handler, 302, b"", Location="https://169.254.169.254/"), "answered with a redirect"),
    ],
)
def test_any_other_answer_is_refused(store: Store, answer: Answer, words: str) -> None:
    """Bytes of another place are never put behind those that are there."""
    store.answer = answer
    with pytest.raises(RefusedError, match=words):
        b"".join(store.read(10))


def test_a_certificate_of_another_name_is_no_connection(store: Store) -> None:
    """The address is the right one, and the name is held against the certificate all the same."""
    with pytest.raises(ssl.SSLCertVerificationError, match="other"):
        b"".join(store.read(0, uri="https://other.example/model.onnx"))
    assert [] == store.asked


def test_without_a_network_of_its_own_loopback_is_never_reached(store: Store) -> None:
    """The public network refuses the name before it connects."""
    with pytest.raises(RefusedError, match="is not a public address"), open_https("https://localhost/model.onnx"):
        pass
    assert [] == store.asked
