"""What the command line of a move names: a model and a stage that are there, and words that fit into one line."""

import re

import click

from promoter.commands.past import Past
from promoter.document.nearest import did_you_mean
from promoter.errors import Location, PolicyError, Problem, ProposalError
from promoter.history.event import EventKind
from promoter.policy.rulebook import read_rules
from promoter.registry.address import ID_PATTERN, StageAddress, VersionAddress
from promoter.registry.layout import MODELS

_STATUS = "run `promoter status` to see models and stages"


def parse_stage(text: str) -> StageAddress:
    """Return a stage's address. Raises ProposalError with the expected form."""
    try:
        return StageAddress.parse(text)
    except ValueError as error:
        raise ProposalError(Problem(Location(text), str(error), _STATUS)) from error


def parse_version(text: str) -> VersionAddress:
    """Return a version's address. Raises ProposalError with the expected form."""
    try:
        return VersionAddress.parse(text)
    except ValueError as error:
        raise ProposalError(Problem(Location(text), str(error), _STATUS)) from error


def require_stage(past: Past, address: StageAddress) -> None:
    """Raise ProposalError where the registry has no such model, or its pipeline no such stage.

    The rules are asked only about a stage without a pointer: broken rules keep nobody from rolling back.
    """
    if past.tree.entry(f"{MODELS}/{address.model}/versions") is None:
        problem = Problem(
            Location(address.model), "no such model is registered", f"{nearest_model(past, address.model)}{_STATUS}"
        )
        raise ProposalError(problem)
    if past.tree.entry(f"{MODELS}/{address.model}/stages/{address.stage}.yaml") is not None:
        return
    try:
        stages = [stage.id for stage in read_rules(past.tree).pipeline.stages]
    except PolicyError:
        return
    if address.stage not in stages:
        hint = f"{did_you_mean(address.stage, stages)}use one of {', '.join(stages)}"
        raise ProposalError(Problem(Location(str(address)), f"the pipeline has no stage {address.stage!r}", hint))


def nearest_model(past: Past, model: str) -> str:
    """Return "did you mean 'x'? " with the registered model that is most like a word, or the empty string."""
    events = past.timeline.events
    known = {event.model for event in events if event.kind is EventKind.REGISTRATION and event.model is not None}
    return did_you_mean(model, sorted(known))


def one_line(_context: click.Context, _parameter: click.Parameter, text: str | None) -> str | None:
    """Return an option's words as one line, so that nothing pasted becomes a trailer of the commit."""
    line = None if text is None else " ".join(text.split())
    if line is not None and not (line and line.isprintable()):
        raise click.BadParameter("write a line of text, without control characters")
    return line


def incident_id(_context: click.Context, _parameter: click.Parameter, text: str | None) -> str | None:
    """Return the id of an incident, as its file is named."""
    if text is not None and re.fullmatch(ID_PATTERN, text) is None:
        raise click.BadParameter("write its file's name without .yaml: small letters, digits and dashes, such as inc-7")
    return text
