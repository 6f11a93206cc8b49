"""`promoter.reviews/1` from GitHub: who made a pull request, who reviewed which commit, who is in which team.

Not read: whether a review's text was edited, which only GraphQL tells. A text never decides here; state and commit do,
and neither can be edited.
"""

from collections.abc import Iterable
from urllib.parse import quote

from pydantic import ValidationError

from promoter.decision.reviews import ReviewFacts
from promoter.digest import canonical_json
from promoter.errors import Location, Problem, ServiceError
from promoter.github.client import Client, Json
from promoter.github.faults import is_refusal

_NO_RIGHT = (403, 404)
_PUSHES = {"push", "force_push", "branch_creation", "pr_merge"}


def read_people(client: Client, number: int, *, teams: Iterable[str] = ()) -> ReviewFacts:
    """Return the facts of a pull request's people; `teams` are those of roles.yaml, as org/team.

    A team and the branch's activity that the token may not read are left out: members of such a team do not count,
    and who pushed is then known from commits alone. Raises ServiceError where GitHub fails.
    """
    pull = client.get(f"pulls/{number}")
    pushes = _read_pushes(client, pull)
    moments = [str(pull["created_at"]), *(str(push["timestamp"]) for push in pushes)]
    facts = {
        "schema": "promoter.reviews/1",
        "author": account_of(pull.get("user")),
        "waiting_since": max(moments),
        "pushers": [account_of(push["actor"]) for push in pushes if push.get("actor")],
        "commits": [_commit(entry) for entry in client.pages(f"pulls/{number}/commits")],
        "reviews": [_review(entry) for entry in client.pages(f"pulls/{number}/reviews") if entry.get("submitted_at")],
        "teams": _read_teams(client, teams),
    }
    try:
        return ReviewFacts.model_validate_json(canonical_json(facts))
    except ValidationError as error:
        message = f"GitHub's answer on pull request {number} is not what it documents: {error.errors()[0]['msg']}"
        raise ServiceError(Problem(Location(f"GitHub pulls/{number}"), message, "run the job again")) from error


def _read_pushes(client: Client, pull: Json) -> list[Json]:
    """Return the pushes to the head's branch since it was last made, as far as they can be read."""
    repository = pull["head"].get("repo")
    if repository is None:
        return []
    place, branch = f"/repos/{repository['full_name']}/activity", f"refs/heads/{pull['head']['ref']}"
    found: list[Json] = []
    for entry in _read_list(client, place, ref=branch) or ():  # newest first
        if entry["activity_type"] in _PUSHES:
            found.append(entry)
        if entry["activity_type"] == "branch_creation":
            break
    return found


def _read_teams(client: Client, teams: Iterable[str]) -> dict[str, list[Json]]:
    found: dict[str, list[Json]] = {}
    for team in sorted(set(teams)):
        organisation, _, slug = team.partition("/")
        place = f"/orgs/{quote(organisation, safe='')}/teams/{quote(slug, safe='')}/members"
        members = _read_list(client, place)
        if members is not None:
            found[team] = [account for member in members if (account := account_of(member))]
    return found


def _commit(entry: Json) -> Json:
    return {
        "commit": entry["sha"],
        "author": account_of(entry.get("author")),
        "committer": account_of(entry.get("committer")),
    }


def _review(entry: Json) -> Json:
    return {
        "id": entry["id"],
        "reviewer": account_of(entry.get("user")),
        "state": entry["state"],
        "commit": entry.get("commit_id"),
        "submitted_at": entry["submitted_at"],
    }


def account_of(user: Json | None) -> Json | None:
    """Return an account; null, and the empty object that GitHub gives for an unknown committer, stand for none."""
    if not user:
        return None
    return {"login": user["login"], "id": user["id"], "is_bot": user.get("type", "User") != "User"}


def _read_list(client: Client, place: str, **query: str) -> list[Json] | None:
    """Return a list, or None where the token may not read it."""
    try:
        return list(client.pages(place, **query))
    except ServiceError as error:
        if is_refusal(error, _NO_RIGHT):
            return None
        raise
