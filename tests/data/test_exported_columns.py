"""The columns of CSV files: people and programs build on them, so none is lost, renamed or moved by accident."""

from __future__ import annotations

import pytest

from data.services import catalogue, numbers, sprints

EXPECTED = {
    "metrics": (
        numbers.COLUMNS,
        "metric_name title metric_type value unit performance_tier error_state error_message time_period_start "
        "time_period_end used excluded_issue_count total_issue_count exclusions previous_value trend_percentage "
        "trend_verdict definition notes calculation_timestamp interval_low interval_high interval_method tier_range",
    ),
    "issues": (
        numbers.ISSUE_COLUMNS,
        "key summary type project status start end value value_unit outcome used reason url",
    ),
    "metrics by group or step": (
        catalogue.COLUMNS,
        "metric_name title by name first last value unit used excluded share reason",
    ),
    "sprints": (
        sprints.COLUMNS,
        "sprint_id sprint board state start planned_end completed_at unit committed added removed completed "
        "spilled_over spillover_ratio scope_churn_ratio accuracy_abs committed_issues added_issues removed_issues "
        "completed_issues spilled_over_issues reopened blocked_hours bugs z_spillover z_churn z_reopened z_blocked "
        "z_bugs z_accuracy sprint_problematic_score no_score_because left_out notes "
        "completed_outside_issues discarded_issues",
    ),
}


@pytest.mark.parametrize("file", EXPECTED)
def test_the_columns_of_a_file_are_those_that_were_promised(file: str):
    columns, promised = EXPECTED[file]
    assert list(columns) == promised.split()


def test_the_file_of_metrics_begins_with_its_columns():
    assert numbers.csv_values([]).lstrip("\ufeff").splitlines()[0] == ",".join(numbers.COLUMNS)
