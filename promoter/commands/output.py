"""What `check` prints and writes: one view model, three surfaces."""

import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from promoter.commands.case import Case
from promoter.commands.code_owners import owners_of_change
from promoter.decision.types import Decision
from promoter.digest import canonical_json
from promoter.errors import Location, Problem, ProposalError
from promoter.measure.port import Progress
from promoter.report.lineage import LineageGraph, lineage_of
from promoter.report.markdown import render_markdown
from promoter.report.parts import View
from promoter.report.view import build_view


def print_decision(decision: Decision, case: Case, form: str | None) -> None:
    """Print the decision as JSON, as the pull request's comment, or for a terminal."""
    if form == "json":
        click.echo(json.dumps(decision.as_json(), indent=2, ensure_ascii=False, sort_keys=True))
    elif form == "markdown":
        click.echo(render_markdown(view_of(decision, case)), nl=False)
    else:
        from rich.console import Console

        from promoter.report.terminal import render_terminal

        render_terminal(view_of(decision, case), Console())


def write_outputs(decision: Decision, view: View, folder: Path) -> None:
    """Write decision.json (canonical bytes, so its digest is the decision's) and report.md."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "decision.json").write_bytes(canonical_json(decision.as_json()))
    (folder / "report.md").write_text(render_markdown(view), encoding="utf-8")


def write_page(view: View, drawings: Mapping[str, Any], path: Path) -> None:
    """Write the full report as one HTML file, with plots where they can be drawn.

    Raises ProposalError where the file cannot be written.
    """
    from promoter.report.plots.record import parse_drawings
    from promoter.report.webpage import render_page

    page = render_page(view, parse_drawings(drawings))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(page)
    except OSError as error:
        message = f"the report cannot be written: {error.strerror}"
        raise ProposalError(Problem(Location(str(path)), message, "name a file that you may write")) from error


def view_of(decision: Decision, case: Case) -> View:
    """Return the report of a decision, with the lineage of every version that it judged, and the change's owners."""
    graphs: dict[str, LineageGraph] = {}
    for item in case.items:
        if item.candidate is not None:
            release = item.candidate.release
            graphs[f"{release.model.model}@{release.version}"] = lineage_of(release.manifest)
    return replace(build_view(decision.as_json(), lineage=graphs), owners=owners_of_change(case))


@contextmanager
def announced(form: str | None) -> Iterator[Progress | None]:
    """Show how far the measuring is, on a terminal and for people only."""
    if form is not None or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console

    from promoter.report.progress import progress

    with progress(Console(stderr=True)) as told:
        yield told
