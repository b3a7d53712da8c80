"""`report` on services with fixed answers, and once on the real program."""

from __future__ import annotations

from pathlib import Path

import pytest

from data.services.overview import OverviewService
from data.services.view import View
from tests.cli.conftest import Terminal
from tests.cli.fakes import FakeServices
from tests.dashboard import command
from tests.forked import forked


class FakeOverview(OverviewService):
    """Notes what it is asked."""

    def __init__(self) -> None:
        self.asked: list[View] = []

    def html(self, view: View, link: str = "") -> str:  # noqa: ARG002 - as the real one
        self.asked.append(view)
        return "<!DOCTYPE html>\n<p>Größe</p>\n"


@pytest.fixture
def overview(services: FakeServices) -> FakeOverview:
    services.overview = found = FakeOverview()
    return found


def test_it_writes_the_file_and_says_so(terminal: Terminal, overview: FakeOverview, tmp_path: Path) -> None:
    path = tmp_path / "monday.html"
    found = terminal("report", "--from", "2026-01-01", "--to", "2026-01-31", "--project", "SHOP", "--output", str(path))
    assert found.code == 0
    assert path.read_text("utf-8") == "<!DOCTYPE html>\n<p>Größe</p>\n"
    assert str(path) in found.out
    period, filters = overview.asked[0].period, overview.asked[0].filters
    assert (str(period.first), str(period.last), filters.names("project")) == ("2026-01-01", "2026-01-31", ("SHOP",))


def test_without_a_name_it_is_named_after_its_days(
    terminal: Terminal, overview: FakeOverview, tmp_path: Path, monkeypatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert terminal("report", "--from", "2026-01-01", "--to", "2026-01-31").code == 0
    assert (tmp_path / "throughline_report_2026-01-01_2026-01-31.html").is_file()


def test_a_dash_writes_to_the_terminal(terminal: Terminal, overview: FakeOverview) -> None:
    found = terminal("report", "--output", "-")
    assert found.out == "<!DOCTYPE html>\n<p>Größe</p>\n"


def test_a_file_that_cannot_be_written_is_one_line(terminal: Terminal, overview: FakeOverview, tmp_path: Path) -> None:
    found = terminal("report", "--output", str(tmp_path / "nowhere" / "report.html"))
    assert found.code == 1
    assert "could not be written" in found.err
    assert "Choose another --output." in found.err
    assert "Traceback" not in found.err


def test_the_whole_way_on_the_sample_site(tmp_path: Path) -> None:
    assert forked(tmp_path, "sync").returncode == 0
    done = command(tmp_path, "report", "--output", "report.html", "--set", "durations=inclusive_days")
    assert done.returncode == 0, done.stderr
    made = (tmp_path / "report.html").read_text("utf-8")
    assert made.startswith("<!DOCTYPE html>")
    for words in (
        "The numbers",
        "What changed",
        "Ageing dangerously",
        "Before you trust these numbers",
        "(chosen for this view)",
    ):
        assert words in made
    assert "<script" not in made
    assert "src=" not in made
