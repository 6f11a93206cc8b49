"""Answers that are complete by GitHub's description: what it requires is filled in, what a test says replaces it."""

from typing import Any

from tests.forge.contract import description

_FORMATS = {"uri": "https://api.github.com/x", "date-time": "2026-01-31T09:00:00Z", "email": "x@example.org"}


def shape(schema: str, **values: Any) -> dict[str, Any]:
    """Return the smallest object of a schema, with values put over it."""
    filled: dict[str, Any] = _smallest({"$ref": f"#/components/schemas/{schema}"})
    return filled | values


def _smallest(schema: dict[str, Any]) -> Any:
    if "$ref" in schema:
        kind, name = schema["$ref"].split("/")[2:]
        return _smallest(description()["components"][kind][name])
    if schema.get("nullable"):
        return None
    if "enum" in schema:
        return schema["enum"][0]
    for choice in ("oneOf", "anyOf"):
        if choice in schema:
            return _smallest(schema[choice][0])
    if "allOf" in schema:
        return {key: value for part in schema["allOf"] for key, value in _smallest(part).items()}
    match schema.get("type"):
        case "object":
            properties = schema.get("properties", {})
            return {name: _smallest(properties.get(name, {})) for name in schema.get("required", ())}
        case "array":
            return []
        case "boolean":
            return False
        case "integer" | "number":
            return 1
        case _:
            return _FORMATS.get(schema.get("format", ""), "x")


def user(login: str, *, number: int = 1, kind: str = "User") -> dict[str, Any]:
    """Return an account."""
    return shape("simple-user", login=login, id=number, type=kind)
