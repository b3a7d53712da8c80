"""The tables of the tab "Jobs": outcomes, jobs with their forces, painpoints."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from dash import html
from dash.development.base_component import Component

from data.values import jobs_words as words_of
from data.values.amounts import amount
from data.values.change import Change
from data.values.jobs import Interval, InvestmentRow, JobRow, Opportunity, OutcomeRow, Overview, PainpointRow
from ui.attributes import attributes
from ui.components.icon import icon
from ui.tabs.jobs import band, link_to
from ui.url import PageView, query
from ui.words import count

FORCES = {"push": "Pushes away from today", "pull": "Pulls towards it", "anxiety": "Worries", "habit": "Habits"}
_FULL = 100.0


def tables(overview: Overview, view: PageView) -> list[Any]:
    """Outcomes and jobs."""
    return [outcomes(overview, view), jobs(overview, view)]


def block(
    title: str, children: Sequence[Any], *, table: str = "", view: PageView | None = None, about: str = ""
) -> html.Section:
    """A white block with a heading, and its file."""
    file = None
    if table and view is not None:
        file = html.A(
            [icon("download"), "CSV"],
            href=f"/export/jobs-{table}.csv{query(view.with_metric(None))}",
            className="btn-link-quiet",
            download="",
            **attributes({"aria-label": f"{title} as CSV"}),
        )
    head = html.Div([html.H3(title, className="block-title"), file], className="jobs-block-head")
    return html.Section(
        [head, html.P(about, className="jobs-words") if about else None, *children], className="block jobs-block"
    )


def listed(name: str, heads: Sequence[tuple[str, str]], rows: Sequence[html.Tr], words: str) -> html.Div:
    """A table that scrolls by itself. `heads`: title and class."""
    return html.Div(
        html.Table(
            [
                html.Thead(html.Tr([html.Th(title, scope="col", className=kind) for title, kind in heads])),
                html.Tbody(list(rows)),
            ],
            className=f"plain-table jobs-table jobs-{name}",
        ),
        className="jobs-scroll",
        tabIndex="0",
        role="region",
        **attributes({"aria-label": words}),
    )


# ---- outcomes


def outcomes(overview: Overview, view: PageView) -> html.Section:
    """Target, actual, achievement, trend, opportunity."""
    if not overview.outcomes:
        return block("Outcomes", [html.P("No outcome belongs to what is chosen above.", className="muted")])
    heads = [
        ("Outcome", ""),
        ("Target", "right"),
        ("Actual", "right"),
        ("Target met", "jobs-reach"),
        ("Trend", ""),
        ("Opportunity", ""),
        ("", "right"),
    ]
    rows = [_outcome(each, overview, view) for each in overview.outcomes]
    about = (
        "The most underserved first. An outcome is how people measure that a job goes well; open one for its records "
        "and issues."
    )
    return block("Outcomes", [listed("outcomes", heads, rows, "Outcomes")], table="outcomes", view=view, about=about)


def _outcome(row: OutcomeRow, overview: Overview, view: PageView) -> html.Tr:
    name = [
        html.A(
            row.title,
            href=link_to(view, "outcome", row.outcome_id),
            className="jobs-name",
            **attributes({"data-nav": "link"}),
        ),
        html.Div(row.sentence, className="jobs-words") if row.sentence and row.sentence != row.title else None,
        _source(row, overview, view),
    ]
    track = html.Button(
        icon("plus"),
        type="button",
        className="btn-bar btn-icon jobs-add",
        title="Track a measurement",
        **attributes(
            {"data-track": "outcome", "data-about": row.outcome_id, "aria-label": f"Track a measurement of {row.title}"}
        ),
    )
    return html.Tr(
        [
            html.Th(name, scope="row"),
            _cell("Target", words_of.target(row), "right jobs-number"),
            _cell("Actual", words_of.actual(row), "right jobs-number"),
            _cell("Target met", reach(row.met, row.met_reason)),
            _cell("Trend", trend(row)),
            _cell("Opportunity", opportunity(row.opportunity)),
            html.Td(track, className="right jobs-last"),
        ]
    )


def _cell(title: str, told: Any, kind: str = "") -> html.Td:
    """`title` stands above it where the row is too narrow for columns."""
    return html.Td(told, className=kind or None, **attributes({"data-title": title}))


def _source(row: OutcomeRow, overview: Overview, view: PageView) -> html.Div:
    job = f"{row.job_title} · " if row.job_title else ""
    if row.binding:
        words: list[Any] = [job, "measured by Jira: ", binding(row, overview, view)]
        words.append(f", {count(row.n, 'issue')}" if row.n else "")
    else:
        words = [job, count(row.n, "measurement") if row.n else "not measured in this period"]
    return html.Div(words, className="jobs-source")


def binding(row: OutcomeRow, overview: Overview, view: PageView) -> Any:
    """The metric that Jira measures an outcome by, which opens with the issues that it is bound to."""
    name, of, issues = row.binding.partition(" of ")
    words = f"{name.replace('_', ' ')}{of}{issues}"
    if not row.metric:
        return words
    filters = overview.bound.get(row.outcome_id, view.filters)
    return html.A(
        words, href=query(replace(view, filters=filters).with_metric(row.metric)), **attributes({"data-nav": "link"})
    )


def reach(told: Interval, reason: str = "") -> Any:
    """In how many measurements the target was met, as a bar and in words with the interval; why not, where none is."""
    if told.value is None:
        return html.Span(words_of.met(told, reason), className="jobs-reason")
    interval = words_of.met_range(told)
    return html.Div(
        [
            html.Div(
                [
                    html.Span(
                        html.Span(className="meter-fill", style={"width": f"{100 * told.value:.0f}%"}),
                        className="meter" + (" meter-full" if told.count == told.n else ""),
                    ),
                    html.Span(words_of.met(told), className="jobs-number"),
                ],
                className="jobs-meter",
            ),
            html.Div(interval, className="jobs-source") if interval else None,
        ]
    )


def changed(told: Change, why: str) -> Any:
    """A change in words; in colour only where better or worse is sure."""
    if not told.mood:
        return html.Span(told.words or "–", className="jobs-reason" if told.words else "muted", title=why or None)
    words = f"{told.arrow} {told.words}".strip()
    return html.Span(words, className=f"change change-{told.mood}", title=why or None)


def trend(row: OutcomeRow) -> Any:
    """Which way the actual value went, and whether that is good."""
    return changed(words_of.outcome_change(row), words_of.why_no_change(row))


def opportunity(told: Opportunity) -> Any:
    """Score with interval and number of answers; without enough of them no band and no colour."""
    if told.score is None:
        return html.Span(words_of.band(told), className="jobs-reason")
    interval = words_of.score_range(told)
    parts = [html.Span(words_of.score(told), className="jobs-score")]
    parts += [html.Span(f" ({interval})", className="muted")] if interval else []
    score = html.Span(parts)
    if told.band is None:
        return html.Div([score, html.Div(words_of.band(told), className="jobs-reason")])
    return html.Div(
        [
            html.Div([score, band(told.band, told.band_title)], className="jobs-opportunity"),
            html.Div(words_of.answers(told), className="jobs-source"),
        ]
    )


# ---- jobs


def jobs(overview: Overview, view: PageView) -> html.Section | None:
    """Each job in its own words, how often it is completed, what holds people back."""
    if not overview.jobs:
        return None
    work = {each.job_id: each for each in overview.investment}
    rows = []
    for row in overview.jobs:
        rows.append(
            _job(
                row,
                work.get(row.job_id),
                [(kind, text) for job, kind, text in overview.forces if job == row.job_id],
                view,
            )
        )
    heads = [
        ("Job", ""),
        ("Completed", ""),
        ("Takes", "right"),
        ("Targets met", "jobs-reach"),
        ("Work in the period", ""),
    ]
    return block("Jobs", [listed("jobs", heads, rows, "Jobs")], table="jobs", view=view)


def _job(row: JobRow, work: InvestmentRow | None, forces: Sequence[tuple[str, str]], view: PageView) -> html.Tr:
    name = [
        html.A(
            row.title, href=link_to(view, "job", row.job_id), className="jobs-name", **attributes({"data-nav": "link"})
        ),
        html.Div(row.sentence, className="jobs-words") if row.sentence else None,
        None if row.in_specs else html.Div("Not in the specs", className="jobs-reason"),
        _forces(forces),
    ]
    effort: str | list[html.Div] = "–"
    if work is not None:
        effort = [
            html.Div(words_of.work(work)),
            html.Div(work.verdict, className="jobs-words"),
        ]
    return html.Tr(
        [
            html.Th(name, scope="row"),
            _cell("Completed", share(row)),
            _cell("Takes", words_of.takes(row), "right jobs-number"),
            _cell("Targets met", reach(row.met, "not measured")),
            _cell("Work in the period", effort),
        ]
    )


def _forces(forces: Sequence[tuple[str, str]]) -> html.Details | None:
    if not forces:
        return None
    parts = [part for kind, text in forces for part in (html.Dt(FORCES.get(kind, kind.capitalize())), html.Dd(text))]
    return html.Details(
        [html.Summary("What pushes and what holds people back"), html.Dl(parts, className="facts jobs-forces")],
        className="as-table",
    )


def share(row: JobRow) -> Any:
    """80 % of 97 tries, with its interval; few of them say so."""
    told = row.completion
    if told.value is None:
        return html.Span(words_of.completed(row), className="jobs-reason")
    head, among, rest = words_of.completed(row).partition(" of ")
    few = words_of.not_enough(told)
    return html.Div(
        [
            html.Div([html.Span(head, className="jobs-score"), f"{among}{rest}"]),
            html.Div(words_of.range_words(told), className="jobs-source"),
            html.Div(few, className="jobs-reason") if few else None,
        ]
    )


# ---- painpoints


def painpoints(overview: Overview, view: PageView) -> html.Section | None:
    """Before and after, and what was done."""
    if not overview.painpoints:
        return None
    heads = [
        ("Painpoint", ""),
        ("Before", "right"),
        ("After", "right"),
        ("Effect", ""),
        ("Records", ""),
        ("Issues", ""),
    ]
    rows = [_painpoint(each, view) for each in overview.painpoints]
    return block("Painpoints", [listed("painpoints", heads, rows, "Painpoints")], table="painpoints", view=view)


def _painpoint(row: PainpointRow, view: PageView) -> html.Tr:
    link = link_to(view, "painpoint", row.painpoint_id)
    name: list[Component] = [html.A(row.title, href=link, className="jobs-name", **attributes({"data-nav": "link"}))]
    if row.category:
        name.append(html.Span(row.category, className="jobs-tag"))
    return html.Tr(
        [
            html.Th(name, scope="row"),
            _cell("Before", amount(row.before), "right jobs-number"),
            _cell("After", amount(row.after), "right jobs-number"),
            _cell("Effect", changed(words_of.effect(row), words_of.why_no_effect(row))),
            _cell("Records", _records(row)),
            _cell("Issues", words_of.issues_done(row.issues_done, row.issues)),
        ]
    )


def _records(row: PainpointRow) -> str:
    parts = [(row.improved, "eased"), (row.unchanged, "unchanged"), (row.worse, "worse")]
    return ", ".join(f"{n} {word}" for n, word in parts if n) or "–"
