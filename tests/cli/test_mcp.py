"""An assistant that asks through the Model Context Protocol is told the numbers of terminal and page."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any

import anyio
import pytest

from data.metrics.registry import CATALOG, ISSUE_METRICS
from data.services.services import Services
from data.values.filters import Filters
from sample.generator import generate
from sample.preset import preset
from tests.cases.site import CaseSite, synced

mcp = pytest.importorskip("mcp")
from mcp import ClientSession, StdioServerParameters  # noqa: E402 - only where it is installed
from mcp.client.stdio import stdio_client  # noqa: E402
from mcp.shared.memory import create_connected_server_and_client_session  # noqa: E402

from cli.mcp_door import server_of  # noqa: E402

ROOT = Path(__file__).parents[2]
DAYS = {"first_day": "2026-09-01", "last_day": "2026-11-15"}
TOOLS = {"list_metrics", "describe", "numbers", "issues_behind", "sprint_report", "forecast"}
Ask = Callable[..., dict[str, Any]]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CaseSite]:
    home = tmp_path_factory.mktemp("mcp")
    made = generate(400, seed=5, until=date(2026, 11, 27))
    settings = home / "settings.json"
    settings.write_text(json.dumps(preset(made)), "utf-8")
    with synced(home, made, settings=settings) as found:
        yield found


@pytest.fixture(scope="module")
def services(site: CaseSite) -> Services:
    return site.services


def asked(services: Services, *calls: tuple[str, dict[str, Any]]) -> list[Any]:
    """What the official client is answered: the structured content, or the text of an error."""

    async def ask() -> list[Any]:
        async with create_connected_server_and_client_session(server_of(services)) as client:
            return [told(await client.call_tool(name, arguments)) for name, arguments in calls]

    return run(ask)


def told(result: Any) -> Any:
    return result.content[0].text if result.isError else result.structuredContent


def run(work: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
    """In a thread of its own: another test may have left a loop in this one, as browsers do."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(anyio.run, work).result()


def test_the_official_client_over_standard_streams_lists_describes_and_reads(site: CaseSite) -> None:
    server = StdioServerParameters(
        command=sys.executable, args=[str(ROOT / "app.py"), "mcp"], env={**os.environ, **site.env}, cwd=str(ROOT)
    )

    async def ask() -> tuple[set[str], list[bool], Any, Any, Any]:
        async with stdio_client(server) as (read, write), ClientSession(read, write) as client:
            await client.initialize()
            tools = (await client.list_tools()).tools
            described = told(await client.call_tool("describe", {"metric": "lead_time_for_changes"}))
            numbers = told(await client.call_tool("numbers", {"family": "dora", **DAYS}))
            behind = told(await client.call_tool("issues_behind", {"metric": "deployment_frequency", **DAYS}))
            read_only = [bool(each.annotations and each.annotations.readOnlyHint) for each in tools]
            return {each.name for each in tools}, read_only, described, numbers, behind

    names, read_only, described, numbers, behind = run(ask)
    assert names == TOOLS
    assert all(read_only)
    assert "from commit to production" in described["metric"]["description"]
    view = site.services.view(None, *DAYS.values())
    assert {each["metric_name"]: each["value"] for each in numbers["numbers"]} == {
        each.metric_name: each.value for each in site.services.numbers.values(view, "dora")
    }
    assert behind["total"] == site.services.numbers.issue_page("deployment_frequency", view).total > 0


@pytest.mark.parametrize(
    ("filters", "definitions"),
    [([], []), (["project:in:SHOP"], ["durations=inclusive_days"])],
    ids=["whole", "narrowed and measured otherwise"],
)
def test_every_number_is_that_of_the_terminal(site: CaseSite, filters: list[str], definitions: list[str]) -> None:
    asking = {**DAYS, "filters": filters, "definitions": definitions}
    answers = asked(site.services, *(("numbers", {"metric": name, **asking}) for name in CATALOG))
    words = [*(f"--filter={each}" for each in filters), *(f"--set={each}" for each in definitions)]
    differ = []
    for name, answer in zip(CATALOG, answers, strict=True):
        typed = site.run(
            "metrics", "--metric", name, "--from", DAYS["first_day"], "--to", DAYS["last_day"], "--format", "json",
            *words,
        ).json  # a table: kept in its rows  # fmt: skip
        ours = [(each["value"], each["unit"], each["details"].get("used")) for each in answer["numbers"]]
        theirs = [(each["value"], each["unit"], each["details"].get("used")) for each in typed]
        if ours != theirs or not ours:
            differ.append((name, ours, theirs))
    assert not differ


def test_the_issues_behind_every_number_are_those_of_the_page(services: Services) -> None:
    answers = asked(services, *(("issues_behind", {"metric": name, **DAYS, "limit": 500}) for name in ISSUE_METRICS))
    view = services.view(None, *DAYS.values())
    for name, answer in zip(ISSUE_METRICS, answers, strict=True):
        page = services.numbers.issue_page(name, view, count=500)
        assert answer["total"] == page.total
        told_keys = [(each["key"], each["used"]) for each in answer["issues"]]
        assert told_keys == [(row.key, row.used) for row in page.rows]


def test_no_summary_and_no_person_is_told_unless_summaries_are_switched_on(services: Services) -> None:
    calls = [
        ("issues_behind", {"metric": name, **DAYS, "limit": 500}) for name in ("flow_time", "deployment_frequency")
    ]
    calls += [("numbers", {"metric": name, **DAYS}) for name in CATALOG]
    sprints = asked(services, ("sprint_report", {}))[0]["sprints"]["rows"]
    calls += [("sprint_report", {"sprint": sprints[0]["id"]}), ("forecast", {"items": 20})]
    rows = services.numbers.issue_page("flow_time", services.view(None, *DAYS.values()), count=500).rows
    summaries = {row.summary for row in rows if row.summary}
    people = {name for name, _ in services.numbers.choices(services.snapshot()).of("assignee")}
    said = json.dumps(asked(services, *calls), ensure_ascii=False)
    assert summaries and people
    assert not [each for each in summaries | people if f'"{each}"' in said]
    store = services.sites.data(services.snapshot()).settings
    store.save({"mcp": {"summaries": True}}, revision=store.load().revision)
    try:
        said = json.dumps(asked(services, calls[0]), ensure_ascii=False)
        assert [each for each in summaries if f'"{each}"' in said]
    finally:
        store.save({"mcp": {"summaries": False}}, revision=store.load().revision)


def test_sprints_and_forecasts_are_those_of_the_services(services: Services) -> None:
    [sprints, forecast, many] = asked(
        services, ("sprint_report", {}), ("forecast", {"items": 20}), ("forecast", {"by": "2026-12-31"})
    )
    page = services.sprints.page(services.view())
    assert [each["completed"] for each in sprints["sprints"]["rows"]] == [row.completed for row in page.rows]
    question = services.forecast.question((("items", "20"),), services.view())
    assert forecast["forecast"]["p85"] == services.forecast.answer(question, services.view()).to_dict()["p85"]
    assert many["forecast"]["p85"] is not None


def test_metrics_are_listed_and_searched(services: Services) -> None:
    [every, dora, found] = asked(
        services, ("list_metrics", {}), ("list_metrics", {"family": "dora"}), ("list_metrics", {"text": "recovery"})
    )
    assert {each["name"] for each in every["metrics"]} == set(CATALOG)
    assert {each["family"] for each in dora["metrics"]} == {"dora"}
    assert "mean_time_to_recovery" in {each["name"] for each in found["metrics"]}


@pytest.mark.parametrize(
    ("tool", "arguments", "words"),
    [
        ("describe", {"metric": "velocty"}, "velocity"),
        ("numbers", {"first_day": "2026-11-15", "last_day": "2026-09-01"}, "Swap the two dates"),
        ("numbers", {"filters": ["colour:in:red"]}, "colour"),
        ("numbers", {"definitions": ["durations=long"]}, "durations"),
        ("forecast", {}, ""),
        ("sprint_report", {"sprint": "999999"}, "sprint"),
    ],
)
def test_what_cannot_be_answered_is_an_error_in_words(
    services: Services, tool: str, arguments: dict[str, Any], words: str
) -> None:
    [answer] = asked(services, (tool, arguments))
    if tool == "forecast":
        assert "forecast" in answer
    else:
        assert isinstance(answer, str) and words in answer
        assert "Traceback" not in answer


def test_filters_change_no_settings(services: Services) -> None:
    before = services.snapshot().settings_revision
    asked(services, ("numbers", {"definitions": ["durations=working_days"]}))
    assert services.snapshot().settings_revision == before
    assert services.view(filters=Filters()).overrides == ()


def test_a_line_that_is_not_json_is_answered_with_the_parse_error(site: CaseSite) -> None:
    asked_for = {"protocolVersion": "2024-11-05", "capabilities": {}, "clientInfo": {"name": "x", "version": "1"}}
    start = {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": asked_for}
    done = subprocess.run(
        [sys.executable, str(ROOT / "app.py"), "mcp"],
        input=f'hello\n{{"a": 1}}\n{json.dumps(start)}\n',
        env={**os.environ, **site.env}, cwd=ROOT, capture_output=True, text=True, check=False,
    )  # a table: kept in its rows  # fmt: skip
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [each["error"]["code"] for each in answers if "error" in each] == [-32700, -32600]
    assert [each["id"] for each in answers if "result" in each] == [1]
    assert "Traceback" not in done.stderr and "http" not in done.stderr.replace(site.env.get("JIRA_URL", "-"), "")
