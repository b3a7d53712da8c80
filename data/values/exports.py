"""What can be exported, in which formats, and what an export is known by."""

from __future__ import annotations

from dataclasses import dataclass

TABLES = ("csv", "json", "jsonl", "xlsx")
# content → its title, what it holds, and its formats
CONTENTS: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "report": ("Report", "the whole report: numbers, changes, charts", ("pdf", "xlsx", "json")),
    "metrics": ("Metrics", "every metric of the catalogue, a row each", TABLES),
    "issues": ("Issues", "every issue that the filters leave, whatever the period", TABLES),
    "charts": ("Charts", "the table behind every chart", TABLES),
    "sprints": ("Sprints", "every sprint of every board", TABLES),
    "records": ("Records of jobs to be done", "what was recorded in the period", TABLES),
}
# Those, and what is exported with a question of its own.
EVERY = {**CONTENTS, "query": ("Answer to a question", "the rows of a spec, which is given with it", TABLES)}
FORMATS: dict[str, tuple[str, str]] = {  # format → title, media type
    "csv": ("CSV", "text/csv"),
    "json": ("JSON", "application/json"),
    "jsonl": ("JSON lines", "application/x-ndjson"),
    "xlsx": ("XLSX", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "pdf": ("PDF", "application/pdf"),
    "zip": ("CSV files in a ZIP archive", "application/zip"),
}


@dataclass(frozen=True)
class ExportFile:
    """The file of a finished export. `expires` µs since 1970 UTC: when it is removed."""

    task: str
    name: str  # under which it is saved
    kind: str  # a key of FORMATS
    rows: int
    size: int  # bytes
    sha256: str
    expires: int

    @property
    def media_type(self) -> str:
        """The media type of the file."""
        return FORMATS[self.kind][1]
