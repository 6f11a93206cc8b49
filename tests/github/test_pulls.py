import pytest

from promoter.errors import ServiceError
from promoter.github.client import Client
from promoter.github.pulls import MayNotOpenError, open_or_update
from tests.forge.server import Forge
from tests.github.conftest import Waits, client_of

WORDS = {"head": "candidate", "base": "main", "title": "Promote", "body": "Why\n"}


@pytest.fixture
def free(forge: Forge, waits: Waits) -> Client:
    """Return a client of a registry in which Actions may open pull requests, and nobody has yet."""
    forge.state.pulls.clear()
    forge.state.settings["actions_may_open_pulls"] = True
    return client_of(forge, waits, pull_requests="write")


def said(forge: Forge) -> list[tuple[str, str]]:
    """Return title and text of each pull request."""
    return [(pull.title, pull.body) for pull in forge.state.pulls.values()]


def writes(forge: Forge) -> list[str]:
    """Return the requests that may have changed something."""
    return [entry for entry in forge.seen if not entry.startswith("GET")]


def test_the_first_call_opens_it(free: Client, forge: Forge) -> None:
    """It says what it was told, and where it is."""
    made = open_or_update(free, **WORDS)
    assert (7, "https://github.com/acme/registry/pull/7", True) == (made.number, made.url, made.is_new)
    assert [("Promote", "Why\n")] == said(forge)


def test_a_later_call_updates_it(free: Client, forge: Forge) -> None:
    """One pull request a branch: the latest words win."""
    open_or_update(free, **WORDS)
    again = open_or_update(free, **WORDS | {"title": "Promote 2", "body": "Better"})
    assert (7, False) == (again.number, again.is_new)
    assert [("Promote 2", "Better")] == said(forge)


def test_what_is_said_already_is_not_written(free: Client, forge: Forge) -> None:
    """Line ends are GitHub's; nobody is notified."""
    open_or_update(free, **WORDS)
    forge.state.pulls[7].body = "Why\r\n"
    forge.seen.clear()
    open_or_update(free, **WORDS)
    assert [] == writes(forge)


def test_a_closed_one_is_left_closed(free: Client, forge: Forge) -> None:
    """Somebody said no; a new one is opened and the old one keeps its words."""
    open_or_update(free, **WORDS)
    forge.state.pulls[7].state = "closed"
    assert 8 == open_or_update(free, **WORDS | {"title": "Again"}).number
    assert ["Promote", "Again"] == [title for title, _ in said(forge)]


def test_a_forks_branch_of_the_same_name_is_another(free: Client, forge: Forge) -> None:
    """The stranger's pull request is not written to."""
    forge.state.open_pull("candidate", author="stranger", title="Mine", is_fork=True)
    assert open_or_update(free, **WORDS).is_new
    assert ["Mine", "Promote"] == [title for title, _ in said(forge)]


def test_a_failure_that_was_carried_out_makes_no_twin(free: Client, forge: Forge) -> None:
    """GitHub opened it and answered 502: the second try is refused, and the one that is there is taken."""
    forge.fail("POST", "/pulls$", 502, is_carried_out=True)
    made = open_or_update(free, **WORDS)
    assert (7, False, 1) == (made.number, made.is_new, len(forge.state.pulls))


def test_a_branch_that_adds_nothing_is_told(free: Client, forge: Forge) -> None:
    """GitHub's own words are passed on."""
    forge.state.git("branch", "same", "main")
    with pytest.raises(ServiceError, match="No commits between main and same"):
        open_or_update(free, **WORDS | {"head": "same"})


def test_the_setting_that_forbids_it_is_named(free: Client, forge: Forge) -> None:
    """GITHUB_TOKEN may open none by default: the error says where to allow it."""
    forge.state.settings["actions_may_open_pulls"] = False
    with pytest.raises(MayNotOpenError, match="Workflow permissions"):
        open_or_update(free, **WORDS)
