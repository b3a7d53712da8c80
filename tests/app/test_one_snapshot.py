"""A question is asked of one moment: settings and head of the store are read once, and numbers are kept under what they
were calculated from.
"""

from __future__ import annotations

import ast
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from callbacks import (
    cards,
    catalogue,
    charts,
    detail,
    explore,
    first_steps,
    forecast,
    jobs,
    mapping_show,
    overview,
    page,
    quality,
    sprints,
    teams,
)
from cli import main, sites
from data.cache.metric_cache import Key, MetricCache
from data.services.services import Services, open_services
from data.settings.store import SettingsStore
from data.store.issue_store import IssueStore
from data.values.filters import Filters
from data.values.teams import TeamView
from sample.source import SampleSite
from tests.callbacks.acting import acting
from tests.sample_services import environment
from ui.modals.draft import base_of

CALLBACKS = Path(page.__file__).parent
SAMPLE = SampleSite(issues=120)


def view(query: str) -> dict[str, str]:
    return {"query": query, "revision": "1"}


ASKED: dict[str, Callable[[Services], Any]] = {
    "layout": lambda _: page.layout(),
    "period": lambda _: page.show_period(view("?period=90d&project=SHOP")),
    "dora": lambda _: cards.show_dora(view("?tab=dora&period=30d"), None),
    "flow": lambda _: cards.show_flow(view("?tab=flow&period=90d&set=durations:working_days"), None),
    "all cards": lambda _: cards.show_overview(view("?period=30d"), None),
    "cards again": lambda _: cards.renew(view("?tab=flow&period=30d")),
    "findings": lambda _: overview.show_findings(view("?period=30d")),
    "quality": lambda _: quality.show_quality(view("?tab=quality")),
    "chart": lambda _: charts.show_chart({**view("?tab=flow&period=90d"), "chart": "cumulative_flow"}),
    "chart of jobs": lambda _: charts.show_chart({**view("?tab=jobs"), "chart": "opportunity_landscape"}),
    "detail": lambda _: detail.show_detail(view("?tab=flow&metric=flow_time"), None, None),
    "detail of jobs": lambda _: detail.show_detail(view("?tab=jobs&metric=job_completion_rate"), None, None),
    "rows": lambda _: detail.show_rows({"startRow": 0, "endRow": 50}, view("?tab=flow&metric=flow_time")),
    "catalogue": lambda _: catalogue.show_catalogue(view("?tab=catalogue")),
    "values of the catalogue": lambda _: catalogue.show_values(view("?tab=catalogue&category=capacity")),
    "one of the catalogue": lambda _: catalogue.show_catalogue(view("?tab=catalogue&measure=wip")),
    "forecast": lambda _: forecast.show_forecast(view("?tab=forecast&items=5")),
    "sprints": lambda _: sprints.show_sprints(view("?tab=sprints")),
    "jobs": lambda _: jobs.show_jobs(view("?tab=jobs"), None, None),
    "teams": lambda _: teams.show_teams(view("?tab=teams&team=One&team=Two"), None, None),
    "explore": lambda _: explore.show_explore(view("?tab=explore&m1=flow_time&split=type")),
    "first_steps": lambda _: first_steps.show_first_steps(view("?tab=overview"), None),
    "preview": lambda services: mapping_show.show_preview(
        {"setting/percentile": "nearest_rank"},
        {"jira": None, "base": base_of(services.snapshot().settings, [], [])},
        "?period=30d",
    ),
}
ADDRESSES = (
    "explore.csv?tab=explore&m1=flow_time&split=type",
    "numbers.csv?period=30d",
    "numbers.xlsx?period=30d",
    "metric.csv?metric=flow_time",
    "metric.xlsx?metric=flow_time",
    "issues.csv?metric=flow_time",
    "issues.xlsx?metric=flow_time",
    "chart.csv?tab=flow&chart=cumulative_flow",
    "chart.xlsx?tab=flow&chart=cumulative_flow",
    "catalogue.csv?tab=catalogue",
    "forecast.csv?tab=forecast&items=5",
    "sprints.csv?tab=sprints",
    "sprints.xlsx?tab=sprints",
    "jobs.json?tab=jobs",
    "jobs.csv?tab=jobs",
    "jobs.md?tab=jobs",
    "jobs-outcomes.csv?tab=jobs",
    "teams.json",
)
COMMANDS = (
    "metrics",
    "metrics --format csv",
    "metrics --metric flow_time --by project",
    "metrics --family jtbd",
    "metrics --set durations=working_days --project SHOP",
    "issues --metric flow_time --format csv",
    "forecast --items 5 --format json",
    "report --output -",
    "teams compare One Two",
    "jtbd dashboard",
    "jtbd report",
    "jtbd export --output -",
    "quality",
    "doctor",
)
WRITING = {
    "background",
    "connection",
    "definitions",
    "field_mapping",
    "jobs_forms",
    "mapping_draft",
    "mapping_save",
}  # read, then write


@pytest.fixture(scope="module")
def synced(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The state folder of the sample site after its first sync; who changes it takes a copy."""
    folder = tmp_path_factory.mktemp("one-snapshot")
    made = opened(folder)
    assert made.sync.run(made.snapshot()).error is None
    for name, filters in (("One", Filters()), ("Two", Filters(definitions=(("durations", "working_days"),)))):
        made.teams.save(TeamView(name, "30d", filters=filters), made.snapshot())
    return folder


def opened(folder: Path) -> Services:
    env = environment(folder)
    return open_services(env, sample=SAMPLE)


@pytest.fixture(scope="module")
def services(synced: Path) -> Services:
    return opened(synced)


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> Iterator[Counter[str]]:
    """How often each settings file and the head of the store were read."""
    counts: Counter[str] = Counter()
    load, head = SettingsStore.load, IssueStore.scope_for

    def counted_load(self: SettingsStore) -> Any:
        counts[self.path.name] += 1
        return load(self)

    def counted_head(self: IssueStore, *of: str) -> Any:
        counts["head"] += 1
        return head(self, *of)

    monkeypatch.setattr(SettingsStore, "load", counted_load)
    monkeypatch.setattr(IssueStore, "scope_for", counted_head)
    yield counts


ONCE = {"app_settings.json": 1, "settings.json": 1, "head": 1}


@pytest.mark.parametrize("name", ASKED)
def test_a_callback_reads_settings_and_head_once(services: Services, read: Counter[str], name: str) -> None:
    """The sample site has settings of its own beside the file of the person's site: two files, each once."""
    with acting(services):
        ASKED[name](services)  # what is made at the first use of a store is made
        own = 1 if name == "preview" else 0  # the test's own look
        read.clear()
        ASKED[name](services)
    assert dict(read) == {each: times + own for each, times in ONCE.items()}


def test_every_module_of_callbacks_that_looks_at_the_site_is_asked() -> None:
    asked = {function.__code__.co_names[0] for function in ASKED.values()}
    looking = {
        module.stem
        for module in CALLBACKS.glob("*.py")
        for node in ast.walk(ast.parse(module.read_text("utf-8")))
        if isinstance(node, ast.Call)
        and ast.unparse(node.func) in ("services().snapshot", "question_of", "services().view")
    }
    files = {"export", "report", "jobs_detail", "health", "sync", "context"}  # addresses, and what others call
    assert looking - asked - WRITING - files == set()


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_download_reads_settings_and_head_once(
    client: Any, use: Callable[[Any], Any], services: Services, read: Counter[str], address: str
) -> None:
    use(services)
    assert client.get(f"/export/{address}").status_code == 200
    read.clear()
    assert client.get(f"/export/{address}").status_code == 200
    assert dict(read) == ONCE


@pytest.mark.parametrize("address", ["/report.html", "/readyz"])
def test_report_and_probe_read_settings_and_head_once(
    client: Any, use: Callable[[Any], Any], services: Services, read: Counter[str], address: str
) -> None:
    use(services)
    read.clear()
    assert client.get(address).status_code == 200
    assert dict(read) == ONCE


@pytest.mark.parametrize("typed", COMMANDS)
def test_a_command_reads_settings_and_head_once(
    monkeypatch: pytest.MonkeyPatch, services: Services, read: Counter[str], typed: str
) -> None:
    monkeypatch.setattr(sites, "_services", lambda: services)
    main(typed.split())
    assert dict(read) == ONCE


# ---- key and value


@pytest.fixture
def mine(synced: Path, tmp_path: Path) -> Path:
    shutil.copytree(synced, tmp_path / "copy", ignore=shutil.ignore_patterns("metrics_cache*"))
    return tmp_path / "copy"


def meanwhile(monkeypatch: pytest.MonkeyPatch, change: Callable[[], Any]) -> list[Key]:
    """Between the first look into the cache and what follows from it, `change` happens once. Gives the keys looked
    for.
    """
    looked: list[Key] = []
    get = MetricCache.get

    def then(self: MetricCache, key: Key) -> Any:
        found = get(self, key)
        looked.append(key)
        if len(looked) == 1:
            change()
        return found

    monkeypatch.setattr(MetricCache, "get", then)
    return looked


def kept(services: Services) -> dict[str, dict[str, Any]]:
    """What the cache holds, by name."""
    return services.sites.data(services.snapshot()).cache._visible()


def numbers(answer: Any) -> list[tuple[str, Any, Any]]:
    return [(each.metric_name, each.value, each.total_issue_count) for each in answer.values]


@pytest.mark.parametrize("family", ["flow", "jtbd"])
@pytest.mark.parametrize("warm", [False, True])
def test_numbers_of_newer_data_are_kept_as_such(
    mine: Path, monkeypatch: pytest.MonkeyPatch, family: str, warm: bool
) -> None:
    """A sync publishes between the key and the calculation, cold and with the tables of before in memory."""
    services, other = opened(mine), opened(mine)
    other.sites.sample = SampleSite(issues=300)
    question = services.view("90d")
    if warm:
        services.sites.data(question.snapshot).dataset(question)
    shutil.rmtree(services.sites.data(question.snapshot).folder / "tables", ignore_errors=True)
    old = question.snapshot.revision
    looked = meanwhile(monkeypatch, lambda: other.sync.run(other.snapshot()))
    answer = services.numbers.answer(family, question)
    new = services.snapshot().revision
    assert (looked[0].revision.startswith(old), new != old) == (True, True)
    [entry] = [each for each in kept(services).values() if each["metric_type"] == family]
    fresh = opened(mine)
    fresh.sites.data(fresh.snapshot()).cache.drop()
    now = fresh.numbers.answer(family, fresh.view("90d"))
    of_new_data = entry["revision"].partition("|")[0] == new
    assert of_new_data is not warm, "what is in memory is of the revision that the key names"
    assert (numbers(answer) == numbers(now)) is of_new_data
    assert numbers(services.numbers.answer(family, services.view("90d"))) == numbers(now)


def test_numbers_are_kept_under_the_settings_that_they_were_calculated_with(
    mine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody saves another definition between the key and the calculation."""
    services, other = opened(mine), opened(mine)
    before = numbers(other.numbers.answer("flow", other.view("90d")))
    other.sites.data(other.snapshot()).cache.drop()

    def save() -> None:
        snapshot = other.snapshot()
        other.field_mapping.save({"definitions": {"durations": "working_days"}}, snapshot.settings_revision, snapshot)

    looked = meanwhile(monkeypatch, save)
    question = services.view("90d")
    assert numbers(services.numbers.answer("flow", question)) == before, "the question is of the moment it was asked in"
    assert looked[0].question["definitions"]["durations"] != "working_days"
    assert set(kept(services)) == {looked[0].name}
    after = services.numbers.answer("flow", services.view("90d"))
    assert after.state == "calculated"
    fresh = opened(mine)
    fresh.sites.data(fresh.snapshot()).cache.drop()
    assert numbers(after) == numbers(fresh.numbers.answer("flow", fresh.view("90d"))) != before
