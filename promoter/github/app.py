"""A token of the registry's own GitHub App, which may do one thing: post the check, or push the records."""

from enum import StrEnum

from promoter.errors import Location, Problem, ServiceError
from promoter.github.client import Client


class Purpose(StrEnum):
    """What a token is for."""

    CHECKS = "checks"
    RECORDS = "records"


PERMISSIONS = {Purpose.CHECKS: {"checks": "write"}, Purpose.RECORDS: {"contents": "write"}}
"""What GitHub calls each purpose; whatever else the app may do, its token may not."""


def installation_token(client: Client, purpose: Purpose) -> str:
    """Return a token for this one repository that lasts an hour. The client is an app's.

    Raises ServiceError where the app is not installed on the repository, or may not do what the token is for.
    """
    installation = int(client.get("installation")["id"])
    name = client.repository.rpartition("/")[2]
    body = {"repositories": [name], "permissions": PERMISSIONS[purpose]}
    answer = client.post(f"/app/installations/{installation}/access_tokens", body)
    token = answer.get("token")
    if not isinstance(token, str) or not token.isascii() or not token.isprintable():
        message = "GitHub's answer holds no token"
        raise ServiceError(Problem(Location(f"GitHub app/installations/{installation}"), message, "run the job again"))
    return token
