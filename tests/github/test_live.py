"""The same posting against real GitHub, where a token and a scratch pull request are given."""

import os

import pytest

from promoter.github.checks import Check, Conclusion, post_check
from promoter.github.client import Client, connect
from promoter.github.comment import Posted, Sticky, upsert_comment
from promoter.report.annotations import Annotation, Level
from promoter.report.markdown import MARKER

_WANTED = ("PROMOTER_LIVE_TOKEN", "PROMOTER_LIVE_REPOSITORY", "PROMOTER_LIVE_PULL")

pytestmark = [
    pytest.mark.live,
    pytest.mark.skipif(not all(name in os.environ for name in _WANTED), reason=f"needs {', '.join(_WANTED)}"),
]


@pytest.fixture
def client() -> Client:
    """Return a client with the given token, an installation's."""
    return connect(os.environ["PROMOTER_LIVE_REPOSITORY"], token=os.environ["PROMOTER_LIVE_TOKEN"])


@pytest.fixture
def number() -> int:
    """Return the scratch pull request."""
    return int(os.environ["PROMOTER_LIVE_PULL"])


def test_live_the_comment_is_kept(client: Client, number: int) -> None:
    """Created or updated, then left alone."""
    sticky = Sticky(marker=MARKER, author=os.environ.get("PROMOTER_LIVE_AUTHOR", "github-actions[bot]"))
    body = f"{MARKER}\n## A test of promoter's\n"
    assert upsert_comment(client, number, body + "first\n", sticky=sticky) in Posted
    upsert_comment(client, number, body, sticky=sticky)
    assert Posted.UNCHANGED == upsert_comment(client, number, body, sticky=sticky)


def test_live_sixty_annotations_arrive(client: Client, number: int) -> None:
    """In two requests, as GitHub counts them."""
    head = str(client.get(f"pulls/{number}")["head"]["sha"])
    notes = tuple(Annotation("README.md", 1, Level.NOTICE, f"note {entry}", "a test") for entry in range(60))
    check = Check(head=head, conclusion=Conclusion.SUCCESS, title="A test", summary="a test", annotations=notes)
    run = post_check(client, check)
    assert 60 == client.get(f"check-runs/{run}")["output"]["annotations_count"]
