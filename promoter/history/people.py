"""What a record keeps of people: all that judging the approvals again takes, since GitHub may forget it.

Reviewed commits, and after a squash or a rebase the proposed ones, are in no clone of later years; so the record keeps
the addresses of the commits, and the objects that each reviewed commit held in the change's scope.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Literal

from pydantic import Field, ValidationError

from promoter.decision.exclusion import CommitTrace, co_authors
from promoter.decision.reviews import Account, ReviewFacts
from promoter.digest import canonical_json
from promoter.document.strict import Strict
from promoter.registry.address import Commit


class Merged(Strict):
    """How one commit of the default branch came to be, as GitHub says; without a pull request it was pushed."""

    pull_request: int | None = Field(description="Number of the pull request; null: none brought it in.", gt=0)
    head: Commit | None = Field(default=None, description="The commit that it proposed last.")
    merged_by: Account | None = Field(default=None, description="Who merged it; null where the account is gone.")
    reviews: ReviewFacts | None = Field(default=None, description="Who made it and who reviewed it.")
    rebased: tuple[Commit, Commit] | None = Field(
        default=None,
        exclude_if=lambda rebased: rebased is None,  # what was recorded before rebases were told keeps its bytes
        description="First and last of the commits that a rebase landed it as; absent: one.",
    )


class Hand(Strict):
    """The addresses of one commit that was proposed."""

    commit: Commit = Field(description="Its id.")
    author: str = Field(description="Its author's address.")
    committer: str = Field(description="Its committer's address.")
    co_authors: tuple[str, ...] = Field(default=(), description="Those of its `Co-authored-by:` lines.")


class People(Strict):
    """The people of one recorded change."""

    schema_: Literal["promoter.people/1"] = Field(alias="schema", description="Format of this part.")
    merged: Merged = Field(description="What GitHub says.")
    hands: tuple[Hand, ...] = Field(default=(), description="The commits that were proposed.")
    reviewed: dict[str, dict[str, str | None] | None] = Field(
        default={}, description="Reviewed commit to path and object id in the change's scope; null: it cannot be read."
    )

    def as_json(self) -> dict[str, Any]:
        """Return the form that a record stores."""
        found: dict[str, Any] = self.model_dump(mode="json", by_alias=True)
        return found

    @property
    def traces(self) -> tuple[CommitTrace, ...]:
        """The commits in the form in which approvals are held against them."""
        return tuple(
            CommitTrace(
                id=hand.commit,
                author_email=hand.author,
                committer_email=hand.committer,
                message="\n".join(f"Co-authored-by: <{email}>" for email in hand.co_authors),
            )
            for hand in self.hands
        )

    def reviewed_objects(self, commit: str, paths: tuple[str, ...]) -> Mapping[str, str | None] | None:
        """Return what a reviewed commit held at some paths, or None where that is not known."""
        objects = self.reviewed.get(commit)
        return objects if objects is not None and set(paths) <= objects.keys() else None


def hands_of(traces: Iterable[CommitTrace]) -> tuple[Hand, ...]:
    """Return what is kept of commits."""
    return tuple(
        Hand(
            commit=trace.id,
            author=trace.author_email,
            committer=trace.committer_email,
            co_authors=tuple(co_authors(trace.message)),
        )
        for trace in traces
    )


def read_people(value: object) -> People | None:
    """Return the people of a record, or None where it was made without GitHub.

    Raises ValueError where the value is neither null nor of this form.
    """
    if value is None:
        return None
    try:
        return People.model_validate_json(canonical_json(value))
    except ValidationError as error:
        raise ValueError(f"no people that can be read: {error.error_count()} misfits") from error
