"""The cache of calculated numbers: right or a miss, never a crash (D-10)."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from data.cache import metric_cache as module
from data.cache.metric_cache import CACHE_VERSION, Key, MetricCache, hash_of, mapping_hash
from data.cache.packed import unpack
from data.platform.files import LockBusy
from data.values.metric_value import MetricValue
from tests import seeding

ROOT = Path(__file__).parents[3]
KEY = Key("dora", "2025-01-01", "2025-01-31", {"mapping": {"deployment_date": "customfield_1"}, "site": "a"}, "7")


def metric(value=45.2, name="deployment_frequency", **details):
    return MetricValue(
        name,
        "dora",
        value,
        "/ week",
        "High",
        "yellow",
        "2025-01-31T10:00:00.000Z",
        "2025-01-01T00:00:00.000Z",
        "2025-02-01T00:00:00.000Z",
        "success",
        None,
        2,
        52,
        details,
    )


class Clock:
    def __init__(self):
        self.now = datetime(2025, 1, 31, 10, tzinfo=UTC)

    def __call__(self):
        return self.now

    def forward(self, **span):
        self.now += timedelta(**span)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def path(tmp_path):
    return tmp_path / "metrics_cache.json"


@pytest.fixture
def cache(path, clock):
    return MetricCache(path, clock=clock)


def written(path):
    return json.loads(path.read_text("utf-8"))


def other(n, key=KEY):
    return replace(key, question={**key.question, "filters": n})


def test_what_is_put_is_got(cache):
    values = [metric(sparkline=[1, None, 2.5], notes=["é"]), metric(1.0, "lead_time_for_changes")]
    assert cache.get(KEY) is None
    cache.put(KEY, values)
    found = cache.get(KEY)
    assert found.values == values
    assert (found.state, found.calculated_at) == ("fresh", "2025-01-31T10:00:00.000Z")


def test_the_file_has_the_shape_of_the_data_model_with_packed_details(cache, path):
    """What an entry says for all its values stands there once; details are packed, so that a hundred entries fit."""
    cache.put(KEY, [metric()])
    whole = written(path)
    assert {key: whole[key] for key in whole if key != "entries"} == {
        "cache_version": CACHE_VERSION,
        "max_entries": 100,
        "eviction_policy": "LRU",
    }
    [(name, entry)] = whole["entries"].items()
    assert name == f"dora_2025-01-01_2025-01-31_{hash_of(KEY.question)}"
    assert unpack(entry) == [metric()]
    once = ("details", "metric_type", "time_period_start", "time_period_end")
    del entry["details"]
    assert entry == {
        "cache_key": name,
        "metric_type": "dora",
        "time_period_start": "2025-01-01T00:00:00.000Z",
        "time_period_end": "2025-02-01T00:00:00.000Z",
        "field_mapping_hash": name.rsplit("_", 1)[1],
        "mapping_alone": mapping_hash(KEY),
        "revision": "7",
        "metrics": {"deployment_frequency": {key: each for key, each in metric().to_dict().items() if key not in once}},
        "calculated_at": "2025-01-31T10:00:00.000Z",
        "expires_at": "2025-01-31T11:00:00.000Z",
        "ttl_seconds": 3600,
    }
    assert path.stat().st_mode & 0o777 == 0o600


def test_everything_in_the_question_is_in_the_key():
    names = {KEY.name, other(1).name, replace(KEY, family="flow").name, replace(KEY, end="2025-01-30").name}
    assert len(names) == 4
    assert replace(KEY, question=dict(reversed(KEY.question.items()))).name == KEY.name


def test_a_number_expires_after_its_time_to_live(cache, clock):
    cache.put(KEY, [metric()])
    clock.forward(seconds=3599)
    assert cache.get(KEY).state == "fresh"
    clock.forward(seconds=1)
    assert cache.get(KEY).state == "expired"


def test_a_number_from_the_future_is_expired(cache, clock):
    cache.put(KEY, [metric()])
    clock.forward(days=-1)
    assert cache.get(KEY).state == "expired"


def test_a_number_of_older_data_is_stale(cache):
    cache.put(KEY, [metric()])
    assert cache.get(replace(KEY, revision="8")).state == "stale"


def test_a_changed_mapping_is_a_miss(cache):
    cache.put(KEY, [metric()])
    assert cache.get(replace(KEY, question={**KEY.question, "mapping": {}})) is None


def test_a_changed_version_is_a_miss_and_replaced(cache, path):
    cache.put(KEY, [metric()])
    path.write_text(path.read_text("utf-8").replace(f'"cache_version": "{CACHE_VERSION}"', '"cache_version": "0.9"'))
    assert cache.get(KEY) is None
    cache.put(other(1), [metric()])
    assert len(written(path)["entries"]) == 1


def test_losing_the_file_loses_nothing(cache, path):
    cache.put(KEY, [metric()])
    path.unlink()
    assert cache.get(KEY) is None
    cache.put(KEY, [metric()])
    assert cache.get(KEY).state == "fresh"


def test_a_hit_writes_nothing_and_reads_nothing(cache, path, monkeypatch):
    cache.put(KEY, [metric()])
    cache.get(KEY)
    before = path.stat()
    for name in ("write_atomic", "locked", "_parsed"):
        monkeypatch.setattr(module, name, lambda *_: pytest.fail("touched the file"))
    assert cache.get(KEY).state == "fresh"
    assert path.stat() == before or path.stat().st_mtime_ns == before.st_mtime_ns


def test_the_least_recently_used_entry_goes_first(path, clock):
    cache = MetricCache(path, max_entries=3, clock=clock)
    for n in range(3):
        cache.put(other(n), [metric()])
    cache.get(other(0))
    cache.put(other(3), [metric()])
    again = MetricCache(path, max_entries=3, clock=clock)
    assert [again.get(other(n)) is not None for n in range(4)] == [True, False, True, True]


def test_there_are_never_more_than_a_hundred_entries(cache, path):
    for n in range(110):
        cache.put(other(n), [metric()])
    assert len(written(path)["entries"]) == 100
    assert cache.get(other(9)) is None
    assert cache.get(other(10)) is not None


def test_the_file_never_exceeds_its_bytes(path, clock):
    cache = MetricCache(path, max_bytes=20_000, clock=clock)
    rng = seeding.dice(1)
    for n in range(60):
        cache.put(other(n), [metric(notes=["é" * rng.randint(0, 800)])])
        assert path.stat().st_size <= 20_000
    assert cache.get(other(59)) is not None
    assert cache.stats()["evicted"] > 0


def test_a_hundred_full_entries_stay_below_the_promised_size(cache, path):
    for n in range(100):
        line = [n + 0.123456789] * 30
        cache.put(other(n), [metric(1.0, f"metric_{m}", sparkline=line, notes=["x" * 400]) for m in range(5)])
    assert path.stat().st_size <= 480_000


def test_numbers_of_numpy_are_numbers(cache, path):
    import numpy

    cache.put(KEY, [metric(numpy.float64(1.5), used=numpy.int64(3), worst=numpy.float64("nan"))])
    [again] = MetricCache(path).get(KEY).values
    assert again.details == {"used": 3, "worst": None}
    assert cache.get(KEY).values[0].value == 1.5


def test_drop_forgets_all_or_a_family_or_a_mapping(cache):
    flow = replace(KEY, family="flow")
    mapped = replace(KEY, question={"mapping": {}})
    for key in (KEY, flow, mapped):
        cache.put(key, [metric()])
    assert cache.drop(family="flow") == 1
    assert cache.drop(mapping_hash=mapping_hash(mapped)) == 1
    assert [cache.get(key) is not None for key in (KEY, flow, mapped)] == [True, False, False]
    assert cache.drop() == 1
    assert cache.get(KEY) is None


def test_two_programs_keep_each_others_entries(path, clock):
    one, two = MetricCache(path, clock=clock), MetricCache(path, clock=clock)
    one.put(other(1), [metric()])
    two.put(other(2), [metric()])
    one.put(other(3), [metric()])
    assert all(two.get(other(n)) for n in (1, 2, 3))


def test_eight_programs_lose_no_entry(path):
    code = """
import sys
from pathlib import Path
from tests.data.cache.test_metric_cache import MetricCache, metric, other
cache = MetricCache(Path(sys.argv[1]))
for n in range(12):
    cache.put(other(f"{sys.argv[2]} {n}"), [metric()])
"""
    workers = [subprocess.Popen([sys.executable, "-c", code, str(path), str(n)], cwd=ROOT) for n in range(8)]
    assert [worker.wait() for worker in workers] == [0] * 8
    cache = MetricCache(path)
    assert all(cache.get(other(f"{who} {n}")) for who in range(8) for n in range(12))


BROKEN = [
    "",
    "{",
    "[]",
    "null",
    "{}x",
    f'{{"cache_version": "{CACHE_VERSION}"}}',
    f'{{"cache_version": "{CACHE_VERSION}", "entries": []}}',
    "[" * 9999,
]


@pytest.mark.parametrize("text", BROKEN, ids=lambda text: text[:20])
def test_a_broken_file_is_put_aside_and_a_miss(cache, path, text):
    path.write_text(text)
    assert cache.get(KEY) is None
    assert [aside.read_text() for aside in path.parent.glob("*.broken-*")] == [text]
    cache.put(KEY, [metric()])
    assert cache.get(KEY).state == "fresh"


def test_broken_files_do_not_pile_up(cache, path):
    for n in range(6):
        path.write_text(f"broken {n}")
        cache.get(KEY)
    assert len(list(path.parent.glob("*.broken-*"))) == module.BROKEN_KEPT


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("calculated_at", "soon"),
        ("expires_at", "2025-01-31T09:00:00.000Z"),
        ("calculated_at", "2025-01-31T10:00:00"),
        ("metrics", None),
        ("metrics", {"x": {"value": 3}}),
        ("cache_key", "dora_"),
        ("field_mapping_hash", "0"),
        ("metric_type", 3),
        ("expires_at", None),
    ],
)
def test_a_wrong_entry_is_a_miss(cache, path, name, value):
    cache.put(KEY, [metric()])
    whole = written(path)
    whole["entries"][KEY.name][name] = value
    path.write_text(json.dumps(whole))
    assert cache.get(KEY) is None
    cache.put(KEY, [metric()])
    assert cache.get(KEY).state == "fresh"


def test_no_mutation_of_the_file_crashes(cache, path):
    cache.put(KEY, [metric(notes=["é"])])
    cache.put(other(1), [metric()])
    good = path.read_bytes()
    rng = seeding.dice(5)
    for _ in range(300):
        data = bytearray(good)
        for _ in range(rng.randint(1, 4)):
            data[rng.randrange(len(data))] = rng.randrange(256)
        if rng.random() < 0.3:
            del data[rng.randrange(len(data)) :]
        path.write_bytes(bytes(data))
        cache.get(KEY)
        cache.stats()
        cache.put(other(2), [metric()])
        assert cache.get(other(2)).state == "fresh"
        cache.drop()


@pytest.fixture
def forbidden(monkeypatch):
    def refuse(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(module, "write_atomic", refuse)
    return monkeypatch


def test_without_write_permission_it_works_in_memory_and_says_so(cache, path, forbidden):
    cache.put(KEY, [metric()])
    assert not path.exists()
    assert cache.get(KEY).state == "fresh"
    assert "memory only" in cache.problem.what
    assert "Permission denied" in cache.problem.why
    forbidden.undo()
    cache.put(other(1), [metric()])
    assert cache.problem is None
    assert len(written(path)["entries"]) == 2


def test_what_was_dropped_in_memory_stays_dropped(cache, path, forbidden):
    forbidden.undo()
    cache.put(KEY, [metric()])
    forbidden.setattr(module, "write_atomic", lambda *_: (_ for _ in ()).throw(OSError(30, "Read-only file system")))
    assert cache.drop() == 1
    assert cache.get(KEY) is None
    cache.put(KEY, [metric(2.0)])
    assert cache.get(KEY).values[0].value == 2.0
    assert written(path)["entries"][KEY.name]["metrics"]["deployment_frequency"]["value"] == 45.2


def test_a_folder_that_is_missing_is_made(tmp_path, clock):
    cache = MetricCache(tmp_path / "gone" / "metrics_cache.json", clock=clock)
    cache.put(KEY, [metric()])
    assert cache.path.exists()


def test_a_folder_that_cannot_be_made_is_no_crash(tmp_path, clock):
    (tmp_path / "file").write_text("")
    cache = MetricCache(tmp_path / "file" / "metrics_cache.json", clock=clock)
    cache.put(KEY, [metric()])
    assert cache.get(KEY).state == "fresh"
    assert cache.problem


def test_a_busy_lock_is_no_problem_to_show(cache, monkeypatch):
    def busy(*_):
        raise LockBusy("busy")

    monkeypatch.setattr(module, "locked", busy)
    cache.put(KEY, [metric()])
    assert cache.get(KEY).state == "fresh"
    assert cache.problem is None


# -- one calculation


def test_a_hundred_callers_on_an_expired_key_calculate_once(cache, clock):
    cache.put(KEY, [metric(1.0)])
    clock.forward(hours=2)
    barrier, calls = threading.Barrier(100), []

    def ask(_):
        barrier.wait()
        return cache.calculate_once(KEY, lambda: calls.append(1) or [metric(2.0)])

    with ThreadPoolExecutor(100) as pool:
        answers = list(pool.map(ask, range(100)))
    assert len(calls) == 1
    assert {answer.values[0].value for answer in answers} == {2.0}
    assert {answer.state for answer in answers} == {"fresh"}


def test_a_fresh_number_is_not_calculated_again(cache):
    cache.put(KEY, [metric(1.0)])
    found = cache.calculate_once(KEY, lambda: pytest.fail("calculated"))
    assert found.values[0].value == 1.0


def test_a_new_revision_is_calculated(cache):
    cache.put(KEY, [metric(1.0)])
    assert cache.calculate_once(KEY, lambda: [metric(2.0)], "8").values[0].value == 2.0
    assert cache.get(replace(KEY, revision="8")).state == "fresh"


def test_a_failure_reaches_everyone_who_waits_and_the_next_caller_tries_again(cache):
    inside, go, calls = threading.Event(), threading.Event(), []

    def fail():
        calls.append(1)
        inside.set()
        go.wait()
        raise ZeroDivisionError("no")

    with ThreadPoolExecutor(5) as pool:
        first = pool.submit(cache.calculate_once, KEY, fail)
        inside.wait()
        others = [pool.submit(cache.calculate_once, KEY, fail) for _ in range(4)]
        while sum(each.running() for each in others) < 4:
            threading.Event().wait(0.001)
        go.set()
        for each in (first, *others):
            with pytest.raises(ZeroDivisionError):
                each.result()
    assert 1 <= len(calls) <= 5
    assert cache.calculate_once(KEY, lambda: [metric(3.0)]).values[0].value == 3.0


def test_a_calculation_of_one_key_does_not_hold_up_another(cache):
    inside, go = threading.Event(), threading.Event()

    def slow():
        inside.set()
        assert go.wait(30)
        return [metric()]

    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(cache.calculate_once, KEY, slow)
        inside.wait()
        assert cache.calculate_once(other(1), lambda: [metric(2.0)]).values[0].value == 2.0
        go.set()
        assert waiting.result().state == "fresh"


def test_statistics_count(cache):
    cache.get(KEY)
    cache.put(KEY, [metric()])
    cache.get(KEY)
    stats = cache.stats()
    assert (stats["hits"], stats["misses"], stats["entries"]) == (1, 1, 1)
    assert stats["bytes"] == cache.path.stat().st_size
