"""Resolutions and link types are known by their ids: neither another name nor another language moves a number."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, select

from data.facts.site_names import ids_of
from data.services.services import Services, open_services
from data.services.view import View
from data.store import migrate, schema
from data.store.issue_store import IssueStore
from data.store.writer import Writer
from data.tables.tidy import Tables, read
from data.values.filters import only
from sample.server import SampleServer
from sample.site import Site
from tests.cases.conftest import Cases
from tests.cases.site import JQL, TODAY, site_of
from tests.cases.small import Change, Ticket, moved, write

ENGLISH = {"6": "Done", "7": "Won't Do", "8": "Handed over"}
GERMAN = {"6": "Erledigt", "7": "Wird nicht erledigt", "8": "Übergeben"}
NUMBERS = ("flow_velocity", "closed", "flow_time", "change_failure_rate", "mean_time_to_recovery")
LATER = "2026-11-27T00:00:00.000+0000"


@dataclass(frozen=True)
class Changing:
    """A site whose people change it between two syncs."""

    site: Site
    services: Services

    def sync(self, full: bool = False) -> None:
        """What changed since the last sync, or everything. Fails where the sync does."""
        result = self.services.sync.run(self.services.snapshot(), full=full)
        assert result.error is None, result.error

    def view(self) -> View:
        """October and November, as everybody sees them."""
        return self.services.view(None, "2026-10-01", "2026-11-27", only())

    def numbers(self) -> dict[str, float | None]:
        view = self.view()
        return {name: self.services.numbers.one(name, view)[0].value for name in NUMBERS}

    def rename(self, change: Callable[[dict[str, Any]], None], *, touching: tuple[str, ...] = ()) -> None:
        """Changes what all issues say, as Jira does, and gives some of them a new date of change."""
        for issue in self.site.issues:
            change(issue.fields)
            if issue.key in touching:
                issue.fields["updated"] = LATER

    def tables(self) -> Tables:
        return self.services.sites.data(self.services.snapshot()).tables(self.services.snapshot())


@contextmanager
def changing(folder: Path, site: Site, mapping: str = "") -> Iterator[Changing]:
    (folder / "home").mkdir()
    env = {"THROUGHLINE_HOME": str(folder / "home"), "HOME": str(folder / "home"), "JIRA_TOKEN": "some-token"}
    env |= {"JIRA_JQL": JQL, "JIRA_EMAIL": "someone@example.org", "THROUGHLINE_SETTINGS": str(folder / "s.json")}
    (folder / "s.json").write_text(mapping or "{}", "utf-8")
    with SampleServer(site, flavour="cloud") as server:
        made = Changing(site, open_services(env | {"JIRA_URL": server.url}, clock=lambda: TODAY))
        made.sync()
        yield made


def resolved(number: str, names: dict[str, str]) -> Change:
    return Change("2026-10-09T00:00:00.000+0000", "resolution", (None, None), (number, names[number]), "resolution")


def tickets(names: dict[str, str], *, history: bool = True) -> list[Ticket]:
    """Two done, two given up, one handed over; a failed deployment and the incident that it caused."""
    done = [
        Ticket(
            f"P-{n}",
            resolution={"id": number, "name": names[number]},
            changes=(*moved(), *([resolved(number, names)] if history else [])),
        )
        for n, number in enumerate("66778", 1)
    ]
    kind = {"id": "10003", "name": "Problem", "inward": "is caused by", "outward": "causes"}
    link = {"id": "70", "type": kind, "inwardIssue": {"id": "6", "key": "P-6"}}
    back = {"id": "70", "type": kind, "outwardIssue": {"id": "7", "key": "P-7"}}
    deployed = {"customfield_10100": "2026-10-06T00:00:00.000+0000"}
    return [
        *done,
        Ticket(
            "P-6", "Deployment", resolution={"id": "6", "name": names["6"]}, fields={**deployed, "issuelinks": [back]}
        ),
        Ticket(
            "P-7",
            "Incident",
            changes=moved(),
            resolution={"id": "6", "name": names["6"]},
            fields={"issuelinks": [link]},
        ),
    ]


MAPPED = '{"dora_flow_config": {"field_mappings": {"dora": {"deployment_date": "customfield_10100"}}}}'
FIELDS = [
    {
        "id": "customfield_10100",
        "name": "Deployed",
        "custom": True,
        "schema": {"type": "datetime", "custom": "x:datetime", "customId": 10100},
    }
]


def small(folder: Path, names: dict[str, str] = ENGLISH, *, history: bool = True) -> Site:
    return site_of(write(folder / "site", tickets(names, history=history), fields=FIELDS))


def called(names: dict[str, str]) -> Callable[[dict[str, Any]], None]:
    """Every resolution is called as in `names` from now on."""

    def change(fields: dict[str, Any]) -> None:
        if fields.get("resolution"):
            fields["resolution"] = {**fields["resolution"], "name": names[fields["resolution"]["id"]]}

    return change


def relinked(inward: str, outward: str) -> Callable[[dict[str, Any]], None]:
    def change(fields: dict[str, Any]) -> None:
        for link in fields["issuelinks"]:
            link["type"] = {**link["type"], "name": "Ursache", "inward": inward, "outward": outward}

    return change


EXPECTED = {"flow_velocity": 5.0, "closed": 7.0, "change_failure_rate": 100.0}


@pytest.mark.parametrize("history", [True, False], ids=["with histories", "without histories"])
@pytest.mark.parametrize("full", [True, False], ids=["all read again", "one issue read again"])
def test_a_resolution_with_another_name_counts_as_before(tmp_path: Path, *, full: bool, history: bool) -> None:
    with changing(tmp_path, small(tmp_path, history=history), MAPPED) as site:
        before = site.numbers()
        assert {name: before[name] for name in EXPECTED} == EXPECTED
        site.rename(called({**ENGLISH, "7": "Shelved"}), touching=("P-3",))
        site.sync(full)
        assert site.numbers() == before
        assert set(site.tables().issues["resolution"].dropna()) == {"Done", "Shelved", "Handed over"}


@pytest.mark.parametrize("full", [True, False], ids=["all read again", "one issue read again"])
def test_an_account_with_another_language_sees_the_same_numbers(tmp_path: Path, *, full: bool) -> None:
    with changing(tmp_path, small(tmp_path), MAPPED) as site:
        before = site.numbers()
        site.rename(called(GERMAN), touching=("P-1", "P-3", "P-5"))
        site.rename(relinked("verschuldet von", "ist schuld an"), touching=("P-6",))
        site.sync(full)
        assert site.numbers() == before
        tables = site.tables()
        assert set(tables.issues["resolution"].dropna()) == set(GERMAN.values())
        assert set(tables.links["phrase"]) == {"verschuldet von", "ist schuld an"}
        assert len(tables.links) == 2  # the link is one, read from both ends


def test_names_become_ids_when_they_are_saved_and_are_shown_as_they_are_called_now(tmp_path: Path) -> None:
    with changing(tmp_path, small(tmp_path), MAPPED) as site:
        snapshot = site.services.snapshot()
        chosen = {
            "not_completed_resolutions": ["won’t do", "Handed over", "Parked"],
            "incident_links": ["is caused by", "ruined by"],
        }
        mapping = site.services.field_mapping
        saved = mapping.save({"definitions": chosen}, snapshot.settings_revision, snapshot).settings.definitions
        assert saved.not_completed_resolutions == ["7", "8", "Parked"]
        assert saved.incident_links == ["10003:inward", "ruined by"]
        before = site.numbers()
        assert (before["flow_velocity"], before["change_failure_rate"]) == (4, 100)
        site.rename(called(GERMAN), touching=("P-1", "P-3", "P-5"))
        site.rename(relinked("verschuldet von", "ist schuld an"), touching=("P-6",))
        site.sync()
        assert site.numbers() == before
        said = {each.name: each.words for each in site.services.definitions.of(chosen, site.view())}
        assert said == {
            "not_completed_resolutions": "Wird nicht erledigt, Übergeben, Parked",
            "incident_links": "verschuldet von, ruined by",
        }
        assert "Wird nicht erledigt" in site.services.definitions.words_of("flow_velocity", site.view())
        assert ids_of(site.tables(), "resolution", ["Won't Do", "Wird nicht erledigt"]) == ["7"]


def test_a_resolution_that_took_over_the_name_of_another_is_told_apart_by_id(tmp_path: Path) -> None:
    with changing(tmp_path, small(tmp_path), MAPPED) as site:
        snapshot = site.services.snapshot()
        patch = {"definitions": {"not_completed_resolutions": ["Handed over"]}}
        site.services.field_mapping.save(patch, snapshot.settings_revision, snapshot)
        before = site.numbers()
        assert before["flow_velocity"] == 6
        site.rename(called({"6": "Done", "7": "Handed over", "8": "Passed on"}), touching=("P-3", "P-5"))
        site.sync()
        assert site.numbers() == before


def as_before_ids(path: Path) -> None:
    """The store as the version before made it."""
    engine = create_engine(f"sqlite:///{path}", connect_args={"isolation_level": None})
    with engine.begin() as connection:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        migrate.downgrade(connection, migrate.ISSUES, 5)
    engine.dispose()


@pytest.mark.parametrize("history", [True, False], ids=["with histories", "without histories"])
def test_a_store_without_ids_gives_the_same_numbers_before_and_after_the_next_sync(
    tmp_path: Path, *, history: bool
) -> None:
    with changing(tmp_path, small(tmp_path, history=history), MAPPED) as site:
        before = site.numbers()
        data = site.services.sites.data(site.services.snapshot())
        path = data.store.path
        assert path is not None
        data.store.close()
        as_before_ids(path)
        store = IssueStore(path)
        with store.reading() as connection:
            assert set(connection.scalars(select(schema.issue.c.resolution_id))) == {None}
            number = connection.scalar(select(schema.scope.c.scope))
            assert number is not None
            old = read(connection, number, {})
        assert len(old.names) == (3 if history else 0)
        assert site.numbers() == before
        store.close()
        site.rename(called(ENGLISH), touching=("P-3", "P-6"))
        site.sync()  # the first one that reads ids, of two issues
        assert site.numbers() == before
        site.rename(called(GERMAN))
        site.rename(relinked("verschuldet von", "ist schuld an"))
        site.sync(full=True)
        assert site.numbers() == before


def test_names_of_the_shared_german_case_may_become_english(tmp_path: Path, case: Cases) -> None:
    with changing(tmp_path, site_of(case.folder("c04_german"))) as site:
        view = site.services.view(None, "2026-11-01", "2026-11-27", only())

        def asked() -> list[float | None]:
            return [site.services.numbers.one(name, view)[0].value for name in ("flow_velocity", "blocked_hours")]

        assert asked() == [7, 48]
        english = {"rErledigt": "Finished", "rWird nicht erledigt": "Left aside"}
        site.rename(called(english))
        site.sync(full=True)
        assert asked() == [7, 48]
        assert set(site.tables().issues["resolution"].dropna()) == set(english.values())


def test_earlier_names_stay_and_one_name_is_the_name_now(tmp_path: Path) -> None:
    store = IssueStore(tmp_path / "issues.db")
    scope = store.open_scope("https://example.org", "project = A")
    with store.writing(scope) as writer:
        _tell(writer, ("7", "Rejected", True), ("7", "Refused", False), ("8", "Done", True))
        _tell(writer, ("7", "Abgelehnt", True))
        _tell(writer, ("7", "Abgelehnt", False))  # a history says it too, which changes nothing
        _tell(writer, ("7", "Rejected", True))
    with store.reading() as connection:
        table = schema.known_name
        rows = connection.execute(select(table.c.named, table.c.name).where(table.c.current)).all()
        assert sorted(map(tuple, rows)) == [("7", "Rejected"), ("8", "Done")]
        assert set(connection.scalars(select(table.c.name))) == {"Rejected", "Refused", "Abgelehnt", "Done"}
    store.close()


def _tell(writer: Writer, *names: tuple[str, str, bool]) -> None:
    writer.add_names(("resolution", *each) for each in names)
