"""Takes what Jira sends during a sync, counts it, and stages it for the store."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from data.jira import comments
from data.jira.answers import Changelog, History, Issue, Page
from data.jira.entities import whole
from data.jira.errors import JiraError
from data.jira.protocol import ODD, nameless
from data.jira.reading import Comments, Histories
from data.platform.logs import SECRETS
from data.store import schema
from data.store.writer import Row
from data.sync import parse
from data.sync.parse import Rows, Unreadable, WantedFields
from data.sync.staging_file import FILL_STORIED, FILLED, INCOMPLETE, PARTLY, ROWS, STORIED, Staging
from data.values.unread import Unread

MOST_WARNINGS = 50
_NAMED = 3  # keys in a warning


_COLUMNS = [column.name for column in schema.issue.columns if column.name != "scope"]
_UPDATED, _COMMENTS = _COLUMNS.index("updated"), _COLUMNS.index("comments_complete")  # places in a row of an issue


@dataclass
class Progress:
    """How far a sync is; `total` is None while unknown."""

    phase: str  # connecting | reading | filling | versions | saving
    done: int
    total: int | None
    message: str


@dataclass
class Tally:
    """What a sync has seen so far."""

    mode: str = "full"
    expected: int | None = None
    fetched: int = 0  # issues, those of an earlier try included
    changed: int = 0
    removed: int = 0
    duplicates: int = 0
    resumed: int = 0  # issues that an earlier try had read
    left_out: dict[str, str] = field(default_factory=dict)  # key → why, of issues that cannot be read
    partly_read: dict[str, str] = field(default_factory=dict)  # key → which fields, of issues that are kept
    uncertainties: list[str] = field(default_factory=list)  # why nobody can say whether all issues came
    odd_histories: int = 0
    lost: dict[int, str] = field(default_factory=dict)  # id → key of issues that Jira lists and did not give
    again: set[int] = field(default_factory=set)  # issues that did not come whole: the next sync asks for them
    warnings: list[str] = field(default_factory=list)
    incomplete: set[int] = field(default_factory=set)
    incomplete_comments: set[int] = field(default_factory=set)
    closed_comments: dict[int, JiraError] = field(default_factory=dict)  # issues whose comments Jira refuses to show
    unread: list[Unread] = field(default_factory=list)

    @property
    def odd(self) -> int:
        """Issues and histories that were left out because of their shape."""
        return len(self.left_out) + self.odd_histories

    @property
    def complete(self) -> bool:
        """It is proved that nothing is missing that Jira would give to this account.

        By its counts, by a census, or by the tokens that end its pages.
        """
        cut = self.incomplete_comments - self.closed_comments.keys()
        unread = self.odd or self.partly_read
        return not (self.incomplete or cut or unread or self.lost or self.again or self.uncertainties)

    def warn(self, text: str) -> None:
        """Keeps the first warnings, without secrets: they go into the store and onto the screen."""
        if len(self.warnings) < MOST_WARNINGS:
            self.warnings.append(SECRETS.clean(text))

    def miss(self, what: str, names: Collection[str], error: JiraError) -> None:
        """Notes a list that could not be read: the numbers that need it say so."""
        self.unread.append(Unread(what, tuple(names), error.message, error.hint))

    def leave_out(self, key: str, error: Exception | None = None) -> None:
        """Counts something that cannot be read, and names the issue."""
        if key in self.left_out:
            return
        kind = f" ({type(error).__name__})" if error else ""
        why = str(error) if isinstance(error, Unreadable) else f"it has a shape that we cannot read{kind}"
        self.left_out[key] = f"{why if key in why else f'{key}: {why}'}; it is left out."
        self.warn(self.left_out[key])

    def note_unread(self, key: str, fields: Collection[str]) -> None:
        """Names an issue of which some fields cannot be read; without fields, it came and is no longer left out."""
        for told in (self.left_out.pop(key, ""), self.partly_read.pop(key, "")):
            if (text := SECRETS.clean(told)) in self.warnings:
                self.warnings.remove(text)
        if fields:
            self.partly_read[key] = f"{key}: {', '.join(fields)} cannot be read and count as empty."
            self.warn(self.partly_read[key])

    def doubt(self, text: str) -> None:
        """Says why nobody can tell whether all issues came."""
        if text not in self.uncertainties:
            self.uncertainties.append(text)
            self.warn(text)


class Stage:
    """Stages pages and histories of one sync. `fresh`: issue id → updated, of all that came, also in an earlier try.

    `storied`: issues whose whole histories came; `filled`, `fill_storied`: those whose new fields came.
    """

    def __init__(self, staging: Staging, wants: WantedFields, tally: Tally) -> None:
        self.staging, self.writer, self.wants, self.tally = staging, staging.writer, wants, tally
        self.seen = staging.seen()
        with staging.step() as writer:  # what an earlier try did not complete is read again
            partly = staging.marked(PARTLY)
            writer.drop_issues([*writer.cut_comments(), *partly], *ROWS)
            staging.unmark(PARTLY, partly)
        self.fresh: dict[int, int] = self.writer.updated()
        self.short: dict[int, object] = {}  # issues that lack comments → `updated` as their page said it
        self.silent: set[int] = self.writer.silent()  # issues that say nothing of their comments
        self.shows_comments = len(self.silent) < len(self.fresh)  # of some issue
        self.storied, self.filled = staging.marked(STORIED), staging.marked(FILLED)
        self.fill_storied = staging.marked(FILL_STORIED)
        if alone := self.storied - self.fresh.keys():  # such a history may be older than its issue
            with staging.step() as writer:
                writer.drop_issues(alone, schema.change)
                staging.unmark(STORIED, alone)
            self.storied -= alone
        self.reached = staging.reached(self.newest)
        self.tally.incomplete |= staging.marked(INCOMPLETE)
        self.tally.resumed = len(self.fresh) + len(self.filled)
        self.tally.fetched = len(self.fresh)
        self._odd_histories: dict[int, Exception] = {}
        self._cut_earlier = set(self.tally.incomplete)  # histories that an earlier try did not get whole
        self._kept = self._size()

    @property
    def newest(self) -> int:
        """The last `updated` that came, µs."""
        return max(self.fresh.values(), default=0)

    @property
    def touched(self) -> set[int]:
        """All issues of which something came, also in an earlier try."""
        return self.fresh.keys() | self.storied | self.filled | self.fill_storied

    def _size(self) -> int:
        seen = self.seen
        return len(seen.statuses) + len(seen.types) + len(seen.projects) + len(seen.sprints) + len(seen.names)

    def _keep_seen(self) -> None:
        if (size := self._size()) != self._kept:
            self._kept = size
            self.staging.keep_seen(self.seen)

    def take_page(self, page: Page) -> None:
        """Issues, with histories where they came inline. Of an issue that comes twice the newest stays."""
        rows = Rows()
        again: list[int] = []
        for key in page.odd:
            self.tally.leave_out(key)
        for issue in page.issues:
            try:
                one = parse.issue_rows(issue, self.wants, self.seen)
            except ODD as error:
                self.tally.leave_out(issue.key or nameless(issue.id), error)
                if (unread := whole(issue.id)) is not None:
                    self.tally.again.add(unread)
                continue
            number, updated = one.issue[0][0], one.issue[0][_UPDATED]
            if number in self.fresh:
                self.tally.duplicates += 1
                mended = number in self.tally.again and not one.unread
                if updated <= self.fresh[number] and not mended:
                    continue
                # The older one may be in this page, not yet written: writing in order keeps the newest.
                self._write(rows, again)
                rows, again = Rows(), [number]
            else:
                self.tally.fetched += 1
                if number in self.filled:
                    again.append(number)
            self.fresh[number] = updated
            self._note_unread(issue.key, number, one.unread)
            self._note_comments(number, one.issue[0][_COMMENTS], issue.fields.get("updated"))
            if issue.changelog is not None:
                one.change = self._inline(issue, issue.changelog, number)
                self.storied.add(number)
                self.staging.mark(STORIED, [number])
            rows.extend(one)
        self._write(rows, again)
        self._keep_seen()

    def _write(self, rows: Rows, again: list[int]) -> None:
        if again:
            self.writer.drop_issues(again, schema.link, schema.sprint_issue, schema.comment)
            self.writer.drop_issues(again, schema.field_value, field_ids=sorted(self.wants.values))
        if with_changes := {row[0] for row in rows.change} & set(again):
            self.writer.drop_issues(with_changes, schema.change)
        self.writer.add(schema.issue, rows.issue)
        self.writer.add(schema.change, rows.change)
        self.writer.add(schema.field_value, rows.field_value)
        self.writer.add(schema.link, rows.link)
        self.writer.add(schema.sprint_issue, rows.sprint_issue)
        self.writer.add(schema.comment, rows.comment)

    def _note_unread(self, key: str, number: int, fields: Collection[str]) -> None:
        """Whether the issue came whole: else this sync names it, and the next one asks for it again."""
        if fields or self.tally.left_out or self.tally.partly_read:
            self.tally.note_unread(key, fields)
        if fields:
            self.tally.again.add(number)
            self.staging.mark(PARTLY, [number])
        elif number in self.tally.again:
            self.tally.again.discard(number)
            self.staging.unmark(PARTLY, [number])

    def _note_comments(self, number: int, whole: bool | None, updated: object) -> None:
        self.silent.discard(number)
        if whole is None:
            self.silent.add(number)
        else:
            self.shows_comments = True
        if whole is False:
            self.short[number] = updated
            self.tally.incomplete_comments.add(number)
        else:
            self.short.pop(number, None)
            self.tally.incomplete_comments.discard(number)
            self.tally.closed_comments.pop(number, None)

    def tell_silent(self) -> None:
        """Names the issues that still say nothing of their comments; the next sync asks for them again."""
        if self.silent:
            named = self.staging.keys(sorted(self.silent)[:_NAMED])
            self.tally.warn(f"Jira said nothing of the comments of {_some(len(self.silent), named.values())}.")
            self.tally.again |= self.silent

    def take_comments(self, found: Comments) -> None:
        """The comments of an issue that showed only some; those of an older page of it are left."""
        number = found.issue_id
        if found.error is not None and number in self.short:
            self.tally.closed_comments[number] = found.error
        if found.page is None or number not in self.short or self.short[number] != found.updated:
            return
        whole = comments.is_whole(found.page)
        if whole:
            self.writer.drop_issues([number], schema.comment)
            self.writer.commented([number])
            self._note_comments(number, True, None)
        self.writer.add(schema.comment, parse.comment_rows(number, found.page))

    def _inline(self, issue: Issue, log: Changelog, number: int) -> list[Row]:
        if log.total is not None and log.total > len(log.histories):
            self._incomplete(number)
            self.tally.warn(f"{issue.key}: Jira sent {len(log.histories)} of {log.total} entries of its history.")
        else:
            self._complete({number})
        return self._changes(number, log.histories)

    def take_histories(self, found: Histories) -> None:
        """Complete histories; they take the place of those held."""
        self._complete(found.keys())
        rows = [row for number, histories in found.items() for row in self._changes(number, histories)]
        if again := self.storied & found.keys():
            self.writer.drop_issues(again, schema.change)
        self.writer.add(schema.change, rows)
        self.storied |= found.keys()
        self.staging.mark(STORIED, found.keys())

    def fill_page(self, page: Page, field_ids: Collection[str], known: Collection[int]) -> int:
        """Values (and inline histories) of some fields of known issues; how many there were. The rest stays."""
        values: list[Row] = []
        sprints: list[Row] = []
        ours: list[tuple[int, Issue]] = []
        for issue in page.issues:
            number = whole(issue.id)
            if number is None or number not in known:
                continue
            try:
                own = parse.value_rows(number, issue.fields, field_ids)
                sprints += parse.sprint_rows(number, issue.fields, self.wants.sprints, self.seen)
            except ODD:
                continue  # it is missed, asked for again, and named
            values += own
            ours.append((number, issue))
        self.writer.drop_issues([number for number, _ in ours], schema.field_value, field_ids=sorted(field_ids))
        self.writer.add(schema.field_value, values)
        if self.wants.sprints & set(field_ids):
            self.writer.drop_issues([number for number, _ in ours], schema.sprint_issue)
            self.writer.add(schema.sprint_issue, sprints)
            self._keep_seen()
        self.filled |= {number for number, _ in ours}
        self.staging.mark(FILLED, {number for number, _ in ours})
        self.fill_histories({number: issue.changelog.histories for number, issue in ours if issue.changelog}, known)
        return len(ours)

    def fill_histories(self, found: Mapping[int, list[History]], known: Collection[int]) -> None:
        """Adds histories of some fields to those held."""
        ours = {number: histories for number, histories in found.items() if number in known}
        self.writer.add(schema.change, [row for number, each in ours.items() for row in self._changes(number, each)])
        self.fill_storied |= ours.keys()
        self.staging.mark(FILL_STORIED, ours.keys())

    def _changes(self, number: int, histories: list[History]) -> list[Row]:
        try:
            return parse.change_rows(number, histories, self.wants)
        except ODD as error:
            self._incomplete(number)
            self._odd_histories[number] = error  # its key may not be known yet
            return []

    def _incomplete(self, number: int) -> None:
        self.tally.incomplete.add(number)
        self._cut_earlier.discard(number)
        self.staging.mark(INCOMPLETE, [number])

    def _complete(self, numbers: Collection[int]) -> None:
        if again := self.tally.incomplete & set(numbers):
            self.tally.incomplete -= again
            self.staging.unmark(INCOMPLETE, again)
            for each in again:
                self._odd_histories.pop(each, None)

    def finish(self) -> None:
        """Marks the issues whose histories did not come, and names those that could not be read."""
        if silent := sorted(self.fresh.keys() - self.storied):
            with self.staging.step():
                for number in silent:
                    self._incomplete(number)
            named = self.staging.keys(silent[:_NAMED])
            self.tally.warn(f"Jira did not give the history of {_some(len(silent), named.values())}.")
        if earlier := sorted(self._cut_earlier & self.tally.incomplete):
            named = self.staging.keys(earlier[:_NAMED])
            self.tally.warn(f"Jira did not give the whole history of {_some(len(earlier), named.values())}.")
        keys = self.staging.keys(self._odd_histories)
        for number, error in sorted(self._odd_histories.items()):
            what = (
                str(error)
                if isinstance(error, Unreadable)
                else f"its history has a shape that we cannot read ({type(error).__name__})"
            )
            self.tally.odd_histories += 1
            self.tally.warn(f"{keys.get(number, number)}: {what}.")
        closed = {
            number: error
            for number, error in self.tally.closed_comments.items()
            if number in self.tally.incomplete_comments
        }
        if closed:
            named, error = self.staging.keys(sorted(closed)[:_NAMED]), next(iter(closed.values()))
            self.tally.miss("comments", sorted(named.values()), error)
            self.tally.warn(f"Not all comments of {_some(len(closed), named.values())} could be read: {error}")
        if cut := sorted(self.tally.incomplete_comments - closed.keys()):
            named = self.staging.keys(cut[:_NAMED])
            self.tally.warn(f"Jira did not give all comments of {_some(len(cut), named.values())}.")
        if lost := self.tally.lost:
            first = sorted(lost.values())[:_NAMED]
            self.tally.warn(f"Jira lists {_some(len(lost), first)} that it did not give; the next sync asks again.")

    def drop(self, issue_ids: Collection[int]) -> None:
        """Forgets what came of some issues: they are gone."""
        with self.staging.step() as writer:
            writer.drop_issues(issue_ids, *ROWS)
            for kind in (STORIED, FILLED, FILL_STORIED, INCOMPLETE, PARTLY):
                self.staging.unmark(kind, issue_ids)
        for each in issue_ids:
            self.fresh.pop(each, None)
            self.short.pop(each, None)
        for some in (
            self.storied,
            self.filled,
            self.fill_storied,
            self.tally.incomplete,
            self.tally.incomplete_comments,
            self.tally.again,
            self.silent,
        ):
            some -= set(issue_ids)


def _some(count: int, keys: Iterable[str]) -> str:
    """
    >>> _some(1, ["A-1"]), _some(4, ["A-1", "A-2"])
    ('1 issue (A-1)', '4 issues (A-1, A-2, …)')
    """
    named = sorted(keys)
    more = ", …" if count > len(named) else ""
    return f"{count:,} issue{'' if count == 1 else 's'} ({', '.join(named)}{more})"
