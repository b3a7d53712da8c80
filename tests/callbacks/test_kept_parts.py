"""Cards that are kept are the cards that would be built now."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from dash import html
from plotly.io.json import to_json_plotly

from callbacks import cards
from callbacks.kept_parts import KeptParts
from tests.callbacks.acting import acting
from tests.fake_services import FakeServices
from ui import ids

VIEW = {"query": "?tab=dora&period=30d", "revision": "r1"}


def shown(services: FakeServices, view: dict[str, str] = VIEW) -> str:
    with acting(services, ids.tab_view("dora"), "data"):
        return json.dumps(json.loads(to_json_plotly(cards.show_family("dora", view, None)[0])))


def test_the_same_answer_is_built_once_and_another_one_anew(monkeypatch):
    services, built = FakeServices(), []
    real = cards.cards
    monkeypatch.setattr(cards, "cards", lambda *asked, **named: built.append(asked) or real(*asked, **named))
    monkeypatch.setattr(cards, "_kept", KeptParts())
    first = shown(services)
    assert shown(services) == first
    assert len(built) == 1
    shown(services, VIEW | {"revision": "r2"})
    shown(services, VIEW | {"query": "?tab=dora&period=90d"})
    assert len(built) == 3


@pytest.mark.parametrize("what", ["value", "details", "status", "definitions"])
def test_a_change_of_any_part_is_shown(monkeypatch, what):
    services = FakeServices()
    monkeypatch.setattr(cards, "_kept", KeptParts())
    before = shown(services)
    answer, status = services.numbers.answer, services.status.of
    if what == "status":
        monkeypatch.setattr(
            services.status, "of", lambda at: replace(status(at), site_title="Another", first_day="2001-02-03")
        )
    elif what == "definitions":
        monkeypatch.setattr(
            cards, "measured", lambda _, found: {each.metric_name: "as agreed" for each in found.values}
        )
    else:

        def other(*asked, **named):
            found = answer(*asked, **named)
            first = found.values[0]
            new = {"value": 77.0} if what == "value" else {"details": {**first.details, "display_value": "77.7"}}
            return replace(found, values=(replace(first, **new), *found.values[1:]))

        monkeypatch.setattr(services.numbers, "answer", other)
    after = shown(services)
    monkeypatch.setattr(cards, "_kept", KeptParts())
    assert after == shown(services), "what is kept is what would be built now"
    if what in ("details", "definitions"):
        assert after != before


def test_the_least_used_part_goes_first():
    kept, built = KeptParts(most=2), []
    for name in ("a", "b", "a", "c", "a", "b"):
        assert kept.get(name, name, lambda name=name: built.append(name) or html.Div(name))["props"] == {
            "children": name
        }
    assert built == ["a", "b", "c", "b"]
