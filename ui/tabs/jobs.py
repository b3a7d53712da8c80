"""The tab "Jobs": what people want to get done, which of it is underserved, whether the work goes there and helps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from dash import html

from data.values.charts import ChartPlace
from data.values.families import FAMILIES, JOBS
from data.values.jobs import JobChoices, Overview
from data.values.jobs_words import Sentence, story
from data.values.metric_value import MetricValue
from data.values.problem import Problem
from ui import ids
from ui.attributes import attributes, current
from ui.components.chart import chart_card, chart_cards
from ui.components.icon import icon
from ui.components.menu import menu
from ui.components.metric_card import metric_card, skeletons
from ui.components.notice import notice
from ui.url import PageView, query
from ui.words import count

PERSONA, JOB = "persona", "job"
LIST = "job_records"  # the panel that is no point of a chart: records and issues
FIRST_CHARTS = 2  # so many stand above the tables, the others below
FORMS = (
    ("outcome", "An outcome", "What was measured, against its target"),
    ("job", "A job", "Somebody did it, or tried to"),
    ("painpoint", "A painpoint", "How much it hurt before, and after"),
    ("satisfaction", "Satisfaction", "What somebody answered"),
    ("time", "Time to an outcome", "How long somebody took"),
)
TABLES = (
    ("outcomes", "Outcomes"),
    ("jobs", "Jobs"),
    ("painpoints", "Painpoints"),
    ("investment", "Investment"),
    ("satisfaction", "Satisfaction"),
    ("times", "Time to outcome"),
    ("records", "Records, as they can be imported again"),
)


def pane(charts: Sequence[ChartPlace]) -> list[Any]:
    """The places of the tab. Charts stand between them, so that they stay while the rest is renewed."""
    return [
        html.Div(_skeleton(), id=ids.Jobs.HEAD, className="jobs-part"),
        html.Div(skeletons(4), id=ids.Jobs.CARDS, className="pane-cards jobs-cards"),
        html.Div([chart_card(chart.name, "jobs") for chart in charts[:FIRST_CHARTS]], className="charts jobs-charts"),
        html.Div(id=ids.Jobs.TABLES, className="jobs-part"),
        chart_cards(charts[FIRST_CHARTS:], "jobs", FAMILIES[JOBS].charts),
        html.Div(id=ids.Jobs.MORE, className="jobs-part"),
    ]


def _skeleton() -> html.Div:
    return html.Div([html.Div(className=f"sk {each}") for each in ("sk-title", "sk-line")], className="block")


def link_to(view: PageView, kind: str, name: str) -> str:
    """The address of the panel with the records and issues of a job, an outcome or a painpoint."""
    return query(view.with_chart(LIST, f"{kind}:{name}"))


def narrowed(view: PageView, **changes: str | None) -> str:
    """The same tab for another persona or job."""
    own = {**dict(view.own), **changes}
    pairs = tuple((name, value) for name in (PERSONA, JOB) if (value := own.get(name)))
    return query(replace(view.with_metric(None), own=pairs)) or "?"


# ---- head


def head(overview: Overview, choices: JobChoices, view: PageView, problems: Sequence[Problem] = ()) -> list[Any]:
    """What was just done, the filters, the actions, the story of the period."""
    return [
        *(notice(each) for each in problems),
        *(notice(Problem(each, level="info")) for each in overview.notes),
        html.Div([_filters(choices, view), _actions(view)], className="jobs-head"),
        _story(overview, view),
    ]


def unknown(kind: str, name: str, view: PageView) -> html.Div:
    """Nobody of that name, or no job: says so, with the way back to all."""
    why = " The address names one that neither the specs nor the records know, so the numbers below are empty. "
    return html.Div(
        [
            icon("info-circle"),
            html.Div(
                [
                    html.Strong(f"There is no {kind} “{name}”."),
                    why,
                    _link(f"Show every {kind}", narrowed(view, **{kind: None})),
                ]
            ),
        ],
        className="notice notice-info",
        role="status",
    )


def _filters(choices: JobChoices, view: PageView) -> html.Div:
    return html.Div(
        [
            _chooser("Persona", PERSONA, choices.personas, view),
            _chooser("Job", JOB, choices.jobs, view),
            html.Span(
                f"{count(len(choices.jobs), 'job')}, {count(len(choices.outcomes), 'outcome')}", className="jobs-about"
            ),
        ],
        className="jobs-filters",
    )


def _chooser(title: str, name: str, named: Sequence[tuple[str, str]], view: PageView) -> html.Div:
    asked = view.asks(name)
    chosen = next((words for each, words in named if asked in (each, words)), asked)
    rows = [_option(f"Every {title.lower()}", narrowed(view, **{name: None}), not asked)]
    rows += [_option(words, narrowed(view, **{name: each}), asked in (each, words)) for each, words in named]
    label = [html.Span(f"{title}: {chosen}" if chosen else title, className="jobs-chosen")]
    button = {"data-chosen": "true"} if chosen else {}
    panel = html.Div(rows, className="options")
    return menu(label, panel, name=f"jobs-{name}", words=f"Filter by {title.lower()}", button=button)


def _option(words: str, href: str, here: bool) -> html.A:
    return html.A(
        html.Span(words, className="option-name"),
        href=href,
        className="option board-option",
        **attributes({"data-nav": "in"}),
        **current(here),
    )


def _actions(view: PageView) -> html.Div:
    rows = [
        html.Button(
            [html.Span(title, className="option-name"), html.Span(words, className="muted")],
            type="button",
            className="menu-link jobs-track",
            **attributes({"data-track": kind}),
        )
        for kind, title, words in FORMS
    ]
    files = html.Button(
        "Import a file (CSV or JSON)", type="button", className="menu-link", **attributes({"data-import-jobs": "1"})
    )
    track = menu(
        [icon("plus"), "Track"],
        [*rows, html.Div(files, className="jobs-rule")],
        name="jobs-track",
        words="Note down what happened",
        align="end",
        className="jobs-primary",
    )
    return html.Div([track, _downloads(view)], className="jobs-actions")


def _downloads(view: PageView) -> html.Div:
    own = query(view.with_metric(None))
    links = [
        ("jobs.json", "All as JSON", "numbers and records; can be imported"),
        ("jobs.csv", "All numbers as CSV", "section, name, metric, value"),
        ("jobs.md", "A report as Markdown", "to paste into a page or a mail"),
        *((f"jobs-{table}.csv", f"{title}", "CSV") for table, title in TABLES),
    ]
    rows = [
        html.A(
            [html.Span(title, className="option-name"), html.Span(words, className="muted")],
            href=f"/export/{name}{own}",
            className="menu-link",
            download="",
        )
        for name, title, words in links
    ]
    return menu(
        [icon("download"), "Jobs as files"],
        rows,
        name="jobs-files",
        words="Download jobs, outcomes and records",
        align="end",
    )


# ---- the story


def _story(overview: Overview, view: PageView) -> html.Section:
    lines = [_told(each, view) for each in story(overview)]
    example = html.P(
        "These are the example jobs of the sample site, a shop. Your own take their place when Jira is connected.",
        className="jobs-example-words",
    )
    return html.Section(
        [
            html.Ul(lines, className="jobs-story") if lines else None,
            example if overview.is_example else None,
        ],
        className="block jobs-told",
        **attributes({"aria-label": "What this period says"}),
    )


def _link(words: str, href: str) -> html.A:
    return html.A(words, href=href, **attributes({"data-nav": "link"}))


def _told(sentence: Sentence, view: PageView) -> html.Li:
    """A sentence of the story; what it is about is a link."""
    before, title, after = sentence.text.partition(sentence.title) if sentence.title else (sentence.text, "", "")
    kind, _, name = sentence.about.partition(":")
    link = _link(title, link_to(view, kind, name)) if title else None
    return html.Li([html.B(f"{sentence.lead}: "), *(each for each in (before, link, after) if each)])


# ---- cards


def cards(values: Sequence[MetricValue], view: PageView) -> html.Div:
    """The metrics of jobs; each opens its detail."""
    return html.Div(
        [
            metric_card(
                value,
                href=query(view.with_metric(value.metric_name)),
                mark=band(value.details.get("band"), value.details.get("band_title") or ""),
                middle=_middle(value),
            )
            for value in values
        ],
        className="cards cards-four",
    )


def band(name: str | None, title: str) -> html.Span | None:
    """Dot and word of an opportunity band."""
    if not name:
        return None
    return html.Span([html.Span(className="dot"), title], className=f"served served-{name.replace('_', '-')}")


def _middle(value: MetricValue) -> Any:
    """What stands in place of the line of recent values where there is none."""
    details = value.details
    if value.metric_name == "opportunity_score" and details.get("outcome"):
        found = [(name, n) for name, n in (details.get("bands") or {}).items() if n]
        return html.Div(
            [html.Div(details["outcome"], className="jobs-largest"), _bands(found)], className="shares jobs-middle"
        )
    if value.metric_name == "outcome_achievement" and value.ok:
        met, of = details["counted"]
        bar = [
            html.Span(className=f"share share-{n}", style={"flexGrow": part})
            for n, part in ((0, met), (3, of - met))
            if part
        ]
        low, high = (each or 0.0 for each in details["interval"] or (None, None))
        words = f"{value.value:.0f} % of {count(of, 'measurement')}, {low:.0f} to {high:.0f} % with 95 % confidence"
        return html.Div([html.Div(bar, className="share-bar"), html.Div(words, className="counts")], className="shares")
    return None


BANDS = {
    "extreme": "Extreme",
    "strong": "Strong",
    "worth_considering": "Worth considering",
    "appropriate": "Appropriately served",
    "overserved": "Overserved",
}


def _bands(counts: Sequence[tuple[str, int]]) -> html.Div:
    ordered = sorted(counts, key=lambda each: list(BANDS).index(each[0]))
    bar = [
        html.Span(
            className=f"share served-fill-{name.replace('_', '-')}", style={"flexGrow": n}, title=f"{BANDS[name]}: {n}"
        )
        for name, n in ordered
    ]
    legend = [html.Span(f"{n} {BANDS[name].lower()}", className="jobs-band") for name, n in ordered]
    return html.Div([html.Div(bar, className="share-bar"), html.Div(legend, className="counts jobs-bands")])
