"""`promoter gates new`: the files of a gate of one's own, which lint and test clean as they are."""

import re
from pathlib import Path

import click

from promoter.commands.gate_texts import CASE, GATE, PACKAGE, POLICY, PROJECT, TEST
from promoter.errors import Location, Problem, ProposalError
from promoter.gates.table import gate_names
from promoter.policy.policy import Category

_NAME = re.compile(r"[a-z][a-z0-9_]{0,40}")
_CASES = (
    ("passes", "A summary of five words passes.", "promotion", "Trained on the latest year.", "passed"),
    ("fails", "One word says nothing.", "promotion", "New.", "failed"),
    ("not-applicable", "A rollback was described when it was new.", "rollback", "New.", "not_applicable"),
)


@click.command("new", help="Write the package of a gate of your own: gate with its page, test, policy and its cases.")
@click.argument("name")
@click.option("--dir", "folder", type=click.Path(path_type=Path), default=None, help="Folder; default: NAME-gate.")
@click.option(
    "--category",
    type=click.Choice([member.value for member in Category]),
    default=Category.COMPLIANCE.value,
    show_default=True,
)
@click.option("--owner", default="risk", show_default=True, help="Role of policies/roles.yaml that owns the policy.")
def new_gate(*, name: str, folder: Path | None, category: str, owner: str) -> None:
    """Write nothing where the name is taken or a file is in the way."""
    if not _NAME.fullmatch(name):
        hint = "use a-z, 0-9 and _, beginning with a letter, such as source_host"
        raise ProposalError(Problem(Location("NAME"), f"{name!r} is no name of a gate", hint))
    if name in gate_names():
        raise ProposalError(Problem(Location("NAME"), f"a gate is called {name!r} already", "choose another name"))
    target = folder or Path(f"{name.replace('_', '-')}-gate")
    files = {target / path: text for path, text in gate_files(name, category=category, owner=owner).items()}
    for path in files:
        if path.exists():
            raise ProposalError(Problem(Location(str(path)), "the file exists", "name an empty folder with --dir"))
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        click.echo(f"wrote {path}")
    click.echo(f"next: pip install -e {target}, pytest {target}, then copy {target}/policies into the registry")


def gate_files(name: str, *, category: str, owner: str) -> dict[str, str]:
    """Return path to text of a new gate's files."""
    package, policy_id = f"{name}_gate", name.replace("_", "-")
    words = {
        "name": name,
        "package": package,
        "distribution": f"{policy_id}-gate",
        "parameters": "".join(part.capitalize() for part in name.split("_")) + "Parameters",
        "id": policy_id,
        "category": category,
        "member": Category(category).name,
        "owner": owner,
    }
    policy = POLICY.substitute(words)
    cases = {
        f"policies/tests/{policy_id}/{case}.yaml": CASE.substitute(
            title=title, kind=kind, summary=summary, outcome=outcome
        )
        for case, title, kind, summary, outcome in _CASES
    }
    return {
        "pyproject.toml": PROJECT.substitute(words),
        f"{package}/__init__.py": PACKAGE.substitute(words),
        f"{package}/{name}.py": GATE.substitute(words, policy=policy),
        f"tests/test_{name}.py": TEST.substitute(words),
        f"policies/catalog/{category}/{policy_id}.yaml": policy,
        **cases,
    }
