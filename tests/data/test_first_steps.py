"""The check-list after the first sync follows what is set, says what each step unlocks, and goes when all is done."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

from data.services.first_steps import FirstStepsService
from data.values.teams import TeamView
from sample.generator import generate
from tests.cases.site import synced
from tests.sample_services import synced_services
from ui.components.first_steps import first_steps


def test_each_step_is_done_when_it_is_and_all_of_them_are_gone_in_the_end(tmp_path: Path) -> None:
    settings = tmp_path / "settings.json"
    settings.write_text(json.dumps({}), "utf-8")
    with synced(tmp_path, generate(60, seed=3, until=date(2026, 11, 27)), settings=settings) as site:
        services = site.services

        def steps() -> tuple[bool, ...]:
            return tuple(each.done for each in services.first_steps.of(services.snapshot()))

        assert len(steps()) == 4 and not all(steps())
        before = steps()
        services.teams.save(TeamView("Checkout", period="30d"), services.snapshot())
        assert steps() == (*before[:3], True)
        shown = json.dumps(first_steps(services.first_steps.of(services.snapshot())).to_plotly_json(), default=str)
        assert "Flow efficiency" in shown and "of 4 done" in shown


def test_the_sample_site_has_no_list(tmp_path: Path) -> None:
    services = synced_services(tmp_path, issues=60)
    assert FirstStepsService(services.teams).of(services.snapshot()) == ()
    assert first_steps(()) is None
