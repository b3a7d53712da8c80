"""Whatever a definition changes says so: metrics and charts name every switch that moves them, in number, picture
and CSV.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from data.charts.registry import ISSUE_CHARTS
from data.exports.csv import csv_text
from data.facts.dataset import Dataset
from data.metrics import ISSUE_METRICS
from data.metrics.measure import measure
from data.services.charts import drawn
from data.services.services import Services, open_services
from data.settings.definitions import expanded, table
from data.values.filters import Filters
from data.values.periods import Period
from data.values.reported import ReportKind
from sample.source import SampleSite
from tests.sample_services import environment

# A value that differs from the default; statuses are named and become ids.
OTHERS: dict[str, tuple[str, ...]] = {
    "zone": ("Pacific/Auckland",),
    "durations": ("inclusive_days", "exclusive_days", "working_days", "inclusive_working_days"),
    "working_time.weekdays": ("0,1",),
    "working_time.holidays": ("{a day}",),
    "working_time.start": ("12:00",),
    "working_time.end": ("13:00",),
    "percentile": ("nearest_rank",),
    "tier_year": ("2021",),
    "workflow.started": ("{In Review}",),
    "workflow.done": ("{In Review},{Done},{Closed},{Resolved}",),
    "workflow.discarded": ("[]", "{In Review}"),
    "workflow.active": ("{In Review}",),
    "workflow.waiting": ("{In Review}",),
    "spans": ("a: In Progress -> Done",),
    "timed_span": ("development: In Progress -> In Review",),
    "completion": ("first",),
    "completed_as_of": ("period_end",),
    "subtract_reopened": ("true",),
    "backward_moves": ("pause", "restart"),
    "all_levels": ("true",),
    "not_completed_resolutions": ("Done",),
    "completed_resolutions": ("Parked",),
    "load": ("started",),
    "stuck_days": ("1",),
    "escaped_labels": ("customer",),
    "flow_types": ('{"Task": "Risk", "Bug": "Feature"}',),
    "blocked_flag": ("false",),
    "blocked_statuses": ("{In Review}",),
    "statuses_by": ("id",),
    "cfd": ("high_water", "backfill"),
    "limits.baseline": ("{early}..{middle}",),
    "limits.divided": ("{middle}",),
    "delivery_source": ("reported", "both"),
    "reported_projects": ("acme/shop -> SHOP",),
    "deployment_source": ("versions",),
    "deployment_merge": ("each_issue",),
    "deployment_types": ("Story",),
    "production_environments": ("Staging",),
    "incident_types": ("Bug",),
    "incident_labels": ("hotfix,customer",),
    "incident_components": ("Orders",),
    "incident_end_statuses": ("{In Review}",),
    "incident_links": ("blocks",),
    "failure_window_hours": ("72", "2000"),
    "empty_success_means": ("no",),
    "success_words": ("Perhaps",),
    "failure_words": ("Yes",),
    "impact_words": ("None",),
    "no_impact_words": ("Major",),
    "rework_types": ("Deployment",),
    "rework_labels": ("customer",),
    "rework_version_types": ("Bug",),
    "sprint_completion": ("done_at_close",),
    "satisfaction_scale": ("1-5",),
}
# What the definitions of issue 4, item 5 are called here; each must be seen to move something on this site.
MUST_MOVE = (
    "durations",
    "working_time.weekdays",
    "working_time.holidays",
    "working_time.start",
    "percentile",
    "workflow.started",
    "workflow.done",
    "workflow.discarded",
    "completion",
    "subtract_reopened",
    "cfd",
    "delivery_source",
    "deployment_source",
    "incident_types",
    "incident_links",
    "failure_window_hours",
    "empty_success_means",
    "zone",
    "all_levels",
    "sprint_completion",
    "spans",
    "timed_span",
)
WEIGHTS = "sprint_weights."  # they move the score of sprints only, and only all of them together


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    folder = tmp_path_factory.mktemp("declared")
    env = environment(folder)
    now = datetime.now(UTC)  # stands still: ages in hours would move by themselves, and no definition would be to blame
    made = open_services(env, sample=SampleSite(issues=800), clock=lambda: now)
    assert made.sync.run(made.snapshot()).error is None
    report(made, now)
    yield made


def report(services: Services, now: datetime) -> None:
    """Thirty deployments and ten incidents of another system."""
    for n in range(30):
        said = {
            "source": "ci", "id": str(n), "environment": "production", "project": "acme/shop", "commit": f"{n:08}",
            "committed_at": (now - timedelta(days=n + 3)).isoformat(),
            "deployed_at": (now - timedelta(days=n)).isoformat(),
        }  # a table: kept in its rows  # fmt: skip
        services.reported.add(ReportKind.DEPLOYMENT, said)
    for n in range(10):
        said = {
            "source": "alerts", "id": str(n), "project": "SHOP", "caused_by_source": "ci", "caused_by_id": str(3 * n),
            "started_at": (now - timedelta(days=3 * n, hours=-1)).isoformat(),
            "resolved_at": (now - timedelta(days=3 * n, hours=-n - 2)).isoformat(),
        }  # a table: kept in its rows  # fmt: skip
        services.reported.add(ReportKind.INCIDENT, said)


def told(facts: Dataset, period: Period) -> dict[str, Any]:
    """What every metric and every chart says: numbers, lines, and the CSV."""
    out: dict[str, Any] = {}
    for name, metric in ISSUE_METRICS.items():
        value = measure(metric, facts, period)
        out[name] = (
            value.value,
            value.error_state,
            value.performance_tier,
            value.details.get("distribution"),
            value.excluded_issue_count,
        )
    for name, chart in ISSUE_CHARTS.items():
        if chart.family not in ("catalogue", "explore"):  # those obey what their metric obeys
            drawing = drawn(facts, name, period)
            lines = tuple(each.at for each in drawing.lines)
            out[f"chart {name}"] = (csv_text(drawing.columns, drawing.table()), lines, drawing.problem is None)
    return out


@pytest.fixture(scope="module")
def said(services: Services) -> Any:
    known: dict[tuple[tuple[str, str], ...], dict[str, Any]] = {}

    def ask(*chosen: tuple[str, str]) -> dict[str, Any]:
        if chosen not in known:
            view = services.view("90d", filters=Filters(definitions=chosen))
            known[chosen] = told(services.sites.data(view.snapshot).dataset(view), view.period)
        return known[chosen]

    return ask


def obeyed() -> dict[str, set[str]]:
    out = {name: set(expanded(each.switches)) for name, each in ISSUE_METRICS.items()}
    return out | {f"chart {name}": set(expanded(each.switches)) for name, each in ISSUE_CHARTS.items()}


def moved(services: Services, said: Any, name: str) -> set[str]:
    """Metrics and charts that another value of a definition changes."""
    ids = {each.name: each.id for each in services.field_mapping.statuses(services.snapshot())}
    days = (services.view().today - timedelta(days=n) for n in range(10, 20))
    ids["a day"] = next(day.isoformat() for day in days if day.weekday() < 5)
    today = services.view().today
    ids |= {"early": (today - timedelta(days=230)).isoformat(), "middle": (today - timedelta(days=90)).isoformat()}
    before = (("durations", "working_days"),) if name.startswith("working_time.") else ()
    if name == "reported_projects":
        before = (("delivery_source", "both"), ("failure_window_hours", "72"))
    if name == "spans":
        before = (("spans", "a: In Progress -> In Review"), ("timed_span", "a"))
    out: set[str] = set()
    for each in OTHERS[name]:
        for word, value in ids.items():
            each = each.replace("{" + word + "}", value)
        now, then = said(*before, (name, each)), said(*before)
        out |= {one for one in now if now[one] != then[one]}
    return out


def test_every_definition_is_tried():
    assert {name for name in table() if not name.startswith(WEIGHTS)} == set(OTHERS)


@pytest.mark.parametrize("name", list(OTHERS))
def test_what_a_definition_moves_names_it(services, said, name):
    found = moved(services, said, name)
    assert not {each for each in found if name not in obeyed()[each]}
    if name in MUST_MOVE:
        assert found


def test_a_named_definition_that_is_nobodys_does_not_exist():
    names = {each for names in obeyed().values() for each in names}
    # It moves no number: it tells which resolutions are known, and Data quality names the others.
    assert {name for name in table() if name not in names} == {"completed_resolutions", "satisfaction_scale"}
