import pytest

from promoter.errors import ProposalError, ServiceError
from promoter.github.client import Client, connect
from promoter.github.patience import Patience
from tests.forge.server import Forge
from tests.forge.state import FULL_NAME
from tests.github.conftest import NOW, Waits, client_of

WRONG = "ghs_wrong_and_long"


def told(client: Client, path: str = "pulls/7") -> str:
    """Return the error of a GET."""
    with pytest.raises(ServiceError) as caught:
        client.get(path)
    return str(caught.value)


@pytest.mark.parametrize(
    ("status", "says", "hint"),
    [
        (400, "GitHub could not read the request (400)", "report it"),
        (401, "GitHub refused the token (401)", "pass the job's token as GITHUB_TOKEN"),
        (403, "the token may not do this (403)", "under `permissions:`"),
        (404, "it is not there, or the token cannot see it (404)", "check owner and name"),
        (405, "it is not allowed in this state (405)", "promoter doctor"),
        (409, "it conflicts with what is there (409)", "run the job again"),
        (410, "it is gone (410)", "turn them on"),
        (422, "GitHub refused the content (422)", "report it"),
        (451, "legal reasons (451)", "support"),
        (418, "GitHub refused it (418)", "run the job again"),
    ],
)
def test_each_refusal_says_what_and_what_next(
    client: Client, forge: Forge, waits: Waits, status: int, says: str, hint: str
) -> None:
    """One message a status, GitHub's own words in quotes, no wait."""
    forge.fail("GET", "/pulls/7$", status)
    text = told(client)
    assert says in text
    assert hint in text
    assert f'"a fault ({status})"' in text
    assert [] == waits.seconds


def test_a_missing_permission_is_named(forge: Forge, waits: Waits) -> None:
    """GitHub says which permission the route takes; the hint is the workflow's line."""
    client = client_of(forge, waits, pull_requests="read")
    with pytest.raises(ServiceError, match="grant the job `checks: write` under `permissions:`"):
        client.post("check-runs", {"name": "x", "head_sha": "a" * 40})


def test_a_wrong_token_is_told_without_the_token(forge: Forge, waits: Waits) -> None:
    """The error never holds the secret."""
    client = connect(FULL_NAME, token=WRONG, api_url=forge.url, patience=waits.patience)
    text = told(client)
    assert "(401)" in text
    assert WRONG not in text


def test_a_secondary_limit_waits_as_long_as_the_server_asks(client: Client, forge: Forge, waits: Waits) -> None:
    """Retry-After decides, and then the answer comes."""
    forge.fail("GET", "/pulls/7$", 403, headers={"Retry-After": "17"})
    assert 7 == client.get("pulls/7")["number"]
    assert [17.0] == waits.seconds


def test_a_secondary_limit_without_a_time_waits_a_minute_and_longer(client: Client, forge: Forge, waits: Waits) -> None:
    """60 s, then 120 s, as GitHub's guide says."""
    forge.fail("GET", "/pulls/7$", 429, times=2)
    client.get("pulls/7")
    assert [60.0, 120.0] == waits.seconds


def test_a_used_up_limit_waits_for_its_reset(client: Client, forge: Forge, waits: Waits) -> None:
    """Until X-RateLimit-Reset, and a second more for the clocks."""
    headers = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(int(NOW) + 30)}
    forge.fail("GET", "/pulls/7$", 403, headers=headers)
    client.get("pulls/7")
    assert [31.0] == waits.seconds


def test_a_reset_beyond_the_patience_is_told_at_once(client: Client, forge: Forge, waits: Waits) -> None:
    """An hour's wait ends the job with what to do, and nothing is slept."""
    headers = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(int(NOW) + 3600)}
    forge.fail("GET", "/pulls/7$", 403, headers=headers)
    assert "rate limit used up: it asks to wait 3601 s, and 600 s of patience are left" in told(client)
    assert [] == waits.seconds


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_failure_then_success_is_a_success(client: Client, forge: Forge, waits: Waits, status: int) -> None:
    """The wait doubles from a second."""
    forge.fail("GET", "/pulls/7$", status, times=3)
    assert 7 == client.get("pulls/7")["number"]
    assert [1.0, 2.0, 4.0] == waits.seconds


def test_a_failure_that_stays_is_told(client: Client, forge: Forge, waits: Waits) -> None:
    """After six tries the error names the status."""
    forge.fail("GET", "/pulls/7$", 503, times=99)
    assert "GitHub failed (503), and went on failing" in told(client)
    assert 5 == len(waits.seconds)


def test_a_server_that_does_not_answer_is_told(forge: Forge) -> None:
    """A timeout is tried again and then told as one."""
    token = forge.state.mint(pull_requests="read")
    waited: list[float] = []
    client = connect(FULL_NAME, token=token, api_url=forge.url, patience=Patience(sleep=waited.append))
    client.session.default_read_timeout = 0.05
    forge.fail("GET", "/pulls/7$", 200, times=99, delay_seconds=0.1)
    assert "GitHub did not answer in time" in told(client)
    assert 5 == len(waited)


def test_a_server_that_is_not_there_is_told(waits: Waits) -> None:
    """A refused connection names the setting to check."""
    client = connect(FULL_NAME, token=WRONG, api_url="http://127.0.0.1:9", patience=waits.patience)
    assert "GitHub could not be reached" in told(client)
    assert "GITHUB_API_URL" in told(client)


def test_an_answer_that_is_no_json_is_told(client: Client, forge: Forge) -> None:
    """A proxy's page is no answer of GitHub's."""
    forge.fail("GET", "/pulls/7$", 200, body=b"<html>")
    assert "no JSON object" in told(client)


def test_a_list_that_fails_on_a_later_page_is_no_shorter_list(client: Client, forge: Forge) -> None:
    """Half a list of comments would make a twin: it is an error."""
    for number in range(120):
        forge.state.add_comment(7, "ada", str(number))
    forge.fail("GET", "page=2", 404)
    with pytest.raises(ServiceError, match="404"):
        list(client.pages("issues/7/comments"))


def test_the_api_of_an_enterprise_server_has_a_path_of_its_own(forge: Forge, waits: Waits) -> None:
    """GITHUB_API_URL is taken as it is, /api/v3 included."""
    token = forge.state.mint(pull_requests="read")
    client = connect(FULL_NAME, token=token, api_url=f"{forge.url}/api/v3", patience=waits.patience)
    assert 7 == client.get("pulls/7")["number"]


@pytest.mark.parametrize("name", ["registry", "/registry", "acme/", "acme/registry/x"])
def test_a_repository_is_owner_and_name(name: str) -> None:
    """Anything else is refused before a request is made."""
    with pytest.raises(ProposalError, match="write owner/name"):
        connect(name, token=WRONG)
