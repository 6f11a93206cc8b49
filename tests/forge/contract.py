"""Every request and every answer held against GitHub's own OpenAPI description."""

import gzip
import json
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from openapi_core import Config, OpenAPI
from openapi_core.datatypes import RequestParameters
from openapi_core.exceptions import OpenAPIError

from tests.forge.schema.slim import SLIM

HOST = "https://api.github.com"


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
        """Hand the query over."""
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
    """Return the cut description."""
    found: dict[str, Any] = json.loads(gzip.decompress(SLIM.read_bytes()))
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
