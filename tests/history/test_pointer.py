import pytest
from hypothesis import given
from hypothesis import strategies as st

from promoter.document.bind import bind
from promoter.document.reader import read_yaml
from promoter.errors import ProposalError
from promoter.history.pointer import read_version
from promoter.registry.stage import StagePointer

_lines = st.sampled_from(
    [
        "version: \"1.0.0\"\n", "version: '1.0.0'\n", "version: 1.0.0\n", 'version: "1.0"\n', "version: 1.0\n",
        'change: "CHG-1"\n', 'change: " "\n', 'change: ""\n', 'reason: "a # b: c"\n', 'reason: "\\x41"\n',
        "# a comment\n", "reason: 'x'\n", 'version: "1.0.0"', 'version: "1.0.0" \n', "\n", "---\n", 'other: "x"\n',
    ]
)  # fmt: skip


def _careful(content: bytes) -> str | None:
    try:
        return bind(read_yaml(content, path="p"), StagePointer).version
    except ProposalError:
        return None


@given(st.lists(_lines, max_size=5).map("".join))
def test_the_fast_reading_is_the_careful_one(text: str) -> None:
    """Whatever lines stand in a pointer, both readings find the same version or none."""
    assert _careful(text.encode()) == read_version(text.encode())


@given(st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), min_size=1, max_size=20))
def test_any_reason_in_quotes_is_read_alike(reason: str) -> None:
    """Printable ASCII between double quotes has one reading."""
    content = f'version: "1.0.0"\nreason: "{reason}"\n'.encode()
    assert _careful(content) == read_version(content)


@pytest.mark.parametrize("content", [b"", b"\xff", b"version: [1]\n", b'version: "UPPER"\n', b"a: &b 1\n"])
def test_what_is_no_pointer_names_no_version(content: bytes) -> None:
    """History goes on: a broken pointer is an event of its own."""
    assert read_version(content) is None
