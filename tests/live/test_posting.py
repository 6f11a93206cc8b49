"""Comment and check, as GitHub keeps them."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from promoter.github.checks import Check, Conclusion, post_check
from promoter.github.comment import Posted, Sticky, upsert_comment
from promoter.report.annotations import Annotation, Level
from promoter.report.markdown import LIMIT_CHARS
from tests.live.conftest import Place

MARKER = "<!-- promoter: a test -->"


@pytest.fixture
def sticky(place: Place) -> Iterator[Sticky]:
    """Yield how the test's comment is found; none is left behind."""
    found = Sticky(marker=MARKER, author=place.bot)
    _clear(place)
    yield found
    _clear(place)


def _clear(place: Place) -> None:
    for comment in _ours(place):
        place.client.delete(f"issues/comments/{comment}")


def _ours(place: Place) -> dict[int, str]:
    """Return id and text of the comments that hold the marker anywhere."""
    found = place.client.pages(f"issues/{place.number}/comments")
    return {int(entry["id"]): str(entry["body"]) for entry in found if MARKER in str(entry["body"])}


def _say(place: Place, body: str) -> int:
    return int(place.client.post(f"issues/{place.number}/comments", {"body": body})["id"])


def a_check(place: Place, *, annotations: int = 0, conclusion: Conclusion = Conclusion.SUCCESS) -> Check:
    """Return a check on the head, with annotations on the lines of one file."""
    notes = tuple(
        Annotation("models/a/b/model.yaml", line, Level.NOTICE, f"note {line}", "a test")
        for line in range(1, annotations + 1)
    )
    return Check(head=place.head, conclusion=conclusion, title="A test", summary="a test", annotations=notes)


def test_the_comment_is_created_updated_and_left_alone(place: Place, sticky: Sticky) -> None:
    """One comment, whose id stays; what it says already is not written again."""
    bodies = (f"{MARKER}\n## {text} \U0001f6d1\n" for text in ("first", "second", "second"))
    said = [upsert_comment(place.client, place.number, body, sticky=sticky) for body in bodies]
    assert [Posted.CREATED, Posted.UPDATED, Posted.UNCHANGED] == said
    assert 1 == len(_ours(place))


def test_twins_are_deleted_and_other_words_stay(place: Place, sticky: Sticky) -> None:
    """The oldest stays; a comment that holds the marker below its first line is another."""
    oldest, twin = (_say(place, f"{MARKER}\n{text}") for text in ("one", "two"))
    quote = _say(place, f"A quote:\n{MARKER}\n")
    assert Posted.UPDATED == upsert_comment(place.client, place.number, f"{MARKER}\nnew\n", sticky=sticky)
    assert {oldest, quote} == set(_ours(place))
    assert twin not in _ours(place)


def test_the_longest_report_is_taken(place: Place, sticky: Sticky) -> None:
    """Characters count, not bytes: each of these takes four."""
    body = f"{MARKER}\n" + "\U0001f6d1" * (LIMIT_CHARS - len(MARKER) - 1)
    assert Posted.CREATED == upsert_comment(place.client, place.number, body, sticky=sticky)
    assert [body] == list(_ours(place).values())


def test_annotations_beyond_a_request_and_a_page_arrive_in_order(place: Place) -> None:
    """120: three requests to write them, two to read them."""
    run = post_check(place.client, a_check(place, annotations=120))
    notes = place.client.pages(f"check-runs/{run}/annotations")
    assert list(range(1, 121)) == [note["start_line"] for note in notes]
    assert "success" == place.client.get(f"check-runs/{run}")["conclusion"]


def test_a_pending_check_has_no_conclusion(place: Place) -> None:
    """It is in progress while only people are missing; the next one is another run of the same name."""
    run = place.client.get(f"check-runs/{post_check(place.client, a_check(place, conclusion=Conclusion.PENDING))}")
    assert ("promoter", "in_progress", None) == (run["name"], run["status"], run["conclusion"])
    post_check(place.client, a_check(place, conclusion=Conclusion.FAILURE))
    runs = place.client.pages(f"commits/{place.head}/check-runs", list_key="check_runs", filter="all")
    assert run["id"] in [entry["id"] for entry in runs]


def test_a_long_check_is_cut_to_what_is_taken(place: Place) -> None:
    """Title and summary beyond the limits are no refusal."""
    long = replace(a_check(place), title="t" * 1000, summary="s" * 100_000)
    output = place.client.get(f"check-runs/{post_check(place.client, long)}")["output"]
    assert (255, 65_000) == (len(output["title"]), len(output["summary"]))
