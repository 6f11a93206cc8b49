"""Who holds which role today: `policies/roles.yaml` of the base, and the teams that it names, where they were read."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from promoter.decision.exclusion import Exclusion
from promoter.decision.reviews import Account
from promoter.policy.roles import Role, Roles

ROLES_FILE = "policies/roles.yaml"


@dataclass(frozen=True, slots=True)
class Membership:
    """Roles with their people. Numeric ids decide: whoever takes over an old login holds nothing by it."""

    roles: Roles
    teams: Mapping[str, Sequence[Account]]

    def roles_of(self, account: Account) -> frozenset[str]:
        """Return the roles that an account holds."""
        return frozenset(name for name in self.roles.roles if account.id in self._ids(name))

    def source(self, account: Account, roles: Iterable[str]) -> str:
        """Return what lists an account in any of some roles: roles.yaml before a team."""
        known = [self.roles.roles[name] for name in roles if name in self.roles.roles]
        if any(account.id == member.id for role in known for member in role.members):
            return ROLES_FILE
        teams = sorted(team for role in known for team in role.teams)
        return next(
            (f"team {team}" for team in teams if any(account.id == member.id for member in self.teams.get(team, ()))),
            ROLES_FILE,
        )

    def why_not(self, account: Account, roles: Sequence[str]) -> str:
        """Return why an account holds none of some roles."""
        for name in roles:
            for member in self._role(name).members if name in self.roles.roles else ():
                if member.login.casefold() == account.login.casefold():
                    listed = f"{ROLES_FILE} lists {member.login} for {name} with id {member.id}"
                    return f"{listed}, this account has id {account.id}"
        return f"holds none of the roles that are asked: {', '.join(roles)}"

    def contact(self, roles: Iterable[str]) -> str:
        """Return how roles are reached; of a role that roles.yaml lacks, that it does."""
        known = [
            self._role(name).contact if name in self.roles.roles else f"{name} is not in {ROLES_FILE}" for name in roles
        ]
        return ", ".join(dict.fromkeys(known))

    def logins(
        self, roles: Iterable[str], *, barring: Exclusion | None = None, agreed: Collection[int] = ()
    ) -> tuple[str, ...]:
        """Return the logins of the members of any of some roles, without those that are barred or have agreed."""
        found: dict[int, Account] = {}
        for name in roles:
            for account in self._people(name):
                if account.id not in agreed and (barring is None or barring.why(account) is None):
                    found.setdefault(account.id, account)
        return tuple(sorted(account.login for account in found.values()))

    def _people(self, name: str) -> Iterable[Account]:
        if name not in self.roles.roles:
            return
        role = self._role(name)
        for member in role.members:
            yield Account(login=member.login, id=member.id)
        for team in role.teams:
            yield from self.teams.get(team, ())

    def _ids(self, name: str) -> set[int]:
        return {account.id for account in self._people(name)}

    def _role(self, name: str) -> Role:
        return self.roles.roles[name]
