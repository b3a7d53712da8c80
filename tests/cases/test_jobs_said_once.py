"""Page, terminal, report, charts and JSON say the same of jobs: every sentence and number that two of them share."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from plotly.utils import PlotlyJSONEncoder

from cli.jtbd import keeping, opening, showing
from data.services.services import Services
from data.services.view import View
from data.values import jobs_tables, jobs_words
from data.values.change import change
from data.values.jobs import Overview
from data.values.metric_value import MetricValue
from tests.sample_services import synced_services
from ui.components.metric_card import metric_card
from ui.tabs import jobs as page_head
from ui.tabs import jobs_detail, jobs_register
from ui.tabs import jobs_tables as page_tables
from ui.url import PageView

NOW = datetime(2026, 11, 28, 15, tzinfo=UTC)
PERIODS = ("30d", "90d")
# Tables of the terminal and the report, the rows of an overview in them, and the words of the page over the same.
TABLES = {
    "outcomes": jobs_tables.OUTCOMES,
    "jobs": jobs_tables.JOBS,
    "painpoints": jobs_tables.PAINPOINTS,
    "investment": jobs_tables.INVESTMENT,
    "satisfaction": jobs_tables.SATISFACTION,
    "times": jobs_tables.TIMES,
}


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> Services:
    return synced_services(tmp_path_factory.mktemp("said"), 600, lambda: NOW)


@pytest.fixture(autouse=True)
def commands(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "1000")
    monkeypatch.setattr(opening, "with_data", lambda: (services, services.snapshot()))
    monkeypatch.setattr(opening, "storage", lambda: services.jobs.storage(services.snapshot()))


def cells(component: Any) -> Iterator[tuple[str, str, str]]:
    """(title of the row, heading, text) of every cell of the page that has a heading."""
    tree = json.loads(json.dumps(component, cls=PlotlyJSONEncoder))
    for row in found(tree, "Tr"):
        name = next((text(each) for each in found(row, "A")), "")
        for cell in found(row, "Td"):
            if heading := cell["props"].get("data-title"):
                yield name, heading, text(cell)


def found(tree: Any, kind: str) -> Iterator[dict[str, Any]]:
    if isinstance(tree, dict):
        if tree.get("type") == kind:
            yield tree
        for each in tree.values():
            yield from found(each, kind)
    elif isinstance(tree, list):
        for each in tree:
            yield from found(each, kind)


def text(tree: Any) -> str:
    """What a component shows."""
    if isinstance(tree, dict):
        return text(tree["props"].get("children")) if "props" in tree else ""
    if isinstance(tree, list):
        return " ".join(filter(None, map(text, tree)))
    return "" if tree is None else str(tree)


def shown(component: Any) -> str:
    """The text of a component, whatever it is divided into."""
    return " ".join(text(json.loads(json.dumps(component, cls=PlotlyJSONEncoder))).split())


def tokens(said: str) -> list[str]:
    return [each.strip(",.():") for each in said.lower().split() if each.strip(",.():")]


def same(one: str, other: str) -> bool:
    """Whether all words and numbers of one stand in the other, which may say more."""
    left = tokens(other)
    return all(each in left for each in tokens(one))


def printed(table: str, heading: str) -> list[list[str]]:
    """The rows of a table in the terminal: the one under a line that begins with `heading`, divided by its columns."""
    lines = table.splitlines()
    for n, line in enumerate(lines):
        if line.split("  ")[0].strip() == heading:
            rows = []
            for row in lines[n + 2 :]:
                if not row.strip():
                    break
                rows.append([each.strip() for each in re.split(r"\s{2,}", row.strip())])
            return rows
    return []


def asked(services: Services, period: str) -> tuple[View, Overview, list[MetricValue]]:
    view = services.view(period)
    return view, services.jobs.overview(view), list(services.jobs.answer(view).values)


def dates(view: View) -> dict[str, str]:
    return {"first": view.period.first.isoformat(), "last": view.period.last.isoformat()}


@pytest.mark.parametrize("period", PERIODS)
def test_every_sentence_of_the_story_is_the_same_everywhere(services: Services, period: str, capsys: Any) -> None:
    view, overview, _ = asked(services, period)
    story = jobs_words.story(overview)
    assert [each.lead for each in story][:2] == ["Most underserved", "The work"]
    head = shown(page_head.head(overview, services.jobs.choices(view.snapshot), PageView()))
    showing.dashboard(**dates(view))
    terminal, report = capsys.readouterr().out, services.jobs.report(view)
    told = services.jobs.dashboard(view)["story"]
    landscape, work = (
        services.jobs.chart(name, view, ())[2].reading for name in ("opportunity_landscape", "job_investment")
    )
    for n, each in enumerate(story):
        words = f"{each.lead}: {each.text}"
        assert words in head
        assert words in terminal
        assert each.text in report.replace("\\", "")
        assert (told[n]["lead"], told[n]["text"]) == (each.lead, each.text)
    assert f"{story[0].lead}: {story[0].text}" in landscape and f"{story[1].lead}: {story[1].text}" == work


@pytest.mark.parametrize("period", PERIODS)
def test_one_job_is_told_the_same_alone_and_among_all(services: Services, period: str, capsys: Any) -> None:
    """What `analyze` says of a job, the page of that job, and the tables of all jobs."""
    view, overview, _ = asked(services, period)
    report = services.jobs.report(view).replace("\\", "")
    verdicts = set()
    for row in overview.jobs:
        [work] = [each for each in overview.investment if each.job_id == row.job_id]
        alone = services.jobs.overview(view, job=row.job_id)
        assert [each for each in alone.investment if each.job_id] == [work]
        assert alone.jobs == (row,)
        assert list(alone.outcomes) == [each for each in overview.outcomes if each.job_id == row.job_id]
        showing.analyze(row.job_id, **dates(view))
        terminal = capsys.readouterr().out
        panel = json.dumps(jobs_detail._job(row, overview, PageView()), cls=PlotlyJSONEncoder, ensure_ascii=False)
        for sentence in (work.verdict, jobs_words.work(work), jobs_words.completed(row), jobs_words.met(row.met)):
            assert sentence in terminal and sentence in report, (row.job_id, sentence)
            assert all(each in panel for each in sentence.split(" of ")), (row.job_id, sentence)
        assert jobs_words.takes(row) in terminal
        verdicts.add(work.verdict)
        data = services.jobs.dashboard(view, job=row.job_id)
        assert data["investment"][0]["verdict"] == work.verdict
        assert data["jobs"] == [each for each in services.jobs.dashboard(view)["jobs"] if each["job_id"] == row.job_id]
    assert len(verdicts) > 1, "not all jobs are told the same"


@pytest.mark.parametrize("period", PERIODS)
def test_tables_of_page_terminal_report_and_json_hold_the_same(services: Services, period: str, capsys: Any) -> None:
    view, overview, _ = asked(services, period)
    showing.dashboard(**dates(view))
    terminal = capsys.readouterr().out
    report = services.jobs.report(view).replace("\\", "")
    page = [*page_tables.tables(overview, PageView()), *jobs_register.more(overview, PageView())]
    on_page = {(name, heading): words for name, heading, words in cells(page)}
    compared = 0
    for name, table in TABLES.items():
        rows = getattr(overview, name)
        lines = printed(terminal, next(iter(table)))
        for n, row in enumerate(rows):
            texts = {heading: told(row) for heading, told in table.items()}
            assert all(each in report for each in texts.values()), (name, texts)
            assert all(each in terminal for each in texts.values()), (name, texts)
            if name in ("outcomes", "jobs", "painpoints"):
                assert lines[n] == list(texts.values())
            title = next(iter(texts.values()))
            for heading, words in texts.items():
                if (title, heading) in on_page:
                    assert same(words, on_page[title, heading]), (title, heading, words, on_page[title, heading])
                    compared += 1
    assert compared > 5 * len(overview.outcomes)
    data = services.jobs.dashboard(view)
    for row, told in zip(overview.outcomes, data["outcomes"], strict=True):
        assert (told["met"]["count"], told["met"]["n"], told["trend_verdict"]) == (
            row.met.count,
            row.met.n,
            row.trend_verdict,
        )
    assert data["summary"]["measurements"] == sum(row.met.n for row in overview.outcomes)


@pytest.mark.parametrize("period", PERIODS)
def test_cards_of_page_terminal_and_report_hold_the_same(services: Services, period: str, capsys: Any) -> None:
    view, overview, cards = asked(services, period)
    showing.dashboard(**dates(view))
    terminal, report = capsys.readouterr().out, services.jobs.report(view).replace("\\", "")
    summary = services.jobs.dashboard(view)["summary"]
    for each in cards:
        line = jobs_tables.lines(jobs_tables.CARDS, [each])[0]
        card = shown(metric_card(each, href="?"))
        assert all(words in terminal and words in report for words in line)
        assert same(jobs_tables.headline(each), card)
        assert same(change(each).words, card)
    values = {each.metric_name: each for each in cards}
    for name, rate in (("job_completion_rate", "completion_rate"), ("outcome_achievement", "met_rate")):
        assert summary[rate] == pytest.approx(values[name].value / 100)
    best = max(row.opportunity.score or 0 for row in overview.outcomes if row.opportunity.band != "overserved")
    assert values["opportunity_score"].value == best
    assert values["outcome_achievement"].details["display_value"] == (
        f"{summary['measurements_met']} of {summary['measurements']}"
    )


def test_the_checks_of_the_register_are_the_same_in_terminal_page_and_report(services: Services, capsys: Any) -> None:
    view, overview, _ = asked(services, "30d")
    keeping.verify("json")
    checks = json.loads(capsys.readouterr().out)
    page, report = shown(jobs_register.register(overview, PageView())), services.jobs.report(view).replace("\\", "")
    assert [each["name"] for each in checks] == [each.name for each in overview.checks]
    for told, row in zip(checks, overview.checks, strict=True):
        assert (told["ok"], tuple(told["failing"]), told["todo"]) == (row.ok, row.failing, row.todo)
        assert row.name in page and f"{'✓' if row.ok else '✗'} {row.name}" in report
        assert row.ok or (row.todo in page and row.todo in report)
    for row in overview.register:
        for words in (jobs_words.deliverables(row), jobs_words.issues_done(row.issues_done, row.issues)):
            assert words in report and (words == "–" or words in page)
