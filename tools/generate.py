"""Writes what is generated: JSON Schemas of all formats, and the reference pages of the gates.

`--check` writes nothing and fails where a file on disk differs.
"""

import json
import sys
from pathlib import Path
from typing import Any

from promoter.document.strict import Strict
from promoter.gates.contract.gate import Gate
from promoter.gates.table import BUILT_IN
from promoter.policy.rulebook import FORMATS as POLICY_FORMATS
from promoter.policy.testcase import PolicyTest
from promoter.registry.reading import FORMATS as MODEL_FORMATS
from promoter.report.record import decision_schema
from promoter.report.record_file import record_schema

ROOT = Path(__file__).resolve().parent.parent
NAMES = {
    "StagePointer": "stage",
    "ChangeRecord": "change",
    "Withdrawals": "withdrawn",
    "Settings": "registry",
    "PolicyTest": "policy-test",
}


def schemas() -> dict[str, str]:
    """Return path to text of every JSON Schema."""
    forms = {*MODEL_FORMATS.values(), *POLICY_FORMATS.values(), PolicyTest}
    return {f"schemas/{_name(form)}.schema.json": _schema(form) for form in forms} | {
        "schemas/decision.schema.json": _text(decision_schema()),
        "schemas/record.schema.json": _text(record_schema()),
    }


def _name(form: type[Strict]) -> str:
    return NAMES.get(form.__name__, form.__name__.lower())


def _schema(form: type[Strict]) -> str:
    return _text({"$schema": "https://json-schema.org/draft/2020-12/schema", **form.model_json_schema()})


def _text(schema: dict[str, Any]) -> str:
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def pages() -> dict[str, str]:
    """Return path to text of every gate's reference page, and of their index."""
    rows = "\n".join(f"| [{g.name}]({g.name}.md) | {g.category} | {g.page.splitlines()[0]} |" for g in BUILT_IN)
    index = "# Gates\n\nGenerated from the gates' own declarations by `make generate`.\n\n"
    index += f"| gate | category | what it checks |\n|---|---|---|\n{rows}\n"
    return {"docs/gates/README.md": index} | {f"docs/gates/{gate.name}.md": _page(gate) for gate in BUILT_IN}


def _page(gate: Gate) -> str:
    schema = gate.parameters.model_json_schema()
    required = set(schema.get("required", ()))
    rows = [
        f"| `{name}` | {'required' if name in required else _default(field)} | {field.get('description', '')} |"
        for name, field in schema.get("properties", {}).items()
    ]
    table = "\n".join(["| parameter | default | meaning |", "|---|---|---|", *rows])
    return f"# {gate.name}\n\n{gate.page}\n\n## Parameters in full\n\n{table}\n"


def _default(field: dict[str, object]) -> str:
    return f"`{json.dumps(field.get('default'))}`"


def main() -> int:
    """Write or check every generated file; return how many differ."""
    differing = 0
    for path, text in {**schemas(), **pages()}.items():
        target = ROOT / path
        if target.exists() and target.read_text() == text:
            continue
        differing += 1
        if "--check" in sys.argv[1:]:
            print(f"{path} is not what its source says; run `make generate` and commit it")
        else:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text)
            print(f"wrote {path}")
    return min(differing, 1) if "--check" in sys.argv[1:] else 0


if __name__ == "__main__":
    sys.exit(main())
