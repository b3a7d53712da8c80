"""Writes the report: every text that comes from Jira or from settings is escaped where it is put into the page."""

from __future__ import annotations

from datetime import datetime
from html import escape

from data.exports.html.picture import line
from data.exports.html.style import CSS
from data.values.metric_value import MetricValue
from data.values.overview import Ageing, Caveat, Change, Overview, Report
from data.values.periods import zone_named

_ARROWS = {"up": "↑", "down": "↓", "flat": "→"}
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


def page(report: Report) -> str:
    """One HTML file: no script, no picture, font or style from elsewhere."""
    title = f"{report.site}, {report.period}"
    body = "\n".join(
        (
            _head(report),
            _numbers(report.values),
            _changes(report.overview),
            _ageing(report.overview),
            _caveats(report.overview.caveats),
            _definitions(report),
        )
    )
    made = (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{escape(_POLICY)}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)} – Throughline</title>\n<style>{CSS}</style>\n</head>\n<body>\n{body}\n</body>\n</html>\n"
    )
    return made.encode("utf-8", "replace").decode("utf-8")  # half characters cannot be written to a file


def moment(instant: str | None, zone: str) -> str:
    """16 Nov 2026, 14:05; "never" for none.

    >>> moment("2026-11-16T13:05:00.000Z", "Europe/Berlin"), moment(None, "UTC")
    ('16 Nov 2026, 14:05', 'never')
    """
    if not instant:
        return "never"
    local = datetime.fromisoformat(instant).astimezone(zone_named(zone))
    return f"{local.day} {local:%b %Y, %H:%M}"


def _head(report: Report) -> str:
    facts = [
        ("Site", report.site),
        ("Query", report.jql or "all issues"),
        ("Period", f"{report.period}, compared with {report.compared}"),
        ("Time zone", report.zone),
        ("Filters", "; ".join(f"{what}: {names}" for what, names in report.filters) or "none: all issues of the query"),
        ("Data as of", f"{moment(report.synced_at, report.zone)}, {report.issues:,} issues"),
        ("Written", moment(report.made_at, report.zone)),
    ]
    rows = "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in facts)
    sample = '<p class="warn">Sample data: made-up projects.</p>' if report.is_sample else ""
    return f"<header><h1>Delivery and flow, {escape(report.period)}</h1>{sample}<dl>{rows}</dl></header>"


# ── the numbers


def _numbers(values: tuple[MetricValue, ...]) -> str:
    rows = "".join(_number(each) for each in values)
    head = (
        '<tr><th scope="col">Number</th><th scope="col">Value</th><th scope="col">Tier</th><th scope="col">Change</th>'
        '<th scope="col" class="spark">Course</th><th scope="col" class="num">Used</th>'
        '<th scope="col" class="num">Left out</th></tr>'
    )
    return f'<h2>The numbers</h2><table class="numbers"><thead>{head}</thead>{rows}</table>'


def _number(value: MetricValue) -> str:
    details = value.details
    title = str(details.get("title") or value.metric_name)
    if value.ok:
        shown = f"{escape(str(details.get('display_value')))} <small>{escape(_unit(value))}</small>"
        course = line(details.get("sparkline") or (), escape(f"{title}, its course up to now"))
        notes = [*details.get("notes", ()), *(["Fewer than 5 used."] if details.get("low_confidence") else [])]
    else:
        shown, course, notes = "–", "", [value.error_message or ""]
    reasons = ", ".join(f"{why} {n:,}" for why, n in (details.get("exclusions") or {}).items())
    below = [str(details.get("definition") or ""), *(str(each) for each in notes)]
    if reasons:
        below.append(f"Left out: {reasons}.")
    small = " ".join(escape(each) if each.endswith(".") else f"{escape(each)}." for each in below if each)
    used = details.get("used", value.total_issue_count - value.excluded_issue_count)
    return (
        f'<tbody><tr><th scope="row">{escape(title)}</th><td class="value">{shown}{_shares(value)}</td>'
        f'<td>{_tier(value)}</td><td>{_change(value)}</td><td class="spark">{course}</td>'
        f'<td class="num" data-is="Used">{used:,}</td>'
        f'<td class="num" data-is="Left out">{value.excluded_issue_count:,}</td></tr>'
        f'<tr><td colspan="7" class="muted said">{small}</td></tr></tbody>'
    )


def _tier(value: MetricValue) -> str:
    name = value.performance_tier
    if not name:
        return ""
    year = (value.details.get("benchmarks") or {}).get("year")
    said = f'<p class="muted">DORA {escape(str(year))}</p>' if year else ""
    return f'<span class="tier tier-{escape(name.lower())}">{escape(name)}</span>{said}'


def _unit(value: MetricValue) -> str:
    unit = str(value.details.get("display_unit") or "")
    return f"{unit} Feature" if value.details.get("distribution") else unit


def _shares(value: MetricValue) -> str:
    shares = value.details.get("distribution") or {}
    said = ", ".join(f"{str(name).replace('_', ' ').lower()} {share:.1f} %" for name, share in shares.items())
    return f'<p class="muted">{escape(said)}</p>' if said else ""


def _change(value: MetricValue) -> str:
    details = value.details
    arrow = _ARROWS.get(details.get("trend_direction") or "")
    if not value.ok or not arrow:
        return ""
    percentage, verdict = details.get("trend_percentage"), details.get("trend_verdict")
    size = f" {abs(percentage):,.0f} %" if percentage is not None and arrow != "→" else ""
    if size and (points := details.get("trend_points")):
        size = f" {abs(points):.2g} points,{size}"
    words = verdict or {"↑": "higher", "↓": "lower", "→": "unchanged"}[arrow]
    kind = f' class="{verdict}"' if verdict in ("better", "worse") else ""
    before = details.get("previous_value")
    unit = "%" if value.unit == "percent" else value.unit
    was = f'<p class="muted">before: {escape(_bare(before))} {escape(unit)}</p>' if before is not None else ""
    return f"<span{kind}>{arrow}{size} {escape(words)}</span>{was}"


def _bare(number: float) -> str:
    """Three significant digits, never with an exponent."""
    return f"{number:,.0f}" if abs(number) >= 100 else f"{number:.3g}"


# ── what is to be said


def _changes(found: Overview) -> str:
    entries = "".join(_changed(each) for each in found.changes)
    return f"<h2>What changed</h2><p>{escape(found.changes_words)}</p><ul>{entries}</ul>"


def _changed(change: Change) -> str:
    picture = line(
        change.weeks,
        escape(f"{change.title}, weekly, with mean and natural limits"),
        (change.lower, change.mean, change.upper),
        before=change.before,
        marked=change.marked,
    )
    verdict = f' <span class="{change.verdict}">{change.verdict}</span>' if change.verdict else ""
    return (
        f'<li class="entry"><div><p><strong>{escape(change.title)}</strong>{verdict}</p><p>{escape(change.sentence)}</p>'
        f'<p class="muted">{escape(change.basis)} Rule: {escape(change.rule)}.</p><p>{escape(change.todo)}</p></div>{picture}</li>'
    )


def _ageing(found: Overview) -> str:
    rows = "".join(_aged(each) for each in found.ageing)
    table = (
        '<div class="wide"><table><thead><tr><th scope="col">Item</th><th scope="col">Status</th><th scope="col">Who</th>'
        '<th scope="col" class="num">Age, days</th><th scope="col">Compared with</th></tr></thead>'
        f"<tbody>{rows}</tbody></table></div>"
        if rows
        else ""
    )
    more = found.over - len(found.ageing)
    rest = f'<p class="muted">and {more:,} more.</p>' if more > 0 else ""
    return f"<h2>Ageing dangerously</h2><p>{escape(found.ageing_words)}</p>{table}{rest}"


def _aged(item: Ageing) -> str:
    key = f'<a href="{escape(item.url)}">{escape(item.key)}</a>' if item.url else escape(item.key)
    return (
        f'<tr><td>{key} {escape(item.summary)}<p class="muted">{escape(item.type)}</p></td><td>{escape(item.status)}</td>'
        f'<td>{escape(item.assignee) or "nobody"}</td><td class="num">{item.age:,.0f}</td>'
        f"<td>{escape(item.compared)}</td></tr>"
    )


def _caveats(found: tuple[Caveat, ...]) -> str:
    if not found:
        return "<h2>Before you trust these numbers</h2><p>Nothing was found that makes these numbers doubtful.</p>"
    entries = "".join(
        f'<li><p><strong>{escape(each.title)}.</strong> {escape(each.sentence)}</p><p class="muted">{escape(each.todo)}</p></li>'
        for each in found
    )
    return f"<h2>Before you trust these numbers</h2><ul>{entries}</ul>"


def _definitions(report: Report) -> str:
    rows = "".join(
        f"<dt>{escape(title)}</dt><dd>{escape(value)}{' <strong>(chosen for this view)</strong>' if chosen else ''}</dd>"
        for title, value, chosen in report.definitions
    )
    link = f'<p class="muted">This view in Throughline: <code>{escape(report.link)}</code></p>' if report.link else ""
    return f"<h2>Definitions in force</h2><dl>{rows}</dl>{link}"
