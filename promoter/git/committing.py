"""A commit object of ours, signed where git's configuration says so; no branch moves."""

from collections.abc import Sequence

import pygit2

from promoter.git.commit import Person
from promoter.git.signature import BadSignatureError, SignedCommit, signed_commit
from promoter.git.signer import sign_commit
from promoter.git.signing_settings import read_signing_settings


def make_commit(
    git: pygit2.Repository,
    who: pygit2.Signature,
    message: str,
    *,
    tree_id: pygit2.Oid,
    parents: Sequence[pygit2.Oid],
    again: str | None = None,
) -> pygit2.Oid:
    """Return the id of a commit, signed as git would.

    `again` is one that says the same: it is the commit, where it is unsigned as this one, or signed with the same key.
    Raises ProposalError for a configuration that cannot be used, ServiceError where it cannot be signed.
    """
    settings = read_signing_settings(git)
    before = _signature_of(git, again)
    if settings is None:
        if again is not None and before is None:
            return pygit2.Oid(hex=again)
        return git.create_commit(None, who, who, message, tree_id, list(parents))
    content = str(git.create_commit_string(who, who, message, tree_id, list(parents)))  # its stub calls it an Oid
    made = sign_commit(settings, content.encode(), Person(who.name, who.email))
    if again is not None and before is not None and made.is_by_key_of(before):
        return pygit2.Oid(hex=again)
    return git.create_commit_with_signature(content, made.armour.decode("ascii", "replace"))


def _signature_of(git: pygit2.Repository, commit: str | None) -> SignedCommit | None:
    """Return the signature of a commit, an empty one where it has several."""
    if commit is None:
        return None
    try:
        return signed_commit(git[pygit2.Oid(hex=commit)].read_raw())
    except BadSignatureError:
        return SignedCommit(b"", b"")
