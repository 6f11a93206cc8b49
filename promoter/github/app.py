"""A token of the registry's own GitHub App, which may post the check and nothing else."""

from promoter.errors import Location, Problem, ServiceError
from promoter.github.client import Client

PERMISSIONS = {"checks": "write"}


def installation_token(client: Client) -> str:
    """Return a token for this one repository that lasts an hour. The client is an app's.

    Raises ServiceError where the app is not installed on the repository, or may not write checks.
    """
    installation = int(client.get("installation")["id"])
    name = client.repository.rpartition("/")[2]
    body = {"repositories": [name], "permissions": PERMISSIONS}
    answer = client.post(f"/app/installations/{installation}/access_tokens", body)
    token = answer.get("token")
    if not isinstance(token, str) or not token.isascii() or not token.isprintable():
        message = "GitHub's answer holds no token"
        raise ServiceError(Problem(Location(f"GitHub app/installations/{installation}"), message, "run the job again"))
    return token
