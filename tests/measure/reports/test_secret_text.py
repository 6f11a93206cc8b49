import json
import tracemalloc

import pytest

from promoter.measure.reports.request import SecretScan
from promoter.measure.reports.secret_patterns import entropy_bits
from promoter.measure.request import Measured
from tests.measure.reports.leaky import LINES, TEXT
from tests.measure.reports.reading import REPORTS, answer


def scan(text: str | bytes, *, with_entropy: bool = True) -> Measured:
    """Return what a text is measured as."""
    return answer(SecretScan, text.encode() if isinstance(text, str) else text, with_entropy=with_entropy)


def lines(found: Measured) -> set[int]:
    """Return the lines with secrets."""
    return {secret["line"] for secret in found.facts["secrets"]}


def test_every_line_that_detect_secrets_reports_is_found() -> None:
    """The tool's own baseline of the same text, line by line."""
    baseline = json.loads((REPORTS / "detect-secrets" / "baseline.json").read_bytes())
    expected = {secret["line_number"] for secret in baseline["results"]["leaky.txt"]}
    assert set(range(1, len(LINES) + 1)) == expected
    assert expected == lines(scan(TEXT))


def test_the_secret_itself_is_never_part_of_the_answer() -> None:
    """A report that shows what it found leaks it again."""
    shown = json.dumps(scan(TEXT).as_json())
    assert not any(part in shown for part in ("wJalrXUtnFEMI", "hunter2", "s3cretpassw0rd", "FGqddMF8t08v8N7"))


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be", "latin-1", "utf-8-sig"])
def test_encoding_hides_nothing(encoding: str) -> None:
    """A text that is not UTF-8 is searched all the same; UTF-16 without a mark is binary, and says so."""
    found = scan(TEXT.encode(encoding))
    assert found.facts["is_text"] is (encoding != "utf-16-be")
    assert bool(lines(found)) is (encoding != "utf-16-be")


@pytest.mark.parametrize(
    "text",
    [
        "digest: sha256:fe71b6b918a212740c3e4a0a60e8b657cfe1f726a66c3e98733d24144ce6f174",
        'commit: "c3ce52ab85ec1f7c9f7947abb5f35cb3bf52b953"',
        "password: ${DATABASE_PASSWORD}",
        "secret: vault:lending/database",
        "url: https://user:<password>@db.example.org",
        "The password must be changed every year.",
        "api_key: aaaaaaaaaaaa",
    ],
)
def test_digests_placeholders_and_references_are_no_secrets(text: str) -> None:
    """What every manifest holds must not be an alarm."""
    assert set() == lines(scan(text))


def test_random_strings_count_where_they_are_asked_for() -> None:
    """A signature is random, and no secret."""
    assert {1} == lines(scan(LINES[-1]))
    assert set() == lines(scan(LINES[-1], with_entropy=False))


def test_a_comment_exempts_nothing() -> None:
    """detect-secrets' own pragma would let an author decide."""
    assert {1} == lines(scan(LINES[2] + "  # pragma: allowlist secret"))


def test_entropy_is_shannons() -> None:
    """Four different letters have two bits each; one letter has none."""
    assert (2.0, 0.0) == (entropy_bits("abcd"), entropy_bits("aaaa"))


def test_text_above_the_limit_is_refused() -> None:
    """33 MB are not searched."""
    assert "too large to search" in (scan(b"a" * (33 * 1024 * 1024)).failure or "")


def test_text_of_nothing_but_lines_costs_no_more_than_its_size() -> None:
    """Five million lines, and a secret on the last."""
    content = b"\n" * 5_000_000 + LINES[0].encode()
    tracemalloc.start()
    found = scan(content)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert ({5_000_001}, True) == (lines(found), peak < 50_000_000)


def test_binary_content_is_not_searched_and_says_so() -> None:
    """A figure is no text."""
    assert scan(b"\x89PNG\r\n\x1a\n\0\0").facts == {"secrets": [], "is_text": False}
