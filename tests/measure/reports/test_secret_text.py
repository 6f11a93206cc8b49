import importlib
import inspect
import json
import tracemalloc
from pkgutil import iter_modules

import pytest
from detect_secrets import plugins
from detect_secrets.plugins.base import BasePlugin

from promoter.measure.reports.request import SecretScan
from promoter.measure.reports.secret_patterns import entropy_bits
from promoter.measure.reports.secret_plugins import _detectors, find_listed
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


def test_list_of_detectors_names_each_that_is_installed_or_leaves_it_out_on_purpose() -> None:
    """A release that adds one is noticed here, not in a judgement."""
    modules = (importlib.import_module(f"{plugins.__name__}.{found.name}") for found in iter_modules(plugins.__path__))
    known = {kind for module in modules for kind in vars(module).values() if isinstance(kind, type)}
    installed = {kind.__name__ for kind in known if issubclass(kind, BasePlugin) and not inspect.isabstract(kind)}
    detectors, random_looking = _detectors()
    asked = {type(detector).__name__ for detector in (*detectors, random_looking)}
    left_out = {"HexHighEntropyString", "IPPublicDetector", "KeywordDetector"}
    assert installed == asked | left_out
    assert set() == asked & left_out


@pytest.mark.parametrize("line", [line for line in LINES if "password =" not in line and "authToken" not in line])
def test_detectors_alone_find_what_they_are_for(line: str) -> None:
    """Without the own patterns, and in the middle of a line of 10,000 letters that is cut into parts."""
    for text in (line, f"{'x ' * 2047}{line} {'y ' * 2500}"):
        assert list(find_listed(text, with_entropy=True))


def test_detectors_are_asked_without_their_network_and_their_filters(monkeypatch: pytest.MonkeyPatch) -> None:
    """Verification would call the issuer with what was found."""
    monkeypatch.setattr("socket.socket.connect", lambda *_: pytest.fail("a detector called somebody"))
    assert set(range(1, len(LINES) + 1)) == lines(scan(TEXT.replace("\n", "  # pragma: allowlist secret\n")))


def test_string_that_both_know_counts_once() -> None:
    """The own name is told."""
    assert [{"type": "GitHub token", "line": 1}] == scan(LINES[2]).facts["secrets"]


def test_place_is_the_secrets_and_not_an_earlier_mention() -> None:
    """The same word on a line where it is none."""
    text = "The word s3cretpassw0rd is harmless here.\n" + LINES[6]
    assert {2} == lines(scan(text))


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
        "password: $DATABASE_PASSWORD",
        "password: {{ database.password }}",
        "password: ********",
        "secret: vault:lending/database",
        "url: https://user:<password>@db.example.org",
        "The password must be changed every year.",
        "api_key: aaaaaaaaaaaa",
    ],
)
def test_digests_placeholders_and_references_are_no_secrets(text: str) -> None:
    """What every manifest holds must not be an alarm."""
    assert set() == lines(scan(text))


@pytest.mark.parametrize("text", ["password: Tr0ub4dor$3xyz", "password: <Tr0ub4dor>3xyz", "password: Tr0ub*4dor{3}"])
def test_sign_of_a_placeholder_inside_of_a_value_exempts_nothing(text: str) -> None:
    """A dollar is a letter of many passwords."""
    assert {1} == lines(scan(text))


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


def test_large_file_that_is_no_text_is_not_searched() -> None:
    """A model of 33 MB that a commit brings in."""
    assert scan(b"\0" * (33 * 1024 * 1024)).facts == {"secrets": [], "is_text": False}


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
