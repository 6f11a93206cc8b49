"""git over ssh: a real server that knows deploy keys as GitHub does, and runs git itself on the forge's repository.

It answers on the forge's own port: a client of ssh speaks first, and says so.
"""

import asyncio
import os
import shlex
import shutil
import socket
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from functools import cache, partial
from pathlib import Path

import asyncssh
import pytest

from tests.forge.state import FULL_NAME, DeployKey, State

GREETING = b"SSH-"
NEEDS_SSH = pytest.mark.skipif(shutil.which("ssh") is None, reason="no ssh client is installed")
"""For tests in which a client of ssh pushes."""

_SERVICES = ("git-upload-pack", "git-receive-pack")
_READ_ONLY = "ERROR: The key you are authenticating with has been marked as read only."
_MISSING = "ERROR: Repository not found."
_NO_SHELL = f"Hi {FULL_NAME}! You've successfully authenticated, but GitHub does not provide shell access."
_ACTOR = "DeployKey:"
"""Rulesets name all deploy keys at once."""

_CHUNK = 65536
_PACK = b"PACK\x00\x00\x00\x02"
_CUT_AFTER = 100
"""Bytes of the pack that still come in: its head, and half an object."""


class Cut(Enum):
    """Where the connection of a push breaks."""

    PACK = "when some of what is pushed came in"
    ANSWER = "when the push is carried out, before its answer"


@dataclass(slots=True)
class Ssh:
    """What a test asks of the server: each entry is for one push, the first for the next."""

    cuts: list[Cut] = field(default_factory=list)
    before_push: list[Callable[[], None]] = field(default_factory=list)


@cache
def host_keys() -> tuple[asyncssh.SSHKey, ...]:
    """Return the server's keys: of two kinds, as GitHub has several, of which a client may know one."""
    kinds: tuple[tuple[str, dict[str, int]], ...] = (("ecdsa-sha2-nistp256", {}), ("ssh-ed25519", {}))
    return tuple(asyncssh.generate_private_key(kind, **options) for kind, options in kinds)


def known_host(url: str, *, key: asyncssh.SSHKey | None = None) -> str:
    """Return the line of a known_hosts file that pins the server at an address to its ed25519 key, or to another."""
    host, _, port = url.rpartition("/")[2].partition(":")
    kind, blob = (key or host_keys()[1]).export_public_key().decode().split()[:2]
    return f"[{host}]:{port} {kind} {blob}\n"


def add_deploy_key(state: State, folder: Path, *, title: str = "recorder", is_read_only: bool = False) -> str:
    """Return the private key of a new deploy key, made as docs/github.md says."""
    path = folder / title
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", title, "-f", str(path)], check=True)
    state.deploy_keys.append(DeployKey(title, path.with_suffix(".pub").read_text(encoding="ascii"), is_read_only))
    return path.read_text(encoding="ascii")


def serve(connection: socket.socket, *, state: State, ssh: Ssh) -> None:
    """Speak ssh on a connection until it ends."""
    asyncio.run(_serve(connection, state, ssh))


async def _serve(connection: socket.socket, state: State, ssh: Ssh) -> None:
    try:
        running = await asyncssh.run_server(
            connection,
            server_factory=partial(_Keys, state),
            process_factory=partial(_run, state, ssh),
            server_host_keys=list(host_keys()),
            encoding=None,
        )
        await running.wait_closed()
    except (asyncssh.Error, OSError):
        return  # a client that knows another host key, or has none that is known here


class _Keys(asyncssh.SSHServer):
    """Lets in whoever has a deploy key."""

    def __init__(self, state: State) -> None:
        self._state = state

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        self._conn = conn

    def public_key_auth_supported(self) -> bool:
        return True

    def validate_public_key(self, username: str, key: asyncssh.SSHKey) -> bool:
        found = [one for one in self._state.deploy_keys if asyncssh.import_public_key(one.public) == key]
        if username != "git" or not found:
            return False
        self._conn.set_extra_info(deploy_key=found[0])
        return True


async def _run(state: State, ssh: Ssh, process: "asyncssh.SSHServerProcess[bytes]") -> None:
    """Answer one request: git's two services on the one repository, and words for everything else."""
    service, *words = shlex.split(process.command or "")
    key: DeployKey = process.get_extra_info("deploy_key")
    is_push = service == "git-receive-pack"
    place = words[0].strip("/").removesuffix(".git") if words else ""
    refused = _NO_SHELL if service not in _SERVICES else _MISSING if place != FULL_NAME else None
    if refused is None and is_push and key.is_read_only:
        refused = _READ_ONLY
    if refused is not None:
        process.stderr.write(f"{refused}\n".encode())
        process.exit(1)
        return
    cut = None
    if is_push:
        state.pushers.append(_ACTOR)
        cut = ssh.cuts.pop(0) if ssh.cuts else None
        if ssh.before_push:
            ssh.before_push.pop(0)()
    code = await _run_git(state, process, service, cut)
    state.follow_branches()
    if cut is None:
        process.exit(code)
    else:
        process.get_extra_info("connection").abort()


async def _run_git(state: State, process: "asyncssh.SSHServerProcess[bytes]", service: str, cut: Cut | None) -> int:
    environment = {"PATH": os.environ["PATH"], "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    environment |= {"FORGE_ACTOR": _ACTOR, "GIT_PROTOCOL": process.env.get("GIT_PROTOCOL", "")}
    pipe = asyncio.subprocess.PIPE
    child = await asyncio.create_subprocess_exec(
        *("git", service.removeprefix("git-"), str(state.bare)), env=environment, stdin=pipe, stdout=pipe, stderr=pipe
    )
    assert child.stdin is not None
    mute = asyncio.Event()
    heard = asyncio.create_task(_hear(process.stdin, child.stdin, cut, mute))
    await asyncio.gather(_tell(child.stdout, process.stdout, mute), _tell(child.stderr, process.stderr, mute))
    heard.cancel()
    return await child.wait()


async def _hear(
    client: "asyncssh.SSHReader[bytes]", git: asyncio.StreamWriter, cut: Cut | None, mute: asyncio.Event
) -> None:
    """Hand what the client sends to git, up to where the connection breaks; what git says then is not heard."""
    while content := await client.read(_CHUNK):
        start = content.find(_PACK)
        if cut is Cut.ANSWER or (cut is Cut.PACK and start >= 0):
            mute.set()
        git.write(content[: start + _CUT_AFTER] if cut is Cut.PACK and start >= 0 else content)
        await git.drain()
        if cut is Cut.PACK and start >= 0:
            break
    git.close()


async def _tell(git: asyncio.StreamReader | None, client: "asyncssh.SSHWriter[bytes]", mute: asyncio.Event) -> None:
    assert git is not None
    while content := await git.read(_CHUNK):
        if not mute.is_set():
            client.write(content)
