"""The lower part of the tab "Jobs": the register with progress, its checks, and how far the data can be trusted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dash import html

from data.values import jobs_words as words_of
from data.values.jobs import CheckRow, DeliverableRow, Overview, QualityRow, RegisterRow
from ui.attributes import attributes
from ui.components.icon import icon
from ui.tabs.jobs import LIST
from ui.tabs.jobs_tables import block, painpoints
from ui.url import PageView, query
from ui.words import count

KINDS = (
    ("job", "Jobs done"),
    ("outcome", "Measurements"),
    ("painpoint", "Painpoints"),
    ("time", "Times"),
    ("satisfaction", "Answers"),
)

_SHOWN = 5  # problems of the specs that are not folded


def more(overview: Overview, view: PageView) -> list[Any]:
    """Painpoints, register, data."""
    return [painpoints(overview, view), register(overview, view), _trust(overview, view)]


# ---- register


def register(overview: Overview, view: PageView) -> html.Section:
    """Every job of the register in a sentence with its progress; beside it the five checks."""
    new = html.Button(
        [icon("plus"), "New job"], type="button", className="btn-quiet", **attributes({"data-track": "register"})
    )
    if not overview.register:
        words = (
            "Nothing is in the register yet. It lists what the system must do for the jobs, in a file beside the "
            "specs (register.md)."
        )
        return block("Register", [html.P(words, className="jobs-words"), html.Div(new, className="line-ways")])
    done = sum(each.progress or 0 for each in overview.register if each.progress is not None)
    about = (
        f"What the system must do so that people can do their jobs. {count(len(overview.register), 'job')}, "
        f"{100 * done / len(overview.register):.0f} % done."
    )
    body = html.Div(
        [
            html.Ul([_entry(each) for each in overview.register], className="register"),
            html.Div([*_checks(overview.checks), html.Div(new, className="line-ways")], className="register-side"),
        ],
        className="register-columns",
    )
    return block("Register", [body], table="register", view=view, about=about)


def _entry(row: RegisterRow) -> html.Li:
    progress = None if row.progress is None else f"{100 * row.progress:.0f} %"
    facts = [
        words_of.deliverables(row) if row.deliverables else "",
        f"issues: {words_of.issues_done(row.issues_done, row.issues)}" if row.issues else "no linked issues",
        row.superpower,
        ", ".join(row.views),
    ]
    return html.Li(
        [
            html.Div(
                [
                    html.Span(row.job_id, className="jobs-tag register-id"),
                    html.Span(row.title, className="jobs-name"),
                    html.Span(progress or "no progress known", className="register-progress"),
                ],
                className="register-head",
            ),
            html.Span(
                html.Span(className="meter-fill", style={"width": progress.replace(" ", "") if progress else "0"}),
                className="meter register-meter",
            ),
            html.P(row.sentence, className="register-sentence"),
            html.Div(" · ".join(each for each in facts if each), className="jobs-source"),
            _deliverables(row.deliverables, row.steps),
        ],
        className="register-entry",
    )


def _deliverables(deliverables: Sequence[DeliverableRow], steps: bool) -> html.Details | None:
    if not deliverables:
        return None
    rows = [html.Li([_tick(each.done), html.Span(each.text), _why(each)]) for each in deliverables]
    kind = html.Ol if steps else html.Ul
    return html.Details(
        [html.Summary("Steps" if steps else "Deliverables"), kind(rows, className="register-list")],
        className="as-table",
    )


def _tick(done: bool) -> html.Span:
    words = html.Span("done" if done else "open", className="visually-hidden")
    return html.Span(
        [icon("check-circle-fill" if done else "circle"), words], className=f"tick-{'done' if done else 'open'}"
    )


def _why(row: DeliverableRow) -> html.Span | None:
    if row.done_by_issues and not row.ticked:
        return html.Span("by its issues", className="jobs-source")
    return None


def _checks(checks: Sequence[CheckRow]) -> list[Any]:
    if not checks:
        return []
    rows = [
        html.Li(
            [
                html.Span(
                    icon("check-circle-fill" if each.ok else "exclamation-triangle-fill"),
                    className=f"check-{'ok' if each.ok else 'wrong'}",
                ),
                html.Div(
                    [
                        html.Span(
                            [each.name, html.Span(" holds" if each.ok else " fails", className="visually-hidden")]
                        ),
                        None if each.ok else html.Div(", ".join(each.failing), className="jobs-source"),
                        None if each.ok else html.Div(each.todo, className="jobs-source"),
                    ]
                ),
            ]
        )
        for each in checks
    ]
    ok = sum(each.ok for each in checks)
    return [
        html.H4(f"Checks: {ok} of {len(checks)} hold", className="register-title"),
        html.Ul(rows, className="checks"),
    ]


# ---- data


def _trust(overview: Overview, view: PageView) -> html.Section:
    parts: list[Any] = []
    if overview.spec_problems:
        parts.append(
            html.Div(
                [
                    icon("exclamation-triangle"),
                    html.Div(
                        [
                            html.Strong(f"{count(len(overview.spec_problems), 'problem')} in the specs. "),
                            "What is wrong is left out; of a file that cannot be read the last good state is shown. ",
                            overview.not_understood,
                            _listed(overview.spec_problems),
                        ]
                    ),
                ],
                className="notice notice-warning",
                role="status",
            )
        )
    parts += [html.Ul([_quality(each) for each in overview.quality], className="jobs-quality"), _records(view)]
    return block("How far this can be trusted", parts, table="quality", view=view)


def _listed(problems: Sequence[str]) -> Any:
    """Each with file and line; a long list is folded."""
    every = html.Ul([html.Li(each) for each in problems], className="jobs-problems")
    if len(problems) <= _SHOWN:
        return every
    return html.Details([html.Summary("All of them, with file and line"), every])


def _quality(row: QualityRow) -> html.Li:
    full = row.share is not None and row.share >= 1
    return html.Li(
        [
            html.Span(icon("check-circle-fill" if full else "circle"), className="check-ok" if full else "tick-open"),
            html.Div(
                [
                    html.Span(f"{row.name}: {row.message}"),
                    html.Div(row.todo, className="jobs-source") if row.todo and not full else None,
                ]
            ),
        ]
    )


def _records(view: PageView) -> html.Div:
    links = [
        html.A(
            title,
            href=query(view.with_chart(LIST, f"kind:{kind}")),
            className="btn-quiet",
            **attributes({"data-nav": "link"}),
        )
        for kind, title in KINDS
    ]
    return html.Div([html.Span("All records:", className="jobs-source"), *links], className="jobs-kinds")
