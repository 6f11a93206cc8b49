"""A promotion in a real repository, and what GitHub says of its reviews: build one, change one thing."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from pygit2.enums import ObjectType

from promoter.commands.case import open_case
from promoter.commands.reviewing import panel_of
from promoter.decision.approvals import assess_approvals
from promoter.decision.reviews import ReviewFacts, parse_reviews
from promoter.decision.types import Approvals
from promoter.git.repository import open_repository
from tests.support.registry import registry_files, rule_files, stage_files, version_files
from tests.support.repositories import FIRST_COMMIT_AT, RepositoryBuilder

Files = Mapping[str, bytes | str | None]

START = datetime.fromtimestamp(FIRST_COMMIT_AT, UTC)
AT = START + timedelta(days=6)
LEO, RITA, RAVI, CARLA, BOT = (
    {"login": "leo", "id": 102},
    {"login": "rita", "id": 101},
    {"login": "ravi", "id": 103},
    {"login": "carla", "id": 104},
    {"login": "helper[bot]", "id": 105, "is_bot": True},
)
ROLES = (
    "schema: promoter.roles/1\n"
    "roles:\n"
    "  risk: {title: Risk, contact: risk@example.org, teams: [acme/risk],"
    " members: [{login: rita, id: 101}, {login: ravi, id: 103}]}\n"
    "  compliance: {title: Compliance, contact: compliance@example.org,"
    " members: [{login: carla, id: 104}, {login: rita, id: 101}]}\n"
    "  lending-models: {title: Lending, contact: lending@example.org, members: [{login: leo, id: 102}]}\n"
)


def moment(days: float) -> str:
    """Return a moment after the first commit, as GitHub writes it."""
    return (START + timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass(frozen=True, slots=True)
class Promotion:
    """Version 2.0.0 on its way to production of a registry whose production serves 1.0.0."""

    builder: RepositoryBuilder
    base: str
    head: str

    @classmethod
    def create(cls, folder: Path) -> "Promotion":
        """Make the repository: main, and one commit beside it that moves the pointer."""
        builder = RepositoryBuilder.create(folder)
        files = {**rule_files(), **registry_files(production="1.0.0"), **version_files("2.0.0")}
        base = builder.commit({**files, "policies/roles.yaml": ROLES})
        head = builder.commit(stage_files(production="2.0.0"), branch="candidate", onto=[base])
        return cls(builder, base, head)

    def commit(
        self,
        files: Files,
        *,
        onto: str,
        days: float = 0.01,
        author: str = "ada@example.org",
        committer: str = "ada@example.org",
        message: str = "change",
        also_onto: tuple[str, ...] = (),
    ) -> str:
        """Return a commit of these files over `onto`, made so many days after the first one."""
        content: dict[str, bytes | str] = dict(self.builder.files(onto))
        content |= {path: new for path, new in files.items() if new is not None}
        at = int((START + timedelta(days=days)).timestamp())
        lines = [f"tree {self.builder.tree(content)}", *(f"parent {parent}" for parent in (onto, *also_onto))]
        lines += [f"author A <{author}> {at} +0000", f"committer C <{committer}> {at} +0000", "", message, ""]
        return str(self.builder.odb.write(ObjectType.COMMIT, "\n".join(lines).encode()))

    def approval(self, person: Mapping[str, Any], **changed: Any) -> dict[str, Any]:
        """Return an approval of the head a day after the first commit, with what is changed of it."""
        plain = {
            "id": 1,
            "reviewer": person,
            "state": "APPROVED",
            "commit": self.head,
            "submitted_at": moment(1),
        }
        return plain | changed

    def assess(
        self,
        *reviews: Mapping[str, Any],
        head: str | None = None,
        base: str | None = None,
        needed: Mapping[str, int] | None = None,
        requesters: tuple[str, ...] = (),
        **changed: Any,
    ) -> Approvals:
        """Return what these reviews come to; `changed` replaces facts."""
        case = open_case(
            open_repository(self.builder.path), base=base or self.base, head=head or self.head, is_worktree=False, at=AT
        )
        (item,) = case.items
        return assess_approvals(
            item,
            {"risk": 1} if needed is None else needed,
            panel_of(case, facts_of(*reviews, **changed)),
            rules=case.rules,
            requesters=requesters,
            at=AT,
        )


def facts_json(*reviews: Mapping[str, Any], **changed: Any) -> bytes:
    """Return a file of reviews of a pull request that leo opened, and whose commits are leo's."""
    numbered = [{**review, "id": number} for number, review in enumerate(reviews, start=1)]
    plain = {
        "schema": "promoter.reviews/1",
        "author": LEO,
        "waiting_since": moment(0.5),
        "emails": {"ada@example.org": LEO},
        "reviews": numbered,
    }
    return json.dumps(plain | changed).encode()


def facts_of(*reviews: Mapping[str, Any], **changed: Any) -> ReviewFacts:
    """Return those facts as typed values."""
    return parse_reviews(facts_json(*reviews, **changed), path="reviews.json")
