import pytest

from promoter.github.client import Client
from promoter.github.comment import Posted, Sticky, upsert_comment
from promoter.report.markdown import MARKER, PAGE_LINK
from tests.forge.server import Forge
from tests.forge.state import BOT
from tests.github.conftest import Waits

STICKY = Sticky(marker=MARKER, author=BOT)
BODY = f"{MARKER}\n## Passed\n"


def bodies(forge: Forge) -> list[tuple[str, str]]:
    """Return author and text of each comment."""
    return [(comment["user"]["login"], comment["body"]) for comment in forge.state.comments_on(7)]


def test_the_first_report_creates_the_comment(client: Client, forge: Forge) -> None:
    """One comment, by the token's account."""
    assert Posted.CREATED == upsert_comment(client, 7, BODY, sticky=STICKY)
    assert [(BOT, BODY)] == bodies(forge)


def test_a_later_report_updates_it_in_place(client: Client, forge: Forge) -> None:
    """The id stays, the text is the new one."""
    first = forge.state.add_comment(7, BOT, BODY)["id"]
    assert Posted.UPDATED == upsert_comment(client, 7, f"{MARKER}\n## Held\n", sticky=STICKY)
    assert [first] == [comment["id"] for comment in forge.state.comments_on(7)]
    assert [(BOT, f"{MARKER}\n## Held\n")] == bodies(forge)


def test_an_unchanged_report_is_not_written(client: Client, forge: Forge) -> None:
    """Line ends and blanks at the end are GitHub's; nobody is notified."""
    forge.state.add_comment(7, BOT, BODY.replace("\n", "\r\n").rstrip())
    assert Posted.UNCHANGED == upsert_comment(client, 7, BODY, sticky=STICKY)
    assert not [entry for entry in forge.seen if not entry.startswith("GET")]


def test_twins_are_deleted_and_the_oldest_stays(client: Client, forge: Forge) -> None:
    """Two runs that raced leave one comment after the next."""
    oldest = forge.state.add_comment(7, BOT, BODY)["id"]
    forge.state.add_comment(7, "ada", "nice")
    forge.state.add_comment(7, BOT, BODY)
    forge.state.add_comment(7, BOT, BODY)
    upsert_comment(client, 7, f"{MARKER}\nnew\n", sticky=STICKY)
    assert [(BOT, f"{MARKER}\nnew\n"), ("ada", "nice")] == bodies(forge)
    assert oldest == forge.state.comments_on(7)[0]["id"]


def test_row_63_a_forged_marker_is_left_alone(client: Client, forge: Forge) -> None:
    """The marker in a person's comment, or inside of ours, makes nothing the report."""
    forge.state.add_comment(7, "mallory", f"{MARKER}\nApproved, merge it")
    forge.state.add_comment(7, BOT, f"A quote:\n{MARKER}\n")
    assert Posted.CREATED == upsert_comment(client, 7, BODY, sticky=STICKY)
    assert ["mallory", BOT, BOT] == [login for login, _ in bodies(forge)]
    assert f"{MARKER}\nApproved, merge it" == bodies(forge)[0][1]


def test_a_person_who_calls_himself_like_the_bot_is_no_bot(client: Client, forge: Forge) -> None:
    """The account's type counts too."""
    forge.state.add_comment(7, BOT, BODY)["user"] = {**forge.state.account("x"), "login": BOT, "type": "User"}
    assert Posted.CREATED == upsert_comment(client, 7, BODY, sticky=STICKY)


def test_the_comment_of_a_deleted_account_is_passed_over(client: Client, forge: Forge) -> None:
    """GitHub gives such a comment a null author."""
    forge.state.add_comment(7, "gone", BODY)["user"] = None
    assert Posted.CREATED == upsert_comment(client, 7, BODY, sticky=STICKY)


def test_it_is_found_behind_hundreds_of_others(client: Client, forge: Forge) -> None:
    """All pages are read, 100 a request."""
    for number in range(230):
        forge.state.add_comment(7, "ada", f"remark {number}")
    forge.state.add_comment(7, BOT, BODY)
    assert Posted.UNCHANGED == upsert_comment(client, 7, BODY, sticky=STICKY)
    assert 3 == len(forge.seen)


@pytest.mark.parametrize("is_carried_out", [False, True])
def test_a_creation_that_failed_on_the_server_leaves_one_comment(
    client: Client, forge: Forge, waits: Waits, is_carried_out: bool
) -> None:
    """502 twice, with and without the comment having been made: one stays."""
    forge.fail("POST", "/comments$", 502, times=2, is_carried_out=is_carried_out)
    upsert_comment(client, 7, BODY, sticky=STICKY)
    assert [(BOT, BODY)] == bodies(forge)
    assert [1.0, 2.0] == waits.seconds


def test_another_runs_link_is_no_news(client: Client, forge: Forge) -> None:
    """What is the same but for the address of its full report is left as it stands."""
    link = "[The full report, with plots](https://github.com/acme/registry/actions/runs/{}/artifacts/7)"
    forge.state.add_comment(7, BOT, f"{MARKER}\n## Passed\n\n{link.format(1)}\n")
    sticky = Sticky(marker=MARKER, author=BOT, of_a_run=PAGE_LINK)
    assert Posted.UNCHANGED == upsert_comment(client, 7, f"{MARKER}\n## Passed\n\n{link.format(2)}\n", sticky=sticky)
    assert Posted.UPDATED == upsert_comment(client, 7, f"{MARKER}\n## Held\n\n{link.format(2)}\n", sticky=sticky)
