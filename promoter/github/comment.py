"""The one comment of a pull request: found by marker and author, updated in place, never doubled for long."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from promoter.github.client import Client, Json


class Posted(StrEnum):
    """What became of the comment."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sticky:
    """How our comment is told from others: its first line, and the account that writes it.

    The marker alone proves nothing, since anyone can write it; the body is read beyond its first line only to see
    whether it says something else. A line that starts with `of_a_run` differs from run to run and is no such thing.
    """

    marker: str
    author: str
    of_a_run: str | None = None

    def is_ours(self, comment: Json) -> bool:
        """Say whether a comment is the one that we keep up to date."""
        user = comment.get("user") or {}
        first_line = str(comment.get("body") or "").partition("\n")[0].rstrip("\r")
        return user.get("login") == self.author and user.get("type") == "Bot" and first_line == self.marker


def upsert_comment(client: Client, number: int, body: str, *, sticky: Sticky) -> Posted:
    """Make the pull request's one comment say `body`: the oldest of ours stays, twins are deleted.

    A comment that already says it is left alone: an edit that tells nothing new is noise. After a creation the list
    is read again: a request that failed on the server may have been carried out, and another run may have been faster.
    """
    ours = _ours(client, number, sticky)
    if not ours:
        client.post(f"issues/{number}/comments", {"body": body})
        _delete_twins(client, _ours(client, number, sticky))
        return Posted.CREATED
    _delete_twins(client, ours)
    if _lasting(str(ours[0].get("body") or ""), sticky) == _lasting(body, sticky):
        return Posted.UNCHANGED
    client.patch(f"issues/comments/{ours[0]['id']}", {"body": body})
    return Posted.UPDATED


def _ours(client: Client, number: int, sticky: Sticky) -> list[Json]:
    """Return our comments, oldest first."""
    found = [entry for entry in client.pages(f"issues/{number}/comments") if sticky.is_ours(entry)]
    return sorted(found, key=lambda entry: int(entry["id"]))


def _delete_twins(client: Client, ours: Sequence[Json]) -> None:
    for twin in ours[1:]:
        client.delete(f"issues/comments/{twin['id']}")


def _lasting(body: str, sticky: Sticky) -> str:
    """Return what counts of a body, as GitHub stores text: other line ends, and none of those at the end."""
    lines = body.replace("\r\n", "\n").rstrip().split("\n")
    return "\n".join(line for line in lines if sticky.of_a_run is None or not line.startswith(sticky.of_a_run))
