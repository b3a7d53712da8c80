"""The tab "Jobs": what people want to get done, which of it is underserved, whether the work goes there and helps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from dash import html

from data.values.charts import ChartPlace
from data.values.families import FAMILIES, JOBS
from data.values.jobs import InvestmentRow, JobChoices, OutcomeRow, Overview
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
UNDERSERVED = ("extreme", "strong", "worth_considering")
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
    lines = [
        each for each in (_need(overview, view), _work(overview, view), _progress(overview, view)) if each is not None
    ]
    example = html.P(
        "These are the example jobs of the sample site, a shop. Your own take their place when Jira is connected.",
        className="jobs-example-words",
    )
    return html.Section(
        [
            html.Ul([html.Li(each) for each in lines], className="jobs-story") if lines else None,
            example if overview.is_example else None,
        ],
        className="block jobs-told",
        **attributes({"aria-label": "What this period says"}),
    )


def _link(words: str, href: str) -> html.A:
    return html.A(words, href=href, **attributes({"data-nav": "link"}))


def _need(overview: Overview, view: PageView) -> list[Any] | None:
    under = [each for each in overview.outcomes if each.opportunity.band in UNDERSERVED]
    scored = [each for each in overview.outcomes if each.opportunity.band is not None]
    if not scored:
        return None
    if not under:
        return [html.B("Nobody is underserved: "), f"all {len(scored)} outcomes with enough answers are served."]
    best = max(under, key=lambda each: each.opportunity.score or 0)
    told = best.opportunity
    return [
        html.B("Most underserved: "),
        _link(best.title, link_to(view, "outcome", best.outcome_id)),
        f" ({best.job_title}): opportunity {told.score:.1f} of 20, {told.band_title.lower()}"
        if best.job_title
        else f": opportunity {told.score:.1f} of 20, {told.band_title.lower()}",
        f". {len(under)} of {len(scored)} outcomes are underserved." if len(under) > 1 else ".",
    ]


def _work(overview: Overview, view: PageView) -> list[Any] | None:
    rows = [each for each in overview.investment if each.job_id]
    short = [each for each in rows if (each.gap or 0) <= -0.05 and each.band in UNDERSERVED]
    rest = next((each for each in overview.investment if not each.job_id), None)
    if not any(each.items for each in overview.investment):
        return None
    said: list[Any] = [html.B("The work: ")]
    if short:
        worst = min(short, key=lambda each: each.gap or 0)
        said += [
            _link(worst.title, link_to(view, "job", worst.job_id)),
            (
                f" has {_share(worst.opportunity_share)} of the opportunity and got {_share(_of_jobs(worst))} of the "
                "items that name a job. "
            ),
        ]
    else:
        said.append("it goes about where people are underserved. ")
    if rest is not None and rest.items_share:
        said.append(f"{_share(rest.items_share)} of all completed items name no job.")
    return said


def _of_jobs(row: InvestmentRow) -> float:
    return max((row.gap or 0) + (row.opportunity_share or 0), 0.0)


def _share(value: float | None) -> str:
    return "–" if value is None else f"{100 * value:.0f} %"


def _progress(overview: Overview, view: PageView) -> list[Any] | None:
    moved = [each for each in overview.outcomes if each.trend_verdict in ("better", "worse")]
    if not moved:
        return None
    better, worse = (sum(each.trend_verdict == word for each in moved) for word in ("better", "worse"))
    said: list[Any] = [
        html.B("Did it help: "),
        f"{count(better, 'outcome')} got better and {worse} worse than in the period before",
    ]
    bound = next((each for each in _by_change(moved) if each.source == "jira"), None)
    if bound is not None:
        said += [
            "; ",
            _link(bound.title, link_to(view, "outcome", bound.outcome_id)),
            f", which Jira measures, got {bound.trend_verdict}",
        ]
    return [*said, "."]


def _by_change(rows: Sequence[OutcomeRow]) -> list[OutcomeRow]:
    return sorted(rows, key=lambda each: -abs(each.trend_percentage or 0))


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
        used, reached = details.get("used", 0), details.get("reached", 0)
        bar = [
            html.Span(className=f"share share-{n}", style={"flexGrow": part})
            for n, part in ((0, reached), (3, used - reached))
            if part
        ]
        words = f"{reached} of {count(used, 'outcome')} reached {'its' if used == 1 else 'their'} target"
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
