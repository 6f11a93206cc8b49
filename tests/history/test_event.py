import pytest

from promoter.history.event import pull_request_of


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        ("Merge pull request #12 from acme/promote-mortgage", 12),
        ("Promote lending/mortgage 2.1.0 (#34)", 34),
        ('Revert "Promote lending/mortgage 2.1.0 (#34)" (#35)', 35),
        ('Revert "Promote lending/mortgage 2.1.0 (#34)"', None),
        ("Promote (#34) at once", None),
        ("Direct push", None),
    ],
)
def test_the_number_is_the_one_that_github_wrote(subject: str, expected: int | None) -> None:
    """Merge and squash subjects name their pull request; a quoted title names another's."""
    assert expected == pull_request_of(subject)
