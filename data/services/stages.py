"""The stages of each item as a file for flow tools."""

from __future__ import annotations

from data.charts.stage_dates import AFTER, BEFORE, stage_dates, stage_rows
from data.exports.csv import csv_text
from data.exports.xlsx import Sheet
from data.services.sites import Sites, browse_url
from data.services.view import View


class StagesService:
    """A row an item, a column a stage of the workflow with the day on which the item entered it."""

    def __init__(self, sites: Sites) -> None:
        self._sites = sites

    def sheet(self, view: View) -> Sheet:
        """The items that were open in the period or were finished in it. Raises JiraError.

        The columns are those that ActionableAgile and jira-agile-metrics read: ID, Link, Name, the stages from first to
        last, then attributes, Blocked Days among them. Days are those of the view's zone.
        """
        data = self._sites.data(view.snapshot)
        facts = data.dataset(view)
        dates = stage_dates(facts, view.period)
        ids = facts.tables.issues["issue_id"].to_numpy()[dates.issue].tolist()
        told, base = data.summaries(view.snapshot, ids), browse_url(view.snapshot)
        keys = facts.tables.issues["key"].to_numpy(dtype=object)[dates.issue].tolist()
        rows = stage_rows(
            facts,
            dates,
            [told.get(each, ("", ""))[1] for each in ids],
            [f"{base}/browse/{key}" if base else "" for key in keys],
        )
        return Sheet("Stages", (*BEFORE, *dates.stages, *AFTER), rows)

    def csv(self, view: View) -> str:
        """The same as CSV. Raises JiraError."""
        made = self.sheet(view)
        return csv_text(made.headers, made.rows)
