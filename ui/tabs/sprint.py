"""One sprint: what was committed, added, removed, completed and spilled over, why its score is what it is, its
issues.
"""

from __future__ import annotations

from typing import Any

from dash import html

from data.values.problem import Problem
from data.values.sprints import IssueList, OneSprint, Part, SprintIssue, SprintRow
from ui.attributes import attributes
from ui.components.icon import icon
from ui.components.issue_links import issue_links
from ui.components.notice import notice
from ui.components.still import still
from ui.tabs.sprints import amount, link_to, percent, score
from ui.url import PageView
from ui.words import count, moment, number

_FEW = 12  # issues in a list that opens by itself
_SUMS = (
    ("Committed", "committed"),
    ("Added", "added"),
    ("Removed", "removed"),
    ("Completed", "completed"),
    ("Spilled over", "spilled"),
)


def sprint_page(sprint: OneSprint, view: PageView, zone: str) -> html.Div:
    """Figures first, then the score with its parts, then the issues."""
    row = sprint.row
    parts: list[Any] = [_head(sprint, view, zone)]
    if row.problem:
        parts.append(notice(Problem(f"{row.problem}.", todo=_todo(row))))
    if row.committed is not None:
        parts += [_figures(sprint), _score(row)]
    parts += [_list(each, sprint.unit, view) for each in sprint.lists]
    return html.Div([each for each in parts if each is not None], className="sprints-page one-sprint")


def _todo(row: SprintRow) -> str:
    if row.committed is None:
        return "Nothing can be counted without it; correct the sprint in Jira, then sync."
    return "Its numbers may be too low, so they are in no average. A wider query would hold it completely."


def _head(sprint: OneSprint, view: PageView, zone: str) -> html.Div:
    row = sprint.row
    steps = [
        html.A(
            [icon(picture), html.Span(words, className="visually-hidden")],
            href=link_to(view, sprint.board.id, step[0]),
            className="btn-quiet sprint-step",
            title=f"{words}: {step[1]}",
            **attributes({"data-nav": "in"}),
        )
        for step, picture, words in (
            (sprint.before, "chevron-left", "The sprint before"),
            (sprint.after, "chevron-right", "The sprint after"),
        )
        if step
    ]
    return html.Div(
        [
            html.A(
                [icon("arrow-left"), sprint.board.name],
                href=link_to(view, sprint.board.id),
                className="btn-quiet",
                **attributes({"data-nav": "in"}),
            ),
            html.Div(
                [html.H3(row.name, className="detail-title"), html.Div(_when(row, zone), className="detail-when")],
                className="sprint-title",
            ),
            html.Div(steps, className="sprint-steps"),
        ],
        className="sprints-head",
    )


def _when(row: SprintRow, zone: str) -> str:
    start = moment(row.start, zone)
    if row.state == "future":
        return f"Not started; planned from {start}" if start else "Not started"
    if row.state == "active":
        ends = moment(row.ends, zone)
        return f"Active since {start or 'an unknown day'}{f', planned until {ends}' if ends else ''}; numbers so far"
    return f"{start or '?'} – {moment(row.close, zone) or '?'}, closed"


# ── figures


def _figures(sprint: OneSprint) -> html.Section:
    row = sprint.row
    return html.Section(
        [
            html.Div(
                [_figure(title, getattr(row, name), row.issues[name], sprint.unit) for title, name in _SUMS],
                className="sprint-figures",
            ),
            html.P(_reading(sprint), className="sprints-reading"),
            html.Ul([html.Li(each) for each in (*row.notes, *_left_out(row))], className="notes")
            if row.notes or row.left_out
            else None,
        ],
        className="block",
    )


def _figure(title: str, value: float | None, issues: int, unit: str) -> html.Div:
    return html.Div(
        [
            html.Div(title, className="card-heading"),
            html.Div(
                [html.Span(amount(value), className="num"), html.Span(unit, className="unit")],
                className="value",
            ),
            html.Div(count(issues, "issue"), className="counts") if unit == "points" else None,
        ],
        className="sprint-figure",
    )


def _reading(sprint: OneSprint) -> str:
    row, unit = sprint.row, sprint.unit
    if row.state == "future":
        return f"{amount(row.committed)} {unit} are planned so far. What is in it when it starts counts as committed."
    if not row.committed:
        return (
            f"Nothing was committed at its start, so there are no shares; {amount(row.completed)} {unit} were "
            "completed."
        )
    done = f"{amount(row.completed)} {unit} were completed against {amount(row.committed)} committed"
    if row.state != "closed":
        return f"So far {done}; what was added and removed after the start is {percent(row.churn)} of that."
    return (
        f"{done} ({percent(row.accuracy)} off the plan). {percent(row.spillover)} of what was committed spilled over; "
        f"what was added and removed after the start is {percent(row.churn)} of it."
    )


def _left_out(row: SprintRow) -> list[str]:
    return [f"{count(n, 'issue')} left out: {why}." for why, n in row.left_out]


# ── score


def _score(row: SprintRow) -> html.Section:
    if row.score is None:
        body: list[Any] = [html.P(f"No score: {row.no_score[:1].lower()}{row.no_score[1:]}")]
        if row.state != "closed":
            body = [html.P("There is a score once it is closed: it compares closed sprints of the board.")]
    else:
        body = [
            html.Div([html.Span(score(row.score), className="num")], className="value"),
            html.P(_why(row), className="sprints-reading"),
        ]
    return html.Section(
        [html.H3("Problematic score", className="block-title"), *body, _parts(row) if row.state == "closed" else None],
        className="block",
    )


def _why(row: SprintRow) -> str:
    """What made the score, in words."""
    adds = sorted(((each.adds or 0.0, each) for each in row.parts if each.weight), key=lambda pair: -abs(pair[0]))
    if not adds or max(abs(each) for each, _ in adds) < 0.005:
        return "As usual for this board: every part is at its mean."
    value = row.score or 0.0
    verdict = (
        "Worse than usual for this board"
        if value >= 0.1
        else "Better than usual for this board"
        if value <= -0.1
        else "About as usual for this board"
    )
    strongest = [each for _, each in adds[:2] if abs(each.adds or 0.0) >= 0.05]
    told = [f"{each.title.lower()} was {_against(each)} ({score(each.adds)})" for each in strongest]
    return f"{verdict}{': ' if told else ''}{' and '.join(told)}."


def _against(part: Part) -> str:
    more = "above" if (part.z or 0.0) > 0 else "below"
    return (
        f"{_value(part, part.value)}, {abs(part.z or 0.0):.1f} standard deviations {more} the mean of "
        f"{_value(part, part.mean)}"
    )


def _value(part: Part, value: float | None) -> str:
    if value is None:
        return "–"
    if part.unit == "share":
        return percent(value)
    return f"{number(round(value, 1))} {'h' if part.unit == 'hours' else ''}".strip()


def _parts(row: SprintRow) -> html.Div:
    heads = ("This sprint", "Mean of the board", "Standard deviation", "z-score", "Weight", "Adds")
    return html.Div(
        still(
            html.Table(
                [
                    html.Thead(
                        html.Tr(
                            [
                                html.Th("Part", scope="col"),
                                *(html.Th(each, scope="col", className="right") for each in heads),
                            ]
                        )
                    ),
                    html.Tbody([_part(each) for each in row.parts]),
                ],
                className="plain-table sprint-parts",
            )
        ),
        className="sprint-scroll",
        tabIndex="0",
        role="region",
        **attributes({"aria-label": "Parts of the score"}),
    )


def _part(part: Part) -> html.Tr:
    cells = (
        _value(part, part.value),
        _value(part, part.mean),
        _value(part, part.sd),
        score(part.z),
        f"{100 * part.weight:g} %",
        score(part.adds),
    )
    return html.Tr([html.Th(part.title, scope="row"), *(html.Td(cell, className="right") for cell in cells)])


# ── issues


def _list(listed: IssueList, unit: str, view: PageView) -> html.Section:
    points = unit == "points" and listed.name != "left_out"
    noted = any(issue.note for issue in listed.issues)
    heads = [name for name in _HEADS if (name != "Points" or points) and (name != "Note" or noted)]
    about = (
        f"{amount(listed.amount)} points · {count(listed.total, 'issue')}" if points else count(listed.total, "issue")
    )
    more = listed.total - len(listed.issues)
    return html.Section(
        html.Details(
            [
                html.Summary(
                    [
                        html.Span(listed.title, className="sprint-list-title"),
                        html.Span(about, className="sprint-list-about"),
                    ]
                ),
                html.P(listed.help, className="muted sprint-list-help"),
                html.Div(
                    still(
                        html.Table(
                            [
                                html.Thead(html.Tr([_heading(head) for head in heads])),
                                html.Tbody([_issue(issue, points, noted, view) for issue in listed.issues]),
                            ],
                            className="plain-table sprint-issues",
                        )
                    ),
                    className="sprint-scroll",
                    tabIndex="0",
                    role="region",
                    **attributes({"aria-label": f"Issues: {listed.title.lower()}"}),
                ),
                html.P(f"{more:,} more are not shown.", className="muted") if more else None,
            ],
            open=listed.total <= _FEW,
            className="sprint-list",
        ),
        className="block",
    )


_HEADS = {
    "Key": "sprint-key",
    "Summary": "",
    "Type": "sprint-type",
    "Status now": "sprint-status",
    "Points": "sprint-points right",
    "Note": "sprint-note",
}


def _heading(words: str) -> html.Th:
    return html.Th(words, scope="col", className=_HEADS[words])


def _issue(issue: SprintIssue, points: bool, noted: bool, view: PageView) -> html.Tr:
    cells = [
        html.Td(issue_links(issue.key, issue.url, view)),
        html.Td(issue.summary),
        html.Td(issue.type),
        html.Td(issue.status),
    ]
    if points:
        cells.append(html.Td(amount(issue.amount), className="right"))
    if noted:
        cells.append(html.Td(issue.note))
    return html.Tr(cells)
