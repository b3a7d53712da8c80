"""One sync, or four at once, of a test site that misbehaves."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

import pytest
from sqlalchemy import Connection as Connected
from sqlalchemy import Engine, event

from data.jira import host_limiter
from data.jira.client import Jira
from data.jira.connection import Connection
from data.jira.sender import RetryPolicy
from data.store.issue_store import IssueStore
from data.sync.run import SyncResult, sync
from tests.faults.oracle import ADDRESS, JQL, differences, snapshot
from tests.faults.server import TOKEN, FaultyJira
from tests.faults.site import Site
from tests.some import some


def short_pause(seconds: float) -> None:
    """Waits as told by a server are kept, since the client looks at the clock after each pause; the others are
    short.
    """
    time.sleep(min(seconds, 0.02))


def usual_patience() -> RetryPolicy:
    """So long that a healthy test site is never too slow, on a busy machine too."""
    return RetryPolicy(timeout=(10, 10), tries=4, longest=3, deadline=30, most_bytes=3_000_000)


@cache
def empty() -> bytes:
    """A store that nothing was put into: to make all its tables takes longer than most scenarios need it for."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "issues.sqlite"
        IssueStore(path).close()
        return path.read_bytes()


class Syncs:
    """Several syncs of one site, each with a store and an account of its own."""

    def __init__(self, folder: Path, count: int, site: Site, flavour: str, **limits) -> None:
        self.site, self.cloud = site, flavour == "cloud"
        self.server = FaultyJira(site, flavour, **limits)
        self.folder, self.stores = folder, []
        self.open(count)
        self.patience = usual_patience()
        self.mapped: set[str] = set()
        self.results: list[SyncResult] = []
        self.before: list[list] = []

    @property
    def limits(self):
        return self.server.limits

    def open(self, count: int, filled: Path | None = None) -> None:
        """Its stores, empty or as copies of one that a good sync has filled."""
        self.close()
        paths = [self.folder / f"issues{n}.sqlite" for n in range(count)]
        for each in paths:
            if filled:
                shutil.copy(filled, each)
            else:
                each.write_bytes(empty())
        self.stores = [IssueStore(each) for each in paths]

    def close(self) -> None:
        for each in self.stores:
            each.close()

    # ---- actions

    def one(self, number: int, *, token: str = TOKEN, jql: str = JQL, **more) -> SyncResult:
        """One sync with the account of that number."""
        email = f"sync{number}@example.org" if self.cloud else ""
        secret = token if self.cloud else f"{token}-{number}"
        connection = Connection(self.server.url, email, secret)
        jira = Jira(connection, patience=self.patience, pause=short_pause)
        try:
            return sync(
                connection,
                self.stores[number],
                jql=jql,
                mapped_fields=set(self.mapped),
                now=self.site.clock,
                jira=jira,
                known_as=ADDRESS,
                **more,
            )
        finally:
            jira.close()

    def sync(self, **more) -> list[SyncResult]:
        """All at once."""
        self.before = [snapshot(each, ADDRESS) for each in self.stores]
        count = len(self.stores)
        if count == 1:
            self.results = [self.one(0, **more)]
        else:
            with ThreadPoolExecutor(count) as pool:
                self.results = list(pool.map(lambda number: self.one(number, **more), range(count)))
        assert not self.server.errors, self.server.errors
        return some(self.results)

    # ---- outcomes

    def good(self, **more) -> None:
        """All syncs said that they are complete, and what they hold is what the site has."""
        for each in self.results:
            assert (each.error, each.complete) == (None, True), (each.error, each.warnings)
            assert (each.incomplete_histories, each.incomplete_comments) == (0, 0)
        self.equal(**more)

    def equal(self, **more) -> None:
        """Each store holds what the site has."""
        for each in self.stores:
            found = differences(
                self.site, each, ADDRESS, mapped=self.mapped, limits=self.limits, cloud=self.cloud, **more
            )
            assert not found, "\n".join(found)

    def refused(self, *codes: str) -> None:
        """All syncs ended with that error, readable, and readers see what they saw before."""
        for each, store, before in zip(self.results, self.stores, self.before, strict=True):
            assert each.error, "the sync claims to have ended well"
            assert each.error["code"] in codes, each.error
            assert each.error["message"] and each.error["hint"] and TOKEN not in str(each.error)
            assert not each.complete
            assert snapshot(store, ADDRESS) == before, "the old data was touched"

    def honest(self) -> None:
        """Each sync either failed and left all as it was, or said that it lacks something, or holds all."""
        for each, store, before in zip(self.results, self.stores, self.before, strict=True):
            if each.error:
                assert snapshot(store, ADDRESS) == before, "the old data was touched"
            elif each.complete:
                unread = {row["what"] for row in each.unread}
                assert all(any(what in warning for warning in each.warnings) for what in unread), each.warnings
                found = differences(
                    self.site, store, ADDRESS, mapped=self.mapped, limits=self.limits, cloud=self.cloud, unread=unread
                )
                assert not found, "it says complete, but:\n" + "\n".join(found)
            else:
                assert each.warnings, "not complete, and nobody says why"

    def patient(self) -> None:
        """Nobody asked before the time that the server named, from any thread."""
        assert any(each.wait for each in self.server.asked), "the server never asked to wait"
        found = self.server.too_early()
        assert not found, "\n".join(found)

    def recovers(self, most: int = 1, **more) -> None:
        """Without faults and after all pauses, so many syncs later the stores hold what the site has."""
        host_limiter.forget()
        self.server.heal()
        self.site.settle()
        self.patience = usual_patience()
        for _ in range(most):
            self.site.pass_time(minutes=20)
            self.sync()
        self.good(**more)

    def each(self, on: str) -> int:
        """The most requests of a kind that one of the syncs made."""
        return max(self.server.count(on, who) for who in {each.who for each in self.server.asked})

    def forget_but_waits(self) -> None:
        """Counts from here; what was told about waiting is remembered."""
        self.server.asked[:] = [each for each in self.server.asked if each.wait]

    def forget(self) -> None:
        """Counts from here."""
        self.server.asked.clear()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every scenario runs alone and four at once; of its variants only the first four at once, the others in
    torture.
    """
    begun: set[str] = set()
    for each in sorted(items, key=lambda item: item.nodeid):
        parameters = getattr(getattr(each, "callspec", None), "params", {})
        if parameters.get("at_once") != 4 or each.get_closest_marker("torture"):
            continue
        if each.nodeid.partition("[")[0] in begun:
            each.add_marker(pytest.mark.torture)
        begun.add(each.nodeid.partition("[")[0])


@pytest.fixture(autouse=True)
def _no_power_cut() -> Iterator[None]:
    """Nothing is killed here: what is committed need not be on the disk before the next step."""

    def hasty(connection: Connected) -> None:
        if connection.dialect.name == "sqlite":
            connection.connection.dbapi_connection.execute("PRAGMA synchronous=OFF")

    event.listen(Engine, "engine_connect", hasty)
    yield
    event.remove(Engine, "engine_connect", hasty)


@pytest.fixture(autouse=True)
def _new_hosts() -> None:
    """Test servers come and go on the same ports."""
    host_limiter.forget()


@pytest.fixture(params=[1, 4], ids=["alone", "four"])
def at_once(request: pytest.FixtureRequest) -> int:
    """How many syncs run at once."""
    return request.param


@pytest.fixture
def make(tmp_path: Path) -> Iterator:
    """`make(count, site, flavour, **limits)` gives Syncs with a running server."""
    made: list[Syncs] = []

    def start(count: int = 1, site: Site | None = None, flavour: str = "cloud", **limits) -> Syncs:
        folder = tmp_path / f"site{len(made)}"
        folder.mkdir()
        found = Syncs(folder, count, site or Site(), flavour, **limits)
        found.server.__enter__()
        made.append(found)
        return found

    yield start
    for each in made:
        each.server.__exit__()
        each.close()


@pytest.fixture
def syncs(make, at_once: int) -> Syncs:
    """Syncs of a Cloud site whose pages are small, so that there are many; histories come in parts."""
    return make(at_once, page=9, id_page=15, change_page=40, comments=4, comment_page=3)


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """`filled("cloud")` is the path of a store after one good sync of the usual site."""

    @cache
    def fill(flavour: str) -> Path:
        syncs = Syncs(tmp_path_factory.mktemp(flavour), 1, Site(), flavour)
        with syncs.server:
            syncs.sync()
            syncs.good()
        syncs.close()
        return syncs.folder / "issues0.sqlite"

    return fill


@pytest.fixture
def synced(syncs: Syncs, filled: Callable[[str], Path]) -> Syncs:
    """The same after a good sync, and some work on the site since: there is old data that must not suffer."""
    return worked(syncs, filled("cloud"))


@pytest.fixture
def data_center(make, at_once: int) -> Syncs:
    """Syncs of a Data Center site with small pages."""
    return make(at_once, flavour="dc", dc_page=9, dc_comments=5, comment_page=3)


@pytest.fixture
def dc(data_center: Syncs, filled: Callable[[str], Path]) -> Syncs:
    """The same after a good sync, and some work on the site since."""
    return worked(data_center, filled("dc"))


def worked(syncs: Syncs, path: Path) -> Syncs:
    """Old data in all stores, and newer on the site."""
    syncs.open(len(syncs.stores), path)
    work(syncs.site)
    return syncs


def work(site: Site, ids: Collection[int] = ()) -> None:
    """A day on the site: a few issues change, one comes."""
    site.pass_time(hours=5)
    for number in list(ids) or list(site.tickets)[:6]:
        site.transition(number, 3 if site.tickets[number].status != 3 else 4)
    for number in list(site.tickets)[4:9]:
        site.say(number)
    site.add("ALPHA")
