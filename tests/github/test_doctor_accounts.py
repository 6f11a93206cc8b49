"""The people and teams of policies/roles.yaml, as GitHub knows them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from promoter.errors import ServiceError
from promoter.github.doctor.finding import Standing
from tests.forge.server import Forge
from tests.support.registry import rule_files
from tests.support.repositories import RepositoryBuilder
from tests.support.sound_forge import findings_of, only, sound_forge, unsound

ROLES = (
    "schema: promoter.roles/1\nroles:\n  risk: {title: R, contact: r@example.org, teams: [acme/risk],"
    " members: [{login: rita, id: 101}]}\n"
)


@pytest.fixture
def forge(tmp_path: Path) -> Iterator[Forge]:
    """Yield a sound repository; at the end every exchange must have been one that GitHub describes."""
    with sound_forge(tmp_path) as running:
        yield running
        assert [] == running.violations


def with_team(tmp_path: Path, forge: Forge) -> Forge:
    """Return the forge with a roles.yaml that names a team."""
    RepositoryBuilder.create(tmp_path / "registry.git").commit({**rule_files(), "policies/roles.yaml": ROLES})
    return forge


def test_members_with_their_ids_are_there(forge: Forge) -> None:
    """Both of them, asked for by id."""
    assert "2 members of roles are there" == only(forge, "roles").found
    assert {101, 102} == {int(entry.split()[1].rpartition("/")[2]) for entry in forge.seen if " /user/" in entry}


def test_an_id_that_no_account_has_is_named(forge: Forge) -> None:
    """The role cannot be filled by it; nothing unjudged gets in, so it is weak."""
    del forge.state.accounts["rita"]
    assert {"roles": Standing.WEAK} == unsound(forge)
    assert "rita (risk): no account has this id" == only(forge, "roles").found


def test_an_id_that_is_somebody_elses_is_named(forge: Forge) -> None:
    """A wrong digit would let a stranger approve."""
    forge.state.accounts["rita"]["login"] = "mallory"
    assert "rita (risk): this id is mallory's" == only(forge, "roles").found


def test_an_account_that_cannot_reach_a_private_repository_is_named(forge: Forge) -> None:
    """In a public one everybody can review."""
    forge.state.permissions["leo"] = "none"
    assert {} == unsound(forge)
    forge.state.settings["private"] = True
    assert "leo (lending-models) cannot reach the repository" == only(forge, "roles").found


def test_a_team_that_is_there_and_reaches_the_repository_holds(tmp_path: Path, forge: Forge) -> None:
    """Its members may review."""
    with_team(tmp_path, forge).state.teams["acme/risk"] = ["rita"]
    forge.state.settings["team_grants"] = ["acme/risk"]
    assert {} == unsound(forge)
    assert "1 teams can reach the repository" == only(forge, "teams").found


def test_a_team_without_the_repository_is_named(tmp_path: Path, forge: Forge) -> None:
    """And one that cannot be read at all is told apart."""
    with_team(tmp_path, forge)
    assert "acme/risk (risk) cannot be read with this token" == only(forge, "teams").found
    forge.state.teams["acme/risk"] = []
    assert "acme/risk (risk) cannot reach the repository" == only(forge, "teams").found


@pytest.mark.parametrize(
    ("text", "found"),
    [(None, "policies/roles.yaml: it is not there"), ("roles: 3\n", "policies/roles.yaml of main is no file")],
)
def test_without_a_file_of_roles_nothing_is_said_of_people(
    tmp_path: Path, forge: Forge, text: str | None, found: str
) -> None:
    """Unread, and not sound."""
    RepositoryBuilder.create(tmp_path / "registry.git").commit({"policies/roles.yaml": text})
    assert Standing.UNREAD is only(forge, "roles").standing
    assert found in only(forge, "roles").found


def test_a_github_that_fails_on_an_account_is_no_finding(forge: Forge) -> None:
    """An account is not gone because GitHub is."""
    forge.fail("GET", "/user/", 502, times=99)
    with pytest.raises(ServiceError, match="GitHub failed"):
        findings_of(forge)
