"""What GitHub knows of a change and git does not: read by the job with a token, used by the job without one."""

from datetime import datetime
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from promoter.errors import Location, Problem, ServiceError
from promoter.github.client import Client, Json
from promoter.github.event import CommitId, Event, Number

FACTS, REVIEWS, REVIEWED = "facts.json", "reviews.json", "reviewed.txt"


class Facts(BaseModel):
    """The facts of one change. `number` is None for a merge group; `at` is the moment of the decision.

    `reviewed` is the pull request whose reviews count, a merge group's last one. `target` is the branch that the pull
    request goes to, `default_branch` the only one whose rules are guarded. Reviews stand in a file of their own.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    number: Number | None
    head: CommitId
    reviewed: Number | None = None
    group_base: CommitId | None = None
    at: datetime
    target: str | None = None
    default_branch: str | None = None
    is_fork: bool = False

    @property
    def is_for_default_branch(self) -> bool:
        """Whether the change goes to the branch whose rules judge it."""
        return self.target == self.default_branch


def read_facts(client: Client, event: Event, *, now: datetime) -> Facts:
    """Return the facts of an event's change.

    Head and moment are the event's; where it names none, what GitHub names as head at `now`. Raises ServiceError
    where the head moved since the event, so that no verdict is given for what is no longer proposed.
    """
    if event.number is None:
        if event.head is None or event.at is None:
            raise ServiceError(Problem(Location("event"), "it names nothing to judge", "pass --event FILE"))
        return Facts(number=None, head=event.head, reviewed=event.reviewed, group_base=event.group_base, at=event.at)
    pull = client.get(f"pulls/{event.number}")
    head = str(pull["head"]["sha"])
    if event.head is not None and event.head != head:
        raise head_moved(event.number, expected=event.head, found=head)
    return _facts(event.number, head, event.at or now, pull)


def _facts(number: int, head: str, at: datetime, pull: Json) -> Facts:
    try:
        source, target = pull["head"].get("repo"), pull["base"]["repo"]
        return Facts(
            number=number,
            head=head,
            reviewed=number,
            at=at,
            target=pull["base"]["ref"],
            default_branch=target["default_branch"],
            is_fork=source is None or source["id"] != target["id"],
        )
    except (KeyError, TypeError, ValueError) as error:
        message = f"GitHub's answer on pull request {number} is not what it documents: {error}"
        raise ServiceError(Problem(Location(f"GitHub pulls/{number}"), message, "run the job again")) from error


def head_moved(number: int, *, expected: str, found: str) -> ServiceError:
    """Return the error for a pull request that was pushed to since the event."""
    message = f"the head moved from {expected} to {found} since the event: there is no verdict for the old one"
    return ServiceError(Problem(Location(f"pull request {number}"), message, "the run of the newer push reports"))


def load_facts(path: Path) -> Facts:
    """Return facts that another job stored. Raises ServiceError where they are not of this form."""
    try:
        return Facts.model_validate_json(path.read_bytes())
    except OSError as error:
        message, hint = f"the facts cannot be read: {error.strerror}", "run `promoter evidence` before"
        raise ServiceError(Problem(Location(str(path)), message, hint)) from error
    except ValidationError as error:
        told = "; ".join(f"{'.'.join(map(str, e['loc'])) or 'all of it'}: {e['msg']}" for e in error.errors()[:3])
        raise ServiceError(
            Problem(Location(str(path)), f"unusable facts: {told}", "run `promoter evidence` again")
        ) from error
