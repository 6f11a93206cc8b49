"""Whether those who hold the roles exist, and can review here."""

from collections.abc import Iterator

from promoter.github.doctor.finding import Finding, Standing, Subject
from promoter.github.roster import Listed, ListedTeam, Roster
from promoter.github.settings import Unread

ROLES = Subject(
    id="roles",
    why="a role is held by numeric id: one that no account has, or that cannot reach the repository, approves nothing",
    mend="correct login and id in policies/roles.yaml (`gh api users/LOGIN --jq .id`), or give the account access",
)
TEAMS = Subject(
    id="teams",
    why="members of a team that is hidden, or that cannot reach the repository, hold no role by it",
    mend="give the team read access; the gate reads its members where the job's token may read the organisation's",
)
_MOST_TOLD = 3


def examine_accounts(roster: Roster | str, *, is_public: bool) -> Iterator[Finding]:
    """Yield what is to be said of the people and of the teams of the roles. Everybody can review in public."""
    if isinstance(roster, str):
        yield ROLES.unread(Unread(roster))
        return
    faults = [fault for member in roster.members if (fault := _fault(member, is_public=is_public))]
    yield _of(ROLES, faults, sound=f"{len(roster.members)} members of roles are there")
    if roster.teams:
        lost = [f"{team.name} ({team.role}) {_lack(team)}" for team in roster.teams if not team.is_granted]
        yield _of(TEAMS, lost, sound=f"{len(roster.teams)} teams can reach the repository")


def _of(subject: Subject, faults: list[str], *, sound: str) -> Finding:
    """Return a finding; a role that nobody can fill blocks and lets nothing in, so it is weak and no hole."""
    more = f"; and {len(faults) - _MOST_TOLD} more" if len(faults) > _MOST_TOLD else ""
    if faults:
        return subject.say(Standing.WEAK, "; ".join(faults[:_MOST_TOLD]) + more)
    return subject.say(Standing.HOLDS, sound)


def _fault(member: Listed, *, is_public: bool) -> str | None:
    if member.found is None:
        return f"{member.login} ({member.role}): no account has this id"
    if member.found.casefold() != member.login.casefold():
        return f"{member.login} ({member.role}): this id is {member.found}'s"
    if member.permission == "none" and not is_public:
        return f"{member.login} ({member.role}) cannot reach the repository"
    return None


def _lack(team: ListedTeam) -> str:
    return "cannot be read with this token" if team.is_granted is None else "cannot reach the repository"
