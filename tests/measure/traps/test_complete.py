"""One trap for each family of statistics: the list, held against the families that there are."""

import ast
from pathlib import Path

import pytest

from promoter.measure.families.family import TableFamily
from promoter.measure.families.quality import TASKS
from promoter.measure.families.table import FAMILIES

TESTS = Path(__file__).parents[1]
PLANTED = "traps/test_planted.py"
CALIBRATION, TABLES = "test_families_calibration_traps.py", "test_families_tables.py"
TRAPS = {
    "Quality binary": (PLANTED, "test_blanked_scores_of_wrong_rows_leave_no_quality"),
    "Quality multiclass": (PLANTED, "test_a_class_without_a_score_column_is_not_left_out"),
    "Quality regression": (PLANTED, "test_a_target_near_zero_or_infinite_rules_no_error"),
    "Quality ranking": (PLANTED, "test_a_constant_score_earns_nothing_from_the_order_of_the_file"),
    "Quality scores": (PLANTED, "test_a_judge_without_a_verdict_is_no_pass"),
    "Calibration": (
        "test_families_calibration_traps.py",
        "test_scores_pressed_into_one_bin_of_equal_width_hide_nothing",
    ),
    "PairedQuality": (PLANTED, "test_rows_that_the_candidate_loses_cannot_be_dropped"),
    "GroupRates": (TABLES, "test_a_group_with_an_unusable_score_is_undecidable_alone"),
    "Disparity": ("test_families_overall.py", "test_inequality_is_undecidable_where_any_groups_rows_are_unusable"),
    "Drift": (TABLES, "test_one_sentinel_row_on_each_side_hides_no_drift"),
    "TableProfile": (
        "test_families_tables.py",
        "test_a_csv_profile_infers_types_from_all_texts_and_keeps_leading_zeros",
    ),
    "PairedRates": ("test_families_rates.py", "test_slice_that_gets_worse_cannot_be_drowned_in_rows_that_get_better"),
    "ShadowAgreement": ("reports/test_shadow.py", "test_traffic_agreement_and_harm_are_counted"),
    "ServedTraffic": ("test_families_traffic.py", "test_rows_are_counted_by_what_became_of_them"),
    "Confusions": ("test_families_confusions.py", "test_a_slice_with_missing_predictions_has_its_own_reason"),
    "Overlap": ("test_families_leakage.py", "test_ids_written_in_another_way_hide_nothing"),
    "Association": ("test_families_leakage.py", "test_features_that_give_the_label_away_are_strong_however_they_do"),
    "PersonalTexts": ("test_families_privacy.py", "test_every_kind_survives_the_narrowing"),
    "Anonymity": (PLANTED, "test_one_row_of_its_own_breaks_anonymity"),
    "Reproduction": ("test_families_reproduction.py", "test_one_invented_prediction_is_found"),
    "Latency": ("test_families_latency.py", "test_slow_requests_cannot_be_blanked"),
    "PairedScores": ("test_families_suites.py", "test_suite_has_its_own_difference"),
    "ScoreCurve": ("test_families_drawing.py", "test_scores_that_are_no_probabilities_have_a_curve_and_no_bins"),
    "PredictionBins": (PLANTED, "test_an_infinite_prediction_is_in_no_bin"),
    "Distribution": (PLANTED, "test_a_sentinel_widens_no_drawn_bin"),
}


def test_each_family_over_tables_has_a_trap() -> None:
    """Families over the bytes of a report are parsers; hostile documents are their tests' matter."""
    families = {kind.__name__ for kind, family in FAMILIES.items() if isinstance(family, TableFamily)}
    expected = {f"Quality {task}" for task in TASKS} | families - {"Quality"}
    assert expected == set(TRAPS)


@pytest.mark.parametrize("family", sorted(TRAPS))
def test_each_trap_is_a_test_that_says_so(family: str) -> None:
    """The named function is there, and its docstring begins with the word."""
    file, name = TRAPS[family]
    tree = ast.parse((TESTS / file).read_text(encoding="utf-8"))
    [trap] = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == name]
    assert (ast.get_docstring(trap) or "").startswith("Trap: ")
