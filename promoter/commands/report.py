"""`promoter report`: post an answer of `evaluate` to its pull request, as comment, check and job summary."""

import os
import re
import sys
from collections.abc import Callable
from pathlib import Path

import click

from promoter.commands.answer import Answer, read_answer
from promoter.commands.job import event_option, repository_option
from promoter.errors import Location, Problem, PromoterError, ServiceError
from promoter.github.checks import Check, Conclusion, post_check
from promoter.github.client import Client, connect_for_checks, connect_from_environment
from promoter.github.comment import Sticky, upsert_comment
from promoter.github.event import Event, read_event
from promoter.report.annotations import annotations_of, workflow_commands
from promoter.report.markdown import MARKER, PAGE_LINK, render_markdown
from promoter.report.parts import Standing, View
from promoter.report.people import is_waiting_for_people
from promoter.report.plain import plain

SUMMARY_CHARS = 500_000
"""A step's summary takes 1 MiB; four bytes a character never come together."""

_CODES = {"passed": 0, "warned": 0, "failed": 1, "errored": 3}


@click.command(help="Post the answer; with --local, tell it in the job alone and exit with the verdict's code.")
@event_option
@repository_option
@click.option("--decision", type=click.Path(path_type=Path), required=True, help="What `promoter evaluate` wrote.")
@click.option("--page", default="", envvar="PROMOTER_PAGE", help="Address of report.html among the run's artifacts.")
@click.option("--author", default="github-actions[bot]", show_default=True, help="Account that the token posts as.")
@click.option("--local", "is_local", is_flag=True, help="Needs no token: log annotations and job summary only.")
@click.option("--dry-run", "is_dry_run", is_flag=True, help="Print the comment that would be posted.")
def command(
    *, event: Path, repository: str | None, decision: Path, page: str, author: str, is_local: bool, is_dry_run: bool
) -> None:
    """Exit 0: posted, or a newer run will; 3: not posted. The verdict stands in the check, not in this code."""
    answer, page = read_answer(decision), _checked(page)
    if is_dry_run:
        click.echo(render_markdown(answer.view, page=page), nl=False)
        return
    _write_summary(answer.view, page)
    if is_local:
        click.echo(workflow_commands(annotations_of(answer.view)), nl=False)
        sys.exit(_CODES[answer.view.verdict])
    client = connect_from_environment(repository)
    what = read_event(event)
    head = _head_to_report(client, what, answer)
    if head is None:
        click.echo("the head moved: the run of the newer push reports")
        return
    text = render_markdown(answer.view, page=page)
    steps: list[Callable[[], object]] = [
        lambda: post_check(connect_for_checks(client), check_of(answer.view, text, head=head))
    ]
    number = what.number
    if number is not None:
        sticky = Sticky(marker=MARKER, author=author, of_a_run=PAGE_LINK)
        steps.append(lambda: upsert_comment(client, number, text, sticky=sticky))
    _run_all(steps)


def check_of(view: View, text: str, *, head: str) -> Check:
    """Return the check that tells a report, `text`, on a commit."""
    conclusion = conclusion_of(view)
    waiting = "waiting for people, " if conclusion is Conclusion.PENDING else ""
    return Check(
        head=head,
        conclusion=conclusion,
        title=plain(
            f"{waiting}{view.verdict_word}: {view.changes[0].title if len(view.changes) == 1 else view.summary}"
        ),
        summary=text,
        annotations=annotations_of(view),
        details_url=_run_url(),
    )


def conclusion_of(view: View) -> Conclusion:
    """Return success only where the verdict passes and nothing below it holds; pending where only people are missing.

    The verdict is held against its own results once more: it comes from the job that reads hostile data.
    """
    if is_waiting_for_people(view):
        return Conclusion.PENDING
    holding = [policy for change in view.changes for policy in change.policies if policy.standing is Standing.HOLDS]
    verdicts = {view.verdict, *(change.verdict for change in view.changes)}
    is_missing = any(approval.missing for change in view.changes for approval in change.approvals)
    if verdicts <= {"passed", "warned"} and not (holding or is_missing or view.problems):
        return Conclusion.SUCCESS
    return Conclusion.FAILURE


def _head_to_report(client: Client, event: Event, answer: Answer) -> str | None:
    """Return the commit to report on, or None where a newer one is proposed and this answer is late.

    Raises ServiceError where the decision is about another commit than the event: it was not made by this run.
    """
    head = event.head
    if event.number is not None:
        current = str(client.get(f"pulls/{event.number}")["head"]["sha"])
        if current != (head or answer.head or current):
            return None
        head = current
    if head is None or (answer.head is not None and answer.head != head):
        message = f"the decision is about {answer.head}, the event about {head}"
        raise ServiceError(Problem(Location("decision.json"), message, "run the gate again"))
    return head


def _run_all(steps: list[Callable[[], object]]) -> None:
    """Run each step even where one before it failed. Raises ServiceError with all that failed."""
    problems: list[Problem] = []
    for step in steps:
        try:
            step()
        except PromoterError as error:
            problems += error.problems
    if problems:
        raise ServiceError(*problems)


def _checked(page: str) -> str:
    """Return the address where it is an artifact of this very run, else nothing: it comes through another job."""
    run = _run_url()
    return page if run and re.fullmatch(re.escape(run) + r"/artifacts/\d{1,20}", page, re.ASCII) else ""


def _write_summary(view: View, page: str) -> None:
    path = os.environ.get("GITHUB_STEP_SUMMARY")
    if path:
        with Path(path).open("a", encoding="utf-8") as file:
            file.write(render_markdown(view, page=page, limit_chars=SUMMARY_CHARS))


def _run_url() -> str | None:
    server, repository, run = (os.environ.get(f"GITHUB_{name}") for name in ("SERVER_URL", "REPOSITORY", "RUN_ID"))
    return f"{server}/{repository}/actions/runs/{run}" if server and repository and run else None
