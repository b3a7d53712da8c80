"""Takes what Jira sends during a sync, counts it, and writes it to the store."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from data.issues import parse, schema
from data.issues.parse import Rows, Unreadable, Wanted
from data.issues.store import Writer
from data.jira.answers import History, Issue, Page
from data.jira.protocol import whole
from data.jira.reading import Histories

MOST_WARNINGS = 50
# What a shape that we do not know may cause in the parser; such an issue is named, and the sync goes on.
_ODD = (Unreadable, TypeError, AttributeError, KeyError, ValueError, OverflowError)


@dataclass
class Tally:
    """What a sync has seen so far."""

    mode: str = "full"
    expected: int | None = None
    fetched: int = 0
    changed: int = 0
    removed: int = 0
    duplicates: int = 0
    odd: int = 0  # issues or histories left out because of their shape
    warnings: list[str] = field(default_factory=list)
    incomplete: set[int] = field(default_factory=set)

    def warn(self, text: str) -> None:
        """Keeps the first warnings."""
        if len(self.warnings) < MOST_WARNINGS:
            self.warnings.append(text)

    def leave_out(self, key: str, error: Exception | None = None) -> None:
        """Counts something that cannot be read, and names the issue."""
        self.odd += 1
        if isinstance(error, Unreadable):
            self.warn(f"{error}.")
        else:
            kind = f" ({type(error).__name__})" if error else ""
            self.warn(f"{key}: it has a shape that we cannot read{kind}; it is left out.")


class Intake:
    """Writes pages and histories of one sync. `fresh`: issue id → updated, of all that came."""

    def __init__(self, writer: Writer, wants: Wanted, tally: Tally, held: Collection[int] = ()) -> None:
        self.writer, self.wants, self.tally, self.held = writer, wants, tally, held
        self.seen = parse.Seen()
        self.fresh: dict[int, int] = {}
        self.keys: dict[int, str] = {}
        self.newest = 0
        self._odd_histories: dict[int, Exception] = {}
        self.replacing = bool(held)  # rows of issues that come may be there already

    def take_page(self, page: Page) -> None:
        """Issues, with histories where they came inline. Of an issue that comes twice the newest stays."""
        rows, again = Rows(), []
        for key in page.odd:
            self.tally.leave_out(key)
        for issue in page.issues:
            try:
                one = parse.issue_rows(issue, self.wants, self.seen)
            except _ODD as error:
                self.tally.leave_out(issue.key, error)
                continue
            number, updated = one.issue[0][0], one.issue[0][12]
            if number in self.fresh:
                self.tally.duplicates += 1
                if updated <= self.fresh[number]:
                    continue
                # The older one may be in this page, not yet written: writing in order keeps the newest.
                self._write(rows, again)
                rows, again = Rows(), [number]
            else:
                self.tally.fetched += 1
                if number in self.held:
                    again.append(number)
            self.fresh[number], self.keys[number] = updated, issue.key
            self.newest = max(self.newest, updated)
            if issue.changelog is not None:
                one.change = self._inline(issue, number)
            rows.extend(one)
        self._write(rows, again)

    def _write(self, rows: Rows, again: list[int]) -> None:
        if again:
            self.writer.drop_issues(again, schema.link)
            self.writer.drop_issues(again, schema.field_value, field_ids=sorted(self.wants.values))
        if with_changes := {row[0] for row in rows.change} & set(again):
            self.writer.drop_issues(with_changes, schema.change)
        self.writer.add(schema.issue, rows.issue)
        self.writer.add(schema.change, rows.change)
        self.writer.add(schema.field_value, rows.field_value)
        self.writer.add(schema.link, rows.link)

    def _inline(self, issue: Issue, number: int) -> list[tuple]:
        log = issue.changelog
        if log.total is not None and log.total > len(log.histories):
            self.tally.incomplete.add(number)
        return self._changes(number, log.histories)

    def take_histories(self, found: Histories) -> None:
        """Complete histories; they take the place of those held."""
        rows = [row for number, histories in found.items() for row in self._changes(number, histories)]
        if self.replacing:
            self.writer.drop_issues(found, schema.change)
        self.writer.add(schema.change, rows)

    def fill_page(self, page: Page, field_ids: Collection[str], known: Collection[int]) -> int:
        """Values (and inline histories) of some fields of known issues; how many there were. The rest stays."""
        ours = [(number, issue) for issue in page.issues if (number := whole(issue.id)) in known]
        values = [row for number, issue in ours for row in parse.value_rows(number, issue.fields, field_ids)]
        self.writer.drop_issues([number for number, _ in ours], schema.field_value, field_ids=sorted(field_ids))
        self.writer.add(schema.field_value, values)
        self.fill_histories({number: issue.changelog.histories for number, issue in ours if issue.changelog}, known)
        return len(ours)

    def fill_histories(self, found: Mapping[int, list[History]], known: Collection[int]) -> None:
        """Adds histories of some fields to those held."""
        ours = {number: histories for number, histories in found.items() if number in known}
        self.writer.add(schema.change, [row for number, each in ours.items() for row in self._changes(number, each)])

    def _changes(self, number: int, histories: list[History]) -> list[tuple]:
        try:
            return parse.change_rows(number, histories, self.wants)
        except _ODD as error:
            self.tally.incomplete.add(number)
            self._odd_histories[number] = error  # its key may not be known yet
            return []

    def finish(self) -> None:
        """Names the issues whose histories could not be read, and marks them."""
        for number, error in sorted(self._odd_histories.items()):
            what = str(error) if isinstance(error, Unreadable) else f"its history has a shape that we cannot read ({type(error).__name__})"  # fmt: skip
            self.tally.odd += 1
            self.tally.warn(f"{self.keys.get(number, number)}: {what}.")
        self.writer.incomplete(self.tally.incomplete)

    def remove(self, issue_ids: Collection[int]) -> None:
        """Issues that the site no longer shows."""
        self.tally.removed += len(issue_ids)
        self.drop(issue_ids)

    def drop(self, issue_ids: Collection[int]) -> None:
        """Removes all rows of some issues."""
        self.writer.drop_issues(issue_ids, schema.issue, schema.change, schema.field_value, schema.link)
