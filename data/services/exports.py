"""Files to download, made in the background: asked for, written, fetched by a link that expires, and removed."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Callable
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import Any, ClassVar

from data.background.problems import TaskFailed
from data.exports.spool import Export, Follow, Written, write
from data.platform.files import remove_orphans, write_atomic
from data.services.background import BackgroundService, Control
from data.services.export_tables import Asked, ExportTables
from data.services.sites import Sites
from data.services.status import StatusService
from data.services.view import Snapshot, View
from data.values.background import BackgroundTask, TaskState
from data.values.csv_style import PLAIN, CsvStyle, style_named
from data.values.errors import AppError, NotThere
from data.values.exports import CONTENTS, EVERY, FORMATS, ExportFile
from data.values.filters import Filters, from_json
from data.values.json_types import JsonObject
from data.values.metric_value import iso
from data.values.periods import zone_named
from data.values.problem import Problem

KIND = "export"
KINDS = (KIND, "query")  # of tasks that write a file
_MB = 1_000_000
_GATHERED = 0.1  # of the progress: the tables are there, and their rows are written from here on


class BadExport(AppError):
    """There is no such export; what can be exported is said."""

    code = "bad_export"
    usage: ClassVar[bool] = True


class NoFile(NotThere):
    """The file of an export is not there (any more), or the link to it is not in force."""

    code = "no_export_file"


class ExportsService:
    """Exports of the site in force, as background tasks of the kinds "export" and "query"."""

    def __init__(
        self,
        sites: Sites,
        background: BackgroundService,
        status: StatusService,
        tables: Callable[[], ExportTables],
        report: Callable[[View, Path, Callable[[], None]], int] | None = None,
    ) -> None:
        self._sites = sites
        self._background = background
        self._status = status
        self._tables = tables
        self._report = report

    # ---- asked for

    def submit(
        self,
        view: View,
        content: str,
        kind: str,
        *,
        by: str,
        asked: Asked | None = None,
        csv: str | None = None,
        ring: bool = True,
    ) -> BackgroundTask:
        """Queue an export of a view; the same one that is live already is given back. `csv`: one of STYLES.

        Raises BadExport, NoSuchStyle, TasksError.
        """
        check(content, kind)
        style = style_named(csv)
        if kind != "csv" and style is not PLAIN:
            raise BadExport(Problem(f"A style of CSV says nothing about the format {kind}.", todo="Export as csv."))
        period, filters = view.period, view.filters
        spec = {
            "content": content,
            "format": kind,
            "from": period.first.isoformat(),
            "to": period.last.isoformat(),
            "filters": {"filters": filters.to_json(), "definitions": [list(each) for each in filters.definitions]},
            "asked": asdict(asked or Asked()),
            "revision": view.snapshot.revision,
            **({} if style is PLAIN else {"csv": style.name}),
        }
        task = "query" if content == "query" else KIND
        return self._background.submit(view.snapshot.known_as, task, spec, by=by, ring=ring)

    # ---- written

    def work(self, task: BackgroundTask, control: Control) -> JsonObject:
        """Write the file of an export; its name, rows, bytes and checksum. Raises TaskFailed, TaskCancelled, OSError,
        AppError.
        """
        snapshot = self._sites.snapshot()
        if snapshot.known_as != task.site:
            raise TaskFailed(Problem("Another site is in force by now.", todo="Export again."), "other_site")
        spec = task.spec
        content, kind = str(spec["content"]), str(spec["format"])
        view = snapshot.view(None, spec["from"], spec["to"], _filters(spec["filters"]))
        control.report(0.0, message="Reading the data")
        folder = self._folder()
        remove_orphans(folder)
        self.remove_old(snapshot)
        follow = Follow(most_bytes=self._room(snapshot), over=lambda: _no_room(snapshot))
        if kind == "pdf":
            written, kind = self._pdf(view, folder, control, follow), "pdf"
        else:
            tables = self._tables().of(content, view, Asked(**spec["asked"]))
            kind = "zip" if kind == "csv" and len(tables) > 1 else kind
            style = style_named(spec.get("csv"))
            export = Export(tables, self._about(view, content, style), zone_named(view.zone), view.now, style)
            written = self._spooled(export, kind, folder, control, follow)
        path, made = written
        name = f"throughline_{content}_{spec['from']}_{spec['to']}.{kind}"
        return {"file": path.name, "name": name, "kind": kind, **asdict(made), "revision": view.snapshot.revision}

    def _spooled(
        self, export: Export, kind: str, folder: Path, control: Control, follow: Follow
    ) -> tuple[Path, Written]:
        total = sum(each.length or 0 for each in export.tables)

        def rows(done: int) -> None:
            control.check()
            share = min(done / total, 1.0) if total else 1.0
            control.report(
                _GATHERED + (1 - _GATHERED) * share, done=done, total=total, message=f"{done:,} of {total:,} rows"
            )

        control.check()
        follow.rows = rows
        path = folder / f"{control.task.id}-{secrets.token_hex(6)}.{kind}"
        return path, write(path, kind, export, follow)

    def _pdf(self, view: View, folder: Path, control: Control, follow: Follow) -> tuple[Path, Written]:
        if self._report is None:
            raise BadExport(Problem("This installation makes no PDF files."))
        from data.exports.spool import measured, whole

        control.report(_GATHERED, message="Setting the pages")
        path = folder / f"{control.task.id}-{secrets.token_hex(6)}.pdf"
        with whole(path) as temporary:
            rows = self._report(view, temporary, control.check)
            size, digest = measured(temporary, follow)
            control.check()
        return path, Written(rows, size, digest)

    def _about(self, view: View, content: str, style: CsvStyle) -> JsonObject:
        status, period, filters = self._status.of(view.snapshot), view.period, view.filters
        chosen = {"filters": filters.to_json()} if filters else {}
        return {
            "export": EVERY[content][0],
            "site": status.site_title or status.site_url,
            "sample_data": status.is_sample,
            "query": status.jql,
            "first_day": period.first.isoformat(),
            "last_day": period.last.isoformat(),
            "time_zone": period.zone,
            "data_as_of": status.synced_at or "not synced yet",
            "issues_in_the_data": status.issue_count,
            "revision": view.snapshot.revision,
            "written_at": iso(view.now),
            **({} if style is PLAIN else {"csv": style.words}),
            **chosen,
            **(
                {"measured_with": [f"{name} = {value}" for name, value in filters.definitions]}
                if filters.definitions
                else {}
            ),
        }

    # ---- fetched

    def file(self, task: BackgroundTask) -> ExportFile | None:
        """The file of a finished export; None where there is none (any more)."""
        found = task.result or {}
        if task.kind not in KINDS or task.state is not TaskState.COMPLETED or "file" not in found:
            return None
        if not (self._folder() / str(found["file"])).is_file():
            return None
        return ExportFile(
            task.id, found["name"], found["kind"], found["rows"], found["size"], found["sha256"], self._expires(task)
        )

    def link(self, task: BackgroundTask) -> str:
        """The query of a link to the file, in force for the hours that the settings say. Raises NoFile, OSError."""
        if self.file(task) is None:
            raise _gone()
        hours = self._sites.snapshot().settings.background.link_hours
        until = min(self._now() + round(hours * 3_600_000_000), self._expires(task))
        return f"until={until}&key={self._signed(task.id, until)}"

    def fetched(self, number: str, until: str, key: str) -> tuple[ExportFile, Path]:
        """The file that a link names. Raises NoFile where the link is not in force, NoSuchTask, TasksError."""
        good = (
            until.isdecimal()
            and len(until) < 20
            and hmac.compare_digest(key.encode(), self._signed(number, int(until)).encode())
        )
        if not good or int(until) < self._now():
            raise NoFile(
                Problem("This link is not in force any more.", todo="Take a new one from the list of background tasks.")
            )
        return self.opened(number)

    def opened(self, number: str) -> tuple[ExportFile, Path]:
        """The file of an export, for somebody who may have it. Raises NoFile, NoSuchTask, TasksError."""
        task = self._background.one(number)
        found = self.file(task)
        if found is None:
            raise _gone()
        return found, self._folder() / str((task.result or {})["file"])

    def _signed(self, number: str, until: int) -> str:
        return hmac.new(self._secret(), f"{number}|{until}".encode(), hashlib.sha256).hexdigest()

    def _secret(self) -> bytes:
        path = self._folder() / "link.key"
        try:
            found = path.read_bytes()
        except FileNotFoundError:
            found = b""
        if len(found) < 32:
            write_atomic(path, secrets.token_bytes(32))
            found = path.read_bytes()
        return found

    # ---- removed

    def remove(self, task: BackgroundTask) -> None:
        """Remove the file of an export before its time."""
        if (found := (task.result or {}).get("file")) and task.kind in KINDS:
            (self._folder() / str(found)).unlink(missing_ok=True)

    def remove_old(self, snapshot: Snapshot) -> int:
        """Remove files that nobody may fetch any more: those that have expired, and those of no finished task."""
        folder, removed = self._folder(), 0
        used = self._background.table().used_files()
        kept = snapshot.settings.background.export_days * 86_400
        for path in folder.iterdir():
            try:
                age = self._now() / 1e6 - path.stat().st_mtime
            except FileNotFoundError:
                continue
            old = age > kept or (path.name not in used and age > 3_600)
            if path.name != "link.key" and not path.name.startswith(".") and old:
                path.unlink(missing_ok=True)
                removed += 1
        return removed

    def _room(self, snapshot: Snapshot) -> int:
        """Bytes that may still be written. Raises TaskFailed where there are none."""
        used = sum(each.stat().st_size for each in self._folder().iterdir() if each.is_file())
        room = snapshot.settings.background.export_quota_mb * _MB - used
        if room <= 0:
            raise _no_room(snapshot)
        return room

    def _folder(self) -> Path:
        folder = self._sites.home.path / "exports"
        if not folder.is_dir():
            folder.mkdir(mode=0o700, exist_ok=True)
        return folder

    def _expires(self, task: BackgroundTask) -> int:
        days = self._sites.snapshot().settings.background.export_days
        return (task.ended_at or task.created_at) + timedelta(days=days) // timedelta(microseconds=1)

    def _now(self) -> int:
        return round(self._sites.clock().timestamp() * 1e6)


def check(content: str, kind: str) -> None:
    """Raises BadExport for a content or a format that there is not."""
    if content not in EVERY:
        raise BadExport(Problem("There is no such export.", todo=f"Choose one of: {', '.join(CONTENTS)}."))
    title, _, kinds = EVERY[content]
    if kind not in kinds:
        raise BadExport(
            Problem(f"There is no such format of the export “{title}”.", todo=f"Choose one of: {', '.join(kinds)}.")
        )


def _filters(spec: dict[str, Any]) -> Filters:
    """Filters as a spec says them."""
    where = from_json(spec.get("filters", spec))  # before, lists of names stood beside the definitions
    return Filters(where, tuple((str(name), str(value)) for name, value in spec.get("definitions") or ()))


def _gone() -> NoFile:
    return NoFile(
        Problem("The file of this export is not there.", "It is not written yet, or was removed.", "Export again.")
    )


def _no_room(snapshot: Snapshot) -> TaskFailed:
    most = snapshot.settings.background.export_quota_mb
    why = f"All kept exports together may have {most:,} MB."
    todo = "Wait until old ones are removed, or raise background.export_quota_mb in the settings."
    return TaskFailed(Problem("There is no room for this export.", why, todo, "danger"), "quota")


__all__ = ["CONTENTS", "FORMATS", "Asked", "BadExport", "ExportsService", "NoFile", "check"]
