from datetime import UTC, datetime

import pytest

from promoter.errors import ProposalError
from promoter.policy.signers import matches, parse_signers
from promoter.policy.trust import parse_revoked

KEY = "AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl"
NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ("", True),
        ('namespaces="git" ', True),
        ('namespaces="file,git" ', True),
        ('namespaces="file" ', False),
        ('namespaces="*" ', True),
        ('namespaces="*,!git" ', False),
        ('namespaces="" ', False),
        ('valid-after="20260101Z" ', True),
        ('valid-after="20260101000001Z" ', False),
        ('valid-before="202601010001Z" ', True),
        ('namespaces="git",valid-before="20260101Z" ', False),
    ],
)
def test_a_key_stands_for_commits_within_its_options(options: str, expected: bool) -> None:
    """As ssh-keygen reads them; a start counts, an end does not."""
    (signer,) = parse_signers(f"# who\n\nada@example.org,*@x {options}ssh-ed25519 {KEY} laptop\n".encode())
    assert expected is signer.may_sign(NEW_YEAR)
    assert "ada@example.org,*@x" == signer.principals


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("ada@example.org", "names no key"),
        (f"ada@example.org touch-required ssh-ed25519 {KEY}", "the option touch-required is not known"),
        (f'ada@example.org cert-authority="" ssh-ed25519 {KEY}', "the option cert-authority stands there twice, or"),
        (f"ada@example.org namespaces ssh-ed25519 {KEY}", "the option namespaces stands there twice, or"),
        (f'ada@example.org namespaces="a",namespaces="git" ssh-ed25519 {KEY}', "namespaces stands there twice, or"),
        (f"ada@example.org ssh-ed25519-cert-v01@openssh.com {KEY}", "holds a certificate: name its key, or its auth"),
        (f"ada@example.org ssh-dss {KEY}", "keys of the type ssh-dss are not verified here"),
        ("ada@example.org " + "a" * 200 + "!", "names no key"),
        (f"ada@example.org ssh-rsa {KEY}", "the key is no ssh-rsa key"),
        ("ada@example.org ssh-ed25519 AAAAC", "no base64"),
        (f'ada@example.org valid-after="20260101" ssh-ed25519 {KEY}', "is not YYYYMMDDZ"),
        (f'ada@example.org valid-after="20261301Z" ssh-ed25519 {KEY}', "is not YYYYMMDDZ"),
        ("\udcff".encode("utf-8", "surrogateescape").decode("latin-1"), "names no key"),
    ],
)
def test_a_line_that_is_no_signer_is_refused_with_its_number(line: str, expected: str) -> None:
    """Nobody is trusted by half a line."""
    with pytest.raises(ProposalError, match=expected) as caught:
        parse_signers(f"ada@example.org ssh-ed25519 {KEY}\n{line}\n".encode())
    assert [2] == [problem.location.line for problem in caught.value.problems]


@pytest.mark.parametrize("end", ["\u2028", "\u2029", "\x85", "\x0b", "\x0c", "\x1c", "\r"])
def test_a_remark_hides_no_signer(end: str) -> None:
    """What some programs take for the end of a line is none."""
    hidden = f"# Ada's laptop{end}eve@example.org ssh-ed25519 {KEY}\n"
    assert () == parse_signers(hidden.encode())


@pytest.mark.parametrize(
    ("patterns", "expected"),
    [
        ("ada@example.org", True),
        ("*@example.org", True),
        ("ad?@*", True),
        ("eve@*,*@example.org", True),
        ("*,!ada@*", False),
        ("!eve@*", False),
        ("ADA@example.org", False),
        ("ad[a]@example.org", False),
        ("", False),
    ],
)
def test_a_list_of_patterns_names_who_fits_one_and_no_exception(patterns: str, expected: bool) -> None:
    """An exception alone names nobody; a bracket is a letter."""
    assert expected is matches(patterns, "ada@example.org")


def test_revoked_keys_are_read_a_line_each() -> None:
    """Remarks aside; a key may have a comment."""
    assert 1 == len(parse_revoked(f"# lost\n\nssh-ed25519 {KEY} ada's laptop\nssh-ed25519 {KEY}\n".encode()))
    assert frozenset() == parse_revoked(b"")


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (
            f"ssh-ed25519 {KEY}\nada@example.org ssh-ed25519 {KEY}\n".encode(),
            "revoked_signers:2: keys of the type ada@",
        ),
        (b"SSHKRL\n\0\0\0\0\1", "revoked_signers: OpenSSH's binary lists are not read"),
        (b"\n\nssh-ed25519\n", "revoked_signers:3: the key is no ssh-ed25519 key"),
    ],
)
def test_a_line_that_is_no_revoked_key_is_refused(content: bytes, expected: str) -> None:
    """A key that was meant to be revoked, and is not, would count."""
    with pytest.raises(ProposalError, match=expected):
        parse_revoked(content)
