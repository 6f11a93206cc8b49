"""A proposal's commit on its branch, made by whoever is at work, and what the branch held before."""

import os
from collections.abc import Mapping
from datetime import datetime

import click

from promoter.commands.past import Past
from promoter.commands.unsigned import warn_unsigned
from promoter.errors import Location, Problem, ProposalError
from promoter.git.commit import Person
from promoter.git.writing import Stamp, Writer

_SHOWN = 10


def author_of(writer: Writer) -> Person:
    """Return who git says is at work. Raises ProposalError where git does not know."""
    person = writer.configured_person(os.environ)
    if person is None:
        hint = "git config user.name and user.email, then run it again"
        raise ProposalError(Problem(Location("git config"), "git does not know who you are", hint))
    return person


def commit(
    writer: Writer,
    branch: str,
    files: Mapping[str, bytes],
    message: str,
    *,
    past: Past,
    expected: str | None,
    at: datetime,
) -> str:
    """Return the id of the commit of files on a branch over the default branch's tip.

    Says where the rules ask for a signature that it lacks, and which commits the branch held, here or on GitHub
    (`expected`), that are nowhere else: the latest wins, and what it takes the place of can be found again.
    """
    before = writer.tip(branch)
    head = writer.commit_files(branch, files, Stamp(author=author_of(writer), at=at, message=message), onto=past.tip)
    warn_unsigned(past, head, at=at)
    for lost in dict.fromkeys((before, expected)):
        if lost not in (None, head) and not writer.is_within(lost, past.tip):
            kept = f"git fetch origin {lost} && " if lost != before else ""
            click.echo(
                f"note: {branch} was at {lost[:_SHOWN]}: this takes its place;"
                f" `{kept}git branch kept {lost[:_SHOWN]}` keeps that",
                err=True,
            )
    if head != before and writer.is_checked_out(branch):
        told = "`git reset --hard` brings your files along, and drops what is not committed"
        click.echo(f"warning: {branch} is checked out here, and has moved on: {told}", err=True)
    return head
