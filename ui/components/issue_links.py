"""The key of an issue as links: to its history on this page, and beside it to Jira."""

from __future__ import annotations

from typing import Any

from dash import html

from ui.attributes import attributes
from ui.components.icon import icon
from ui.url import PageView, query


def issue_links(key: str, url: str, view: PageView) -> list[Any]:
    """`url`: where Jira shows it; empty where there is none, as on the sample site."""
    found: list[Any] = [
        html.A(
            key,
            href=query(view.with_issue(key)),
            title=f"History of {key}",
            **attributes({"data-nav": "in"}),
        )
    ]
    return [*found, jira_link(key, url)] if url else found


def jira_link(key: str, url: str, words: str = "") -> html.A:
    """To the issue in Jira, in another tab; as an icon unless there are words."""
    label = f"Open {key} in Jira"
    return html.A(
        [words, icon("box-arrow-up-right")] if words else icon("box-arrow-up-right"),
        href=url,
        target="_blank",
        rel="noopener noreferrer",
        className="" if words else "key-jira",
        title=label,
        **attributes({} if words else {"aria-label": label}),
    )
