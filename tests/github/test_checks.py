from dataclasses import replace

import pytest

from promoter.errors import ServiceError
from promoter.github.checks import Check, Conclusion, post_check
from promoter.github.client import Client
from promoter.report.annotations import Annotation, Level
from tests.forge.server import Forge


def a_check(forge: Forge, *, annotations: int = 0, conclusion: Conclusion = Conclusion.FAILURE) -> Check:
    """Return a check on pull request 7's head."""
    notes = tuple(
        Annotation("models/a/b/model.yaml", number + 1, Level.ERROR, f"policy {number}", "too low")
        for number in range(annotations)
    )
    head = forge.state.head_of(forge.state.pulls[7])
    return Check(head=head, conclusion=conclusion, title="Held", summary="why", annotations=notes)


def test_one_request_makes_a_small_check(client: Client, forge: Forge) -> None:
    """Name, conclusion and annotation stand on the head."""
    run = post_check(client, a_check(forge, annotations=1))
    stored = forge.state.check_runs[run]
    assert ("promoter", "completed", "failure") == (stored["name"], stored["status"], stored["conclusion"])
    assert ["failure"] == [note["annotation_level"] for note in forge.state.annotations[run]]
    assert 1 == len(forge.seen)


def test_sixty_annotations_go_in_two_requests_and_all_arrive(client: Client, forge: Forge) -> None:
    """GitHub takes 50 a request; the order stays."""
    run = post_check(client, a_check(forge, annotations=60))
    assert list(range(1, 61)) == [note["start_line"] for note in forge.state.annotations[run]]
    assert "completed" == forge.state.check_runs[run]["status"]
    assert 2 == len(forge.seen)


def test_a_check_that_breaks_off_stays_in_progress(client: Client, forge: Forge) -> None:
    """Without its last annotations there is no conclusion, and so no pass."""
    forge.fail("PATCH", "/check-runs/", 422, times=1, body=b'{"message": "no"}')
    with pytest.raises(ServiceError, match="422"):
        post_check(client, a_check(forge, annotations=60, conclusion=Conclusion.SUCCESS))
    (stored,) = forge.state.check_runs.values()
    assert ("in_progress", None) == (stored["status"], stored["conclusion"])


def test_a_pending_check_has_no_conclusion(client: Client, forge: Forge) -> None:
    """While only people are missing it stays in progress."""
    run = post_check(client, a_check(forge, conclusion=Conclusion.PENDING))
    assert ("in_progress", None) == (forge.state.check_runs[run]["status"], forge.state.check_runs[run]["conclusion"])


def test_beyond_500_annotations_the_check_says_how_many_are_left_out(client: Client, forge: Forge) -> None:
    """Ten requests at most, and nothing is dropped in silence."""
    run = post_check(client, a_check(forge, annotations=512))
    assert 500 == len(forge.state.annotations[run])
    assert "12 more annotations are left out" in forge.state.check_runs[run]["output"]["summary"]


def test_what_is_too_long_is_cut_before_github_refuses_it(client: Client, forge: Forge) -> None:
    """Title and summary stay below the limits."""
    run = post_check(client, replace(a_check(forge), title="t" * 1000, summary="s" * 100_000))
    output = forge.state.check_runs[run]["output"]
    assert (255, 65_000) == (len(output["title"]), len(output["summary"]))
