"""One repository on GitHub, through github3.py's session: its authentication, its pagination, its errors.

github3.py's own models are not used for reading: they fail on answers that GitHub documents, such as the null
author of a deleted account. What is read is plain JSON, parsed by the module that asked.
"""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from github3.exceptions import error_for
from github3.session import GitHubSession
from github3.structs import GitHubIterator

from promoter import __version__
from promoter.errors import Location, Problem, ProposalError, ServiceError
from promoter.github.faults import translated
from promoter.github.patience import Patience, PatientAdapter

CONNECT_SECONDS, READ_SECONDS = 10, 30
DEFAULT_API_URL = "https://api.github.com"
_ACCEPT = "application/vnd.github+json"
_API_VERSION = "2022-11-28"
_NEVER = "2999-01-01T00:00:00Z"
"""GITHUB_TOKEN does not say when it expires; GitHub's 401 does."""

_APP_SECONDS = 540
"""GitHub takes ten minutes at most, and its clock may be behind."""

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Client:
    """The REST API of one repository, `owner/name`. Paths are below /repos/{owner}/{repo}/ unless they start with /.

    Every method raises ServiceError with what happened and what to do.
    """

    repository: str
    session: GitHubSession

    def get(self, path: str) -> Json:
        """Return one object."""
        return self._send("GET", path, None)

    def post(self, path: str, body: Mapping[str, Any]) -> Json:
        """Return what was created; an empty object where GitHub answers without one."""
        return self._send("POST", path, body)

    def patch(self, path: str, body: Mapping[str, Any]) -> Json:
        """Return what was changed."""
        return self._send("PATCH", path, body)

    def delete(self, path: str) -> None:
        """Delete one object."""
        self._send("DELETE", path, None)

    def pages(self, path: str, *, list_key: str | None = None, **query: str) -> Iterator[Json]:
        """Yield the objects of a list, 100 a request, to its last page; `list_key` is where an answer wraps it."""
        url = self._url(path)
        with translated(f"GET {url}"):
            yield from GitHubIterator(-1, url, dict, self.session, params={**query}, list_key=list_key)

    def _send(self, method: str, path: str, body: Mapping[str, Any] | None) -> Json:
        url = self._url(path)
        with translated(f"{method} {url}"):
            response = self.session.request(method, url, json=body)
            if response.status_code >= 400:
                raise error_for(response)
        if response.status_code == 204 or not response.content:
            return {}
        try:
            answer = response.json()
        except ValueError:
            answer = None
        if not isinstance(answer, dict):
            message = f"the answer ({response.status_code}) is no JSON object"
            hint = "check GITHUB_API_URL: it names another service, or a proxy answers in its place"
            raise ServiceError(Problem(Location(f"GitHub {method} {url}"), message, hint))
        return answer

    def _url(self, path: str) -> str:
        below = path if path.startswith("/") else f"/repos/{self.repository}/{path}"
        return str(self.session.base_url).rstrip("/") + below.rstrip("/")


def connect(repository: str, *, token: str, api_url: str = DEFAULT_API_URL, patience: Patience | None = None) -> Client:
    """Return a client of `owner/name`. The token is an installation's, as GITHUB_TOKEN is, or a person's."""
    client = _anonymous(repository, api_url, patience)
    client.session.app_installation_token_auth({"token": token, "expires_at": _NEVER})
    return client


def connect_as_app(
    repository: str, *, app_id: str, key: str, api_url: str = DEFAULT_API_URL, patience: Patience | None = None
) -> Client:
    """Return a client that speaks as a GitHub App itself, by its private key in PEM; it may hand out tokens.

    Raises ServiceError where the key is none.
    """
    from github3.apps import create_token
    from jwt import InvalidKeyError

    client = _anonymous(repository, api_url, patience)
    try:
        signed = create_token(key.encode(), app_id, expire_in=_APP_SECONDS)
    except (ValueError, InvalidKeyError) as error:
        message, hint = "it holds no private key of RSA in PEM", "put the whole file that GitHub gave into the secret"
        raise ServiceError(Problem(Location("PROMOTER_APP_KEY"), message, hint)) from error
    client.session.app_bearer_token_auth(signed, _APP_SECONDS)
    return client


def _anonymous(repository: str, api_url: str, patience: Patience | None) -> Client:
    """Return a client without authentication."""
    owner, _, name = repository.partition("/")
    if not (owner and name) or "/" in name:
        hint = "write owner/name; in Actions GITHUB_REPOSITORY holds it"
        raise ProposalError(Problem(Location("--repository"), f"{repository!r} is no repository", hint))
    session = GitHubSession(CONNECT_SECONDS, READ_SECONDS)
    session.base_url = api_url
    session.headers.update(
        {
            "Accept": _ACCEPT,
            "X-GitHub-Api-Version": _API_VERSION,
            "User-Agent": f"promoter/{__version__}",
        }
    )
    for scheme in ("https://", "http://"):
        session.mount(scheme, PatientAdapter(patience or Patience()))
    return Client(repository, session)


def api_url_from_environment() -> str:
    """Return where the REST API is: GITHUB_API_URL, or GitHub's own."""
    return os.environ.get("GITHUB_API_URL") or DEFAULT_API_URL


def connect_for_checks(client: Client) -> Client:
    """Return the client that posts the check: the app's, where PROMOTER_CHECK_TOKEN holds its token, else this one."""
    token = os.environ.get("PROMOTER_CHECK_TOKEN", "")
    return connect(client.repository, token=token, api_url=api_url_from_environment()) if token else client


def connect_from_environment(repository: str | None) -> Client:
    """Return the client that a job's environment describes: GITHUB_TOKEN, GITHUB_API_URL, GITHUB_REPOSITORY."""
    token = os.environ.get("GITHUB_TOKEN", "")
    if not token:
        message, hint = "the environment holds no token", "set GITHUB_TOKEN for this step: ${{ github.token }}"
        raise ServiceError(Problem(Location("GITHUB_TOKEN"), message, hint))
    return connect(
        repository or os.environ.get("GITHUB_REPOSITORY", ""),
        token=token,
        api_url=api_url_from_environment(),
    )
