"""A file of the repository at a commit or branch, where no clone is at hand."""

import base64
import binascii
from urllib.parse import quote

from promoter.errors import Location, Problem, ServiceError
from promoter.github.client import Client
from promoter.github.faults import is_refusal

_ABSENT = (404,)


def read_content(client: Client, path: str, *, ref: str) -> bytes | None:
    """Return a file's bytes, or None where the commit holds no such file. Raises ServiceError where GitHub fails."""
    place = f"contents/{quote(path)}?ref={quote(ref, safe='')}"
    try:
        answer = client.get(place)
    except ServiceError as error:
        if is_refusal(error, _ABSENT):
            return None
        raise
    try:
        return base64.b64decode(answer["content"])
    except (KeyError, TypeError, binascii.Error) as error:
        message = "GitHub's answer is no file in base64"
        raise ServiceError(Problem(Location(f"GitHub {place}"), message, "run the job again")) from error
