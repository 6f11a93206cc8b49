"""A check that only the registry's own GitHub App posts: its key becomes a token, and the token the check."""

from pathlib import Path

import pytest

from promoter.errors import ServiceError
from promoter.github.app import Purpose, installation_token
from promoter.github.client import connect, connect_as_app, connect_for_checks
from tests.forge.apps import App, register_app
from tests.forge.server import Forge
from tests.forge.state import FULL_NAME
from tests.github.conftest import Waits
from tests.support.command import run_promoter


def token_of(forge: Forge, app: App, waits: Waits, purpose: Purpose = Purpose.CHECKS) -> str:
    """Return a token that the app takes."""
    client = connect_as_app(FULL_NAME, app_id=app.id, key=app.key, api_url=forge.url, patience=waits.patience)
    return installation_token(client, purpose)


def test_the_token_may_post_checks_and_nothing_else(forge: Forge, waits: Waits) -> None:
    """Though the app itself may do more."""
    app = register_app(forge.state, checks="write", contents="write")
    assert {"checks": "write"} == forge.state.tokens[token_of(forge, app, waits)].permissions


def test_a_token_for_records_may_write_contents_and_nothing_else(forge: Forge, waits: Waits) -> None:
    """The app that posts the check and the one that pushes are best two; a token of one that is both does one thing."""
    app = register_app(forge.state, checks="write", contents="write")
    token = token_of(forge, app, waits, Purpose.RECORDS)
    assert {"contents": "write"} == forge.state.tokens[token].permissions


def test_an_app_that_may_not_write_checks_gets_no_token(forge: Forge, waits: Waits) -> None:
    """GitHub's own words say why."""
    app = register_app(forge.state, contents="read")
    with pytest.raises(ServiceError, match="permissions requested are not granted"):
        token_of(forge, app, waits)


def test_another_apps_key_is_refused(forge: Forge, waits: Waits) -> None:
    """401, and the key stands in no message."""
    other = register_app(forge.state, checks="write")
    register_app(forge.state, checks="write")
    with pytest.raises(ServiceError, match=r"GitHub refused the token \(401\)") as caught:
        token_of(forge, other, waits)
    assert "PRIVATE KEY" not in str(caught.value)


@pytest.mark.parametrize(
    "key", ["", "no key", "-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----\n"]
)
def test_what_is_no_key_is_told_without_being_shown(key: str) -> None:
    """Before any request is made."""
    with pytest.raises(ServiceError, match="PROMOTER_APP_KEY: it holds no private key") as caught:
        connect_as_app(FULL_NAME, app_id="4711", key=key)
    assert "AAAA" not in str(caught.value)


def test_the_command_writes_a_masked_output(forge: Forge, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The step after it reads `token`; the log masks it."""
    app = register_app(forge.state, checks="write")
    monkeypatch.setenv("GITHUB_API_URL", forge.url)
    monkeypatch.setenv("PROMOTER_APP_KEY", app.key)
    run = run_promoter("token", "--repository", FULL_NAME, "--app-id", app.id, "--out", str(tmp_path / "output"))
    assert (0, "") == (run.code, run.err)
    name, _, token = (tmp_path / "output").read_text().strip().partition("=")
    assert ("token", True) == (name, token in forge.state.tokens)
    assert run.out.startswith(f"::add-mask::{token}\n")
    assert 1 == run.out.count(token)


def test_the_command_takes_a_token_for_records(forge: Forge, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The step that pushes the records reads it as APP_TOKEN."""
    app = register_app(forge.state, contents="write")
    monkeypatch.setenv("GITHUB_API_URL", forge.url)
    monkeypatch.setenv("PROMOTER_APP_KEY", app.key)
    out = tmp_path / "output"
    run = run_promoter("token", "--for", "records", "--repository", FULL_NAME, "--app-id", app.id, "--out", str(out))
    assert 0 == run.code
    assert {"contents": "write"} == forge.state.tokens[out.read_text().strip().partition("=")[2]].permissions


def test_without_a_key_the_command_says_where_it_belongs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Exit 3, and no check is posted under another name."""
    monkeypatch.delenv("PROMOTER_APP_KEY", raising=False)
    run = run_promoter("token", "--repository", FULL_NAME, "--app-id", "1", "--out", str(tmp_path / "output"))
    assert 3 == run.code
    assert "put the whole file that GitHub gave into the secret" in run.err
    assert not (tmp_path / "output").exists()


def test_the_check_is_posted_with_the_apps_token_where_there_is_one(
    forge: Forge, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And with the job's where there is none."""
    client = connect(FULL_NAME, token="job" * 10, api_url=forge.url)
    monkeypatch.delenv("PROMOTER_CHECK_TOKEN", raising=False)
    assert connect_for_checks(client) is client
    monkeypatch.setenv("PROMOTER_CHECK_TOKEN", "app" * 10)
    assert connect_for_checks(client).session.auth != client.session.auth
