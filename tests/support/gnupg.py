"""A home of GnuPG's with keys that are made for a test."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import mkdtemp

from promoter.git.signature import SignedCommit


@contextmanager
def gnupg_home() -> Iterator[Path]:
    """Yield a home without keys; its path is short, for its agent listens there."""
    home = Path(mkdtemp(prefix="g-"))
    try:
        yield home
    finally:
        subprocess.run(["gpgconf", "--homedir", str(home), "--kill", "all"], check=True)
        _remove(home)


def _remove(home: Path) -> None:
    """Take a home away while its agent, which was told to end, takes its own sockets away."""
    while home.exists():
        with suppress(FileNotFoundError):
            shutil.rmtree(home)


def gpg(home: Path, *arguments: str, content: bytes | None = None) -> bytes:
    """Return what gpg prints."""
    command = ["gpg", "--homedir", str(home), "--batch", "--no-tty", "--pinentry-mode", "loopback", *arguments]
    return subprocess.run(command, input=content, check=True, capture_output=True).stdout


def make_key(home: Path, who: str, *, expires: str = "never", at: str | None = None) -> str:
    """Make a key without a passphrase, at a moment such as 20260101T000000, and return its fingerprint."""
    clock = ["--faked-system-time", f"{at}!"] if at else []
    gpg(home, *clock, "--passphrase", "", "--quick-gen-key", who, "ed25519", "sign", expires)
    listed = gpg(home, "--with-colons", "--list-keys", who).decode()
    return re.findall(r"^fpr:+([0-9A-F]+):", listed, re.MULTILINE)[0]


def sign_with(
    home: Path, who: str, payload: bytes, *, at: str | None = None, options: tuple[str, ...] = ()
) -> SignedCommit:
    """Return a payload with the signature of a key, as git asks gpg for one, made at a moment."""
    clock = ["--faked-system-time", f"{at}!"] if at else []
    return SignedCommit(payload, gpg(home, *clock, *options, "-bsau", who, content=payload))


def counting_gpg(folder: Path) -> tuple[str, Path]:
    """Return a PATH whose gpg writes a line to a file each time that it is started, and that file."""
    real = shutil.which("gpg")
    log = folder / "calls"
    log.touch()
    program = folder / "bin" / "gpg"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\necho call >> "{log}"\nexec "{real}" "$@"\n')
    program.chmod(0o755)
    return f"{program.parent}{os.pathsep}{os.environ['PATH']}", log
