"""`promoter demo` as a newcomer meets it: its verdicts, and its numbers held against the decision's."""

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from promoter.policy.policy import Category
from tests.support.command import Run, run_promoter

MOMENT = "2026-05-11T12:00:00Z"
"""A Monday on which production is open, after the last promotion: the calendar holds on weekends."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return where the scratch registry is made."""
    return tmp_path_factory.mktemp("demo") / "registry"


@pytest.fixture(scope="module")
def told(folder: Path) -> Run:
    """Return the demo's output, played once for all tests."""
    return run_promoter("demo", "--dir", str(folder))


@pytest.fixture
def inside(told: Run, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Stand in the demo's registry, with the cache that it left."""
    monkeypatch.chdir(folder)
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder.parent / "cache"))
    assert told.code == 0
    yield folder
    assert os.getcwd() == str(folder)  # noqa: PTH109 - what a shell would say


def acts(told: Run) -> dict[int, str]:
    """Return the text of each act on one line, by its number."""
    texts: dict[int, list[str]] = {}
    for line in told.out.splitlines():
        number, _, title = line.partition(". ")
        if number.isdigit() and title.endswith("─"):
            texts[int(number)] = []
        elif texts:
            texts[max(texts)].append(line.strip())
    return {number: " ".join(" ".join(lines).split()) for number, lines in texts.items()}


def change_of(act: int, kind: str) -> dict:
    """Return what `check --json` decides of an act's branch, standing in its registry."""
    arguments = ("--base", f"act-{act}~1", "--head", f"act-{act}", "--at", MOMENT, "--json")
    decision = json.loads(run_promoter("check", *arguments).out)
    return next(change for change in decision["changes"] if change["kind"] == kind)


def result_of(act: int, kind: str, policy: str) -> dict:
    """Return one policy's result on an act's branch."""
    return next(result for result in change_of(act, kind)["results"] if result["policy"] == policy)


def test_acts_are_numbered_and_end_as_the_story_says(told: Run) -> None:
    """Eleven acts: three pass, three are held, the mended version passes and goes back, and the history is audited."""
    words = [line.split()[0] for line in told.out.splitlines() if line.startswith(("PASSED", "WARNED", "HELD"))]
    assert ["PASSED"] * 3 + ["HELD"] * 4 + ["PASSED"] * 4 == words
    assert list(range(1, 12)) == list(acts(told))


def test_lines_fit_into_eighty_columns(told: Run) -> None:
    """Nothing is cut off or wrapped by a terminal of the usual width; only the folder's name may be longer."""
    assert [] == [line for line in told.out.splitlines() if len(line) > 80 and "demo" not in line]


def test_every_number_of_the_held_line_is_the_decisions(told: Run, inside: Path) -> None:
    """Act 4: value, rows, bound and gap of four-fifths are those of the finding in `check --json`."""
    findings = result_of(4, "promotion", "four-fifths")["findings"]
    finding = next(finding for finding in findings if finding["satisfied"] is False)
    value, bound, gap = finding["value"], finding["bound"], -finding["margin"]
    expected = (
        f"✗ four-fifths: selection_rate_ratio of attribute = race is {value * 100:.1f} %, n = {finding['n']}; needs"
        f" ≥ {bound * 100:.0f} %: {gap * 100:.1f} pp short ({gap / bound * 100:.0f} %)"
    )
    assert expected in acts(told)[4]


def test_the_challenger_is_held_by_fairness_and_a_slice(told: Run) -> None:
    """Act 4 names both."""
    assert "✗ four-fifths:" in acts(told)[4]
    assert "✗ credit-recall-in-every-home: recall of property_type = two-to-four-family" in acts(told)[4]


@pytest.mark.parametrize(
    ("act", "policy", "category"), [(5, "no-secrets", "security"), (6, "model-card", "documentation")]
)
def test_a_text_holds_alone_and_its_remedy_stands_below(
    told: Run, inside: Path, act: int, policy: str, category: str
) -> None:
    """Acts 5 and 6: one policy holds the registration; its remediation is printed."""
    results = change_of(act, "registration")["results"]
    (result,) = [result for result in results if result["enforcement"] == "block" and result["outcome"] == "failed"]
    assert (policy, category) == (result["policy"], result["category"])
    assert " ".join(result["remediation"].split()) in acts(told)[act]
    assert "Remedy: " in acts(told)[act]


def test_the_secret_itself_is_not_told(told: Run) -> None:
    """Act 5 says file, line, commit and kind."""
    assert re.search(r"of design-notes\.md \(commit [0-9a-f]{12}\) holds what looks like a secret", acts(told)[5])
    assert "AKIA" not in told.out


def test_the_stated_number_and_the_measured_one_are_told(told: Run, inside: Path) -> None:
    """Act 6: the card says 0.850; beside it stands what the engine measured."""
    (finding,) = [
        finding for finding in result_of(6, "registration", "model-card")["findings"] if not finding["satisfied"]
    ]
    assert finding["message"] in acts(told)[6]
    assert "stated as 0.850" in finding["message"]


def test_the_mended_version_is_judged_in_every_category(inside: Path) -> None:
    """Act 8: on the way to production at least 25 policies judge it, of all twelve categories, and none holds it."""
    judged = [result for result in change_of(8, "promotion")["results"] if result["outcome"] != "not_applicable"]
    assert len(judged) >= 25
    assert set(Category) == {result["category"] for result in judged}
    assert not [result for result in judged if result["enforcement"] == "block" and result["outcome"] != "passed"]


def test_every_merge_names_who_agreed_and_is_recorded(told: Run, inside: Path) -> None:
    """Acts 3 and 9: the roles that were missing approve, and the record that is named holds them."""
    assert "example-carla (compliance) and example-rita (risk) approved." in acts(told)[3]
    assert "example-pavel (platform) approved." in acts(told)[9]
    (path,) = re.findall(r"reports/decisions/\S+\.json", acts(told)[9])
    (change,) = json.loads((inside / path).read_text(encoding="utf-8"))["decision"]["changes"]
    assert [("platform", "example-pavel")] == [(one["role"], one["login"]) for one in change["approvals"]["given"]]
    assert [] == change["approvals"]["missing"]


def test_the_audit_is_clean_until_somebody_goes_around_the_gate(told: Run, inside: Path) -> None:
    """Act 11: the command says what the story says; of the push nothing is served."""
    clean, _, pushed = acts(told)[11].partition("A day later")
    assert "7 changes, 7 records, 0 findings" in clean
    assert "UNVERIFIED promotion lending/mortgage#production 2.1.0: it has no decision record" in pushed
    assert "by Olu On-Call <olu@example.org>" in pushed
    audit = run_promoter("audit", "verify")
    assert 1 == audit.code
    assert "8 changes, 7 records, 1 finding" in audit.err
    assert "8 changes, 7 records, 1 finding" in pushed
    assert 1 == run_promoter("resolve", "lending/mortgage#production").code


def test_what_is_said_to_go_on_with_works(told: Run, inside: Path) -> None:
    """The last lines: each command answers."""
    lines = [line.strip() for line in told.out.partition("Go on in it:")[2].splitlines()[1:]]
    commands = [line.removeprefix("promoter ").split() for line in lines if line.startswith("promoter ")]
    assert 3 == len(commands)
    assert {0, 1} >= {run_promoter(*words).code for words in commands}
