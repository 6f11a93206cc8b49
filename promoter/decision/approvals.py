"""Who must agree to a change, who has, and who is waited for.

1. Of each person the newest review stands; a dismissed one falls back to the one before it on the same objects.
2. An approval counts unless its giver had a hand in the change, holds no role that is asked, or it is no longer about
   what would be merged, by the rules and beside the champion of today.
3. One person fills one seat; see `promoter.decision.seating`.
4. Changes that somebody in a role requests hold the role until that person approves or the review is dismissed.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from promoter.decision.docket import Item
from promoter.decision.exclusion import exclude
from promoter.decision.hearing import Hearing, Panel
from promoter.decision.membership import Membership
from promoter.decision.people import Awaited, Disqualified
from promoter.decision.reviews import Account, Review, ReviewState, standing_reviews
from promoter.decision.scope import reasked_roles, scope_paths, why_void
from promoter.decision.seating import Agreement, Heard, take_seats
from promoter.decision.types import Approvals
from promoter.policy.rulebook import RuleBook

CLOCK_TOLERANCE = timedelta(minutes=5)
"""Between GitHub's clock and the one of the decision."""


def assess_approvals(
    item: Item,
    needed: Mapping[str, int],
    panel: Panel | None,
    *,
    rules: RuleBook,
    requesters: Sequence[str] = (),
    at: datetime,
) -> Approvals:
    """Return who must agree (`needed`: role to count), who has, who is missing, and every review that does not count.

    `requesters` are the logins that asked for the waivers that the change uses. Without a panel nobody has agreed.
    """
    if not needed:
        return Approvals()
    if panel is None:
        return _unheard(needed, Membership(rules.roles, {}))
    hearing = Hearing(
        item=item,
        needed=needed,
        panel=panel,
        rules=rules,
        membership=Membership(rules.roles, panel.facts.teams),
        exclusion=exclude(panel.facts, panel.commits, requesters=requesters),
        at=at,
    )
    return take_seats(hearing, _hear(hearing))


def _unheard(needed: Mapping[str, int], membership: Membership) -> Approvals:
    """Return that all are waited for, because no reviews were read."""
    whole = tuple(sorted(needed.items()))
    awaited = tuple(
        Awaited(
            role=role,
            count=count,
            contact=membership.contact((role,)),
            since=None,
            people=membership.logins((role,)),
            reason="approval is missing, and no reviews were read",
        )
        for role, count in whole
    )
    return Approvals(required=whole, missing=whole, awaited=awaited)


def _hear(hearing: Hearing) -> Heard:
    agreements: dict[int, Agreement] = {}
    disqualified: list[Disqualified] = []
    objections: list[tuple[str, str]] = []
    for reviews in standing_reviews(hearing.panel.facts).values():
        review = _standing(reviews, hearing)  # 1
        if review is None or review.reviewer is None:
            continue
        account = review.reviewer
        held = hearing.membership.roles_of(account) & hearing.needed.keys()
        if review.state is ReviewState.CHANGES_REQUESTED:
            if held and hearing.exclusion.why(account) is None:
                objections.append((min(held), account.login))  # 4
            continue
        reason = _why_not(review, account, held, hearing)  # 2
        if reason is not None or review.commit is None:
            disqualified.append(Disqualified(login=account.login, reason=reason or "it names no commit"))
            continue
        again = reasked_roles(review, hearing.item, hearing.panel.backdrop, hearing.rules, hearing.needed.keys())
        disqualified += [
            Disqualified(login=account.login, reason=f"asked again for {role}: {again[role]}")
            for role in sorted(held & again.keys())
        ]
        roles = held - again.keys()
        if roles:
            agreements[account.id] = Agreement(
                account=account, commit=review.commit, at=review.submitted_at, roles=roles
            )
    return Heard(agreements=agreements, disqualified=tuple(disqualified), objections=tuple(objections))


def _standing(reviews: Sequence[Review], hearing: Hearing) -> Review | None:
    """Return the review of a person that stands; `reviews` are newest first."""
    newest, *older = reviews
    if newest.state is not ReviewState.DISMISSED:
        return newest
    previous = next((review for review in older if review.state is not ReviewState.DISMISSED), None)
    if previous is None or newest.commit is None or previous.commit is None:
        return None
    paths, reviewed = scope_paths(hearing.item), hearing.panel.backdrop.reviewed
    objects = reviewed(newest.commit, paths)
    return previous if objects is not None and reviewed(previous.commit, paths) == objects else None


def _why_not(review: Review, account: Account, held: frozenset[str], hearing: Hearing) -> str | None:
    """Return why an approval does not count for any role, or None where it does."""
    reason = hearing.exclusion.why(account)
    if reason is not None:
        return reason
    if not held:
        return hearing.membership.why_not(account, sorted(hearing.needed))
    if review.edited_at is not None:
        return "the review was edited after it was given; approve again"
    age = hearing.at - review.submitted_at
    if age < -CLOCK_TOLERANCE:
        return f"it is dated {review.submitted_at:%Y-%m-%d %H:%M}, after the decision"
    if age > timedelta(days=hearing.panel.max_age_days):
        return f"it is older than {hearing.panel.max_age_days:g} days; approve again"
    return why_void(review, hearing.item, hearing.panel.backdrop)
