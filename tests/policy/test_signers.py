from datetime import UTC, datetime

import pytest

from promoter.errors import ProposalError
from promoter.policy.signers import parse_signers

KEY = "AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl"
NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ("", True),
        ('namespaces="git" ', True),
        ('namespaces="file,git" ', True),
        ('namespaces="file" ', False),
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
        (f"ada@example.org cert-authority ssh-ed25519 {KEY}", "cert-authority is not supported"),
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
