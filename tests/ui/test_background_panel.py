"""The panel of background tasks says how each one stands, and offers what can be done with it."""

from __future__ import annotations

import json
from typing import Any

from plotly.utils import PlotlyJSONEncoder

from data.values.background import BackgroundTask, TaskState
from data.values.exports import ExportFile
from data.values.problem import Problem
from ui.modals.background import Listed, notification, task_list


def text(part: Any) -> str:
    return json.dumps(part, cls=PlotlyJSONEncoder, ensure_ascii=False)


def task(state: TaskState, **more: Any) -> BackgroundTask:
    spec = {"content": "metrics", "format": "csv"}
    return BackgroundTask("abc", "site", "export", state, spec, 1, 0, "page", 1_000_000, 1, **more)


FILE = ExportFile("abc", "metrics.csv", "csv", 39, 13_989, "ff" * 32, 2_000_000)


def test_what_runs_can_be_cancelled_once():
    shown = text(
        task_list([Listed(task(TaskState.RUNNING, progress=0.4, details={"message": "40 of 100 rows"}))], "UTC")
    )
    assert "task-cancel" in shown
    assert '"40%"' in shown
    assert "40 of 100 rows" in shown
    stopping = text(task_list([Listed(task(TaskState.RUNNING, cancelling=True))], "UTC"))
    assert "task-cancel" not in stopping
    assert "Stopping" in stopping


def test_what_failed_says_why_and_can_be_tried_again():
    failed = task(TaskState.FAILED, problem=Problem("The disk is full.", "", "Free some space."), ended_at=2_000_000)
    shown = text(task_list([Listed(failed)], "UTC"))
    assert "The disk is full. Free some space." in shown
    assert "task-retry" in shown


def test_a_finished_export_is_fetched_by_its_link_while_the_file_is_there():
    done = task(TaskState.COMPLETED, ended_at=2_000_000)
    shown = text(task_list([Listed(done, FILE, "/exports/abc/download?until=1&key=2")], "UTC"))
    assert "/exports/abc/download?until=1&key=2" in shown
    assert "39 rows, 14 kB" in shown
    assert "the file has been removed" in text(task_list([Listed(done)], "UTC"))
    assert "/exports/abc/download" in text(notification(Listed(done, FILE, "/exports/abc/download?until=1&key=2")))
