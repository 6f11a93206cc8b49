from collections.abc import Sequence

import pytest

from promoter.gates.contract.finding import Finding
from promoter.gates.documentation import GATE
from promoter.measure.measurement import Measurement
from tests.support.candidates import bind_parameters, judge_with, make_context, make_release, measured, number
from tests.support.texts import CARD, of, text


def judge_numbers(
    *rows: tuple[str, str],
    header: str = "2.0.0",
    quoted: Sequence[str] = (),
    values: Sequence[Measurement] | None = None,
) -> list[Finding]:
    """Return the findings on a card whose one table has these rows, where roc_auc is 0.8314 and brier 0.081."""
    table = {"header": ["measure", header], "rows": [{"cells": list(row), "line": 30} for row in rows]}
    found = [
        number("roc_auc", 0.8314),
        number("brier", 0.081),
        number("f1_macro", 0.7),
        number("recall", 0.5, slice_=(("sex", "f"),)),
    ]
    answers = [text(tables=[table]), measured(*(found if values is None else values))]
    return of("stated_number", judge_with(GATE, answers, documents=[CARD], quoted=quoted))


@pytest.mark.parametrize(
    ("label", "stated"),
    [
        ("roc_auc", "0.8314"),
        ("ROC AUC (n = 995)", "0.831"),
        ("AUC", "0.83 (0.80 to 0.86)"),
        ("Brier score", "0.0810"),
        ("roc-auc", "83.1 %"),
        ("roc auc score", "1"),
        ("macro F1", "0.7"),
    ],
)
def test_number_as_measured_agrees(label: str, stated: str) -> None:
    """It is the measured one, rounded to its own last digit, as a fraction or in percent."""
    [finding] = judge_numbers((label, stated))
    assert finding.satisfied is True


@pytest.mark.parametrize("stated", ["0.832", "0.8310", "0.84", "84 %", "-0.831", "\u22120.831", "0.083,1"])
def test_number_that_was_not_measured_fails_at_its_line(stated: str) -> None:
    """The finding tells both."""
    [finding] = judge_numbers(("ROC AUC", stated))
    assert (False, 30) == (finding.satisfied, finding.location.line)
    assert finding.message.endswith("measured is 0.8314")


@pytest.mark.parametrize(
    ("label", "stated", "header"),
    [
        ("recall, women", "0.9", "2.0.0"),
        ("recall", "0.9", "2.0.0"),
        ("roc_auc", "better", "2.0.0"),
        ("roc_auc", "better", "score"),
        ("cost", "3", "2.0.0"),
    ],
)
def test_other_rows_and_columns_are_not_compared(label: str, stated: str, header: str) -> None:
    """Slices, words, and what was not measured over all rows."""
    assert [] == judge_numbers((label, stated), header=header)


@pytest.mark.parametrize("header", ["2.0.0 (n = 995)", "v2.0.0", "Version 2.0.0", "**2.0.0**", "This version"])
def test_column_that_names_the_version_is_compared(header: str) -> None:
    """However authors write it."""
    assert [False] == [finding.satisfied for finding in judge_numbers(("roc_auc", "0.9"), header=header)]


@pytest.mark.parametrize("header", ["score", "held-out", "test set", "ROC AUC"])
def test_number_in_a_table_of_no_version_fails(header: str) -> None:
    """It would agree with anything, whatever its value; words beside a measure claim nothing."""
    [finding] = judge_numbers(("roc_auc", "0.8314"), header=header)
    assert (False, 30) == (finding.satisfied, finding.location.line)
    assert finding.message == "roc_auc is stated in a table that does not say of which version"


@pytest.mark.parametrize("header", ["1.0.0", "v1.0.0 (n = 995)", "3.0.0-rc.1", "Champion"])
def test_card_that_states_numbers_of_other_versions_alone_fails(header: str) -> None:
    """It is the card of another version."""
    [finding] = judge_numbers(("roc_auc", "0.9"), header=header)
    assert finding.satisfied is False
    assert finding.message == "roc_auc is stated of other versions, and none of 2.0.0"


def test_table_of_other_versions_beside_ones_own_is_not_compared() -> None:
    """A card may tell where the model comes from."""
    tables = [
        {"header": ["measure", header], "rows": [{"cells": ["roc_auc", stated], "line": line}]}
        for header, stated, line in (("2.0.0", "0.831", 30), ("1.0.0", "0.75", 40))
    ]
    found = judge_with(GATE, [text(tables=tables), measured(number("roc_auc", 0.8314))], documents=[CARD])
    assert [(True, 30)] == [(finding.satisfied, finding.location.line) for finding in of("stated_number", found)]


def test_column_of_values_is_the_versions() -> None:
    """A table of one version need not name it."""
    assert [False] == [finding.satisfied for finding in judge_numbers(("roc_auc", "0.9"), header="Value")]


def test_number_that_could_not_be_measured_is_undecided() -> None:
    """A measure without a value proves nothing."""
    missing = number("roc_auc", None, undecidable="one class only")
    assert [None] == [finding.satisfied for finding in judge_numbers(("roc_auc", "0.9"), values=[missing])]


def test_measure_that_must_be_quoted_and_is_not_fails() -> None:
    """One that was not measured is undecided."""
    found = judge_numbers(("roc_auc", "0.831"), quoted=["roc_auc", "brier", "ks"])
    assert [True, False, None] == [finding.satisfied for finding in found]
    assert found[1].message == "no table of the text states brier of 2.0.0"


def test_tables_that_were_not_read_are_undecided() -> None:
    """An older engine has not read them."""
    found = judge_with(GATE, [text(tables=None), measured()], documents=[CARD])
    assert [None] == [finding.satisfied for finding in of("stated_number", found)]


def test_numbers_are_measured_for_model_cards_alone() -> None:
    """Other documents state no promises."""
    notes = {"kind": "design-notes", "min_words": 1}
    release = make_release(documents=[{"kind": "design-notes", "path": "model-card.md"}])
    assert 1 == len(GATE.measures(bind_parameters(GATE, documents=[notes]), make_context(release).candidate))
