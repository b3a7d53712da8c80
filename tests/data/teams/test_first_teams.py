"""The views that a site has before anybody saves one: they are there, can be compared, and can be deleted for good."""

from __future__ import annotations

from pathlib import Path

from data.services.services import open_services
from data.values.teams import TeamView
from sample.source import TEAMS, SampleSite
from tests.sample_services import environment


def test_the_sample_site_shows_three_teams_from_the_start(tmp_path: Path) -> None:
    services = open_services(environment(tmp_path), sample=SampleSite(issues=300, teams=TEAMS))
    assert services.sync.run(services.snapshot()).error is None

    def names() -> list[str]:
        return [each.name for each in services.teams.list(services.snapshot()).views]

    assert names() == ["Payments", "Platform", "Web shop"]
    found = services.teams.compare(names(), services.snapshot())
    assert any(cell.value.ok for row in found.rows for cell in row.cells)
    services.teams.save(TeamView("Mine", "30d"), services.snapshot())
    assert names() == ["Mine", "Payments", "Platform", "Web shop"]
    for name in names():
        services.teams.delete(name, services.snapshot())
    assert names() == []
