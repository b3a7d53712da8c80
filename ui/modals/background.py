"""The panel "Background tasks": what runs behind the page and has run, files to download, and a new export."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import dash_bootstrap_components as dbc
from dash import dcc, html

from data.values.background import BackgroundTask, TaskState
from data.values.csv_style import PLAIN, STYLES
from data.values.exports import CONTENTS, EVERY, FORMATS, ExportFile
from data.values.problem import Problem
from ui import ids
from ui.attributes import attributes
from ui.components.dialog import dialog
from ui.components.icon import icon
from ui.components.notice import notice
from ui.words import moment

B = ids.Background
CLOCK_MS = 1_500
_STATES = {
    TaskState.QUEUED: ("hourglass-split", "Waiting"),
    TaskState.RUNNING: ("arrow-repeat", "Running"),
    TaskState.COMPLETED: ("check-circle", "Done"),
    TaskState.FAILED: ("exclamation-circle", "Failed"),
    TaskState.CANCELLED: ("x-circle", "Cancelled"),
}
_KINDS = {"sync": "Sync", "retention": "Removal of what is old"}
_BY = {
    "page": "in the page",
    "terminal": "in the terminal",
    "api": "by a program",
    "this machine": "by a program on this machine",
    "program": "by the program itself",
}


@dataclass(frozen=True)
class Listed:
    """A task in the list, with its file and the address of it, if there is one."""

    task: BackgroundTask
    file: ExportFile | None = None
    link: str = ""


def open_button() -> html.Button:
    """In the row of filters, beside the downloads."""
    return html.Button(
        [
            icon("list-check"),
            html.Span(id=B.COUNT, className="tasks-count", hidden=True),
        ],
        id=B.OPEN,
        type="button",
        className="btn-quiet tasks-open",
        title="Background tasks and exports",
        **attributes({"aria-label": "Background tasks and exports"}),
    )


def background_panel() -> html.Div:
    """The closed panel with its stores, and the place of notifications."""
    return html.Div(
        [
            dcc.Store(id=B.WATCHED, data=[]),
            dcc.Interval(id=B.CLOCK, interval=CLOCK_MS, disabled=True),
            html.Div(id=B.NOTICES, className="tasks-notices", **attributes({"aria-live": "polite"})),
            dialog(
                [
                    html.Div(
                        [
                            html.H2("Background tasks", id=B.TITLE, className="modal-title"),
                            html.Button(
                                icon("x-lg"),
                                id=B.CLOSE,
                                type="button",
                                className="btn-icon modal-x",
                                **attributes({"aria-label": "Close", "data-escape": "true"}),
                            ),
                        ],
                        className="modal-header",
                    ),
                    dbc.ModalBody([_new_export(), html.Div(id=B.LIST, className="tasks")]),
                ],
                id=B.MODAL,
                fullscreen="sm-down",
                labelledby=B.TITLE,
                class_name="tl-modal tasks-modal",
                scrollable=True,
            ),
        ]
    )


def _new_export() -> html.Section:
    return html.Section(
        [
            html.H3("Export this view", className="tasks-head"),
            html.Div(
                [
                    html.Label(["What", _select(B.CONTENT, contents(), "metrics")], className="tasks-field"),
                    html.Label(
                        ["As", _select(B.FORMAT, formats("metrics"), "csv")], className="tasks-field tasks-kind"
                    ),
                    html.Label(
                        ["CSV files", _select(B.STYLE, styles(), PLAIN.name)],
                        id=B.STYLE_FIELD,
                        className="tasks-field tasks-style",
                    ),
                    html.Button("Export", id=B.START, type="button", className="btn-primary-quiet"),
                ],
                className="tasks-new",
            ),
            html.P(about("metrics"), id=B.ABOUT, className="muted tasks-about"),
            html.Div(id=B.SAID, role="status"),
        ]
    )


def _select(number: str, options: list[dict[str, str]], value: str) -> dbc.Select:
    return dbc.Select(id=number, options=options, value=value, class_name="tasks-select")


def contents() -> list[dict[str, str]]:
    """What can be exported, as options."""
    return [{"label": title, "value": name} for name, (title, _, _) in CONTENTS.items()]


def formats(content: str) -> list[dict[str, str]]:
    """The formats of a content, as options."""
    return [{"label": FORMATS[kind][0], "value": kind} for kind in CONTENTS[content][2]]


def styles() -> list[dict[str, str]]:
    """How CSV can be written, as options; ui/assets/downloads.js remembers the choice in the browser."""
    return [{"label": each.words.partition(":")[0], "value": each.name} for each in STYLES.values()]


def about(content: str) -> str:
    """What an export holds, in a sentence."""
    words = CONTENTS[content][1]
    return f"{words[0].upper()}{words[1:]}. Days, filters and definitions are those of the page."


def task_list(listed: Sequence[Listed], zone: str) -> list[Any]:
    """What waits or runs, and what has ended."""
    if not listed:
        return [html.P("Nothing has run in the background yet.", className="muted")]
    live = [each for each in listed if each.task.state.is_live]
    ended = [each for each in listed if not each.task.state.is_live]
    parts: list[Any] = []
    for title, some in (("Running", live), ("Ended", ended)):
        if some:
            parts += [
                html.H3(title, className="tasks-head"),
                html.Ul([_row(each, zone) for each in some], className="tasks-list"),
            ]
    return parts


def _row(listed: Listed, zone: str) -> html.Li:
    task = listed.task
    sign, words = _STATES[task.state]
    if task.state is TaskState.RUNNING and task.cancelling:
        words = "Stopping"
    return html.Li(
        [
            html.Div(
                [
                    html.Span([icon(sign), words], className=f"tasks-state is-{task.state}"),
                    html.Span(title_of(task), className="tasks-title"),
                    html.Span(_actions(listed), className="tasks-actions"),
                ],
                className="tasks-line",
            ),
            *([_bar(task)] if task.state.is_live else []),
            html.Div(_said(listed, zone), className="muted tasks-said"),
            *([html.Div(str(task.problem), className="tasks-problem")] if task.problem else []),
        ],
        className="tasks-row",
        **attributes({"data-task": task.id, "data-state": task.state.value}),
    )


def title_of(task: BackgroundTask) -> str:
    """Export of metrics, CSV, 18 Oct – 16 Nov 2026."""
    if task.kind not in ("export", "query"):
        return _KINDS.get(task.kind, task.kind.capitalize())
    content, kind = str(task.spec.get("content")), str(task.spec.get("format"))
    title = EVERY[content][0] if content in EVERY else content
    style = STYLES.get(str(task.spec.get("csv") or ""), PLAIN)
    how = "" if style is PLAIN else f" ({style.words[0].lower()}{style.words[1:]})"
    return f"Export: {title}, {FORMATS[kind][0] if kind in FORMATS else kind}{how}"


def _bar(task: BackgroundTask) -> html.Div:
    share = f"{task.progress:.0%}"
    return html.Div(
        html.Div(className="progress-fill", style={"width": share}),
        className="progress-thin tasks-bar",
        role="progressbar",
        **attributes({"aria-valuenow": share.rstrip("%"), "aria-valuemin": "0", "aria-valuemax": "100"}),
    )


def _said(listed: Listed, zone: str) -> str:
    task, file = listed.task, listed.file
    at = moment(datetime.fromtimestamp((task.ended_at or task.created_at) / 1e6, UTC).isoformat(), zone)
    parts = [f"{at}, asked for {_BY.get(task.created_by, f'by {task.created_by}')}"]
    if task.state.is_live:
        tries = f", try {task.tries}" if task.tries > 1 else ""
        parts = [f"{task.message or 'Waiting'}{tries}", *parts]
    if file is not None:
        parts.append(f"{file.rows:,} rows, {size(file.size)}")
        expires = datetime.fromtimestamp(file.expires / 1e6, UTC).isoformat()
        parts.append(f"kept until {moment(expires, zone)}")
    elif task.kind in ("export", "query") and task.state is TaskState.COMPLETED:
        parts.append("the file has been removed")
    return " · ".join(parts)


def size(count: int) -> str:
    """
    >>> size(900), size(13_989), size(4_400_000)
    ('900 bytes', '14 kB', '4.4 MB')
    """
    if count < 1_000:
        return f"{count} bytes"
    return f"{count / 1e3:.0f} kB" if count < 1e6 else f"{count / 1e6:.1f} MB"


def _actions(listed: Listed) -> list[Any]:
    task, title = listed.task, title_of(listed.task)
    if task.state.is_live:
        return [] if task.cancelling else [_button("Cancel", ids.task_cancel(task.id), f"Cancel: {title}")]
    found: list[Any] = []
    if listed.link:
        found.append(download_link(listed))
    if task.state in (TaskState.FAILED, TaskState.CANCELLED):
        found.append(_button("Retry", ids.task_retry(task.id), f"Retry: {title}"))
    return found


def download_link(listed: Listed) -> html.A:
    """The file of an export."""
    file = listed.file
    return html.A(
        [icon("download"), "Download"],
        href=listed.link,
        className="btn-quiet",
        download="",
        title=f"SHA-256 {file.sha256}" if file else "",
        **attributes({"aria-label": f"Download: {title_of(listed.task)}"}),
    )


def _button(words: str, number: dict[str, str], about_it: str) -> html.Button:
    return html.Button(words, id=number, type="button", className="btn-quiet", **attributes({"aria-label": about_it}))


def notification(listed: Listed) -> Any:
    """How an export of this page ended."""
    task = listed.task
    if task.state is not TaskState.COMPLETED:
        problem = task.problem or Problem(f"{title_of(task)} was cancelled.", level="info")
        return notice(problem)
    return html.Div(
        [
            icon("check-circle"),
            html.Span(f"{title_of(task)} is ready.", className="tasks-ready"),
            download_link(listed),
            html.Button(
                icon("x"),
                id=ids.task_dismiss(task.id),
                type="button",
                className="btn-icon",
                **attributes({"aria-label": "Close this message"}),
            ),
        ],
        className="tasks-notice",
    )
