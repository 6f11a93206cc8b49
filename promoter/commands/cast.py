"""The people of the story, and what GitHub would say of a merge of theirs: in a scratch registry nobody can ask it."""

from collections.abc import Sequence
from datetime import datetime

from promoter.decision.reviews import Account, CommitAccounts, Review, ReviewFacts, ReviewState
from promoter.git.commit import Person
from promoter.history.people import Merged
from promoter.policy.roles import Roles

AUTHOR = Person("Dana Data-Scientist", "dana@example.org")
MERGER = Person("Max Maintainer", "max@example.org")
ON_CALL = Person("Olu On-Call", "olu@example.org")
RECORDER = Person("Recorder", "recorder@example.org")
_FIRST_ID = 900_000_101
"""Above those of the samples' roles.yaml, whose people are invented too."""


def account_of(person: Person) -> Account:
    """Return the account of somebody in the story."""
    number = _FIRST_ID + (AUTHOR, MERGER, ON_CALL).index(person)
    return Account(login=person.name.lower().replace(" ", "-"), id=number)


def approvers(roles: Roles, wanted: Sequence[str]) -> dict[str, Account]:
    """Return who agrees for each role that is wanted: its first member."""
    members = {role: roles.roles[role].members[0] for role in wanted}
    return {role: Account(login=member.login, id=member.id) for role, member in members.items()}


def merged_facts(number: int, head: str, *, author: Person, reviewers: Sequence[Account], at: datetime) -> Merged:
    """Return a pull request of one commit that was opened and approved at a moment, and merged since."""
    maker = account_of(author)
    reviews = tuple(
        Review(id=number * 100 + place, reviewer=reviewer, state=ReviewState.APPROVED, commit=head, submitted_at=at)
        for place, reviewer in enumerate(reviewers)
    )
    facts = ReviewFacts(
        schema="promoter.reviews/1",
        author=maker,
        waiting_since=at,
        commits=(CommitAccounts(commit=head, author=maker, committer=maker),),
        reviews=reviews,
    )
    return Merged(pull_request=number, head=head, merged_by=account_of(MERGER), reviews=facts)
