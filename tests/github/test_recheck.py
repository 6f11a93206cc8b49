import re
from pathlib import Path
from typing import Any

import pygit2
import pytest

from promoter.errors import ServiceError
from promoter.github.client import Client
from promoter.github.recheck import pulls_to_recheck, read_payload, request_gate
from tests.forge.server import Forge
from tests.github.conftest import Waits, client_of
from tests.support.registry import policy_yaml
from tests.support.repositories import RepositoryBuilder


@pytest.fixture
def client(forge: Forge, waits: Waits) -> Client:
    """Return a client that may do what the recheck job may; pull request 8 is closed, 9 touches another model."""
    state = forge.state
    state.permissions |= {"maria": "maintain", "wim": "write", "ada": "read", "tria": "triage"}
    state.open_pull("candidate").state = "closed"
    state.git("branch", "other", "main")
    state.open_pull("other")
    return client_of(forge, waits, contents="read", pull_requests="read", actions="write")


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


def pushed(forge: Forge, files: dict[str, bytes | str]) -> dict[str, Any]:
    """Return the payload of a push to main that adds these files; as in Actions, it names none of them."""
    before = forge.state.git("rev-parse", "main")
    after = RepositoryBuilder(forge.state.bare, pygit2.Repository(str(forge.state.bare)).odb).commit(files)
    return {"before": before, "after": after, "commits": [{"id": after}]}


def propose_for_another_model(forge: Forge) -> None:
    """Let pull request 9 touch model c/d."""
    builder = RepositoryBuilder(forge.state.bare, pygit2.Repository(str(forge.state.bare)).odb)
    builder.commit({"models/c/d/model.yaml": "x"}, branch="other", onto=[forge.state.git("rev-parse", "main")])
    forge.state.move_head(forge.state.pulls[9])


@pytest.mark.parametrize(
    "path",
    [
        "policies/roles.yaml",
        "policies/changes/CHG-1.yaml",
        "policies/catalog/performance/no-policy.yaml",
        "policies/unknown.yaml",
        "promoter/cli.py",
        ".github/workflows/gate.yml",
        "CODEOWNERS",
    ],
)
def test_changed_rules_concern_every_open_pull_request(client: Client, forge: Forge, path: str) -> None:
    """Policies, engine, workflows and owners."""
    assert (7, 9) == pulls_to_recheck(client, "push", pushed(forge, {path: "x"}))


@pytest.mark.parametrize(
    ("models", "concerned"),
    [("[a/b]", (7,)), ("[a/*]", (7,)), ("[c/*]", (9,)), ("['**']", (7, 9)), ("[x/y]", ()), (None, (7, 9))],
)
def test_a_policy_that_moves_concerns_the_models_that_it_selects(
    client: Client, forge: Forge, models: str | None, concerned: tuple[int, ...]
) -> None:
    """Before or after: one that now selects others let go of somebody. Without a glob it selects every model."""
    propose_for_another_model(forge)
    selector = {} if models is None else {"applies_to": f"{{models: {models}}}"}
    path = "policies/catalog/performance/auc.yaml"
    made = pushed(forge, {path: policy_yaml("auc", "performance", "{bounds: []}", **selector)})
    assert concerned == pulls_to_recheck(client, "push", made)
    narrowed = policy_yaml("auc", "performance", "{bounds: []}", applies_to="{models: [x/z]}")
    assert concerned == pulls_to_recheck(client, "push", pushed(forge, {path: narrowed}))


def test_a_waiver_concerns_its_model(client: Client, forge: Forge) -> None:
    """And the policies' own tests concern nobody."""
    propose_for_another_model(forge)
    waiver = (
        "schema: promoter.waiver/1\nid: w-1\npolicy: auc\nmodel: c/d\nversion: '1.0.0'\nreason: known\n"
        "requester: leo\napprover: rita\nticket: T-1\nnot_before: 2026-01-30T00:00:00Z\nexpires: 2026-02-10T00:00:00Z\n"
    )
    assert (9,) == pulls_to_recheck(client, "push", pushed(forge, {"policies/waivers/w-1.yaml": waiver}))
    assert () == pulls_to_recheck(client, "push", pushed(forge, {"policies/tests/auc/passes.yaml": "x"}))


def test_more_policies_than_are_read_concern_every_model(client: Client, forge: Forge) -> None:
    """A rewrite of the rules is not looked at file by file."""
    text = policy_yaml("auc", "performance", "{bounds: []}", applies_to="{models: [x/y]}")
    files: dict[str, bytes | str] = {f"policies/catalog/performance/p{number}.yaml": text for number in range(21)}
    assert (7, 9) == pulls_to_recheck(client, "push", pushed(forge, files))


def test_a_moved_champion_concerns_its_model_alone(client: Client, forge: Forge) -> None:
    """Only who touches the same model is asked again."""
    assert (7,) == pulls_to_recheck(client, "push", pushed(forge, {"models/a/b/stages/production.yaml": "x"}))


def test_more_files_than_github_lists_concern_every_model(client: Client, forge: Forge) -> None:
    """Beyond 3,000 files nobody knows which models a pull request touches."""
    base = forge.state.git("rev-parse", "main")
    files: dict[str, bytes | str] = {f"docs/{number}.md": "x" for number in range(3000)}
    builder = RepositoryBuilder(forge.state.bare, pygit2.Repository(str(forge.state.bare)).odb)
    builder.commit(files, branch="other", onto=[base])
    forge.state.move_head(forge.state.pulls[9])
    assert (7, 9) == pulls_to_recheck(client, "push", pushed(forge, {"models/a/b/stages/production.yaml": "x"}))
    assert 30 == sum("pulls/9/files" in entry for entry in forge.seen)


def test_a_file_that_leaves_a_model_touches_it(client: Client, forge: Forge) -> None:
    """A renamed file bears two names, and either may be the model's."""
    builder = RepositoryBuilder(forge.state.bare, pygit2.Repository(str(forge.state.bare)).odb)
    base = builder.commit({"models/c/d/notes.md": "a long enough text\n" * 9})
    moved = {"models/c/d/notes.md": None, "docs/notes.md": "a long enough text\n" * 9}
    builder.commit(moved, branch="other", onto=[base])
    forge.state.move_head(forge.state.pulls[9])
    assert (9,) == pulls_to_recheck(client, "push", pushed(forge, {"models/c/d/stages/production.yaml": "x"}))


def test_other_files_concern_nobody(client: Client, forge: Forge) -> None:
    """A README changes no verdict."""
    assert () == pulls_to_recheck(client, "push", pushed(forge, {"README.md": "other"}))


def test_a_push_that_cannot_be_compared_concerns_everything(client: Client, forge: Forge) -> None:
    """A new branch, or more files than GitHub compares: what is not known is no reason to judge less."""
    push = pushed(forge, {f"docs/{number}.md": "x" for number in range(301)})
    assert (7, 9) == pulls_to_recheck(client, "push", push)
    assert (7, 9) == pulls_to_recheck(client, "push", {**push, "before": "0" * 40})


def test_the_gate_is_asked_with_the_number_alone(client: Client, forge: Forge) -> None:
    """The gate finds the head itself."""
    request_gate(client, 7, branch="main")
    assert [{"workflow": "gate.yml", "ref": "main", "inputs": {"pull": "7"}}] == forge.state.dispatches


@pytest.mark.parametrize(
    ("name", "event", "told"),
    [
        ("push", {}, "before: Field required"),
        ("push", {"before": "main", "after": "main"}, "before: String should match"),
        ("issue_comment", {"issue": 3, "comment": {}}, "issue: Input should be"),
        ("workflow_run", {"workflow_run": None}, "workflow_run: Input should be"),
        ("pull_request", {}, "'pull_request' asks for nothing; name push, workflow_run or issue_comment"),
    ],
)
def test_another_event_is_told(client: Client, forge: Forge, name: str, event: dict[str, Any], told: str) -> None:
    """Nothing is asked in silence: who sees no new verdict must find the reason in the log."""
    with pytest.raises(ServiceError, match=re.escape(told)):
        pulls_to_recheck(client, name, event)
    assert [] == forge.seen


@pytest.mark.parametrize("content", [b"", b"[1]", b"not json", b"\xff\xfe", b"[" * 100_000])
def test_a_payload_that_is_no_object_is_told(tmp_path: Path, content: bytes) -> None:
    """With where, what and what to do next."""
    (tmp_path / "event.json").write_bytes(content)
    with pytest.raises(ServiceError, match=r"event: it is no JSON.*; run this in recheck\.yml"):
        read_payload(tmp_path / "event.json")
