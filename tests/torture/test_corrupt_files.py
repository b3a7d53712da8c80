"""Corrupt files of every kind, and files changed at random: no crash, a clear message, and what was there is kept."""

from __future__ import annotations

import json
import random
import shutil
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest

from data.cache.metric_cache import MetricCache
from data.jira.errors import JiraError
from data.services.services import Services, open_services
from data.settings.connection import TokenError, TokenStore
from data.settings.store import SettingsError, SettingsStore
from data.values.periods import PeriodError
from data.values.problem import Problem
from sample.generator import generate
from sample.server import SampleServer
from tests.torture import writers
from tests.torture.corruption import DATABASES, FILES, JSONS

TOKEN = "c4nary-t0ken-of-torture"
GOOD = {
    "jira": {"url": "https://torture.example", "jql": "project = A"},
    "dora_flow_config": {"field_mappings": {"dora": {"deployment_date": "customfield_1"}}},
}


def plain(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() and path.stat().st_size < 10_000_000 else None


def aside(path: Path) -> list[Path]:
    return sorted(path.parent.glob(f"{path.name}.broken-*"))


def is_clear(problem: Problem) -> bool:
    """Words for a person: what happened and what to do, nothing of Python in it."""
    text = str(problem)
    return bool(problem.what and problem.todo) and not any(
        word in text for word in ("Traceback", "Error(", "object at")
    )


# -- each file: break it, look, write, look again


def make_settings(folder: Path) -> Path:
    path = folder / "app_settings.json"
    store = SettingsStore(path)
    store.save({"sync": {"max_age_hours": 5}}, revision=0)
    store.save(GOOD, revision=1)
    return path


def use_settings(path: Path) -> None:
    before = plain(path)
    loaded = SettingsStore(path).load()
    assert loaded.problem is None or is_clear(loaded.problem)
    assert loaded.settings.model_dump()
    try:
        SettingsStore(path).save({"sync": {"max_age_hours": 2}}, revision=loaded.revision)
    except SettingsError as error:
        assert is_clear(error.problem)
        assert plain(path) == before, "a refused save changed the file"
    else:
        again = SettingsStore(path).load()
        assert (again.problem is None or "secret" in again.problem.what) and again.settings.sync.max_age_hours == 2
        if loaded.problem is not None and before is not None and "secret" not in loaded.problem.what:
            assert before in [plain(each) for each in aside(path)], "the broken file is gone"


def make_cache(folder: Path) -> Path:
    path = folder / "metrics_cache.json"
    cache = MetricCache(path)
    for n in range(5):
        cache.put(writers.key(n), [writers.value(n)])
    return path


def use_cache(path: Path) -> None:
    cache = MetricCache(path)
    found = cache.get(writers.key(1))
    assert found is None or found.values
    assert cache.problem is None or is_clear(cache.problem)
    cache.stats()
    cache.put(writers.key(9), [writers.value(9)])
    assert cache.get(writers.key(9)).values[0].value == 9
    cache.drop(family="flow")
    assert cache.get(writers.key(9)) is not None
    assert cache.problem is None or is_clear(cache.problem)


def make_tokens(folder: Path) -> Path:
    path = folder / "token.json"
    TokenStore(path).set("https://torture.example", TOKEN)
    return path


def use_tokens(path: Path) -> None:
    tokens = TokenStore(path)
    token = tokens.get("https://torture.example")
    assert token is None or isinstance(token, str)
    assert tokens.problem is None or (is_clear(tokens.problem) and TOKEN not in str(tokens.problem))
    try:
        tokens.set("https://other.example", TOKEN)
    except TokenError as error:
        assert is_clear(error.problem)
        assert TOKEN not in f"{error!r}{error.problem}"
    else:
        assert TokenStore(path).get("https://other.example") == TOKEN
        assert path.is_symlink() or stat.S_IMODE(path.stat().st_mode) == 0o600
        for each in aside(path):
            assert not each.is_file() or stat.S_IMODE(each.stat().st_mode) & 0o077 == 0


OURS = {
    "settings": (make_settings, use_settings),
    "metric cache": (make_cache, use_cache),
    "token": (make_tokens, use_tokens),
}


@pytest.mark.parametrize("which", OURS)
@pytest.mark.parametrize("kind", [*FILES, *JSONS])
def test_no_kind_of_corrupt_file_is_a_crash(tmp_path, which, kind):
    make, use = OURS[which]
    path = make(tmp_path)
    (FILES | JSONS)[kind](path)
    use(path)


@pytest.mark.parametrize("kind", [*FILES, *JSONS])
def test_settings_without_a_backup_are_never_silently_defaults(tmp_path, kind):
    path = make_settings(tmp_path)
    (tmp_path / "app_settings.json.bak").unlink()
    (FILES | JSONS)[kind](path)
    loaded = SettingsStore(path).load()
    fine = loaded.problem is None and kind != "an empty object"  # which is a good file
    assert not fine or not path.exists() or loaded.settings.model_fields_set, "defaults, and nobody was told"
    use_settings(path)


def mutated(rng: random.Random, good: bytes) -> bytes:
    data = bytearray(good)
    for _ in range(rng.choice([1, 1, 1, 2, 4, 30])):
        at = rng.randrange(max(len(data), 1))
        match rng.randrange(6):
            case 0:
                data[at : at + 1] = bytes([rng.randrange(256)])
            case 1:
                del data[at:]
            case 2:
                data[at:at] = rng.choice(
                    [b"{", b"]", b'"', b"null", b"\xff", b"1e999", b"\\ud800", b"NaN", b"-", b"\0"]
                )
            case 3:
                del data[at : at + rng.randint(1, 40)]
            case 4:
                data[at : at + 16] = rng.randbytes(16)
            case 5:
                other = rng.randrange(max(len(data), 1))
                data[at:at] = data[other : other + rng.randint(1, 200)]
    return bytes(data)


def refresh(path: Path, content: bytes) -> None:
    """The file with this content, and nothing beside it but the backup."""
    for each in path.parent.iterdir():
        if each.name != path.name + ".bak":
            each.unlink()
    path.write_bytes(content)


@pytest.mark.parametrize("which", OURS)
@pytest.mark.parametrize("count", [150, pytest.param(2_500, marks=pytest.mark.torture)])
def test_no_random_change_of_a_file_is_a_crash(tmp_path, rng, which, count):
    make, use = OURS[which]
    path = make(tmp_path)
    good = path.read_bytes()
    for n in range(count):
        refresh(path, mutated(rng, good))
        try:
            use(path)
        except BaseException as error:
            raise AssertionError(f"mutation {n}: {type(error).__name__}: {error}\n{plain(path)!r}") from error


# -- the issue store, as the page and the terminal use it


@pytest.fixture(scope="module")
def server():
    with SampleServer(generate(50, seed=3, until=datetime.now(UTC).date())) as served:
        yield served


@pytest.fixture(scope="module")
def template(server, tmp_path_factory):
    """A state folder with synced data, its log written back into the one file."""
    home = tmp_path_factory.mktemp("template") / "home"
    services = opened(home, server)
    field = next(each for each in services.field_mapping.suggestions(services.snapshot())["deployment_date"]).field_id
    services.sites.home.settings_path.write_text(
        json.dumps({"dora_flow_config": {"field_mappings": {"dora": {"deployment_date": field}}}})
    )
    assert services.sync.run(services.snapshot()).error is None
    services.sites.data(services.snapshot()).store.close()
    return home


def opened(home: Path, server: SampleServer) -> Services:
    return open_services(
        {
            "THROUGHLINE_HOME": str(home),
            "THROUGHLINE_SETTINGS": str(home / "settings.json"),
            "JIRA_URL": server.url,
            "JIRA_EMAIL": "me@example.org",
            "JIRA_TOKEN": TOKEN,
        }
    )


def copied(template: Path, folder: Path) -> tuple[Path, Path]:
    home = folder / "home"
    shutil.rmtree(home, ignore_errors=True)
    shutil.copytree(template, home)
    for old in home.rglob("metrics_cache*"):
        old.unlink()
    for copies in home.glob("sites/*/tables"):  # what is read from the store is kept there
        shutil.rmtree(copies)
    [database] = home.glob("sites/*/issues.db")
    return home, database


def use_store(services: Services) -> list[str]:
    """What a page would show; the messages of what cannot be shown."""
    told = [str(each) for each in services.status.of(services.snapshot()).problems]
    for ask in (
        lambda: services.numbers.choices(services.snapshot()),
        lambda: services.numbers.answer("dora", services.view("90d")),
        lambda: services.numbers.issue_page("flow_velocity", services.view("90d")),
        lambda: services.field_mapping.statuses(services.snapshot()),
    ):
        try:
            ask()
        except (JiraError, PeriodError) as error:
            told.append(str(error))
    assert all("Traceback" not in each and "sqlalche" not in each.lower() for each in told)
    return told


@pytest.mark.parametrize("each", [5, pytest.param(1, marks=pytest.mark.torture)], ids=["short", "long"])
@pytest.mark.parametrize("kind", [*FILES, *DATABASES])
def test_no_kind_of_corrupt_store_stops_page_or_terminal(template, server, tmp_path, kind, each):
    """And a sync heals it: looked at for every kind in a long run, for each fifth in a short one."""
    home, database = copied(template, tmp_path)
    (FILES | DATABASES)[kind](database)
    services = opened(home, server)
    told = use_store(services)
    if kind in ("newer version", "a link to nothing"):  # somebody else's, or a disk that is not mounted: hands off
        assert any("newer" in each or "No such file" in each for each in told)
        assert aside(database) == []
        return
    if not told or [*FILES, *DATABASES].index(kind) % each:
        return  # SQLite repaired it, or nobody can tell
    result = services.sync.run(services.snapshot(), full=True)
    assert result.error is None, result.error
    assert services.status.of(services.snapshot()).issue_count == result.fetched > 40
    assert use_store(services) == [], "a sync did not heal it"


@pytest.mark.parametrize("count", [50, pytest.param(2_500, marks=pytest.mark.torture)])
def test_no_random_change_of_the_store_is_a_crash(template, server, tmp_path, rng, count):
    home, database = copied(template, tmp_path)
    good = database.read_bytes()
    told: dict[str, int] = {}
    for n in range(count):
        shutil.rmtree(database.parent / "tables", ignore_errors=True)
        for each in (*database.parent.iterdir(), *home.glob("*.lock")):
            each.unlink()
        database.write_bytes(mutated(rng, good))
        services = opened(home, server)
        try:
            for each in use_store(services):
                told[each[:60]] = told.get(each[:60], 0) + 1
        except BaseException as error:
            shutil.copy(database, tmp_path / "failed.db")
            raise AssertionError(f"mutation {n}: {type(error).__name__}: {error}") from error
    print(told)
