"""What is kept as bytes is what would be made now."""

from __future__ import annotations

import gzip
import json
from dataclasses import replace

import pytest
from flask_compress.compat import compression
from plotly.io.json import to_json_plotly

from callbacks.compression import KeptBodies
from callbacks.page import layout
from data.values.problem import Problem
from tests.fake_services import FakeServices


def made_now(app):
    with app.server.test_request_context("/_dash-layout"):
        return json.loads(to_json_plotly(layout()))


def test_the_layout_is_the_one_that_would_be_made_now(app, client, use):
    seen = []
    for scenario in ("full", "mixed", "refused", "first", "syncing"):
        use(FakeServices(scenario))
        for _ in range(2):
            answer = client.get("/_dash-layout")
            assert answer.json == made_now(app)
        seen.append(answer.text)
    assert len(set(seen)) > 3  # two of the scenarios differ in their numbers only


@pytest.mark.parametrize(
    "change",
    [
        {"revision": "another"},
        {"site_title": "Another site"},
        {"problems": (Problem("A new problem.", "", "Do this."),)},
        {"synced_at": None},
        {"stale": True},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_change_of_what_the_page_shows_is_on_the_next_layout(app, client, fake, monkeypatch, change):
    before = client.get("/_dash-layout").text
    assert client.get("/_dash-layout").text == before
    status = fake.status.of(fake.snapshot())
    assert getattr(status, next(iter(change))) != next(iter(change.values()))
    monkeypatch.setattr(fake.status, "of", lambda _: replace(status, **change))
    after = client.get("/_dash-layout")
    assert after.json == made_now(app)
    if "stale" not in change:
        assert after.text != before


def test_the_layout_is_made_once_while_nothing_changes(client, fake, monkeypatch):
    client.get("/_dash-layout")
    made = []
    monkeypatch.setattr("callbacks.page.shell", lambda *shown: made.append(shown))
    client.get("/_dash-layout")
    assert not made


@pytest.mark.parametrize("address", ["/_dash-dependencies", "/_dash-layout"])
def test_it_is_compressed_once_while_nothing_changes(app, client, fake, address):
    kept = app.server.extensions["compressed"]
    first = client.get(address, headers={"Accept-Encoding": "gzip"}, buffered=True).data
    count = len(kept)
    stored = [body for body in kept._bodies.values() if body == first]
    assert len(stored) == 1, "its compressed body is kept"
    assert client.get(address, headers={"Accept-Encoding": "gzip"}, buffered=True).data == first
    assert len(kept) == count


@pytest.mark.parametrize("address", ["/", "/_dash-dependencies", "/_dash-layout"])
def test_it_reads_the_same_however_it_travels(client, address):
    plain = client.get(address)
    assert "Content-Encoding" not in plain.headers
    for encoding, unpack in {"gzip": gzip.decompress, "zstd": compression.zstd.decompress}.items():
        for _ in range(2):
            packed = client.get(address, headers={"Accept-Encoding": encoding})
            assert packed.headers["Content-Encoding"] == encoding
            assert "Accept-Encoding" in packed.headers["Vary"]
            assert unpack(packed.data) == plain.data
            assert packed.headers["Cache-Control"] == "no-store"
    refused = client.get(address, headers={"Accept-Encoding": "gzip;q=0, zstd;q=0, identity"})
    assert refused.data == plain.data


def test_a_part_of_a_file_is_not_compressed(client):
    part = client.get("/assets/mark.svg", headers={"Range": "bytes=0-99", "Accept-Encoding": "gzip"}, buffered=True)
    assert part.status_code == 206
    assert "Content-Encoding" not in part.headers
    assert len(part.data) == 100


def test_bodies_without_a_name_are_not_kept_and_the_least_used_go_first():
    kept = KeptBodies(most=2)
    kept.set("gzip;", b"nobody's")
    kept.set("gzip;a", b"a")
    kept.set("gzip;b", b"b")
    assert kept.get("gzip;a") == b"a"
    kept.set("gzip;c", b"c")
    assert [kept.get(name) for name in ("gzip;", "gzip;a", "gzip;b", "gzip;c")] == [None, b"a", None, b"c"]
