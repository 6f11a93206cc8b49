"""A clone of the forge's registry, as somebody works in it: their name, and credentials that git itself uses."""

from pathlib import Path

import pytest

from tests.forge.git_backend import basic_header
from tests.forge.server import Forge
from tests.forge.state import FULL_NAME
from tests.support.repositories import RepositoryBuilder


def clone_of(forge: Forge, folder: Path, *, login: str, patch: pytest.MonkeyPatch, **permissions: str) -> Path:
    """Return a clone at `folder`; the environment then has a token with these permissions, for git and for the API."""
    token = forge.state.mint(login, kind="User", **permissions)
    builder = RepositoryBuilder.create(folder)
    header = f"http.{forge.url}/.extraheader"
    for name, value in {
        "user.name": login,
        "user.email": f"{login}@example.org",
        "remote.origin.url": f"{forge.url}/{FULL_NAME}.git",
        "remote.origin.fetch": "+refs/heads/*:refs/remotes/origin/*",
        header: basic_header(token),
    }.items():
        builder.git("config", name, value)
    builder.git("fetch", "--quiet", "origin")
    builder.git("remote", "set-head", "origin", "main")
    patch.setenv("GITHUB_SERVER_URL", forge.url)
    patch.setenv("GITHUB_API_URL", forge.url)
    patch.setenv("GITHUB_TOKEN", token)
    patch.delenv("GITHUB_ACTIONS", raising=False)  # somebody at a terminal, in CI too
    return folder
