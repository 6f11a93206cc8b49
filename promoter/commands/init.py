"""`promoter init`: a new registry whose rules load, and that says what is still to be filled in."""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from promoter.commands.committing import author_of
from promoter.commands.init_texts import (
    CODEOWNERS,
    MODELS_README,
    PIPELINE,
    README,
    ROLE,
    ROLES_HEAD,
    SETTINGS,
)
from promoter.document.reader import read_yaml
from promoter.errors import Location, Problem, ProposalError
from promoter.gates.table import find_gate
from promoter.git.commit import Person
from promoter.git.repository import open_repository
from promoter.git.writing import Stamp, Writer
from promoter.registry.layout import MODELS, POLICIES, RECORDS

STARTERS = (
    "intended_use",
    "lineage",
    "documentation",
    "prediction_drift",
    "fairness",
    "artifact_integrity",
    "stage_order",
    "monitoring_readiness",
    "calibration",
    "privacy",
    "artifact_safety",
    "tests",
    "withdrawn",
    "return_to_service",
    "rollback_drill",
)
"""Gates whose own example becomes a first policy: one a category, each of use to any model, and the rollback lane's."""

SOURCE = Path(__file__).resolve().parents[2]
"""Of a checkout the folder that holds workflows and schemas; an installed package has none beside it."""

_COPIED = (".github/workflows/*.yml", ".github/steps/*", ".github/promoter/*", "schemas/*.json")
_NOT_COPIED = ("ci.yml",)
_EXAMPLE = re.compile(r"```yaml\n(.*?)```", re.DOTALL)


@click.command(help="Lay out a new registry in DIR: rules, starter policies, owners, workflows, README.")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--title", default=None, help="Name of the registry; default: the folder's name.")
def command(*, folder: Path, title: str | None) -> None:
    """Write nothing where a file is in the way; a repository without commits gets its first, others are left to you."""
    files_there = [folder / name for name in (POLICIES, MODELS, RECORDS, "CODEOWNERS", "README.md")]
    refuse_existing([path for path in files_there if path.exists()])
    folder.mkdir(parents=True, exist_ok=True)
    writer = Writer.open(folder) if (folder / ".git").exists() else Writer.create(folder)
    person = author_of(writer)
    files = registry_files(person, title=title or folder.resolve().name)
    refuse_existing([folder / path for path in files if (folder / path).exists()])
    is_first = not has_commits(folder)
    if is_first:
        # First the commit: where it cannot be signed nothing is in the way of a second try.
        at = datetime.now(UTC).replace(microsecond=0)
        writer.commit_files("main", files, Stamp(author=person, at=at, message="Lay out the registry\n"))
        writer.check_out("main")
    else:
        write_files(folder, files)
    click.echo(f"{folder}: {len(files)} files, {'committed on main' if is_first else 'not committed yet'}")
    click.echo(f"next: put people into policies/roles.yaml; `promoter lint --repo {folder}` lists what is open")


def write_files(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write files below a folder."""
    for path, content in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)


def has_commits(folder: Path) -> bool:
    """Say whether a repository's HEAD is a commit yet."""
    try:
        open_repository(folder).resolve("HEAD")
    except ProposalError:
        return False
    return True


def refuse_existing(paths: list[Path]) -> None:
    """Raise ProposalError for files that a new registry would write over."""
    hint = "name an empty folder, or one without a registry: nothing is written over"
    if paths:
        raise ProposalError(*(Problem(Location(str(path)), "it exists", hint) for path in paths))


def registry_files(person: Person, *, title: str) -> dict[str, bytes]:
    """Return path to content of a new registry's files."""
    policies = dict(starter_policies())
    words = {"title": title, "person": f"{person.name} <{person.email}>", "owner": person.email}
    texts = {
        "README.md": README.substitute(words),
        "CODEOWNERS": CODEOWNERS.substitute(words),
        f"{MODELS}/README.md": MODELS_README,
        f"{POLICIES}/registry.yaml": SETTINGS.substitute(title=_quoted(title)),
        f"{POLICIES}/pipeline.yaml": PIPELINE,
        f"{POLICIES}/roles.yaml": _roles_text(person, [PIPELINE, *policies.values()]),
        **policies,
    }
    return {path: text.encode() for path, text in texts.items()} | dict(_copies())


def starter_policies() -> Iterator[tuple[str, str]]:
    """Yield path and text of the starter policies: the examples of the gates' own pages."""
    for name in STARTERS:
        found = _EXAMPLE.search(find_gate(name).page)
        if found is not None:
            policy = read_yaml(found[1].encode(), path=name).value
            path = f"{POLICIES}/catalog/{policy['category']}/{policy['id']}.yaml"
            yield path, f"# yaml-language-server: $schema={'../' * 3}schemas/policy.schema.json\n{found[1]}"


def _roles_text(person: Person, texts: list[str]) -> str:
    """Return the roles that the rules name, with nobody in them."""
    named = {role for text in texts for role in _roles_in(read_yaml(text.encode(), path="rules").value)}
    entries = (
        ROLE.substitute(
            id=role,
            title=role.replace("-", " ").capitalize(),
            contact=_quoted(person.email),
            person=f"{person.name} <{person.email}>",
        )
        for role in sorted(named)
    )
    return ROLES_HEAD + "".join(entries)


def _roles_in(value: Any) -> Iterator[str]:
    """Yield every role that a file of rules names, as owner or to be asked."""
    if isinstance(value, dict):
        yield from (text for key in ("owner", "role") if isinstance(text := value.get(key), str))
        for item in value.values():
            yield from _roles_in(item)
    elif isinstance(value, list):
        for item in value:
            yield from _roles_in(item)


def _copies() -> Iterator[tuple[str, bytes]]:
    """Yield the workflows, their steps and the schemas, where they lie beside this package."""
    for pattern in _COPIED:
        for path in sorted(SOURCE.glob(pattern)):
            if path.name not in _NOT_COPIED:
                yield path.relative_to(SOURCE).as_posix(), path.read_bytes()


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
