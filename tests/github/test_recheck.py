from typing import Any

import pytest

from promoter.github.client import Client
from promoter.github.recheck import pulls_to_recheck, request_gate
from tests.forge.server import Forge
from tests.github.conftest import Waits, client_of


@pytest.fixture
def client(forge: Forge, waits: Waits) -> Client:
    """Return a client that may do what the recheck job may; pull request 8 is closed, 9 touches another model."""
    state = forge.state
    state.permissions |= {"maria": "maintain", "wim": "write", "ada": "read", "tria": "triage"}
    state.open_pull("candidate").state = "closed"
    state.git("branch", "other", "main")
    state.open_pull("other")
    return client_of(forge, waits, pull_requests="read", actions="write")


def comment(login: str, body: str, **issue: Any) -> dict[str, Any]:
    """Return the payload of a comment on a pull request."""
    shown = {"number": 7, "state": "open", "pull_request": {}, **issue}
    return {"issue": shown, "comment": {"body": body, "user": {"login": login}}}


@pytest.mark.parametrize("login", ["maria", "wim"])
def test_write_permission_and_the_exact_words_ask(client: Client, login: str) -> None:
    """Blanks around them are fine."""
    assert (7,) == pulls_to_recheck(client, "issue_comment", comment(login, " /promoter recheck\r\n"))


@pytest.mark.parametrize("login", ["ada", "tria", "stranger"])
def test_without_write_permission_nothing_is_asked(client: Client, login: str) -> None:
    """The author of the pull request is nobody special."""
    assert () == pulls_to_recheck(client, "issue_comment", comment(login, "/promoter recheck"))


@pytest.mark.parametrize("body", ["/promoter recheck please", "x\n/promoter recheck", "/promoter approve", ""])
def test_other_words_ask_nothing(client: Client, forge: Forge, body: str) -> None:
    """Not even for the permission."""
    assert () == pulls_to_recheck(client, "issue_comment", comment("maria", body))
    assert [] == forge.seen


def test_an_issue_and_a_closed_pull_request_are_not_judged(client: Client) -> None:
    """There is nothing to merge."""
    payload = comment("maria", "/promoter recheck")
    del payload["issue"]["pull_request"]
    assert () == pulls_to_recheck(client, "issue_comment", payload)
    assert () == pulls_to_recheck(client, "issue_comment", comment("maria", "/promoter recheck", state="closed"))


def test_a_review_concerns_the_open_pull_request_of_its_head(client: Client, forge: Forge) -> None:
    """Found by commit, since a fork's run names no pull request; the closed one of the same head is left."""
    head = forge.state.head_of(forge.state.pulls[7])
    assert (7,) == pulls_to_recheck(client, "workflow_run", {"workflow_run": {"head_sha": head}})


@pytest.mark.parametrize("path", ["policies/roles.yaml", "promoter/cli.py", ".github/workflows/gate.yml", "CODEOWNERS"])
def test_changed_rules_concern_every_open_pull_request(client: Client, path: str) -> None:
    """Policies, engine, workflows and owners."""
    assert (7, 9) == pulls_to_recheck(client, "push", {"commits": [{"added": [path]}]})


def test_a_moved_champion_concerns_its_model_alone(client: Client) -> None:
    """Only who touches the same model is asked again."""
    assert (7,) == pulls_to_recheck(client, "push", {"commits": [{"modified": ["models/a/b/stages/production.yaml"]}]})


def test_other_files_concern_nobody(client: Client) -> None:
    """A README changes no verdict."""
    assert () == pulls_to_recheck(client, "push", {"commits": [{"modified": ["README.md"], "removed": []}]})


def test_a_push_without_paths_concerns_everything(client: Client) -> None:
    """A payload leaves them out when there are too many; silence is no reason to judge less."""
    assert (7, 9) == pulls_to_recheck(client, "push", {"commits": []})


def test_the_gate_is_asked_with_the_number_alone(client: Client, forge: Forge) -> None:
    """The gate finds the head itself."""
    request_gate(client, 7, branch="main")
    assert [{"workflow": "gate.yml", "ref": "main", "inputs": {"pull": "7"}}] == forge.state.dispatches
