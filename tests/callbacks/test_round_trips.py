"""How many requests in a row lead from a click to what it changes: each is a wait of the network's latency."""

from __future__ import annotations

from typing import Any

import pytest

from ui import ids
from ui.url import TABS

SAVES = {
    "mapping": f"{ids.Mapping.WISH}.data",  # set in the browser when a button to save is pressed
    "definitions": f"{ids.Definitions.CONFIRM}.n_clicks",
}
CARDS = {"overview": ids.Overview.CARDS, "dora": ids.Cards.DORA, "flow": ids.Cards.FLOW}


def properties(output: str) -> list[str]:
    return [each for each in output.strip(".").split("...") if each]


def inputs_of(callback: dict[str, Any]) -> set[str]:
    return {f"{part['id']}.{part['property']}" for part in callback["inputs"]}


def trips(callbacks: list[dict[str, Any]], start: str) -> dict[str, int]:
    """Property → the fewest answers of the server, one after the other, after which it can have changed."""
    found = {start: 0}
    moved = True
    while moved:
        moved = False
        for each in callbacks:
            before = [found[name] for name in inputs_of(each) if name in found]
            if not before:
                continue
            after = min(before) + (0 if each["clientside_function"] else 1)
            for name in properties(each["output"]):
                if found.get(name, after + 1) > after:
                    found[name] = after
                    moved = True
    return found


@pytest.mark.parametrize("tab", CARDS)
@pytest.mark.parametrize("save", SAVES)
def test_from_a_save_to_new_cards_there_are_two_requests_in_a_row(client, save, tab):
    found = trips(client.get("/_dash-dependencies").json, SAVES[save])
    assert found[f"{ids.tab_view(tab)}.data"] == 1
    assert found[f"{CARDS[tab]}.children"] == 2


@pytest.mark.parametrize("tab", CARDS)
@pytest.mark.parametrize("save", SAVES)
def test_the_cards_wait_for_no_other_answer(client, save, tab):
    """Dash holds a callback back while an answer is due that can change one of its inputs, however indirectly."""
    callbacks = client.get("/_dash-dependencies").json
    found = trips(callbacks, SAVES[save])
    others = [each for each in callbacks if not each["clientside_function"] and asked_with_the_cards(each, found)]
    assert any(f"{CARDS[tab]}.children" in properties(each["output"]) for each in others)
    for each in others:
        later = {name for output in properties(each["output"]) for name in trips(callbacks, output)}
        assert not later.intersection({f"{ids.tab_view(tab)}.data", f"{ids.Store.REVISION}.data"}), each["output"]


def asked_with_the_cards(callback: dict[str, Any], found: dict[str, int]) -> bool:
    return any(found.get(name) == 1 for name in inputs_of(callback))


def test_every_tab_is_asked_anew_by_the_answer_of_a_save(client):
    found = trips(client.get("/_dash-dependencies").json, SAVES["mapping"])
    assert {found[f"{ids.tab_view(tab)}.data"] for tab in TABS} == {1}
