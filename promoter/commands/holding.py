"""A person's open pull request on a stage's branch: the recorder leaves it alone, and says there what it would propose.

A branch is one a stage, so a proposal of the pipeline would take the place of a rollback that waits for its approval.
"""

from promoter.commands.closing import BRANCHES, FETCHED
from promoter.commands.following import Proposal
from promoter.commands.overtaken import is_recorders
from promoter.commands.past import Past
from promoter.errors import ProposalError
from promoter.git.remote import Remote
from promoter.github.client import Client
from promoter.github.comment import Sticky, upsert_comment
from promoter.github.pulls import find_number

_MARKER = "<!-- promoter: held back -->"


def held_by_person(client: Client, past: Past, branch: str, *, base: str) -> int | None:
    """Return the number of the open pull request of a branch on which somebody beside the recorder worked, or None."""
    number = find_number(client, head=branch, base=base)
    if number is None:
        return None
    remote = Remote(past.repository.folder)
    remote.fetch_below(BRANCHES, into=FETCHED)
    wanted = FETCHED + branch.removeprefix(BRANCHES)
    head = next((commit for name, commit in past.repository.references((FETCHED,)) if name == wanted), None)
    if head is None:
        return None
    try:
        fork = past.repository.merge_base(past.tip, head)
    except ProposalError:
        return number  # nothing that the recorder makes stands beside the history
    return None if head == fork or is_recorders(past, head, base=fork) else number


def tell_held_back(client: Client, number: int, proposal: Proposal, *, author: str) -> None:
    """Say on a person's pull request what the pipeline would propose in its place, and how that is done later."""
    move, event = proposal.move, proposal.recorded.event
    body = (
        f"{_MARKER}\n**`{event.address}` serves `{event.version}` since commit {event.commit[:10]}**, and the pipeline"
        f" would propose it for `{move.address}`. This pull request is a person's, so it stays as it is.\n\n"
        "Once it is merged or closed, whoever wants that version next runs"
        f" `promoter promote {move.address.model}@{move.version} --stage {move.address.stage}`.\n"
    )
    upsert_comment(client, number, body, sticky=Sticky(marker=_MARKER, author=author))
