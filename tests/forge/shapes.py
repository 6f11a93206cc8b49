"""Answers that are complete by GitHub's description: what it requires is filled in, what a test says replaces it."""

from typing import Any

from tests.forge.contract import description

_FORMATS = {"uri": "https://api.github.com/x", "date-time": "2026-01-31T09:00:00Z", "email": "x@example.org"}


def shape(schema: str, **values: Any) -> dict[str, Any]:
    """Return the smallest object of a schema, with values put over it."""
    return smallest({"$ref": f"#/components/schemas/{schema}"}, description()) | values


def smallest(schema: dict[str, Any], root: dict[str, Any]) -> Any:
    """Return the smallest value of a schema; `root` is the description in which its references lead."""
    if "$ref" in schema:
        kind, name = schema["$ref"].split("/")[2:]
        return smallest(root["components"][kind][name], root)
    kinds = schema.get("type")
    kinds = kinds if isinstance(kinds, list) else [kinds]
    if schema.get("nullable") or "null" in kinds:
        return None
    if "enum" in schema or "const" in schema:
        return schema["const"] if "const" in schema else schema["enum"][0]
    for choice in ("oneOf", "anyOf"):
        if choice in schema:
            return smallest(schema[choice][0], root)
    if "allOf" in schema:
        return {key: value for part in schema["allOf"] for key, value in smallest(part, root).items()}
    match kinds[0]:
        case "object":
            properties = schema.get("properties", {})
            return {name: smallest(properties.get(name, {}), root) for name in schema.get("required", ())}
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
    return shape("simple-user", login=login, id=number, type=kind, gravatar_id="")
