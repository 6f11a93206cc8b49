"""The reviews of a pull request, as GitHub holds them: who said what of which commit."""

from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from promoter.github.client import Client, Json

GHOST = "ghost"
"""GitHub's name for an account that is gone."""


class Account(BaseModel):
    """A GitHub account; the numeric id survives a renaming. An account that is gone has id 0."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    login: str
    id: int
    is_bot: bool


class ReviewState(StrEnum):
    """What a review says; only APPROVED approves, and DISMISSED says nothing any more."""

    APPROVED = "APPROVED"
    CHANGES_REQUESTED = "CHANGES_REQUESTED"
    COMMENTED = "COMMENTED"
    DISMISSED = "DISMISSED"
    PENDING = "PENDING"


class Review(BaseModel):
    """One review. `commit` is what was reviewed, None where GitHub no longer knows; `submitted_at` is ISO 8601."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: int
    reviewer: Account
    state: ReviewState
    commit: str | None
    submitted_at: str | None


def read_reviews(client: Client, number: int) -> tuple[Review, ...]:
    """Return every review of a pull request, oldest first. The text of a review is never looked at."""
    return tuple(
        Review(
            id=entry["id"],
            reviewer=account_of(entry.get("user")),
            state=ReviewState(entry["state"]),
            commit=entry.get("commit_id"),
            submitted_at=entry.get("submitted_at"),
        )
        for entry in client.pages(f"pulls/{number}/reviews")
    )


def account_of(user: Json | None) -> Account:
    """Return an account of an answer; null stands for one that is gone."""
    if user is None:
        return Account(login=GHOST, id=0, is_bot=False)
    return Account(login=str(user["login"]), id=int(user["id"]), is_bot=user.get("type") == "Bot")
