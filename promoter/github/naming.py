"""Which repository of a GitHub server a git address names: `owner/name`, or none."""

import re
from urllib.parse import urlsplit

GITHUB = "https://github.com"
_SCP = re.compile(r"(?:[^@/\s]+@)?(?P<host>[A-Za-z0-9.-]+):(?P<path>[^/].*)")
_FULL_NAME = re.compile(r"/?(?P<name>[A-Za-z0-9-]+/[A-Za-z0-9._-]+?)(?:\.git)?/?")
_SSH_ON_443 = {"ssh.github.com": "github.com"}
"""GitHub's second name for SSH. Source: docs.github.com, "Using SSH over the HTTPS port"."""


def repository_at(url: str, *, server: str = GITHUB) -> str | None:
    """Return owner/name of the repository that a remote's address names on this server, else None.

    `https://host/owner/name.git`, `ssh://git@host/owner/name` and `git@host:owner/name.git` are understood.
    """
    home, scp = urlsplit(server), _SCP.fullmatch(url)
    if "://" in url:
        parts = urlsplit(url)
        is_web = parts.scheme == home.scheme and parts.netloc.rpartition("@")[2] == home.netloc
        host = parts.hostname if parts.scheme == "ssh" or is_web else None
        path = parts.path
    elif scp is not None:
        host, path = scp["host"], scp["path"]
    else:
        return None
    name = _FULL_NAME.fullmatch(path) if _SSH_ON_443.get(host or "", host) == home.hostname else None
    return name["name"] if name is not None else None


def api_of(server: str) -> str:
    """Return where a server's REST API is: GitHub's own has a host for it, an Enterprise Server a path."""
    return "https://api.github.com" if server == GITHUB else f"{server}/api/v3"
