"""What GitHub says of the people and teams that `policies/roles.yaml` of the default branch names."""

from dataclasses import dataclass
from urllib.parse import quote

from promoter.document.bind import bind
from promoter.document.reader import read_yaml
from promoter.errors import Location, Problem, ProposalError, ServiceError
from promoter.github.client import Client
from promoter.github.content import read_content
from promoter.github.faults import is_refusal
from promoter.policy.roles import Roles

ROLES_FILE = "policies/roles.yaml"
_GONE = (404,)
_NO_RIGHT = (403, 404)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A member of a role. `found` is the login that the numeric id has today, None where no account has it.

    `permission` is what the account may do here, as GitHub says it: admin, write, read or none.
    """

    role: str
    login: str
    found: str | None
    permission: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedTeam:
    """A team of a role, org/slug; `is_granted` says whether it may reach the repository, None where that is unread."""

    role: str
    name: str
    is_granted: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Roster:
    """The roles' people and teams."""

    members: tuple[Listed, ...]
    teams: tuple[ListedTeam, ...]


def read_roster(client: Client, *, branch: str) -> Roster | str:
    """Return the roster, or why there is none. Raises ServiceError where GitHub fails."""
    try:
        roles = _read_roles(client, branch)
    except ServiceError as error:
        if not is_refusal(error, _NO_RIGHT):
            raise
        return f"{ROLES_FILE} of {branch} cannot be read"
    except ProposalError as error:
        return f"{ROLES_FILE} of {branch} is no file of roles: {error}"
    people = ((name, member) for name, role in roles.roles.items() for member in role.members)
    return Roster(
        members=tuple(_listed(client, name, member.login, member.id) for name, member in people),
        teams=tuple(_team(client, name, team) for name, role in roles.roles.items() for team in role.teams),
    )


def _read_roles(client: Client, branch: str) -> Roles:
    content = read_content(client, ROLES_FILE, ref=branch)
    if content is None:
        raise ProposalError(Problem(Location(ROLES_FILE), "it is not there", "write it; docs/approvals.md says how"))
    return bind(read_yaml(content, path=ROLES_FILE), Roles)


def _listed(client: Client, role: str, login: str, number: int) -> Listed:
    try:
        found = str(client.get(f"/user/{number}")["login"])
    except ServiceError as error:
        if not is_refusal(error, _GONE):
            raise
        return Listed(role=role, login=login, found=None)
    return Listed(role=role, login=login, found=found, permission=_permission(client, found))


def _permission(client: Client, login: str) -> str | None:
    """Return what an account may do here, or None where the token may not ask."""
    try:
        return str(client.get(f"collaborators/{quote(login, safe='')}/permission")["permission"])
    except ServiceError as error:
        if not is_refusal(error, _NO_RIGHT):
            raise
        return None


def _team(client: Client, role: str, name: str) -> ListedTeam:
    """Return a team. GitHub answers 404 both for a team that is hidden and for one without the repository."""
    organisation, _, slug = name.partition("/")
    place = f"/orgs/{quote(organisation, safe='')}/teams/{quote(slug, safe='')}"
    try:
        next(client.pages(f"{place}/members"), None)
    except ServiceError as error:
        if not is_refusal(error, _NO_RIGHT):
            raise
        return ListedTeam(role=role, name=name, is_granted=None)
    try:
        client.get(f"{place}/repos/{client.repository}")
    except ServiceError as error:
        if not is_refusal(error, _GONE):
            raise
        return ListedTeam(role=role, name=name, is_granted=False)
    return ListedTeam(role=role, name=name, is_granted=True)
