"""Payloads of events that are complete by GitHub's description: what it requires is filled in, and all is checked."""

import gzip
import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator

from tests.forge.schema.slim import SLIM_EVENTS
from tests.forge.shapes import smallest


def payload(event: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the payload of an event, such as "push", with values put over the smallest one, at any depth.

    Raises jsonschema.ValidationError where GitHub would never send it.
    """
    described = _described()
    repository = smallest({"$ref": "#/components/schemas/repository-webhooks"}, described)
    required = {"repository": repository, **smallest(described["events"][event], described)}
    filled: dict[str, Any] = _over(required, values)
    Draft202012Validator({**described["events"][event], "components": described["components"]}).validate(filled)
    return filled


@cache
def _described() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(gzip.decompress(SLIM_EVENTS.read_bytes()))
    return found


def _over(below: Any, above: Any) -> Any:
    if isinstance(below, dict) and isinstance(above, Mapping):
        return {**below, **{key: _over(below.get(key), value) for key, value in above.items()}}
    return above
