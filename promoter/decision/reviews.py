"""`promoter.reviews/1`: what GitHub says of the reviews, commits and teams of a pull request, in one JSON file.

The job that may read GitHub writes it; the job that judges has no token and reads it. Accounts are told apart by their
numeric ids; logins are for people to read.
"""

from datetime import datetime
from enum import StrEnum
from typing import Literal

from pydantic import Field, ValidationError

from promoter.document.strict import Instant, Strict
from promoter.errors import Location, Problem, ProposalError
from promoter.registry.address import Commit


class Account(Strict):
    """A GitHub account."""

    login: str = Field(description="Login, for people to read.", min_length=1)
    id: int = Field(description="Numeric id, which decides.", gt=0)
    is_bot: bool = Field(default=False, description="Whether GitHub's `type` of it is anything but User.")


class ReviewState(StrEnum):
    """GitHub's states of a review."""

    APPROVED = "APPROVED"
    CHANGES_REQUESTED = "CHANGES_REQUESTED"
    COMMENTED = "COMMENTED"
    DISMISSED = "DISMISSED"
    PENDING = "PENDING"


class Review(Strict):
    """One review as GitHub lists it; a dismissed one keeps its place with the state DISMISSED."""

    id: int = Field(description="GitHub's id of the review.", gt=0)
    reviewer: Account | None = Field(description="Who gave it; null where the account is gone.")
    state: ReviewState = Field(description="GitHub's state.")
    commit: Commit | None = Field(description="The commit that the reviewer saw; null where GitHub forgot it.")
    submitted_at: Instant = Field(description="When it was given.")
    edited_at: Instant | None = Field(default=None, description="When its text was last changed.")


class CommitAccounts(Strict):
    """The accounts to which GitHub maps a commit's e-mail addresses; null where it knows none."""

    commit: Commit = Field(description="Id of the commit.")
    author: Account | None = Field(description="Account of its author.")
    committer: Account | None = Field(description="Account of its committer.")


class ReviewFacts(Strict):
    """All that GitHub knows and git does not of who made and who reviewed a pull request."""

    schema_: Literal["promoter.reviews/1"] = Field(alias="schema", description="Format of this file.")
    author: Account | None = Field(description="Who opened the pull request; null where the account is gone.")
    waiting_since: Instant = Field(description="The later of: opened, last pushed to.")
    pushers: tuple[Account, ...] = Field(default=(), description="Who pushed to its branch, where that was read.")
    commits: tuple[CommitAccounts, ...] = Field(default=(), description="Accounts of its commits.")
    emails: dict[str, Account] = Field(default={}, description="Accounts of further addresses, such as co-authors'.")
    reviews: tuple[Review, ...] = Field(default=(), description="All reviews, in any order.")
    teams: dict[str, tuple[Account, ...]] = Field(
        default={}, description="org/team to its members, for the teams of roles.yaml that the job could read."
    )


def parse_reviews(content: bytes, *, path: str) -> ReviewFacts:
    """Return the facts of a file's bytes. Raises ProposalError with each misfit; `path` names the file there."""
    try:
        return ReviewFacts.model_validate_json(content)
    except ValidationError as error:
        hint = "write it as docs/approvals.md says; the gate's workflow does"
        problems = [
            Problem(Location(path), f"{'.'.join(map(str, misfit['loc'])) or 'the file'}: {misfit['msg']}", hint)
            for misfit in error.errors(include_url=False)
        ]
        raise ProposalError(*problems) from error


def standing_reviews(facts: ReviewFacts) -> dict[int, tuple[Review, ...]]:
    """Return each reviewer's reviews that can stand, newest first; comments and unsent reviews never do."""
    found: dict[int, list[Review]] = {}
    for review in sorted(facts.reviews, key=_newest_last, reverse=True):
        if review.reviewer is not None and review.state not in (ReviewState.COMMENTED, ReviewState.PENDING):
            found.setdefault(review.reviewer.id, []).append(review)
    return {account: tuple(reviews) for account, reviews in sorted(found.items())}


def _newest_last(review: Review) -> tuple[datetime, int]:
    return review.submitted_at, review.id
