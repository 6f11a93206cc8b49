"""GitHub's refusals as what happened and what to do next, for whoever runs the workflow."""

import json
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager

import requests
from github3.exceptions import (
    GeneratedTokenExpired,
    GitHubError,
    GitHubException,
    TransportError,
)

from promoter.errors import Location, Problem, ServiceError

_MOST_CHARS = 300

_HINTS = {
    400: "this is a fault of promoter's: report it with this line",
    401: "pass the job's token as GITHUB_TOKEN; it ends with the job, so run the job again",
    403: "grant the job what it needs under `permissions:`",
    404: "check owner and name; a token that may not see a private repository gets this answer too",
    405: "the repository's settings do not allow this; see `promoter doctor`",
    409: "something moved meanwhile: run the job again",
    410: "issues, and with them comments, are turned off: turn them on in the repository's settings",
    422: "this is a fault of promoter's: report it with this line",
    451: "the repository is blocked for legal reasons: write to GitHub's support",
}
_WORDS = {
    400: "GitHub could not read the request",
    401: "GitHub refused the token",
    403: "the token may not do this",
    404: "it is not there, or the token cannot see it",
    405: "it is not allowed in this state",
    409: "it conflicts with what is there",
    410: "it is gone",
    422: "GitHub refused the content",
    451: "it is not available for legal reasons",
}


@contextmanager
def translated(what: str) -> Iterator[None]:
    """Turn every failure of github3.py and of the network in the body into a ServiceError; `what` names the call."""
    try:
        yield
    except TransportError as error:
        raise ServiceError(_unreachable(what, error.exception)) from error
    except GeneratedTokenExpired as error:
        raise ServiceError(Problem(_place(what), f"the token expired: {error}", _HINTS[401])) from error
    except GitHubError as error:
        raise ServiceError(_refused(what, error)) from error
    except GitHubException as error:
        message = f"GitHub's answer is not what it documents: {type(error).__name__}"
        raise ServiceError(Problem(_place(what), message, "run the job again")) from error
    except requests.RequestException as error:
        raise ServiceError(_unreachable(what, error)) from error


def is_refusal(error: ServiceError, codes: Collection[int]) -> bool:
    """Say whether an error is GitHub's answer with one of some codes, and not a failure of its own."""
    cause = error.__cause__
    return isinstance(cause, GitHubError) and cause.code in codes


def too_long_to_wait(what: str, reason: str, wait_seconds: float, left_seconds: float) -> ServiceError:
    """Return the error for a server that asks for more patience than is left."""
    message = f"{reason}: it asks to wait {wait_seconds:.0f} s, and {left_seconds:.0f} s of patience are left"
    return ServiceError(Problem(_place(what), message, "run the job again later; the verdict itself is not lost"))


def _unreachable(what: str, error: Exception) -> Problem:
    kind = "did not answer in time" if isinstance(error, requests.Timeout) else "could not be reached"
    hint = "see githubstatus.com, check GITHUB_API_URL, then run the job again"
    return Problem(_place(what), f"GitHub {kind} ({type(error).__name__})", hint)


def _refused(what: str, error: GitHubError) -> Problem:
    """Return the answer in words; GitHub's own words stand in quotes, because they can repeat what we sent."""
    code = error.code
    if code is None or code < 400:
        return Problem(_place(what), "GitHub's answer lacks what it documents", "run the job again")
    said = json.dumps(_said(error), ensure_ascii=True)[:_MOST_CHARS]
    if code >= 500:
        message = f"GitHub failed ({code}), and went on failing when it was asked again"
        return Problem(_place(what), message, "see githubstatus.com, then run the job again")
    words = _WORDS.get(code, "GitHub refused it")
    return Problem(_place(what), f"{words} ({code}): {said}", _hint(code, error.response.headers))


def _said(error: GitHubError) -> str:
    message = error.message
    text = message.decode("utf-8", "replace") if isinstance(message, bytes) else str(message)
    details = [str(entry.get("message") or entry) if isinstance(entry, dict) else str(entry) for entry in error.errors]
    return "; ".join([text, *details])


def _hint(code: int, headers: Mapping[str, str]) -> str:
    """Return what to do; where GitHub names the permission that is missing, the workflow's line for it."""
    wanted = headers.get("X-Accepted-GitHub-Permissions", "")
    if code in (403, 404) and wanted:
        lines = " or ".join(
            ", ".join(f"`{scope.strip().replace('_', '-').replace('=', ': ')}`" for scope in choice.split(","))
            for choice in wanted.split(";")
        )
        return f"grant the job {lines} under `permissions:`"
    return _HINTS.get(code, "run the job again")


def _place(what: str) -> Location:
    return Location(f"GitHub {what}")
