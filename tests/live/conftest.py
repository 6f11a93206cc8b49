"""Where the suite runs: the forge, or the scratch repository that the environment names."""

import os
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from promoter.github.client import DEFAULT_API_URL, Client, connect
from tests.forge.server import running_forge
from tests.forge.settings_routes import sound_settings
from tests.forge.state import BOT, FULL_NAME
from tests.support.registry import rule_files
from tests.support.repositories import RepositoryBuilder

_WANTED = ("PROMOTER_LIVE_TOKEN", "PROMOTER_LIVE_REPOSITORY", "PROMOTER_LIVE_PULL")
_GIVEN = {name: os.environ.get(name, "") for name in _WANTED}
_CHANGED = "models/a/b/model.yaml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A repository with an open pull request that changes a file of a model; `bot` is the token's account."""

    repository: str
    api_url: str
    token: str
    number: int
    bot: str
    mark: str
    """Says which run wrote something, since a scratch repository keeps what earlier runs left."""

    @property
    def client(self) -> Client:
        """A client with the token."""
        return connect(self.repository, token=self.token, api_url=self.api_url)

    @property
    def head(self) -> str:
        """The commit that the pull request proposes."""
        return str(self.client.get(f"pulls/{self.number}")["head"]["sha"])


@pytest.fixture(
    params=[
        "forge",
        pytest.param(
            "github",
            marks=[
                pytest.mark.live,
                pytest.mark.skipif(not all(_GIVEN.values()), reason=f"needs {', '.join(_WANTED)}"),
            ],
        ),
    ]
)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    """Yield where the suite runs; every exchange with the forge is held to GitHub's description."""
    mark = secrets.token_hex(4)
    if request.param == "github":
        token, repository, number = _GIVEN.values()
        api_url = os.environ.get("PROMOTER_LIVE_API", DEFAULT_API_URL)
        bot = os.environ.get("PROMOTER_LIVE_AUTHOR", BOT)
        yield Place(repository=repository, api_url=api_url, token=token, number=int(number), bot=bot, mark=mark)
        return
    builder = RepositoryBuilder.create(tmp_path / "registry.git")
    first = builder.commit(rule_files())
    builder.commit({_CHANGED: "x\n"}, branch="candidate", onto=[first])
    with running_forge(builder.path) as forge:
        forge.state.settings |= {**sound_settings(), "actions_may_open_pulls": True}
        for login in ("rita", "leo"):
            forge.state.account(login)
        number = forge.state.open_pull("candidate", body="Why").number
        token = forge.state.mint(pull_requests="write", checks="write", deployments="write", contents="read")
        yield Place(repository=FULL_NAME, api_url=forge.url, token=token, number=number, bot=BOT, mark=mark)
        assert [] == forge.violations
