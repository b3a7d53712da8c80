"""The overview of a view: one answer for the page and for the report."""

from __future__ import annotations

from dataclasses import replace

from data.exports.html.page import page
from data.facts.dataset import Dataset
from data.facts.site_names import titles
from data.forecast.request import Options
from data.metrics.registry import CATALOG
from data.overview.ageing import listed, too_old
from data.overview.caveats import caveats, of_numbers
from data.overview.changes import changes
from data.overview.key_points import key_points
from data.services.forecast import ForecastService
from data.services.numbers import NumbersService
from data.services.sites import Sites, browse_url
from data.services.status import StatusService
from data.services.view import View
from data.settings.definitions import expanded, table, value_of
from data.settings.filter_fields import filter_words
from data.values.families import HEADLINE
from data.values.forecast import ForecastRefused
from data.values.forecast_words import ForecastText, told
from data.values.metric_value import MetricValue, iso
from data.values.overview import Caveat, Overview, Report
from data.values.periods import PeriodError


class OverviewService:
    """What changed, what is ageing, what cannot be trusted."""

    def __init__(self, sites: Sites, numbers: NumbersService, status: StatusService, forecast: ForecastService) -> None:
        self._sites = sites
        self._forecast = forecast
        self._numbers = numbers
        self._status = status

    def values(self, view: View) -> list[MetricValue]:
        """The metrics of the overview, in order. Raises JiraError."""
        return [each for family in HEADLINE for each in self._numbers.answer(family, view).values]

    def answer(self, view: View) -> Overview:
        """Raises JiraError."""
        data = self._sites.data(view.snapshot)
        view, facts = data.current(view)
        found, old = facts.once(changes, view.period), facts.once(too_old, view.period)
        values = self.values(view)
        overview = Overview(
            changes=found.changes,
            steady=found.steady,
            untold=found.untold,
            why_untold=found.why,
            against=found.against,
            baseline=found.baseline,
            weeks=found.weeks,
            ageing=listed(facts, old, lambda ids: data.summaries(view.snapshot, ids), browse_url(view.snapshot)),
            over=len(old.issue),
            in_progress=old.in_progress,
            compared=old.compared,
            since=(old.since.first.isoformat(), old.since.last.isoformat()),
            caveats=caveats(values, data.quality(view.snapshot).findings, facts, view.period),
        )
        return replace(overview, points=key_points(values, overview))

    def known_caveats(self, view: View) -> tuple[Caveat, ...] | None:
        """Which of these numbers need care, from what is calculated already; None where a part of it is not."""
        found = [self._numbers.answer(family, view, stale_ok=True, known_only=True).values for family in HEADLINE]
        return of_numbers(value for each in found for value in each) if all(found) else None

    def report(self, view: View, link: str = "", options: Options = ()) -> Report:
        """Everything that the report says. `link`: the query of the page that it is made from; `options`: what its
        forecast is asked. Raises JiraError.
        """
        status, period = self._status.of(view.snapshot), view.period
        return Report(
            site=status.site_title or status.site_url,
            jql=status.jql,
            is_sample=status.is_sample,
            period=period.label,
            compared=period.previous().label,
            zone=period.zone,
            made_at=iso(view.now),
            synced_at=status.synced_at,
            issues=status.issue_count,
            filters=tuple(filter_words(view.filters)),
            values=tuple(self.values(view)),
            overview=self.answer(view),
            definitions=_definitions(self._sites.data(view.snapshot).dataset(view), view),
            link=link,
            forecast=self._forecast_text(view, options),
        )

    def html(self, view: View, link: str = "", options: Options = ()) -> str:
        """The report as one HTML file that needs nothing else; `options`: what its forecast is asked. Raises
        JiraError.
        """
        return page(self.report(view, link, options))

    def _forecast_text(self, view: View, options: Options) -> ForecastText:
        """What the forecast tab says of the same question; without one, of the next 30 days."""
        try:
            return told(self._forecast.answer(self._forecast.question(options, view), view))
        except (ForecastRefused, PeriodError) as error:
            hint = (error.message, error.hint) if isinstance(error, ForecastRefused) else (str(error),)
            return ForecastText("There is no forecast.", "", (), tuple(each for each in hint if each))


def _definitions(facts: Dataset, view: View) -> tuple[tuple[str, str, bool], ...]:
    """All that the metrics of the overview obey, as it is in force in this view."""
    known, settings = table(), view.settings
    names = titles(facts.tables)
    obeyed = [name for each in CATALOG.values() if each.family in HEADLINE for name in each.switches]
    obeyed += ["limits", "working_time.holidays"]  # of what changed, and of the forecast
    chosen = {name for name, _ in view.overrides}
    return tuple(
        (
            known[name].title,
            known[name].in_words(facts.zone if name == "zone" else value_of(settings, name), names),
            name in chosen,
        )
        for name in expanded(dict.fromkeys(obeyed))
        if name in known
    )
