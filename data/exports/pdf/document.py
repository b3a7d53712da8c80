"""The report of a view as a PDF: typst sets the pages, from words that are data and never markup."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from data.exports.html.page import facts_of, number_of
from data.exports.pdf.picture import can_draw, legend, svg
from data.values.charts import ChartAnswer
from data.values.errors import AppError
from data.values.overview import Report
from data.values.problem import Problem

_HERE = Path(__file__).parent
MOST_AGEING = 15


class NoTypst(AppError):
    """The library that sets PDF files is not installed."""

    code = "no_pdf"
    usage = True

    def __init__(self) -> None:
        super().__init__(
            Problem(
                "This installation cannot write PDF files.",
                "The package typst is not installed.",
                "Install the extras: .venv/bin/python -m uv pip install --require-hashes -r requirements-extras.txt",
            )
        )


def write_report(path: Path, report: Report, charts: Sequence[ChartAnswer]) -> int:
    """Write the report to `path`; how many numbers, changes and old items are in it. Raises NoTypst, OSError."""
    try:
        import typst
    except ImportError as error:
        raise NoTypst from error
    told = _told(report, charts)
    with TemporaryDirectory(prefix="throughline-pdf-") as folder:
        root = Path(folder)
        (root / "report.json").write_text(json.dumps(told, ensure_ascii=False), "utf-8", errors="replace")
        (root / "report.typ").write_bytes((_HERE / "report.typ").read_bytes())
        made = typst.compile(str(root / "report.typ"), root=str(root))
    path.write_bytes(made)
    return int(told["rows"])


def _told(report: Report, charts: Sequence[ChartAnswer]) -> dict[str, Any]:
    overview = report.overview
    numbers = [_number(value) for value in report.values]
    facts = facts_of(report)
    ageing = overview.ageing[:MOST_AGEING]
    return {
        "title": f"Delivery report, {report.period}",
        "site": report.site,
        "period": report.period,
        "sample": report.is_sample,
        "facts": facts,
        "written": dict(facts)["Written"],
        "changes_words": overview.changes_words,
        "changes": [asdict(each) for each in overview.changes],
        "numbers": numbers,
        "ageing_words": (
            f"{overview.over} of {overview.in_progress} items in progress are older than nearly all completed ones."
        ),
        "ageing": [
            {"key": each.key, "summary": each.summary[:90], "status": each.status, "age": f"{each.age:.0f} days"}
            for each in ageing
        ],
        "charts": [_chart(each) for each in charts if can_draw(each)],
        "caveats": [asdict(each) for each in overview.caveats],
        "definitions": [list(each) for each in report.definitions],
        "rows": len(numbers) + len(overview.changes) + len(ageing),
    }


def _number(value: Any) -> dict[str, str]:
    found = number_of(value)
    note = "" if found.value else (value.error_message or "")
    return {
        "title": found.title, "value": found.value, "unit": found.unit, "tier": found.tier, "change": found.change,
        "verdict": found.verdict, "note": note, "used": found.used, "picture": _plain(str(found.picture)),
    }  # a table: kept in its rows  # fmt: skip


def _plain(picture: str) -> str:
    """A small picture with the colours of paper in place of the classes of the style sheet."""
    if not picture:
        return ""
    looks = {
        'class="course"': 'fill="none" stroke="#3355d8" stroke-width="1.5"',
        'class="point"': 'fill="#3355d8"',
        'class="signal"': 'fill="#c2344a"',
        'class="limit"': 'stroke="#8b95a3"',
        'class="shade"': 'fill="#eef1f5"',
    }
    for name, look in looks.items():
        picture = picture.replace(name, look)
    return picture if "xmlns" in picture else picture.replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"', 1)


def _chart(chart: ChartAnswer) -> dict[str, Any]:
    return {"title": chart.title, "reading": chart.reading, "picture": svg(chart), "legend": legend(chart)}
