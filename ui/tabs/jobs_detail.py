"""The panel of the tab "Jobs": what a number, an outcome, a job or a painpoint is made of, with records and issues."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dash import html

from data.values import jobs_words as words_of
from data.values.amounts import amount, percent
from data.values.charts import Picked
from data.values.jobs import JobRow, OutcomeRow, Overview, PainpointRow
from data.values.metric_value import MetricValue
from data.values.numbers import Detail
from data.values.periods import Period
from data.values.problem import Problem
from data.values.status import Status
from ui import figures
from ui.attributes import attributes
from ui.components.downloads import KINDS as FILES
from ui.components.icon import icon
from ui.components.issue_table import columns, table_of
from ui.components.notice import notice
from ui.components.still import still
from ui.detail import figure_section, figures_section, steps_section, subject
from ui.tabs.jobs import band, link_to
from ui.tabs.jobs_tables import binding, changed, opportunity, reach, share, trend
from ui.url import PageView, query
from ui.words import count, number, span

RECORDS_OF_METRIC = {  # the kind of records that a metric is made of
    "job_completion_rate": "job",
    "outcome_achievement": "outcome",
    "opportunity_score": "satisfaction",
    "painpoint_resolution": "painpoint",
}
RECORDS = {  # kinds of records about something
    "job": ("job",),
    "outcome": ("outcome", "satisfaction", "time"),
    "painpoint": ("painpoint",),
    "": ("job", "outcome", "painpoint", "time", "satisfaction"),
}
_FORMULA = "importance + max(importance − satisfaction, 0)"


def part_of(view: PageView) -> tuple[str, str]:
    """What the panel is about: ("outcome", id), ("kind", kind of records) or ("", "") for everything."""
    kind, mark, name = view.pick.partition(":")
    return (kind, name) if mark and name else ("", "")


def metric_page(
    value: MetricValue, view: PageView, period: Period, status: Status, records: Sequence[Any], issues: Sequence[Any]
) -> html.Div:
    """The panel of one of the metrics of jobs."""
    before, details = period.previous(), value.details
    head = html.Div(
        [
            html.H2(details["title"], className="detail-title"),
            html.Div(
                f"{span(period.first, period.last)}, compared with {span(before.first, before.last)}",
                className="detail-when",
            ),
            html.P(details["definition"], className="detail-definition"),
            html.Div(_files("All numbers of jobs", "jobs", query(view), ("CSV", "JSON")), className="detail-downloads"),
        ],
        className="detail-head",
    )
    steps, exclusions = tuple(details.get("steps", ())), tuple(details.get("exclusions", {}).items())
    detail = Detail(value, details["title"], details["definition"], (), steps, exclusions)
    shown = (
        figures_section(detail, status)
        if value.ok
        else notice(Problem(value.error_message or "There is no number.", level="info"))
    )
    return _panel(
        [head, shown, _bands(value), steps_section(steps), _left_out(exclusions), _bars(value), *records, *issues], view
    )


def _left_out(counts: Sequence[tuple[str, int]]) -> html.Section | None:
    if not counts:
        return None
    rows = [html.Li(f"{n}: {why}") for why, n in counts]
    return html.Section(
        [html.H3("Left out", className="block-title"), html.Ul(rows, className="notes")], className="block"
    )


def _bands(value: MetricValue) -> html.Section | None:
    """The band and both formulas, where the number has them."""
    details = value.details
    facts: list[tuple[str, str | html.Span | None]] = []
    if details.get("outcome"):
        facts += [("Outcome", details["outcome"]), ("Band", band(details.get("band"), details.get("band_title") or ""))]
        facts += [("Clamped at 0", number(details.get("clamped"), 3)), ("Linear", number(details.get("linear"), 3))]
        facts.append(("Bands", words_of.BANDS_WORDS))
    if not facts:
        return None
    return html.Section([html.H3("Its band", className="block-title"), _facts(facts)], className="block")


def _bars(value: MetricValue) -> html.Section | None:
    bars = [(str(name), float(each)) for name, each in value.details.get("bars") or () if each is not None]
    if not bars:
        return None
    unit = "%" if value.unit == "percent" else ""
    rows = [(name, f"{number(each, 4)} {unit}".strip()) for name, each in bars]
    title = (
        "By painpoint"
        if value.metric_name == "painpoint_resolution"
        else "By job"
        if value.metric_name == "job_completion_rate"
        else "By outcome"
    )
    said = {"painpoint_resolution": "Eased by", "outcome_achievement": "Target met in"}.get(value.metric_name, "Value")
    return figure_section(title, figures.bars(bars, unit), ("", said), rows)


def point_page(
    picked: Picked, overview: Overview, view: PageView, period: Period, records: Sequence[Any], issues: Sequence[Any]
) -> html.Div:
    """The panel of an outcome, a job, a painpoint, a kind of records, or of everything."""
    kind, name = part_of(view)
    row = _row(overview, kind, name)
    title = row.title if row else RECORD_TITLES.get(name, picked.title) if kind == "kind" else picked.title
    ways = [*_files("These records", "job-records", query(view), ("CSV",))]
    ways += _files("These issues", "chart-issues", query(view), FILES) if picked.total else []
    track = None
    if kind in ("outcome", "job", "painpoint"):
        track = html.Button(
            [icon("plus"), "Track"],
            type="button",
            className="btn-quiet",
            **attributes({"data-track": kind, "data-about": name}),
        )
    head = html.Div(
        [
            html.H2(title, className="detail-title"),
            html.Div(f"{_what(kind)}{span(period.first, period.last)}", className="detail-when"),
            html.P(_sentence(row), className="detail-definition") if row and _sentence(row) else None,
            html.Div([*ways, track], className="detail-downloads"),
        ],
        className="detail-head",
    )
    return _panel([head, *_about(row, overview, view), *records, *issues], view)


RECORD_TITLES = {
    "job": "Jobs done",
    "outcome": "Measurements",
    "painpoint": "Painpoints before and after",
    "time": "Times to an outcome",
    "satisfaction": "Answers",
}


def _what(kind: str) -> str:
    return {"outcome": "Outcome, ", "job": "Job, ", "painpoint": "Painpoint, "}.get(kind, "")


def _sentence(row: Any) -> str:
    return getattr(row, "sentence", "")


def _row(overview: Overview, kind: str, name: str) -> OutcomeRow | JobRow | PainpointRow | None:
    rows: dict[str, Sequence[Any]] = {
        "outcome": overview.outcomes,
        "job": overview.jobs,
        "painpoint": overview.painpoints,
    }
    return next((each for each in rows.get(kind, ()) if getattr(each, f"{kind}_id") == name), None)


def _about(row: Any, overview: Overview, view: PageView) -> list[Any]:
    if isinstance(row, OutcomeRow):
        return _outcome(row, overview, view)
    if isinstance(row, JobRow):
        return _job(row, overview, view)
    if isinstance(row, PainpointRow):
        return [_painpoint(row, overview, view)]
    return []


def _outcome(row: OutcomeRow, overview: Overview, view: PageView) -> list[Any]:
    told, formula = row.opportunity, overview.formula
    facts = [
        ("Job", _link(row.job_title, link_to(view, "job", row.job_id)) if row.job_title else "none"),
        ("Target", words_of.target(row) if row.target is not None else "none in the specs"),
        ("Actual", words_of.actual(row)),
        ("Before", amount(row.previous_actual, row.unit)),
        ("Trend", trend(row)),
        *((("About the trend", why),) if (why := words_of.why_no_change(row)) else ()),
        ("Target met", reach(row.met, row.met_reason)),
        ("Measured by", _source(row, overview, view)),
        ("Opportunity", opportunity(told)),
    ]
    parts: list[Any] = [_section("In this period", _facts(facts))]
    steps = [each for each in (words_of.ratio(row),) if each]
    if told.importance is not None and told.satisfaction is not None and told.score is not None:
        words = _FORMULA if formula == "clamped" else "importance + (importance − satisfaction)"
        gap = told.importance - told.satisfaction
        middle = f"max({gap:.1f}, 0)" if formula == "clamped" else f"({gap:.1f})"
        steps += [
            _answered(row),
            f"Opportunity = {words} = {told.importance:.1f} + {middle} = {told.score:.1f} of 20.",
        ]
    return [*parts, steps_section(steps)]


def _answered(row: OutcomeRow) -> str:
    told = row.opportunity
    how = "the share who gave one of the two highest answers × 10" if told.method == "top2" else "ratings from 1 to 10"
    n = f"; satisfaction from {count(told.n, 'answer')}" if told.n is not None else "; both from the specs"
    return f"Importance {told.importance:.1f} and satisfaction {told.satisfaction:.1f} are {how}{n}."


def _source(row: OutcomeRow, overview: Overview, view: PageView) -> Any:
    if not row.binding:
        return f"records, {count(row.n, 'measurement')} in the period"
    return html.Span(["Jira: ", binding(row, overview, view), f", {count(row.n, 'issue')}" if row.n else ""])


def _job(row: JobRow, overview: Overview, view: PageView) -> list[Any]:
    work = next((each for each in overview.investment if each.job_id == row.job_id), None)
    facts = [
        ("Personas", ", ".join(row.personas) or "none named"),
        ("Completed", share(row)),
        ("Before", percent(row.previous_rate)),
        ("Failed, abandoned, open", f"{row.failed}, {row.abandoned}, {row.open}"),
        ("Takes (half of them)", words_of.takes(row)),
        ("From Jira", f"{row.from_jira} of {row.tracked}"),
        ("Targets met", reach(row.met, "not measured")),
    ]
    if work is not None:
        facts.append(("Work in the period", f"{words_of.work(work)}. {work.verdict}"))
    outcomes = [each for each in overview.outcomes if each.job_id == row.job_id]
    rows = [
        html.Tr(
            [
                html.Th(_link(each.title, link_to(view, "outcome", each.outcome_id)), scope="row"),
                html.Td(reach(each.met, each.met_reason)),
                html.Td(opportunity(each.opportunity)),
            ]
        )
        for each in outcomes
    ]
    table = html.Table(html.Tbody(rows), className="plain-table jobs-table jobs-few")
    return [_section("In this period", _facts(facts)), _section("Its outcomes", still(table)) if rows else None]


def _painpoint(row: PainpointRow, overview: Overview, view: PageView) -> html.Section:
    job = next((each.title for each in overview.jobs if each.job_id == row.job_id), "")
    facts = [
        ("Job", _link(job, link_to(view, "job", row.job_id)) if job else "none"),
        ("Severity in the specs", amount(row.severity)),
        ("Before", amount(row.before)),
        ("After", amount(row.after)),
        ("Effect", changed(words_of.effect(row), "")),
        *((("About the effect", why),) if (why := words_of.why_no_effect(row)) else ()),
        ("Records", f"{row.n}: {row.improved} eased, {row.unchanged} unchanged, {row.worse} worse"),
        ("Issues", words_of.issues_done(row.issues_done, row.issues)),
    ]
    return _section("In this period", _facts(facts))


def issues(picked: Picked, question: str, order: dict[str, str]) -> list[Any]:
    """The table of issues, or nothing where there are none."""
    if not picked.total:
        return []
    table = table_of(
        picked.total,
        [("all", f"All {picked.total:,}")],
        columns(picked.unit, picked.outcome_title),
        question,
        order,
    )
    title = f"{count(picked.issues, 'issue')} worked on or completed in the period"
    return [_section(title, *table)]


# ---- pieces


def _panel(parts: Sequence[Any], view: PageView) -> html.Div:
    kept = [each for each in parts if each is not None]
    return html.Div(kept, className="detail-page", **attributes({"data-detail-of": subject(view)}))


def _section(title: str, *parts: Any) -> html.Section:
    return html.Section([html.H3(title, className="block-title"), *parts], className="block")


def _facts(facts: Sequence[tuple[str, Any]]) -> html.Div:
    return still(html.Dl([part for name, told in facts for part in (html.Dt(name), html.Dd(told))], className="facts"))


def _link(words: str, href: str) -> html.A:
    return html.A(words, href=href, **attributes({"data-nav": "link"}))


def _files(what: str, name: str, own: str, kinds: Sequence[str]) -> list[Any]:
    links = [
        html.A(
            kind,
            href=f"/export/{name}.{kind.lower()}{own}",
            className="btn-quiet download-kind",
            download="",
            **attributes({"aria-label": f"{what} as {kind}"}),
        )
        for kind in kinds
    ]
    return [
        html.Div([html.Span([icon("download"), what], className="download-what"), *links], className="download-links")
    ]
