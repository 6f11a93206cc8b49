"""`promoter doctor` as an administrator runs it."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.forge.contract import Request, Response, response_violation
from tests.forge.server import Forge
from tests.forge.settings_routes import ACTIONS, FORBIDDEN, RULES, RULESET
from tests.forge.state import FULL_NAME
from tests.support.command import run_promoter
from tests.support.sound_forge import administrator, sound_forge


@pytest.fixture
def forge(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Forge]:
    """Yield a sound repository to which the environment leads, as its administrator."""
    with sound_forge(tmp_path) as running:
        monkeypatch.setenv("GITHUB_API_URL", running.url)
        monkeypatch.setenv("GITHUB_TOKEN", administrator(running))
        monkeypatch.delenv("GITHUB_FULL_NAME", raising=False)
        yield running
        assert [] == running.violations


def test_a_sound_repository_ends_with_0(forge: Forge) -> None:
    """One line a setting, and the count."""
    run = run_promoter("doctor", "--repo-name", FULL_NAME)
    assert (0, "") == (run.code, run.err)
    assert "ok    required-check: 'promoter' is required" in run.out
    assert "0 weak, 0 holes, 0 unread" in run.out


def test_a_hole_ends_with_1_and_says_why_and_what_mends_it(forge: Forge) -> None:
    """Found, why it matters, and the setting."""
    forge.state.settings[RULES] = (200, [])
    run = run_promoter("doctor", "--repo-name", FULL_NAME)
    assert 1 == run.code
    assert "HOLE  force-push: force-pushes are allowed" in run.out
    assert "why:  the merge history is the audit trail" in run.out
    assert "mend: rule `non_fast_forward`" in run.out


def test_what_cannot_be_read_ends_with_3(forge: Forge) -> None:
    """No hole was found, and that is no answer."""
    forge.state.settings[ACTIONS] = FORBIDDEN
    run = run_promoter("doctor", "--repo-name", FULL_NAME)
    assert 3 == run.code
    assert "?     actions-enabled: cannot be read: the token may not do this (403)" in run.out


def test_json_holds_every_finding(forge: Forge) -> None:
    """The machine's form: repository, branch, and id, standing, found, why, mend of each."""
    run = run_promoter("doctor", "--repo-name", FULL_NAME, "--json")
    document = json.loads(run.out)
    assert (FULL_NAME, "main") == (document["repository"], document["branch"])
    assert {"id", "standing", "found", "why", "mend"} == set(document["findings"][0])


def test_names_from_github_are_shown_escaped(forge: Forge) -> None:
    """A ruleset's name cannot write to the terminal."""
    forge.state.settings[RULESET][1]["name"] = "x\x1b[2J"
    assert "\x1b" not in run_promoter("doctor", "--repo-name", FULL_NAME).out


def test_the_repository_must_be_named(forge: Forge) -> None:
    """Exit 2, with what to write."""
    run = run_promoter("doctor")
    assert 2 == run.code
    assert "write owner/name" in run.err


@pytest.mark.parametrize(("arguments", "app"), [((), 15368), (("--app-id", "4711"), 4711)])
def test_the_ruleset_is_one_that_github_describes(arguments: tuple[str, ...], app: int) -> None:
    """Printed without token or network; held against the description of what GitHub answers for a ruleset."""
    run = run_promoter("doctor", "--print-ruleset", *arguments)
    assert 0 == run.code
    ruleset = json.loads(run.out)
    answer = {**ruleset, "id": 7, "source_type": "Repository", "source": FULL_NAME}
    request = Request("get", f"/repos/{FULL_NAME}{RULESET}", {}, None)
    assert response_violation(request, Response(200, json.dumps(answer).encode())) is None
    broken = {**answer, "enforcement": "on"}
    assert response_violation(request, Response(200, json.dumps(broken).encode())) is not None
    (checks,) = [rule["parameters"] for rule in ruleset["rules"] if rule["type"] == "required_status_checks"]
    assert [{"context": "promoter", "integration_id": app}] == checks["required_status_checks"]


def test_the_ruleset_in_the_repository_is_the_printed_one() -> None:
    """Both rulesets, wherever they are read."""
    folder = Path(__file__).parents[2] / ".github/promoter"
    for name, option in (("ruleset", "--print-ruleset"), ("history", "--print-history")):
        committed = json.loads((folder / f"{name}.json").read_bytes())
        assert committed == json.loads(run_promoter("doctor", option).out)


def test_the_actions_settings_in_the_repository_are_the_printed_ones() -> None:
    """One list of requests, wherever it is read."""
    committed = json.loads((Path(__file__).parents[2] / ".github/promoter/actions.json").read_bytes())
    assert committed == json.loads(run_promoter("doctor", "--print-actions").out)
