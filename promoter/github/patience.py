"""Waiting as long as the server asks, and trying again: rate limits, failures and timeouts, in one adapter.

Sources: docs.github.com, "Rate limits for the REST API" and "Best practices for using the REST API": wait for
`retry-after`; else, where `x-ratelimit-remaining` is 0, until `x-ratelimit-reset`; else at least a minute, longer
each time.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import requests
from requests.adapters import HTTPAdapter

from promoter.github.faults import too_long_to_wait

SECONDARY_WAIT_SECONDS = 60.0
FIRST_BACKOFF_SECONDS = 1.0
MOST_TRIES = 6

_RATE_LIMITED = {403, 429}
_FAILED = {500, 502, 503, 504}


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long one request may wait altogether, and the clock and sleep that it waits by."""

    total_seconds: float = 600.0
    now: Callable[[], float] = time.time
    sleep: Callable[[float], None] = time.sleep


@dataclass(frozen=True, slots=True)
class Wait:
    """Why a request is tried again, and after how many seconds."""

    reason: str
    seconds: float


class PatientAdapter(HTTPAdapter):
    """Sends a request until it is answered for good; the last answer or exception is handed on as it came.

    A request that failed on the server may have been carried out: callers that create look for twins afterwards.
    """

    def __init__(self, patience: Patience) -> None:
        self._patience = patience
        super().__init__()

    def send(self, request: requests.PreparedRequest, **options: Any) -> requests.Response:  # type: ignore[override]
        """Return the answer. Raises ServiceError where the server asks for more patience than is left."""
        left = self._patience.total_seconds
        for attempt in range(MOST_TRIES):
            is_last = attempt == MOST_TRIES - 1
            try:
                response = super().send(request, **options)
            except (requests.ConnectionError, requests.Timeout):
                if is_last:
                    raise
                wait = Wait("GitHub could not be reached", backoff_seconds(attempt))
            else:
                found = wait_before_retry(response.status_code, response.headers, attempt, self._patience.now())
                if found is None or is_last:
                    return response
                wait = found
                response.close()
            if wait.seconds > left:
                raise too_long_to_wait(f"{request.method} {request.path_url}", wait.reason, wait.seconds, left)
            left -= wait.seconds
            self._patience.sleep(wait.seconds)
        raise AssertionError("the last try returns or raises")


def wait_before_retry(status: int, headers: Mapping[str, str], attempt: int, now: float) -> Wait | None:
    """Return how long to wait before the same request again, or None where the answer is final.

    `attempt` counts from 0; `now` is in Unix seconds.
    """
    asked = _seconds(headers.get("Retry-After"))
    if status in _RATE_LIMITED:
        if asked is not None:
            return Wait("secondary rate limit", asked)
        if headers.get("X-RateLimit-Remaining") == "0":
            reset = _seconds(headers.get("X-RateLimit-Reset")) or now + SECONDARY_WAIT_SECONDS
            return Wait("rate limit used up", max(reset - now, 0.0) + 1.0)
        if status == requests.codes.too_many_requests:
            return Wait("secondary rate limit", SECONDARY_WAIT_SECONDS * 2**attempt)
        return None
    if status in _FAILED:
        return Wait(f"GitHub failed ({status})", asked if asked is not None else backoff_seconds(attempt))
    return None


def backoff_seconds(attempt: int) -> float:
    """Return 1, 2, 4, ... seconds for attempts 0, 1, 2, ..."""
    return FIRST_BACKOFF_SECONDS * 2.0**attempt


def _seconds(text: str | None) -> float | None:
    """Return a header's whole seconds, or None where it holds none (an HTTP date counts as none)."""
    return float(text) if text and text.isascii() and text.isdigit() else None
