"""The tables of the tab "Jobs": outcomes, jobs with their forces, painpoints."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from dash import html
from dash.development.base_component import Component

from data.values.jobs import Interval, JobRow, Opportunity, OutcomeRow, Overview, PainpointRow
from ui.attributes import attributes
from ui.components.icon import icon
from ui.tabs.jobs import band, link_to
from ui.url import PageView, query
from ui.words import count, number, unit_words

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
        ("Achievement", "jobs-reach"),
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
            _cell("Target", _target(row), "right jobs-number"),
            _cell("Actual", amount(row.actual, row.unit), "right jobs-number"),
            _cell("Achievement", row.reached or reach(row.achievement, row.reason)),
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


def _target(row: OutcomeRow) -> str:
    if row.target is None:
        return "–"
    sign = {"minimise": "≤ ", "maximise": "≥ "}.get(row.direction or "", "")
    return f"{sign}{amount(row.target, row.unit)}"


def amount(value: float | None, unit: str = "") -> str:
    """12.4 hours; a dash for none."""
    return "–" if value is None else f"{number(value, 3)} {unit_words(unit)}".strip()


def reach(value: float | None, reason: str = "") -> Any:
    """How far it came, as a bar to 100 % and a number; why not, where there is none."""
    if value is None:
        return html.Span(reason or "–", className="jobs-reason")
    return html.Div(
        [
            html.Span(
                html.Span(className="meter-fill", style={"width": f"{min(max(value, 0), _FULL):.0f}%"}),
                className="meter" + (" meter-full" if value >= _FULL else ""),
            ),
            html.Span(f"{value:,.0f} %", className="jobs-number"),
        ],
        className="jobs-meter",
    )


def trend(row: OutcomeRow) -> Any:
    """Which way the actual value went, and whether that is good."""
    if row.trend_direction is None:
        return html.Span("–", className="muted", title="No earlier measurement to compare with")
    if row.trend_verdict == "unchanged" or row.trend_direction == "flat":
        return html.Span("→ unchanged", className="change change-unchanged")
    arrow = "↑" if row.trend_direction == "up" else "↓"
    size = f"{abs(row.trend_percentage):,.0f} % " if row.trend_percentage is not None else ""
    verdict = row.trend_verdict or ("higher" if arrow == "↑" else "lower")
    few = "Fewer than 5 issues in this period or the one before: too few to say better or worse"
    title = few if row.trend_low_confidence else None
    return html.Span(
        f"{arrow} {size}{verdict}", className=f"change change-{row.trend_verdict or 'neutral'}", title=title
    )


def opportunity(told: Opportunity) -> Any:
    """Score with interval and number of answers; without enough of them no band and no colour."""
    if told.score is None:
        return html.Span(told.reason or "–", className="jobs-reason")
    interval = f" ({told.low:.1f} – {told.high:.1f})" if told.low is not None and told.high is not None else ""
    score = html.Span([html.Span(f"{told.score:.1f}", className="jobs-score"), html.Span(interval, className="muted")])
    n = f"{told.n:,} answers" if told.n is not None else "ratings of the specs"
    if told.band is None:
        return html.Div([score, html.Div(told.reason or "Not enough answers.", className="jobs-reason")])
    return html.Div(
        [
            html.Div([score, band(told.band, told.band_title)], className="jobs-opportunity"),
            html.Div(n, className="jobs-source"),
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
    heads = [("Job", ""), ("Completed", ""), ("Takes", "right"), ("Outcomes", "jobs-reach"), ("Work in the period", "")]
    return block("Jobs", [listed("jobs", heads, rows, "Jobs")], table="jobs", view=view)


def _job(row: JobRow, work: Any, forces: Sequence[tuple[str, str]], view: PageView) -> html.Tr:
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
            html.Div(f"{count(work.items, 'item')}, {number(work.active_days, 2)} days"),
            html.Div(work.verdict, className="jobs-words"),
        ]
    return html.Tr(
        [
            html.Th(name, scope="row"),
            _cell("Completed", share(row.completion, "try", "tries")),
            _cell("Takes", took(row.median_seconds), "right jobs-number"),
            _cell("Outcomes", reach(row.achievement, "not measured")),
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


def share(told: Interval, noun: str, plural: str) -> Any:
    """80 % of 97 tries, with its interval; few of them say so."""
    if told.value is None:
        return html.Span("not tracked", className="jobs-reason")
    words = f"{100 * told.value:.0f} %"
    among = f"of {count(told.n, noun, plural)}"
    interval = f"{100 * (told.low or 0):.0f} – {100 * (told.high or 0):.0f} % among all"
    few = None if told.enough else html.Div(f"Not enough: {told.n} of 30.", className="jobs-reason")
    return html.Div(
        [
            html.Div([html.Span(words, className="jobs-score"), f" {among}"]),
            html.Div(interval, className="jobs-source"),
            few,
        ]
    )


_UNITS = ((86_400, "days"), (3_600, "hours"), (60, "min"), (1, "s"))


def took(seconds: float | None) -> str:
    """Half of them needed no longer: 73 s as 1.2 min."""
    if seconds is None:
        return "–"
    size, unit = next((each for each in _UNITS if seconds >= each[0]), _UNITS[-1])
    return f"{number(seconds / size, 2)} {unit}"


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
            _cell("Effect", _effect(row)),
            _cell("Records", _records(row)),
            _cell("Issues", f"{row.issues_done} of {row.issues} done" if row.issues else "–"),
        ]
    )


def _effect(row: PainpointRow) -> Any:
    if row.effectiveness is None:
        return html.Span(row.reason or "not recorded in this period", className="jobs-reason")
    if abs(row.effectiveness) < 0.5:
        return html.Span("unchanged", className="change change-unchanged")
    better = row.effectiveness > 0
    words = f"{'↓' if better else '↑'} {abs(row.effectiveness):,.0f} % {'eased' if better else 'worse'}"
    return html.Span(words, className=f"change change-{'better' if better else 'worse'}")


def _records(row: PainpointRow) -> str:
    parts = [(row.improved, "eased"), (row.unchanged, "unchanged"), (row.worse, "worse")]
    return ", ".join(f"{n} {word}" for n, word in parts if n) or "–"
