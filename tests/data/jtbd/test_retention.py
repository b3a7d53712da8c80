"""Retention removes records and falsifies no number: their daily counts stay, and what is lost is said."""

from __future__ import annotations

import json
import random
import sqlite3
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from data.jtbd.inputs import RecordSelection
from data.jtbd.picture import Picture, picture
from data.jtbd.storage import JobsStorage
from data.services.services import open_services
from data.settings.operation import JtbdSettings
from data.store import migrate
from data.values.periods import Period
from data.values.records import (
    JobCompletion,
    OutcomeAchieved,
    PainpointResolved,
    Record,
    TimeToOutcome,
    UserSatisfaction,
)
from tests.data.store.test_migrations import down_to

ZONE = "America/New_York"  # whose days are not those of UTC
NOW = datetime(2026, 11, 28, 15, tzinfo=UTC)
HOUR = 3_600_000_000
SPEC = """@prefix tl: <urn:throughline:jtbd:> . @prefix : <urn:x:> .
:buy a tl:Job ; tl:title "Buy" ; tl:outcome :fast, :sure ; tl:painpoint :fees .
:fast a tl:Outcome ; tl:title "Time to pay" ; tl:direction "minimise" ; tl:metric "time" ; tl:target 5 ;
    tl:importance 9 ; tl:satisfaction 3 .
:sure a tl:Outcome ; tl:direction "maximise" ; tl:metric "share" ; tl:target 0 ; tl:answers 270 ;
    tl:importantAnswers 200 .
:fees a tl:Painpoint ; tl:title "Fees" .
:ann a tl:Persona ; tl:title "Ann" .
"""


def made(seed: int, days: int = 200) -> list[Record]:
    """Records of all kinds at any hour of the last days, with ties, gaps, strangers and what nobody was asked."""
    chance, out = random.Random(seed), []  # noqa: S311 - numbers for a test
    now = round(NOW.timestamp() * 1e6)
    for n in range(500):
        at, persona = now - chance.randrange(days * 24) * HOUR - n, chance.choice(["ann", "Ann", "bob"])
        took = chance.choice([None, round(chance.lognormvariate(4, 1), 3)])
        status = chance.choice(["completed", "completed", "failed", "abandoned", "started"])
        outcome = chance.choice(["fast", "Time to pay", "sure", "odd"])
        scale, level = chance.choice([("1-5", "4"), ("1-10", "9"), (None, "4"), (None, "satisfied"), ("0-10", "0")])
        out += [
            JobCompletion(chance.choice(["buy", "Buy", "walk"]), persona, f"cart {n}", status, at, None, took),
            OutcomeAchieved(outcome, "time", 5, chance.choice([0, 3, 20.5]), None, "x", persona, "unknown", at),
            PainpointResolved("fees", "", "", "x", persona, chance.choice([0, 8]), chance.choice([0, 2, 9]), None, at),
            OutcomeAchieved("Time to pay", "time", None, None, None, "x", persona, "achieved", at),
            TimeToOutcome("fast", persona, "x", at, None if took is None else at + round(took * 1e6)),
            UserSatisfaction(
                outcome,
                "x",
                persona,
                level,
                chance.choice([None, True, False]),
                None,
                chance.choice([None, 3]),
                f"text {n}",
                at,
                scale=scale,
            ),
        ]
    return out


def storage(folder: Path, days: int = 90) -> JobsStorage:
    specs = folder / "specs"
    specs.mkdir(parents=True)
    (specs / "a.ttl").write_text(SPEC)
    found = JobsStorage(folder, specs, JtbdSettings(retention_days=days), lambda: NOW, site="https://jira")
    found.zone = ZONE
    return found


def seen(found: JobsStorage, period: Period, **who: str) -> Picture:
    before = period.previous()
    start, end, then = (round(each.timestamp() * 1e6) for each in (period.start, period.end, before.start))
    records = found.records() + found.counted(before.first, period.last, period.zone)
    return picture(records, found.specs(), RecordSelection(start, end, then, **who))


def told(built: bytes) -> dict[str, object]:
    """What the built file says, without the name of its inputs."""
    return {name: value for name, value in json.loads(built).items() if name != "inputs"}


PERIODS = [Period(date(2026, 11, 28) - timedelta(days=n - 1), date(2026, 11, 28), ZONE) for n in (7, 45, 90)]
PERIODS += [Period(date(2026, 7, 1), date(2026, 7, 31), ZONE)]


@pytest.mark.parametrize("seed", range(2))
def test_every_number_of_jobs_is_the_same_before_and_after_a_clean_up(tmp_path: Path, seed: int) -> None:
    found = storage(tmp_path)
    found.store.add(made(seed))
    asked = [(period, who) for period in PERIODS for who in ({}, {"persona": "Ann", "job": "buy"})]
    before = [seen(found, period, **who) for period, who in asked]
    built = found.build()
    for days in (90, 30, 5):  # the daily run, and by hand
        found.remove_old(days)
        for (period, who), old in zip(asked, before, strict=True):
            new = seen(found, period, **who)
            for part in ("jobs", "outcomes", "painpoints", "times", "satisfaction", "quality", "summary"):
                assert getattr(new, part) == getattr(old, part), (days, period, who, part)
    assert sum(found.store.counts().values()) < 300
    assert told(found.build()) == told(built)
    moved = [row.trend_verdict for old in before for row in old.outcomes]
    assert {"within_noise"} <= set(moved) and any(row.previous_rate for old in before for row in old.jobs)


def test_what_was_not_counted_is_gone(tmp_path: Path) -> None:
    found = storage(tmp_path)
    found.store.add(made(1))
    found.remove_old(30)
    with closing(sqlite3.connect(tmp_path / "jobs.db")) as connection:
        kept = "".join(str(row) for row in connection.execute("SELECT * FROM record_day"))
    assert "buy" in kept and "cart" not in kept and "text" not in kept


def test_the_same_records_told_again_after_a_clean_up_add_nothing(tmp_path: Path) -> None:
    found, rows = storage(tmp_path), made(2)
    found.store.add_each(rows, imported=True)
    found.remove_old(30)
    left = found.store.counts()
    assert set(found.store.add_each(rows, imported=True)) == {"known"}
    declared = [row._replace(scale="1-5") for row in rows if isinstance(row, UserSatisfaction) and not row.scale]
    found.store.add_each([row for row in declared if row.satisfaction_level == "4"], imported=True)
    assert found.store.counts() == left


def test_a_try_that_goes_on_after_its_start_was_removed_is_one_try(tmp_path: Path) -> None:
    found = storage(tmp_path)
    begun = round(NOW.timestamp() * 1e6) - 40 * 24 * HOUR
    started = JobCompletion("buy", "ann", "cart", "started", begun)
    found.store.add([started, started._replace(started_at=begun + 1)])
    found.remove_old(30)
    done = started._replace(status="completed", completed_at=begun + HOUR)
    assert found.store.add([done]) == 1 and found.store.add([done]) == 0
    [row] = seen(found, Period(date(2026, 10, 1), date(2026, 11, 28), ZONE)).jobs
    assert (row.tracked, row.completed, row.open) == (2, 1, 1)


def test_records_from_before_that_are_told_late_are_counted_in_the_next_run(tmp_path: Path) -> None:
    found, (early, late) = storage(tmp_path), (made(4), made(5))
    found.store.add(early)
    found.remove_old(30)
    found.store.add(late)
    whole = seen(found, PERIODS[2])
    found.remove_old(30)
    assert seen(found, PERIODS[2]).jobs == whole.jobs
    assert seen(found, PERIODS[2]).outcomes == whole.outcomes


def test_a_day_stays_that_date_in_another_zone(tmp_path: Path) -> None:
    found = storage(tmp_path)
    found.store.add([JobCompletion("buy", "ann", "cart", "completed", round(NOW.timestamp() * 1e6) - 60 * 24 * HOUR)])
    found.remove_old(30)
    day = date(2026, 9, 29)
    for zone in (ZONE, "UTC", "Pacific/Auckland"):
        assert seen(found, Period(day, day, zone)).jobs[0].tracked == 1


def test_examples_are_never_removed(tmp_path: Path) -> None:
    found = storage(tmp_path)
    found.store.add([row._replace(source="example") for row in made(6)])
    assert found.old(1).total == 0 and found.remove_old(1).total == 0


def test_whole_days_are_removed(tmp_path: Path) -> None:
    found = storage(tmp_path)
    midnight = round(datetime(2026, 10, 29, 4, tzinfo=UTC).timestamp() * 1e6)  # in New York
    for at in (midnight - 1, midnight):
        found.store.add([JobCompletion("buy", "ann", "cart", "completed", at)])
    assert (found.old(30).removed["job"], found.remove_old(30).removed["job"]) == (1, 1)
    assert [row.started_at for row in found.records().jobs] == [midnight]


def test_a_store_goes_back_a_version_with_the_records_that_it_holds(tmp_path: Path) -> None:
    found = storage(tmp_path)
    found.store.add(made(7))
    found.remove_old(30)
    left = found.store.counts()
    found.store.close()
    down_to(tmp_path / "jobs.db", migrate.RECORDS, migrate.RECORDS.version - 1)
    with closing(sqlite3.connect(tmp_path / "jobs.db")) as connection:
        assert "record_day" not in {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
    again = storage(tmp_path / "x")
    again.folder = tmp_path
    assert again.store.counts() == left
    assert again.store.uncounted_before("https://jira") == found._run(30).before
    again.store.close()


def test_cards_say_what_was_removed_and_no_change_where_no_counts_are_kept(tmp_path: Path) -> None:
    env = {"THROUGHLINE_HOME": str(tmp_path / "home"), "THROUGHLINE_SETTINGS": str(tmp_path / "app_settings.json")}
    specs = tmp_path / "specs"
    specs.mkdir()
    (specs / "a.ttl").write_text(SPEC)
    services = open_services({**env, "THROUGHLINE_JTBD": str(specs)}, clock=lambda: NOW)
    shelf = services.jobs.storage(services.snapshot())
    shelf.zone = ZONE
    shelf.store.add(made(8))
    view = services.view("30d")
    before = {each.metric_name: each for each in services.jobs.answer(view).values}
    assert shelf.remove_old(10).total
    after = {each.metric_name: each for each in services.jobs.answer(view).values}
    for name, old in before.items():
        new = after[name]
        assert new.value == old.value, name
        for key in ("previous_value", "trend_percentage", "trend_verdict", "interval", "sparkline", "used", "steps"):
            assert new.details.get(key) == old.details.get(key), (name, key)
        if name != "opportunity_score":
            assert "removed because of age; the daily counts of them are used" in " ".join(new.details["notes"])
    assert "removed because of age" in " ".join(services.jobs.overview(view).notes)
    with closing(sqlite3.connect(shelf.folder / "jobs.db")) as connection:
        connection.executescript(
            "UPDATE retention_run SET counted = 0; DELETE FROM record_day; UPDATE jtbd_meta SET "
            "value = value + 1 WHERE name = 'revision'"
        )
    lost = {each.metric_name: each for each in services.jobs.answer(view).values}["job_completion_rate"]
    assert lost.details["trend_percentage"] is None
    assert "were removed without daily counts" in lost.details["trend_reason"]
    assert "Import them again" in " ".join(lost.details["notes"])
