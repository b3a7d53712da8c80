"""The tab "Sprints": a board's sprints with their numbers, the last of them summed up, and how the score comes
about.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from dash import html

from data.values.problem import Problem
from data.values.sprints import BoardChoice, SprintRow, Sprints, Summary
from ui.attributes import attributes, current
from ui.components.icon import icon
from ui.components.menu import menu
from ui.components.notice import notice
from ui.components.still import still
from ui.url import PageView, query
from ui.words import count, moment, number

BOARD, SPRINT = "board", "sprint"
_STATES = {"future": "Not started", "active": "Active", "closed": ""}
_WORTH_SAYING = 1.0  # standard deviations


def skeleton() -> html.Div:
    """The place of the tab before it is known."""
    lines = [html.Div(className=f"sk {each}") for each in ("sk-title", "sk-line", "sk-line", "sk-chart")]
    return html.Div([html.Div(lines, className="block"), html.Div(lines, className="block")], className="sprints-page")


def sprints_problem(problem: Problem, request_id: str = "") -> html.Div:
    """When the tab could not be filled."""
    return html.Div(notice(problem, request_id=request_id), className="sprints-page")


def sprints_page(sprints: Sprints, view: PageView) -> html.Div:
    """Board and summary; charts and the table stand below."""
    if sprints.board is None:
        return sprints_problem(sprints.problem or Problem("There are no boards in this data."))
    parts: list[Any] = [_head(sprints, view), *(notice(Problem(each, level="info")) for each in sprints.notes)]
    if sprints.problem is not None:
        parts.append(notice(sprints.problem))
    else:
        parts.append(_summary(sprints))
    return html.Div([each for each in parts if each is not None], className="sprints-page")


def sprints_table(sprints: Sprints, view: PageView, zone: str) -> html.Div | None:
    """Every sprint of the board, and how the score is made."""
    if sprints.board is None or sprints.problem is not None:
        return None
    return html.Div([_table(sprints, view, zone), _explained(sprints)], className="sprints-page sprints-below")


def link_to(view: PageView, board: str, sprint: str | None = None) -> str:
    """The address of a board, or of one of its sprints, with the filters of the view."""
    own = ((BOARD, board), *(((SPRINT, sprint),) if sprint else ()))
    return query(replace(view, own=own).with_metric(None)) or "?"


def amount(value: float | None, signed: bool = False) -> str:
    """12, 12.5, +3; a dash for none."""
    if value is None:
        return "–"
    return f"+{number(value)}" if signed and value > 0 else number(value)


def percent(share: float | None) -> str:
    """0.254 as 25 %; a dash for none."""
    if share is None:
        return "–"
    return f"{100 * share:,.0f} %" if abs(share) >= 0.0995 or share == 0 else f"{100 * share:.1f} %"


def score(value: float | None) -> str:
    """+0.42, −1.10, 0.00: with a real minus sign; a dash for none."""
    if value is None:
        return "–"
    words = f"{value:+.2f}"
    return "0.00" if words in ("+0.00", "-0.00") else words.replace("-", "−")


# ── head and summary


def _head(sprints: Sprints, view: PageView) -> html.Div:
    assert sprints.board is not None  # noqa: S101 - sprints_page says so first
    return html.Div(
        [
            _chooser(sprints.boards, sprints.board, view),
            html.Span(
                [count(sprints.total, "sprint"), f" · in {sprints.unit}"] if sprints.total else "",
                className="sprints-about",
            ),
            _downloads(view, sprints.board) if sprints.total else None,
        ],
        className="sprints-head",
    )


def _chooser(boards: Sequence[BoardChoice], chosen: BoardChoice, view: PageView) -> html.Div:
    rows = [
        html.A(
            [
                html.Span(each.name, className="option-name"),
                html.Span(_about(each), className="option-count"),
            ],
            href=link_to(view, each.id),
            className="option board-option",
            **attributes({"data-nav": "in"}),
            **current(each.id == chosen.id),
        )
        for each in boards
    ]
    label = [icon("list-ul"), html.Span(chosen.name, className="board-name")]
    return menu(
        label, html.Div(rows, className="options"), name="board", words="Choose a board", button={"title": "Board"}
    )


def _about(board: BoardChoice) -> str:
    words = [count(board.sprints, "sprint")] if board.sprints or not board.note else []
    return " · ".join([*words, *([board.note] if board.note else [])])


def _downloads(view: PageView, board: BoardChoice) -> html.Div:
    own = link_to(view, board.id)
    return html.Div(
        [
            html.Span([icon("download"), "This board"], className="download-what"),
            *(
                html.A(
                    kind,
                    href=f"/export/sprints.{kind.lower()}{own}",
                    className="btn-quiet download-kind",
                    download="",
                    **attributes({"aria-label": f"The sprints of this board as {kind}"}),
                )
                for kind in ("CSV", "XLSX")
            ),
        ],
        className="download-links",
    )


def _summary(sprints: Sprints) -> html.Section:
    made = sprints.summary
    if made is None:
        words = "No sprint of this board has been closed yet (in the data), so there is no velocity."
        return html.Section([html.H3("Velocity", className="block-title"), html.P(words)], className="block")
    last = "last closed sprint" if made.sprints == 1 else f"last {made.sprints} closed sprints"
    board = sprints.board.name if sprints.board else ""
    few = " Fewer than 3 sprints say little." if made.sprints < 3 else ""
    return html.Section(
        [
            html.H3(f"The {last} of {board}", className="block-title"),
            html.Div([_figure(*each) for each in _figures(made, sprints.unit)], className="sprint-figures"),
            html.P(_velocity_words(made, sprints.unit) + few, className="sprints-reading"),
        ],
        className="block",
    )


def _figures(summary: Summary, unit: str) -> list[tuple[str, str, str]]:
    spread = f"{amount(summary.low)} – {amount(summary.high)}"
    return [
        ("Velocity", f"{number(round(summary.mean, 1))}", f"{unit} a sprint · {spread}"),
        ("Spilled over", percent(summary.spillover), "of what was committed was not done at the close"),
        ("Scope change", percent(summary.churn), "of what was committed was added or removed"),
        ("Distance from the plan", percent(summary.accuracy), "between committed and completed, either way"),
    ]


def _figure(title: str, value: str, words: str) -> html.Div:
    shown, _, unit = value.partition(" ")
    return html.Div(
        [
            html.Div(title, className="card-heading"),
            html.Div(
                [html.Span(shown, className="num"), html.Span(unit, className="unit") if unit else None],
                className="value",
            ),
            html.Div(words, className="counts"),
        ],
        className="sprint-figure",
    )


def _velocity_words(summary: Summary, unit: str) -> str:
    spots = dict(summary.percentiles)
    return (
        f"Of all {count(summary.all_sprints, 'closed sprint')} in the data, half completed "
        f"{amount(_short(spots[50]))} {unit} or more; "
        f"seven in ten completed between {amount(_short(spots[15]))} and {amount(_short(spots[85]))} {unit}."
        if summary.all_sprints >= 3
        else f"{count(summary.all_sprints, 'closed sprint')} so far."
    )


def _short(value: float) -> float:
    return round(value, 1)


# ── table

_COLUMNS = (
    ("Committed", "In the sprint at its start, not done before", "committed"),
    ("Completed", "Became done while in the sprint (or as the definitions say)", "completed"),
    ("Added", "Came in after the start and stayed", "added"),
    ("Removed", "Committed, and taken out before the close", "removed"),
    ("Spilled over", "Committed and neither done nor discarded at the close", "spilled"),
)
_LISTED = (  # in issues; shown where a sprint has some
    ("Elsewhere", "Issues completed outside of the sprint: in no sum", "outside"),
    ("Discarded", "Issues neither completed nor spilled over", "discarded"),
)
_SHARES = (
    ("Spilled over, %", "Spilled over ÷ committed", "spillover"),
    ("Scope change, %", "Added and removed ÷ committed", "churn"),
    ("Distance, %", "Distance from the plan: difference of completed and committed ÷ committed", "accuracy"),
)


def _table(sprints: Sprints, view: PageView, zone: str) -> html.Section:
    assert sprints.board is not None  # noqa: S101 - sprints_page says so first
    listed = tuple(each for each in _LISTED if any(row.issues.get(each[2]) for row in sprints.rows))
    heads = [
        html.Th("Sprint", scope="col"),
        html.Th("From – to", scope="col", className="sprint-dates-beside"),
        *(
            html.Th(title, scope="col", className="right", title=words)
            for title, words, _ in (
                *_COLUMNS,
                *listed,
                *_SHARES,
                ("Score", "Sum of weight × z-score; 0 is as usual", ""),
            )
        ),
    ]
    keys = tuple(key for _, _, key in listed)
    rows = [_row(each, link_to(view, sprints.board.id, each.id), zone, keys) for each in sprints.rows]
    more = sprints.total - len(sprints.rows)
    return html.Section(
        [
            html.H3("Sprints", className="block-title"),
            html.Div(
                still(html.Table([html.Thead(html.Tr(heads)), html.Tbody(rows)], className="plain-table sprint-table")),
                className="sprint-scroll",
                tabIndex="0",
                role="region",
                **attributes({"aria-label": "Sprints of this board"}),
            ),
            html.P(_MORE_DONE, className="muted sprint-footnote") if any(map(_more_done, sprints.rows)) else None,
            html.P(f"{more:,} older ones are in the file.", className="muted") if more > 0 else None,
        ],
        className="block",
    )


_MORE_DONE = (
    "Where more was completed than committed and added, estimates grew after the start, or the definitions count "
    "what was "
    "done before it. Open the sprint to see which."
)


def _more_done(row: SprintRow) -> bool:
    amounts = (row.completed, row.committed, row.added)
    return None not in amounts and (row.completed or 0) > (row.committed or 0) + (row.added or 0) + 1e-9


def _row(row: SprintRow, href: str, zone: str, listed: tuple[str, ...]) -> html.Tr:
    state = _STATES.get(row.state, row.state)
    name = [
        html.A(row.name, href=href, className="sprint-name", **attributes({"data-nav": "in"})),
        html.Span(state, className=f"sprint-state sprint-{row.state}") if state else None,
        html.Span(_caveat(row), className="sprint-state", title=f"{row.problem}.") if row.problem else None,
        html.Span(_dates(row, zone), className="sprint-dates sprint-dates-below"),
    ]
    # Of a sprint that has not started only what is planned is known.
    known = ("committed",) if row.state == "future" else tuple(key for _, _, key in _COLUMNS)
    cells = [html.Td(amount(getattr(row, key) if key in known else None), className="right") for _, _, key in _COLUMNS]
    counted = row.committed is not None and row.state != "future"
    cells += [html.Td(f"{row.issues.get(key, 0):,}" if counted else "–", className="right") for key in listed]
    cells += [html.Td(percent(getattr(row, key)), className="right") for _, _, key in _SHARES]
    loud = " sprint-loud" if row.score is not None and row.score >= _WORTH_SAYING else ""
    return html.Tr(
        [
            html.Th(name, scope="row"),
            html.Td(_dates(row, zone), className="sprint-dates sprint-dates-beside"),
            *cells,
            html.Td(score(row.score), className=f"right{loud}", title=row.no_score or None),
        ]
    )


def _caveat(row: SprintRow) -> str:
    return "No numbers" if row.committed is None else "Not complete"


def _dates(row: SprintRow, zone: str) -> str:
    start, end = (moment(at, zone).partition(",")[0] for at in (row.start, row.close or row.ends))
    if not start and not end:
        return "no dates yet" if row.state == "future" else "–"
    if start and end and start[-4:] == end[-4:]:
        start = start[:-5]
    return f"{start or '?'} – {end or '?'}"


# ── explanation


def _explained(sprints: Sprints) -> html.Section:
    parts = [f"{title} {100 * weight:g} %" for title, weight in sprints.weights if weight]
    return html.Section(
        [
            html.H3("How to read the score", className="block-title"),
            html.P(
                "It says how unusual a sprint was for its board: 0 is as usual, +1 about one standard deviation "
                "worse, below 0 "
                "better than usual. Open a sprint to see what made it so."
            ),
            html.P(
                [
                    "It is the sum of weight × z-score over ",
                    html.Span(", ".join(parts).lower()),
                    ". A z-score is the distance from the mean of the board’s closed sprints, in standard "
                    "deviations of the "
                    "sample; where all sprints are alike it is 0. With fewer than 3 closed sprints, or where "
                    "nothing was "
                    "committed, there is no score. The weights are definitions (sprint weights) and can be changed.",
                ],
                className="muted",
            ),
            html.P(
                "A sprint belongs to the board on which it was made. The period does not apply here: sprints are "
                "compared with the sprints before them. The catalogue counts the sprints of all boards that closed in "
                "the period, so its shares and sums differ from those of the last sprints of one board.",
                className="muted",
            ),
        ],
        className="block sprints-explained",
    )
