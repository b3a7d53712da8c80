"""The tab "Jobs" before any job is written down: how to begin."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dash import html

from data.values.problem import Problem
from data.values.program import COMMAND
from ui.attributes import attributes
from ui.components.notice import notice


def empty(problems: Sequence[str]) -> list[Any]:
    """Without specs: where to write them."""
    wrong = [notice(Problem("A file cannot be read.", each)) for each in problems]
    return [
        *wrong,
        html.Div(
            [
                html.H3("No job is written down yet", className="block-title"),
                html.P(
                    "This tab shows what your customers want to get done, which outcomes they measure that by, how "
                    "underserved each one is, and whether your work goes there."
                ),
                html.Ol(
                    [
                        html.Li(
                            [
                                "Make a folder ",
                                html.Code("jtbd"),
                                " beside ",
                                html.Code("app_settings.json"),
                                " (or name another one in the setting ",
                                html.Code("jtbd.folder"),
                                ").",
                            ]
                        ),
                        html.Li(
                            [
                                "Write a file such as ",
                                html.Code("jtbd/shop.ttl"),
                                " with a job, its outcomes and painpoints. "
                                "The guide “Jobs to be done” (docs/jtbd.md) has one to copy.",
                            ]
                        ),
                        html.Li("Put the job’s label on the issues in Jira that serve it."),
                        html.Li(
                            [
                                "Reload this page. ",
                                html.Code(f"{COMMAND} jtbd sync"),
                                " says what is wrong with a file.",
                            ]
                        ),
                    ],
                    className="steps",
                ),
                html.Pre(
                    EXAMPLE,
                    className="jobs-example",
                    tabIndex="0",
                    **attributes({"aria-label": "An example of a file"}),
                ),
            ],
            className="block",
        ),
    ]


EXAMPLE = """@prefix tl: <urn:throughline:jtbd:> .
@prefix :   <urn:shop:> .

:buy-fast a tl:Job ;
    tl:title "Buy again in a minute" ;
    tl:situation "I know what I want" ;
    tl:motivation "pay without typing anything twice" ;
    tl:result "get back to what I was doing" ;
    tl:label "jtbd-buy-fast" ; tl:outcome :time-to-pay .

:time-to-pay a tl:Outcome ;
    tl:title "Time to pay" ; tl:direction "minimise" ;
    tl:importance 9 ; tl:satisfaction 4 ; tl:target 60 ; tl:unit "seconds" ."""
