"""Each hostile row of the threat table, as a real repository driven through `promoter check --json`."""

from pathlib import Path

import pytest

from tests.hostile.contents import CONTENTS
from tests.hostile.documents import DOCUMENTS
from tests.hostile.driving import Hostile, check
from tests.hostile.trees import TREES

CASES = (*TREES, *DOCUMENTS, *CONTENTS)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_a_hostile_proposal_is_told_where_what_and_what_next(
    case: Hostile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 2, a decision that is errored, and a problem at the place with its reason and remedy."""
    answer = check(tmp_path, case.build, monkeypatch=monkeypatch, capsys=capsys)
    assert 2 == answer.code
    assert answer.decision is not None
    assert "errored" == answer.decision["verdict"]
    problems = [problem for problem in answer.decision["problems"] if case.message in problem["message"]]
    assert problems, answer.decision["problems"]
    place = problems[0]["location"]
    assert (case.path, case.line) == (place["path"], place["line"])
    assert case.hint in problems[0]["hint"]
    assert problems[0]["hint"]
