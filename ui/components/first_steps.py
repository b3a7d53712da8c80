"""The check-list after the first sync: what to do next, and what each step unlocks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dash import html

from data.values.first_steps import FirstStep
from ui import ids
from ui.attributes import attributes
from ui.components.icon import icon

_OPENS = {"mapping": (ids.Header.SETTINGS, "Open the field mapping"), "view": (ids.Teams.KEEP, "Save this view")}


def first_steps(steps: Sequence[FirstStep]) -> Any:
    """Nothing where there is no step; ui/assets/page.js presses the button that a step names."""
    if not steps:
        return None
    done = sum(each.done for each in steps)
    return html.Section(
        [
            html.H2(f"Next steps: {done} of {len(steps)} done", className="block-title"),
            html.Ol([_step(each) for each in steps], className="first-steps"),
        ],
        className="block first-steps-block",
    )


def _step(step: FirstStep) -> html.Li:
    button, words = _OPENS[step.opens]
    way = html.Button(
        words,
        type="button",
        className="btn-link-quiet",
        **attributes({"data-press": button, "aria-label": f"{step.title}: {words}"}),
    )
    return html.Li(
        [
            icon("check-circle-fill" if step.done else "circle", "first-step-mark"),
            html.Div(
                [
                    html.Span(step.title, className="first-step-title"),
                    html.Span("Done" if step.done else step.unlocks, className="muted"),
                ]
            ),
            None if step.done else way,
        ],
        className="first-step first-step-done" if step.done else "first-step",
    )
