"""What travels as a tree: every text a text, no component that acts."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from dash import dcc, html

from ui import ids
from ui.components.still import still

SCRIPT = Path(__file__).parents[3] / "ui" / "assets" / "still.js"


def tree(*parts):
    return json.loads(still(*parts).to_plotly_json()["props"]["data-tree"])


def test_components_become_names_attributes_and_children():
    made = html.A(["a ", html.B(7)], href="?x=1", className="c", tabIndex="0", hidden=False, **{"aria-label": "words"})
    assert tree(made) == [
        ["a", {"href": "?x=1", "class": "c", "tabindex": "0", "aria-label": "words"}, "a ", ["b", {}, "7"]]
    ]


def test_nothing_leaves_nothing_and_lists_are_flat():
    assert tree(None, [html.P(None), [None, "b"]]) == [["p", {}], "b"]


def test_markup_in_a_text_stays_a_text():
    assert tree(html.P("<img src=x onerror=alert(1)>")) == [["p", {}, "<img src=x onerror=alert(1)>"]]


@pytest.mark.parametrize(
    "part", [dcc.Store(id="a"), html.Div(id="a"), html.Div(html.P(dcc.Graph())), html.Div(id=ids.jobs_field("x"))]
)
def test_what_acts_is_refused(part):
    with pytest.raises(TypeError):
        still(part)


def test_the_browser_reads_no_markup_and_follows_no_script():
    script = SCRIPT.read_text("utf-8")
    assert "createTextNode" in script
    for way in ("innerHTML", "outerHTML", "insertAdjacentHTML", "eval(", "javascript:"):
        assert way not in script
