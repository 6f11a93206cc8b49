"""The published JSON Schemas and the types that they are made from agree on this project's own registry."""

import json
import re
from pathlib import Path

import jsonschema
import pytest

from promoter.document.reader import read_yaml

ROOT = Path(__file__).parents[1]
FILES = sorted(
    path for folder in ("models", "policies") for path in (ROOT / folder).rglob("*.yaml") if "/.venv/" not in str(path)
)


@pytest.mark.parametrize("schema", sorted((ROOT / "schemas").glob("*.json")), ids=lambda path: path.name)
def test_each_schema_is_a_schema(schema: Path) -> None:
    """An editor can load it."""
    jsonschema.Draft202012Validator.check_schema(json.loads(schema.read_text(encoding="utf-8")))


def test_every_yaml_file_names_its_schema_and_meets_it() -> None:
    """The first line leads to a file beside which the rest is valid, so an editor never disagrees with the engine."""
    assert FILES
    wrong = [f"{path.relative_to(ROOT)}: {reason}" for path in FILES for reason in faults(path)]
    assert [] == wrong


def faults(path: Path) -> list[str]:
    """Return why an editor would complain of a file."""
    text = path.read_text(encoding="utf-8")
    named = re.match(r"# yaml-language-server: \$schema=(\S+)\n", text)
    if named is None:
        return ["names no schema in its first line"]
    schema = path.parent / named[1]
    if not schema.is_file():
        return [f"names {named[1]}, which is not there"]
    validator = jsonschema.Draft202012Validator(json.loads(schema.read_text(encoding="utf-8")))
    return [error.message for error in validator.iter_errors(read_yaml(text.encode(), path=path.name).value)]
