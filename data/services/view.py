"""What a question is asked of: one look at a site, and one way to look at its issues. Both are made once, at the
door.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

from data.jira.errors import JiraError
from data.settings.connection import Site
from data.settings.filter_fields import filters_for
from data.settings.model import Settings
from data.settings.overrides import with_overrides
from data.settings.store import Loaded
from data.store.issue_store import ScopeRow
from data.values.filters import Filters
from data.values.instants import instant
from data.values.periods import PRESETS, Period, PeriodError, local_date, parse_day, zone_named

DEFAULT_PERIOD = "30d"
NO_FILTERS = Filters()
CLOCKS_DIFFER = timedelta(minutes=10)  # more than that, and one of two clocks is wrong


@dataclass(frozen=True)
class Snapshot:
    """One look at the site in force: its settings and the head of its store, each read once.

    `known_as` and `jql` name what the store holds of it. `loaded`: the settings of the site; `main`: those of the
    settings file, which on the sample site are others. `head`: what the store knows, None before the first sync;
    `trouble`: why the store could not be asked. `now` is aware.
    """

    site: Site
    known_as: str
    jql: str
    is_sample: bool
    loaded: Loaded
    main: Loaded
    head: ScopeRow | None
    now: datetime
    trouble: JiraError | None = None
    reported: int = 0  # grows with what other systems report of this site

    @property
    def settings(self) -> Settings:
        """The saved settings."""
        return self.loaded.settings

    @property
    def settings_revision(self) -> int:
        """The revision that a save has to name."""
        return self.loaded.revision

    @property
    def synced(self) -> ScopeRow | None:
        """The head of the store, if a sync has ever ended well. Raises StoreError when the store cannot be asked."""
        if self.trouble is not None:
            raise self.trouble
        return self.head if self.head is not None and self.head.revision > 0 else None

    @property
    def revision(self) -> str:
        """Names the data: changes with each sync that changed something. Raises StoreError."""
        head = self.synced
        return f"{head.scope}.{head.revision}" if head else "0.0"

    @property
    def stale(self) -> bool:
        """Whether the data is missing, older than the settings allow, or of a time that has not come yet."""
        head = self.head
        if head is None or head.revision == 0 or head.synced_at is None:
            return True
        age = self.now - instant(head.synced_at)
        return age > timedelta(hours=self.settings.sync.max_age_hours) or age < -CLOCKS_DIFFER

    def zone(self, settings: Settings | None = None) -> str:
        """The zone of days: chosen in the settings, else that of the Jira account, else UTC. Raises StoreError."""
        chosen = (settings or self.settings).definitions.zone
        if chosen:
            return chosen
        if self.trouble is not None:
            raise self.trouble
        return self.head.zone if self.head else "UTC"

    def view(
        self,
        preset: str | None = DEFAULT_PERIOD,
        first: str | None = None,
        last: str | None = None,
        filters: Filters = NO_FILTERS,
        name: str = "",
    ) -> View:
        """The last 7, 30 or 90 days ("7d", "30d", "90d"), or local dates YYYY-MM-DD, both included.

        Raises PeriodError for days that are none, BadOverride for a definition that cannot be, BadFilter for a filter
        that cannot be applied, StoreError.
        """
        settings = with_overrides(self.settings, filters.definitions)
        filters_for(filters, settings.mapping)
        zone = self.zone(settings)
        period = _period(preset, first, last, zone, local_date(self.now, zone_named(zone)))
        return View(self, settings, filters, period, (preset, first, last), name)

    def on(self, head: ScopeRow | None, reported: int | None = None) -> Snapshot:
        """The same look with a newer head of the store, and perhaps with newer reports."""
        return replace(self, head=head, trouble=None, reported=self.reported if reported is None else reported)


@dataclass(frozen=True)
class View:
    """One question: a site as it was at one moment, which days, which issues, measured how.

    `settings`: the saved ones with the definitions that the filters choose instead. `asked`: preset, first and last day
    as they were written. `name`: of a saved view.
    """

    snapshot: Snapshot
    settings: Settings
    filters: Filters
    period: Period
    period_choice: tuple[str | None, str | None, str | None] = field(
        default=(DEFAULT_PERIOD, None, None), compare=False
    )
    name: str = ""

    @property
    def now(self) -> datetime:
        """The moment of the snapshot; aware."""
        return self.snapshot.now

    @property
    def zone(self) -> str:
        """The zone of its days."""
        return self.period.zone

    @property
    def today(self) -> date:
        """The local date of the snapshot."""
        return local_date(self.now, zone_named(self.zone))

    @property
    def overrides(self) -> tuple[tuple[str, str], ...]:
        """The definitions that the view chooses instead of the saved ones: (dotted name, value as text)."""
        return self.filters.definitions

    @cached_property
    def measured(self) -> dict[str, Any]:
        """The settings that a number depends on, as plain JSON types."""
        found = {
            "mapping": self.settings.mapping,
            "workflow": self.settings.workflow.model_dump(),
            "definitions": self.settings.definitions.model_dump(),
        }
        # Without them a report would make every number of Jira alone be calculated anew.
        return found if not self.uses_reports else found | {"reported": self.snapshot.reported}

    @property
    def uses_reports(self) -> bool:
        """Whether its numbers rest on deployments and incidents that other systems report."""
        return self.settings.definitions.delivery_source != "jira"

    def narrowed(self, filters: Filters) -> View:
        """The same days of other issues; the definitions of the filters are laid over the saved ones. Raises
        BadOverride.
        """
        if filters.definitions == self.filters.definitions:
            return replace(self, filters=filters)
        return replace(self, filters=filters, settings=with_overrides(self.snapshot.settings, filters.definitions))

    def over(self, period: Period) -> View:
        """The same issues in other days of the same zone."""
        return replace(self, period=period, period_choice=(None, period.first.isoformat(), period.last.isoformat()))

    def with_settings(self, settings: Settings) -> View:
        """The same question under other settings: what a save would change."""
        return replace(self, settings=settings)

    def on(self, head: ScopeRow | None, reported: int | None = None) -> View:
        """The same question of newer data. Its days follow the zone of that data."""
        snapshot = self.snapshot.on(head, reported)
        zone = snapshot.zone(self.settings)
        period = (
            self.period
            if zone == self.period.zone
            else _period(*self.period_choice, zone, local_date(self.now, zone_named(zone)))
        )
        return replace(self, snapshot=snapshot, period=period)


def _period(preset: str | None, first: str | None, last: str | None, zone: str, today: date) -> Period:
    if first or last:
        if not (first and last):
            raise PeriodError("A period needs both a first and a last day.")
        return Period(parse_day(first), parse_day(last), zone)
    if preset and preset not in PRESETS:
        raise PeriodError(f"Unknown period {preset!r}. Use one of {', '.join(PRESETS)}, or two dates.")
    return Period.last_days(PRESETS[preset or DEFAULT_PERIOD], today, zone)
