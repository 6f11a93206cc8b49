"""`promoter gates`: the gates that policies may name, and the reference page of each."""

import json

import click

from promoter.commands.gates_new import new_gate
from promoter.gates.contract.gate import Gate
from promoter.gates.table import find_gate, gate_names


@click.group(help="List the gates, show one's reference page, or begin one of your own.")
def command() -> None:
    """Hold `list`, `show` and `new` together."""


command.add_command(new_gate)


@command.command("list", help="Name every gate, with its category and what it checks.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def list_gates(*, as_json: bool) -> None:
    """Print the table of gates."""
    gates = [find_gate(name) for name in gate_names()]
    if as_json:
        click.echo(json.dumps([_facts(gate) for gate in gates], indent=2))
        return
    width = max(len(gate.name) for gate in gates)
    for gate in gates:
        click.echo(f"{gate.name:<{width}}  {gate.category.value:<13}  {gate.page.splitlines()[0]}")


@command.command("show", help="Print a gate's reference page and the schema of its parameters.")
@click.argument("name")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def show_gate(name: str, *, as_json: bool) -> None:
    """Print one gate."""
    gate = find_gate(name)
    if as_json:
        click.echo(json.dumps({**_facts(gate), "parameters": gate.parameters.model_json_schema()}, indent=2))
        return
    click.echo(f"# {gate.name}\n\n{gate.page}")


def _facts(gate: Gate) -> dict[str, object]:
    return {
        "name": gate.name,
        "category": gate.category.value,
        "summary": gate.page.splitlines()[0],
        "tasks": sorted(gate.tasks),
    }
