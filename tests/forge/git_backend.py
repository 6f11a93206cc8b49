"""git's own smart HTTP, through `git http-backend` as CGI."""

import base64
import binascii
import gzip
import os
import subprocess
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from urllib.parse import urlsplit

from tests.forge.state import FULL_NAME


def read_body(handler: BaseHTTPRequestHandler) -> bytes:
    """Return a request's body, chunked and gzipped ones too."""
    if handler.headers.get("Transfer-Encoding") == "chunked":
        parts = []
        while size := int(handler.rfile.readline().split(b";")[0], 16):
            parts.append(handler.rfile.read(size))
            handler.rfile.readline()
        handler.rfile.readline()
        body = b"".join(parts)
    else:
        body = handler.rfile.read(int(handler.headers.get("Content-Length") or 0))
    return gzip.decompress(body) if handler.headers.get("Content-Encoding") == "gzip" else body


def token_of(authorization: str) -> str:
    """Return the token of a Basic header, whose user git names x-access-token; empty where there is none."""
    kind, _, encoded = authorization.partition(" ")
    try:
        user, _, token = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return ""
    return token if (kind.lower(), user) == ("basic", "x-access-token") else ""


def basic_header(token: str) -> str:
    """Return the header by which git brings a token, as the workflows' steps write it."""
    return "Authorization: basic " + base64.b64encode(f"x-access-token:{token}".encode()).decode()


def is_push(target: str) -> bool:
    """Say whether a request belongs to a push."""
    return "git-receive-pack" in target


def refuse(handler: BaseHTTPRequestHandler, *, login: str | None) -> None:
    """Answer as GitHub does that somebody may not do this, or that nobody is known by such a token."""
    told = f"Permission to {FULL_NAME}.git denied to {login}." if login else "Invalid username or token."
    handler.send_response(403 if login else 401)
    if not login:
        handler.send_header("WWW-Authenticate", 'Basic realm="GitHub"')
    handler.send_header("Content-Type", "text/plain; charset=utf-8")
    handler.send_header("Content-Length", str(len(told)))
    handler.end_headers()
    handler.wfile.write(told.encode())


def run_git(handler: BaseHTTPRequestHandler, body: bytes, *, project: Path, name: str, actor: str) -> bytes:
    """Return the answer, as CGI has it, to git's request for /<name> or /<name>.git of the bare repository `project`.

    `actor` is whom the rulesets are held against, such as "Integration:15368".
    """
    parts = urlsplit(handler.path)
    below = parts.path.removeprefix(f"/{name}").removeprefix(".git")
    environment = {
        "PATH": os.environ["PATH"],
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_SYSTEM": os.devnull,
        "GIT_PROJECT_ROOT": str(project.parent),
        "GIT_HTTP_EXPORT_ALL": "1",
        "PATH_INFO": f"/{project.name}{below}",
        "QUERY_STRING": parts.query,
        "REQUEST_METHOD": handler.command,
        "CONTENT_TYPE": handler.headers.get("Content-Type", ""),
        "CONTENT_LENGTH": str(len(body)),
        "GIT_PROTOCOL": handler.headers.get("Git-Protocol", ""),
        "REMOTE_ADDR": "127.0.0.1",
        "FORGE_ACTOR": actor,
    }
    command = ["git", "-c", "http.receivepack=true", "http-backend"]
    return subprocess.run(command, input=body, env=environment, capture_output=True, check=False).stdout


def send(handler: BaseHTTPRequestHandler, answer: bytes) -> None:
    """Send an answer of `run_git`."""
    head, _, content = answer.partition(b"\r\n\r\n")
    lines = [line.split(": ", 1) for line in head.decode().split("\r\n") if ": " in line]
    headers = dict(lines)
    handler.send_response(int(headers.pop("Status", "200").split()[0]))
    for key, value in headers.items():
        handler.send_header(key, value)
    handler.send_header("Content-Length", str(len(content)))
    handler.end_headers()
    handler.wfile.write(content)
