"""Four eyes: who had a hand in a change and so cannot agree to it."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from promoter.decision.reviews import Account, ReviewFacts

WEB_FLOW_ID = 19864447
"""GitHub's own account, the committer of what is committed on its pages. Source: api.github.com/users/web-flow."""

GITHUB_EMAIL = "noreply@github.com"

_CO_AUTHOR = re.compile(r"^[ \t]*co-authored-by[ \t]*:[^<\n]*<([^>\n]*)>", re.IGNORECASE | re.MULTILINE)
# https://docs.github.com/en/account-and-profile/reference/email-addresses-reference
_NOREPLY = re.compile(r"(?:([0-9]{1,18})\+)?([A-Za-z0-9-]+)@users\.noreply\.github\.com", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitTrace:
    """What a commit says of its makers; anyone can claim any address."""

    id: str
    author_email: str
    committer_email: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Exclusion:
    """Accounts that cannot agree, each with the reason, and the addresses that belong to no known account.

    Somebody behind an unknown address cannot be told from the approvers, so one more of them is needed.
    """

    by_id: dict[int, str]
    by_login: dict[str, str]
    unknown_emails: tuple[str, ...]

    def why(self, account: Account) -> str | None:
        """Return why an account cannot agree, or None where it may."""
        if account.is_bot:
            return "is a bot, and bots approve nothing"
        return self.by_id.get(account.id) or self.by_login.get(account.login.casefold())


def exclude(facts: ReviewFacts, commits: Sequence[CommitTrace], *, requesters: Iterable[str] = ()) -> Exclusion:
    """Return who had a hand in the change.

    They are: the pull request's author, who pushed to it, authors, committers and co-authors of every commit that the
    head reaches and the base does not, and the `requesters` (logins) of the waivers that it uses.
    """
    by_id: dict[int, str] = {}
    by_login = {login.casefold(): "asked for the waiver that this change uses" for login in requesters}
    unknown: set[str] = set()
    if facts.author is not None:
        by_id[facts.author.id] = "opened the pull request"
    for pusher in facts.pushers:
        by_id.setdefault(pusher.id, "pushed to the branch")
    known = _accounts_by_email(facts, commits)
    of_commit = {entry.commit: entry for entry in facts.commits}
    for commit in commits:
        entry = of_commit.get(commit.id)
        hands = [
            (commit.author_email, entry.author if entry else None, f"wrote commit {commit.id[:10]}"),
            (commit.committer_email, entry.committer if entry else None, f"committed {commit.id[:10]}"),
            *((email, None, f"is a co-author of commit {commit.id[:10]}") for email in co_authors(commit.message)),
        ]
        for email, mapped, reason in hands:
            account = mapped or known.get(email.casefold())
            if account is not None:
                by_id.setdefault(account.id, reason)
            elif email.casefold() != GITHUB_EMAIL:
                _exclude_address(email, reason, by_id, by_login, unknown)
    by_id.pop(WEB_FLOW_ID, None)
    return Exclusion(by_id=by_id, by_login=by_login, unknown_emails=tuple(sorted(unknown)))


def co_authors(message: str) -> Iterator[str]:
    """Yield the addresses of a message's `Co-authored-by:` lines, wherever they stand in it."""
    for match in _CO_AUTHOR.finditer(message.replace("\r", "\n")):
        yield match[1].strip()


def _accounts_by_email(facts: ReviewFacts, commits: Sequence[CommitTrace]) -> dict[str, Account]:
    """Return address to account: what the facts say, and what GitHub's mapping of other commits shows."""
    found = {email.casefold(): account for email, account in sorted(facts.emails.items())}
    of_commit = {entry.commit: entry for entry in facts.commits}
    for commit in commits:
        entry = of_commit.get(commit.id)
        if entry is not None and entry.author is not None:
            found.setdefault(commit.author_email.casefold(), entry.author)
        if entry is not None and entry.committer is not None:
            found.setdefault(commit.committer_email.casefold(), entry.committer)
    return found


def _exclude_address(
    email: str, reason: str, by_id: dict[int, str], by_login: dict[str, str], unknown: set[str]
) -> None:
    """Exclude whoever GitHub's no-reply address names; any other address stays unknown."""
    match = _NOREPLY.fullmatch(email)
    if match is None:
        unknown.add(email)
    elif match[1]:
        by_id.setdefault(int(match[1]), reason)
    else:
        by_login.setdefault(match[2].casefold(), reason)
