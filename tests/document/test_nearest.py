"""The word that was meant."""

import pytest

from promoter.document.nearest import did_you_mean, nearest


@pytest.mark.parametrize(
    ("word", "choice"),
    [("metrcis", "metrics"), ("Owners", "owners"), ("OWNERS", "owners"), ("qqq", None), ("o" * 1000, None)],
)
def test_nearest_valid_word(word: str, choice: str | None) -> None:
    """One slip of the hand or another case still finds its word; a foreign or endless word finds none."""
    assert choice == nearest(word, ["metrics", "owners", "title"])


def test_no_suggestion_is_no_text() -> None:
    """A hint can begin with the suggestion in either case."""
    assert "did you mean 'owners'? " == did_you_mean("owner", ["owners"])
    assert "" == did_you_mean("x", ["owners"])
