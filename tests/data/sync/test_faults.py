"""Random faults, one after the other: nothing half is ever seen, and after two clean syncs store and site are equal."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from data.jira import host_limiter
from data.jira.client import Jira
from data.jira.connection import Connection
from data.jira.sender import RetryPolicy
from data.store import schema
from data.store.issue_store import IssueStore
from data.sync.run import sync
from tests import seeding
from tests.data.jira.fake import FakeSite, Reply, a_move, an_issue

JQL = "project = A"
FAULTS = (
    Reply(429, headers={"Retry-After": "0"}),
    Reply(429, headers={"Retry-After": "garbage"}),
    Reply(429, headers={"Retry-After": "7200"}),
    Reply(500),
    Reply(503, b"<html>down</html>", {"Content-Type": "text/html"}),
    Reply(408),
    Reply(401),
    Reply(403),
    Reply(200, b"<html>log in</html>", {"Content-Type": "text/html"}),
    Reply(200, b'{"issues": [{"id"'),
    Reply(200, {"issues": [], "isLast": True}, {"X-Seraph-LoginReason": "AUTHENTICATED_FAILED"}),
    Reply(200, {"errorMessages": []}),
    Reply(200, {"issues": [], "values": [], "issueChangeLogs": []}, cut=5),
    Reply(302, headers={"Location": "https://elsewhere.example/login"}),
)


class Flaky(FakeSite):
    """Answers some requests with a fault; between syncs people work."""

    def __init__(self, seed: int) -> None:
        super().__init__(140, page=40)
        self.dice = random.Random(seed)  # noqa: S311 - a test's dice
        self.share = 0.0
        self.day = 0

    def reply(self, asked):
        good = super().reply(asked)
        return self.dice.choice(FAULTS) if self.dice.random() < self.share else good

    def work(self) -> None:
        dice = self.dice
        self.day += 1
        for number in dice.sample(sorted(self.issues), 6):
            day = f"2025-02-{self.day:02}T{dice.randint(0, 23):02}:00:00.000+0100"
            self.issues[number]["fields"] |= {
                "updated": day,
                "summary": f"Summary {dice.random()}",
                "customfield_1": dice.choice([None, 5]),
            }
            self.histories[number].append(a_move(number, at=day) | {"id": str(dice.getrandbits(40))})
        for number in dice.sample(sorted(self.issues), 2):
            del self.issues[number]
        fresh = max(self.issues) + 1
        self.issues[fresh] = an_issue(fresh, updated=f"2025-02-{self.day:02}T12:00:00.000+0100")
        self.histories[fresh] = [a_move(fresh)]


def run(site, store, **more):
    host_limiter.forget()  # hours have passed
    connection = Connection(site.url, "", "secret")
    with Jira(connection, patience=RetryPolicy(tries=3), pause=lambda _: None) as jira:
        return sync(connection, store, jql=JQL, jira=jira, mapped_fields={"customfield_1"}, **more)


def contents(store):
    with store.engine.connect() as connection:
        return {
            table.name: sorted(tuple(row) for row in connection.execute(select(table)))
            for table in schema.metadata.sorted_tables
            if table.name not in ("meta", "scope", "tombstone")
        }


def shaken(seed, folder):
    store, fresh = IssueStore(folder / f"{seed}.sqlite"), IssueStore(folder / f"{seed}-fresh.sqlite")
    with Flaky(seed) as site:
        for _ in range(6):
            site.share = site.dice.choice([0.0, 0.05, 0.2, 0.6])
            before = contents(store)
            result = run(site, store, full=site.dice.random() < 0.3)
            if result.error:
                assert contents(store) == before, f"seed {seed}: a failed sync changed something"
            site.work()
        site.share = 0.0
        assert run(site, store).error is None, seed
        assert run(site, store).error is None, seed
        assert run(site, fresh).error is None
    equal = contents(store) == contents(fresh)
    store.close()
    fresh.close()
    return equal


@pytest.mark.parametrize("seed", seeding.seeds(5))
def test_after_any_faults_two_clean_syncs_are_enough(seed, tmp_path):
    assert shaken(seed, tmp_path)


def test_four_sites_at_once_do_not_disturb_each_other(tmp_path):
    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(lambda seed: shaken(seed, tmp_path), range(100, 104)))
