"""Every request and every answer held against GitHub's own OpenAPI description."""

import gzip
import json
import re
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import quote

from openapi_core import Config, OpenAPI
from openapi_core.datatypes import RequestParameters
from openapi_core.exceptions import OpenAPIError

from tests.forge.schema.slim import SLIM

HOST = "https://api.github.com"
TRANSCRIBED = SLIM.with_name("actions_policies.json")
_OF_MANY_SEGMENTS = re.compile(r"(/repos/[^/]+/[^/]+/contents/)(.+)")
"""GitHub's description marks such a path parameter with x-multi-segment; openapi-core matches one segment."""


@dataclass(slots=True)
class Request:
    """A request as openapi-core sees it."""

    method: str
    path: str
    query: dict[str, str]
    body: bytes | None
    host_url: str = HOST
    content_type: str = "application/json"
    parameters: RequestParameters = field(init=False)

    def __post_init__(self) -> None:
        """Hand the query over, and a path of many segments as one."""
        found = _OF_MANY_SEGMENTS.fullmatch(self.path)
        if found is not None:
            self.path = found[1] + quote(found[2], safe="")
        self.parameters = RequestParameters(query=self.query)


@dataclass(slots=True)
class Response:
    """An answer as openapi-core sees it."""

    status_code: int
    data: bytes
    content_type: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)


@cache
def description() -> dict[str, Any]:
    """Return the cut description, with the operations that GitHub documents and its own description lacks."""
    found: dict[str, Any] = json.loads(gzip.decompress(SLIM.read_bytes()))
    added = json.loads(TRANSCRIBED.read_bytes())
    found["paths"] |= added["paths"]
    found["components"]["schemas"] |= added["components"]["schemas"]
    return found


@cache
def _openapi() -> OpenAPI:
    return OpenAPI.from_dict(description(), config=Config(spec_validator_cls=None))


def request_violation(request: Request) -> str | None:
    """Return how a request breaks GitHub's description, or None."""
    try:
        _openapi().validate_request(request)
    except OpenAPIError as error:
        return _told(error)
    return None


def response_violation(request: Request, response: Response) -> str | None:
    """Return how an answer breaks GitHub's description, or None."""
    try:
        _openapi().validate_response(request, response)
    except OpenAPIError as error:
        return _told(error)
    return None


def _told(error: OpenAPIError) -> str:
    cause = error.__cause__
    details = [entry.message[:200] for entry in getattr(cause, "schema_errors", ())]
    return f"{type(error).__name__}: {error}: {cause}: {details}"
