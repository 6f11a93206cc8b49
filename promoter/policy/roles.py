"""`policies/roles.yaml`: who holds which role, so that the roles of any day are in git."""

from typing import Literal

from pydantic import Field

from promoter.document.strict import Strict
from promoter.registry.address import Identifier


class Member(Strict):
    """A person, pinned by the numeric id that survives a renaming."""

    login: str = Field(description="GitHub login.", pattern=r"^[A-Za-z0-9][A-Za-z0-9-]{0,38}$")
    id: int = Field(description="GitHub's numeric user id.", gt=0)


class Role(Strict):
    """A role and the people in it."""

    title: str = Field(description="Name for people.", min_length=1)
    contact: str = Field(description="How the role is reached.", min_length=1)
    members: tuple[Member, ...] = Field(default=(), description="People, by login and numeric id.")
    teams: tuple[str, ...] = Field(
        default=(), description="GitHub teams as org/team; read with an app's token where one is given."
    )


class Roles(Strict):
    """All roles of the registry."""

    schema_: Literal["promoter.roles/1"] = Field(alias="schema", description="Format of this file.")
    roles: dict[Identifier, Role] = Field(description="Role id to role.", min_length=1)
