"""Saved views of teams: the list, and two to six of them side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dash import html

from data.settings.filter_fields import filter_words
from data.values.change import change, why_no_verdict
from data.values.problem import Problem
from data.values.teams import Compared, ComparedRow, Comparison, TeamList, TeamView
from ui import ids
from ui.attributes import attributes
from ui.components.icon import icon
from ui.components.metric_card import tier
from ui.components.notice import notice
from ui.components.still import still
from ui.url import PageView, query
from ui.words import confidence, headline, span

FEWEST, MOST = 2, 6
SEPARATOR = "|"  # between names in the address


def skeleton() -> list[Any]:
    """Places of the final size, before anything is asked."""
    return [
        html.Div([html.Div(className=f"sk {each}") for each in ("sk-title", "sk-line", "sk-line")], className="block")
    ]


def chosen_names(view: PageView) -> tuple[str, ...]:
    """The views that the address puts side by side."""
    return tuple(dict.fromkeys(each for each in (view.asks("team") or "").split(SEPARATOR) if each))


def teams_page(teams: TeamList, view: PageView, comparison: Comparison | Problem | None) -> list[Any]:
    """The whole tab."""
    if not teams.views:
        return [notice(teams.problem) if teams.problem else None, _empty()]
    chosen = [each for each in chosen_names(view) if each in {one.name for one in teams.views}]
    return [
        notice(teams.problem) if teams.problem else None,
        _list(teams.views, chosen),
        _side_by_side(comparison, len(chosen)),
    ]


def _empty() -> html.Div:
    return html.Div(
        [
            html.H3("No view is saved yet", className="block-title"),
            html.P(
                "A saved view keeps the days, the filters and the definitions under a name, such as the name of "
                "a team. "
                "Two or more of them can be put side by side."
            ),
            html.Ol(
                [
                    html.Li("Choose the project, label or component of a team in the row above."),
                    html.Li("Press “Save this view” in the same row and give it the team’s name."),
                    html.Li("Do the same for another team, then come back here."),
                ],
                className="steps",
            ),
            html.Div(
                [
                    html.Button(
                        [icon("plus"), "Save this view"],
                        type="button",
                        className="btn-primary-quiet",
                        **attributes({"data-press": ids.Teams.KEEP}),
                    ),
                    _import(),
                ],
                className="line-ways",
            ),
        ],
        className="block teams-empty",
    )


def _import() -> html.Button:
    return html.Button("Import a file", type="button", className="btn-quiet", **attributes({"data-import-teams": "1"}))


def _list(views: Sequence[TeamView], chosen: Sequence[str]) -> html.Section:
    return html.Section(
        [
            html.H3(
                [
                    "Saved views",
                    html.Span(
                        [
                            html.A(
                                [icon("download"), "Export"],
                                href="/export/teams.json",
                                className="btn-quiet",
                                download="",
                            ),
                            _import(),
                        ],
                        className="teams-files",
                    ),
                ],
                className="block-title",
            ),
            html.Ul([_row(each, each.name in chosen, len(chosen)) for each in views], className="teams-list"),
        ],
        className="block",
    )


def _row(view: TeamView, chosen: bool, count: int) -> html.Li:
    full = count >= MOST and not chosen
    said = filters_of(view)
    open_it = PageView(period=view.period, first=view.first, last=view.last, filters=view.filters)
    if view.tab:
        open_it = PageView(tab=view.tab, period=view.period, first=view.first, last=view.last, filters=view.filters)
    return html.Li(
        [
            html.Button(
                [
                    html.Span(className="box", **attributes({"aria-hidden": "true"})),
                    html.Span(view.name, className="team-name"),
                ],
                type="button",
                className="option team-choice",
                role="checkbox",
                disabled=full,
                title=f"At most {MOST} views side by side" if full else "Put it side by side",
                **attributes({"data-team": view.name, "aria-checked": str(chosen).lower()}),
            ),
            html.Span(" · ".join([days_of(view), *(said or ["all issues"])]), className="team-words"),
            html.Span(
                [f"Measured otherwise than saved ({len(view.filters.definitions)})"]
                if view.filters.definitions and not view.problem
                else "",
                className="team-measured",
                title="; ".join(f"{name}: {value}" for name, value in view.filters.definitions),
            ),
            html.Span(
                [
                    html.A(
                        "Open",
                        href=query(open_it) or "?",
                        className="btn-quiet",
                        **attributes({"data-nav": "link", "aria-label": f"Open {view.name}"}),
                    ),
                    html.Button(
                        icon("trash"),
                        type="button",
                        className="btn-icon team-delete",
                        title=f"Delete {view.name}",
                        **attributes(
                            {
                                "data-delete-team": view.name,
                                "data-revision": str(view.revision),
                                "aria-label": f"Delete {view.name}",
                            }
                        ),
                    ),
                ],
                className="team-ends",
            ),
            notice(view.problem) if view.problem else None,
        ],
        className="team",
    )


def filters_of(view: TeamView) -> list[str]:
    """The filters of a view in words."""
    return [f"{title} {words}" for title, words in filter_words(view.filters)]


def days_of(view: TeamView) -> str:
    """Its days in words: they move with today, or stay."""
    if view.period:
        return f"last {view.period[:-1]} days"
    return span(view.first, view.last) if view.first and view.last else ""


def _side_by_side(comparison: Comparison | Problem | None, chosen: int) -> html.Section:
    title = html.H3("Side by side", className="block-title")
    if isinstance(comparison, Problem):
        return html.Section([title, notice(comparison)], className="block")
    if comparison is None:
        words = f"Choose {FEWEST} to {MOST} views above." if not chosen else "Choose one more view above."
        return html.Section([title, html.P(words, className="muted")], className="block")
    return html.Section([title, _warning(comparison), _table(comparison)], className="block")


def _warning(comparison: Comparison) -> Any:
    """What makes the numbers not comparable, once for all metrics."""
    found: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for row in comparison.rows:
        for each in row.differences:
            found.setdefault((each.title, each.words), []).append(row.title)
    lines = [
        html.Li(
            [
                html.B(f"{title}: "),
                "; ".join(f"{view.name}: {said}" for view, said in zip(comparison.views, words, strict=True)),
                html.Span(f" ({', '.join(metrics)})", className="muted"),
            ]
        )
        for (title, words), metrics in found.items()
    ]
    lengths = {(_length(first, last)) for first, last in comparison.days}
    if len(set(comparison.days)) > 1:
        same = "of the same length" if len(lengths) == 1 else "of different lengths, so counts say little"
        lines.append(html.Li([html.B("Days: "), f"the views look at different days {same}."]))
    if not lines:
        return None
    head = "Not all of these numbers can be compared" if found else "The days differ"
    return html.Div(
        [icon("exclamation-triangle"), html.Div([html.Strong(head), html.Ul(lines, className="teams-differences")])],
        className="notice notice-warning",
        role="status",
    )


def _length(first: str, last: str) -> int:
    from datetime import date

    return (date.fromisoformat(last) - date.fromisoformat(first)).days


def _table(comparison: Comparison) -> html.Div:
    heads = [
        html.Th([html.Div(view.name, className="team-head"), html.Div(span(*days), className="team-days")], scope="col")
        for view, days in zip(comparison.views, comparison.days, strict=True)
    ]
    return html.Div(
        still(
            html.Table(
                [
                    html.Thead(html.Tr([html.Th("Metric", scope="col"), *heads])),
                    html.Tbody([_metric(row) for row in comparison.rows]),
                ],
                className="plain-table teams-table",
            )
        ),
        className="teams-scroll",
        tabIndex="0",
        role="region",
        **attributes({"aria-label": "Metrics side by side"}),
    )


def _metric(row: ComparedRow) -> html.Tr:
    words = "; ".join(f"{each.title} differs" for each in row.differences)
    mark = html.Div([icon("exclamation-triangle"), "measured differently"], className="team-differs", title=words)
    return html.Tr(
        [html.Th([row.title, mark if row.differences else None], scope="row"), *map(_cell, row.cells)],
        className="is-different" if row.differences else "",
    )


def _cell(cell: Compared) -> html.Td:
    value = cell.value
    if not value.ok:
        return html.Td([html.Div("–", className="team-value"), html.Div(value.error_message, className="team-words")])
    shown, unit = headline(value)
    arrow, words, mood = change(value)
    return html.Td(
        [
            html.Div(
                [
                    html.Span(
                        [html.Span(shown, className="num"), html.Span(f" {unit}", className="unit")],
                        className="team-value",
                    ),
                    tier(value),
                ],
                className="team-top",
            ),
            html.Div(f"{arrow} {words}".strip(), className=f"change change-{mood}", title=why_no_verdict(value))
            if arrow
            else None,
            html.Div(
                f"{cell.used:,} used" + (" · low confidence" if value.details.get("low_confidence") else ""),
                className="team-words",
                title=confidence(value),
            ),
        ]
    )
