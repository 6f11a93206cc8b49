"""A forge with one pull request, and a client whose waits are noted and not waited."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from promoter.github.client import Client, connect
from promoter.github.patience import Patience
from tests.forge.server import Forge, running_forge
from tests.forge.state import FULL_NAME
from tests.support.repositories import RepositoryBuilder

NOW = 1_800_000_000.0


@dataclass(slots=True)
class Waits:
    """How long was waited, in seconds, one entry a wait."""

    seconds: list[float] = field(default_factory=list)

    @property
    def patience(self) -> Patience:
        """A patience of ten minutes at a fixed time."""
        return Patience(now=lambda: NOW, sleep=self.seconds.append)


@pytest.fixture
def forge(tmp_path: Path) -> Iterator[Forge]:
    """Yield a forge that holds pull request 7, and hold every exchange to GitHub's description."""
    builder = RepositoryBuilder.create(tmp_path / "registry.git")
    first = builder.commit({"README.md": "registry\n"})
    builder.commit({"models/a/b/model.yaml": "x\n"}, branch="candidate", onto=[first])
    with running_forge(builder.path) as forge:
        forge.state.open_pull("candidate")
        yield forge
        assert [] == forge.violations


@pytest.fixture
def waits() -> Waits:
    """Return an empty list of waits."""
    return Waits()


def client_of(forge: Forge, waits: Waits, **permissions: str) -> Client:
    """Return a client with a token of these permissions."""
    token = forge.state.mint(**permissions)
    return connect(FULL_NAME, token=token, api_url=forge.url, patience=waits.patience)


@pytest.fixture
def client(forge: Forge, waits: Waits) -> Client:
    """Return a client that may do what the report job may."""
    return client_of(forge, waits, pull_requests="write", checks="write")
