"""The overview of a workspace: one answer for the page and for the report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from data.exports.html.page import page
from data.facts.dataset import Dataset
from data.metrics.registry import CATALOG
from data.overview.ageing import listed, too_old
from data.overview.caveats import caveats, of_numbers
from data.overview.changes import changes
from data.settings.definitions import expanded, table, value_of
from data.values.families import HEADLINE
from data.values.filters import Filters
from data.values.metric_value import MetricValue, iso
from data.values.overview import Caveat, Report
from data.values.overview import Overview as Answer
from data.values.periods import Period

if TYPE_CHECKING:
    from data.services.workspace import Workspace

NO_FILTERS = Filters()


class Overview:
    """What changed, what is ageing, what cannot be trusted."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def values(self, period: Period, filters: Filters = NO_FILTERS) -> list[MetricValue]:
        """The ten metrics, in order."""
        return [each for family in HEADLINE for each in self._workspace.answer(family, period, filters).values]

    def answer(self, period: Period, filters: Filters = NO_FILTERS) -> Answer:
        """Raises JiraError, BadSwitch."""
        ws = self._workspace
        facts = ws.facts(filters)
        found, old = facts.once(changes, period), facts.once(too_old, period)
        return Answer(
            changes=found.changes,
            steady=found.steady,
            untold=found.untold,
            baseline=found.baseline,
            weeks=found.weeks,
            ageing=listed(facts, old, self._summaries, ws.browse_url()),
            over=len(old.issue),
            in_progress=old.in_progress,
            compared=old.compared,
            since=(old.since.first.isoformat(), old.since.last.isoformat()),
            caveats=caveats(self.values(period, filters), ws.quality().findings, facts, period),
        )

    def known_doubts(self, period: Period, filters: Filters = NO_FILTERS) -> tuple[Caveat, ...] | None:
        """Which of the ten numbers need care, from what is calculated already; None where a part of it is not."""
        found = [
            self._workspace.answer(family, period, filters, stale_ok=True, known_only=True).values
            for family in HEADLINE
        ]
        return of_numbers(value for each in found for value in each) if all(found) else None

    def _summaries(self, ids: list[int]) -> dict[int, tuple[str, str]]:
        place = self._workspace.place
        head = place.synced()
        return place.store.summaries(head.scope, ids) if head and ids else {}

    def report(self, period: Period, filters: Filters = NO_FILTERS, link: str = "") -> Report:
        """Everything that the report says. `link`: the query of the page that it is made from."""
        ws = self._workspace
        status, before = ws.status(), period.previous()
        return Report(
            site=status.site_title or status.site_url,
            jql=status.jql,
            is_sample=status.is_sample,
            period=period.label,
            compared=before.label,
            zone=period.zone,
            made_at=iso(ws.clock()),
            synced_at=status.synced_at,
            issues=status.issue_count,
            filters=tuple((name, ", ".join(chosen)) for name, chosen in _chosen(filters) if chosen),
            values=tuple(self.values(period, filters)),
            overview=self.answer(period, filters),
            definitions=self._definitions(ws.facts(filters), filters),
            link=link,
        )

    def html(self, period: Period, filters: Filters = NO_FILTERS, link: str = "") -> str:
        """The report as one HTML file that needs nothing else."""
        return page(self.report(period, filters, link))

    def _definitions(self, facts: Dataset, filters: Filters) -> tuple[tuple[str, str, bool], ...]:
        """All that the ten metrics obey, as it is in force in this view."""
        known, settings = table(), self._workspace.settings_for(filters)
        statuses = facts.tables.statuses
        names = dict(zip(statuses["status_id"].astype(str), statuses["name"].astype(str), strict=True))
        obeyed = [name for each in CATALOG.values() if each.family in HEADLINE for name in each.switches]
        chosen = {name for name, _ in filters.definitions}
        return tuple(
            (
                known[name].title,
                known[name].said(facts.zone if name == "zone" else value_of(settings, name), names),
                name in chosen,
            )
            for name in expanded(dict.fromkeys(obeyed))
            if name in known
        )


def _chosen(filters: Filters) -> list[tuple[str, tuple[str, ...]]]:
    return [
        ("Projects", filters.projects),
        ("Types", filters.types),
        ("Labels", filters.labels),
        ("Components", filters.components),
    ]
