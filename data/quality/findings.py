"""What in the data makes numbers doubtful: each thing with how many issues it touches, its effect, and what to do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pandas as pd

from data.quality.lost_statuses import brief, lost_statuses
from data.settings.fields import FIELDS
from data.tables.frames import NEVER
from data.tables.tidy import DAY, Tables
from data.values.arrays import Column, Mask
from data.values.periods import local_date, zone_named
from data.values.program import COMMAND
from data.values.quality import Finding
from data.values.typography import listed

HOUR = 3_600_000_000  # µs
SKEW = 600_000_000  # µs by which clocks may differ before an instant counts as one of the future
LONG_AGO = 7 * DAY  # data older than this is in earnest old
LISTED = 5  # names that a finding shows
FULL_SYNC = f"Run a full sync: {COMMAND} sync --full."


@dataclass(frozen=True)
class Circumstances:
    """What the tables do not say themselves. Instants in µs UTC.

    done: for each status code whether it is a finished one. phases: for each status code what it means (new,
    indeterminate, done, discarded; empty: Jira's category). chosen: ids of the statuses that people have chosen for
    something.
    pending: our fields that are mapped and not fetched yet.
    complete_from: since when the query holds every issue (None: always); begins: what that is a bound on. conditions:
    what else the query looks at. max_age: µs after which data is old. sync: the last SyncResult as plain values.
    unknown_words:
    our field → its values that are in no list of words, with the number of issues that have each, most first.
    unknown_resolutions: the same for resolutions.
    """

    now: int
    zone: str
    done: Mask
    max_age: int
    phases: tuple[str, ...] = ()
    chosen: frozenset[str] = frozenset()
    pending: frozenset[str] = frozenset()
    complete_from: int | None = None
    begins: str = "updated"
    conditions: tuple[str, ...] = ()
    sync: Mapping[str, Any] = field(default_factory=dict)
    unknown_words: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    unknown_resolutions: Mapping[str, int] = field(default_factory=dict)


def findings(tables: Tables, known: Circumstances) -> tuple[Finding, ...]:
    """Everything found, in the order in which it is looked for. Pure: the same tables give the same findings."""
    looks = (
        _age,
        _empty,
        _sync,
        _missing,
        _histories,
        _comments,
        _statuses,
        _undated,
        _fields,
        _words,
        _resolutions,
        _unreadable,
        _versions,
        _waiting,
        _future,
        _reach,
        _links,
    )
    return tuple(each for look in looks for each in look(tables, known))


def _age(tables: Tables, known: Circumstances) -> Iterator[Finding]:
    age = known.now - tables.as_of if tables.as_of is not None else 0
    if age < -SKEW:
        ahead, unit = (-age // DAY, "day") if -age >= 2 * DAY else (max(-age // HOUR, 1), "hour")
        yield Finding(
            f"The last sync lies {ahead} {unit}{'' if ahead == 1 else 's'} in the future",
            None,
            (
                "The clock of this machine is wrong, or that of the one that synced was: how old the data is cannot "
                "be said."
            ),
            f"Set the clock right, then run a full sync: {COMMAND} sync --full.",
            "warning",
        )
    if age > known.max_age:
        number, unit = (age // DAY, "day") if age >= 2 * DAY else (max(age // HOUR, 1), "hour")
        yield Finding(
            f"The data is {number} {unit}{'' if number == 1 else 's'} old",
            None,
            "What happened since then is not counted, so the numbers of the last days are too low.",
            "Start a sync with the round arrow at the top.",
            "danger" if age > LONG_AGO else "warning",
        )


def _empty(tables: Tables, known: Circumstances) -> Iterator[Finding]:
    if not len(tables) and known.sync.get("issues") == 0:
        warnings = known.sync.get("warnings") or ()
        yield Finding(
            "No issue is held",
            None,
            str(warnings[0]) if warnings else "The query matches no issue that this account may see.",
            "Check the query and the permissions of the account, then sync.",
            "danger",
        )


def _sync(_: Tables, known: Circumstances) -> Iterator[Finding]:
    error = known.sync.get("error") or {}
    if error and error.get("code") != "cancelled":
        yield Finding(
            "The last sync did not work",
            None,
            "Numbers are those of the sync before it.",
            str(error.get("hint") or "Start another one with the round arrow at the top."),
        )
    elif noted := len(known.sync.get("warnings") or ()):
        yield Finding(
            f"The last sync reported {noted} problem{'' if noted == 1 else 's'}",
            None,
            "What it could not read is not counted.",
            "Read its messages; most often the account lacks a permission, or a mapped field was deleted.",
            "info" if known.sync.get("complete") else "warning",
        )


def _missing(_: Tables, known: Circumstances) -> Iterator[Finding]:
    expected, fetched = known.sync.get("expected"), known.sync.get("fetched")
    if known.sync.get("error") or known.sync.get("mode") != "full" or expected is None or fetched is None:
        return
    if fetched < expected:
        yield Finding(
            "Jira counted more issues than it gave",
            expected - fetched,
            "Those issues are not counted.",
            f"{FULL_SYNC} If it stays, ask whether the account may see all issues of the query.",
        )


def _histories(tables: Tables, _: Circumstances) -> Iterator[Finding]:
    if broken := int(np.count_nonzero(~tables.issues["history_complete"].to_numpy())):
        yield Finding(
            "Issues whose history could not be read completely",
            broken,
            "These issues are left out of the Flow numbers; each card counts them among those left out.",
            f"{FULL_SYNC} If it stays, ask whether the account may see these issues.",
        )


def _comments(tables: Tables, _: Circumstances) -> Iterator[Finding]:
    if "comments_complete" not in tables.issues or not len(tables):
        return
    cut = ~tables.issues["comments_complete"].to_numpy()
    if cut.all() and not len(tables.comments):
        yield Finding(
            "No comments are shown",
            None,
            "Numbers made of comments have nothing to count.",
            "If you need them, ask whether this account may see comments and the field is not hidden.",
            "info",
        )
    elif broken := int(np.count_nonzero(cut)):
        yield Finding(
            "Issues whose comments could not all be read",
            broken,
            "These issues are left out of numbers made of comments.",
            "The next sync asks again. If it stays, ask whether the account may see all comments.",
            "info",
        )


def _statuses(tables: Tables, known: Circumstances) -> Iterator[Finding]:
    nameless = int(np.count_nonzero(tables.issues["status"].to_numpy() < 0))
    if nameless:
        yield Finding(
            "Issues in a status that Jira does not list",
            nameless,
            "It is not known whether they are finished, so they count as not started.",
            FULL_SYNC,
        )
    yield from lost_statuses(tables, known.phases, known.chosen)


def _undated(tables: Tables, known: Circumstances) -> Iterator[Finding]:
    size = len(tables)
    status = tables.issues["status"].to_numpy()
    done = np.append(known.done, False)
    entered = np.zeros(size, dtype=bool)
    changes = tables.changes
    entered[changes["issue"].to_numpy()[done[changes["target"].to_numpy()]]] = True
    dated = entered | (tables.issues["resolved"].to_numpy() != NEVER)
    for name in ("status_entry_timestamp", "work_completed_date"):
        if name in tables.fields:
            dated |= tables.fields[name] != NEVER
    if count := int(np.count_nonzero(done[status] & ~dated)):
        yield Finding(
            "Completed without a completion date",
            count,
            "They have no resolution date and no change into a finished status, so they are not counted in any period.",
            "Let the workflow set a resolution, or map the field that holds the date of completion.",
        )


def _fields(tables: Tables, _: Circumstances) -> Iterator[Finding]:
    for name, values in tables.fields.items():
        if len(tables) and not _any_set(values) and name not in tables.unreadable:
            yield Finding(
                f"Mapped but always empty: {FIELDS[name].title}",
                len(tables),
                "No issue has a value in this field, so numbers that need it have nothing to count.",
                "Choose another Jira field in the field mapping, or remove this one.",
            )


def _words(_: Tables, known: Circumstances) -> Iterator[Finding]:
    for name, words in known.unknown_words.items():
        if words:
            yield Finding(
                f"{FIELDS[name].title}: values that are not understood ({_listed(words)})",
                sum(words.values()),
                "It is not known what they mean, so deployments with them are left out of the change failure rate.",
                f"In the field mapping, say what each value of {FIELDS[name].title} means.",
            )


def _resolutions(_: Tables, known: Circumstances) -> Iterator[Finding]:
    names = known.unknown_resolutions
    if names:
        are = "resolution is" if len(names) == 1 else "resolutions are"
        yield Finding(
            f"{len(names)} {are} not known to us: {_listed(names)}",
            sum(names.values()),
            "Items with such a resolution count as completed. If one of them means that the work was dropped, "
            "the numbers "
            "are too high.",
            "Put each into one of the two lists of resolutions: Definitions, Completion and flow.",
        )


def _unreadable(tables: Tables, _: Circumstances) -> Iterator[Finding]:
    for name, mask in tables.unreadable.items():
        yield Finding(
            f"Values that cannot be read: {FIELDS[name].title}",
            int(np.count_nonzero(mask)),
            "Jira gives no text, number or date for them, so these issues are left out where the field is needed.",
            "Map another field that says the same.",
        )


def _versions(tables: Tables, _: Circumstances) -> Iterator[Finding]:
    versions = tables.versions
    undated = versions["released"].to_numpy(dtype=bool) & versions["release_date"].isna().to_numpy()
    if count := int(np.count_nonzero(undated)):
        yield Finding(
            f"{count:,} released version{' has' if count == 1 else 's have'} no release date",
            None,
            "Where versions are the deployments, it is not known when these were deployed: they are left out.",
            "Set their release dates in Jira.",
            "info",
        )


def _listed(words: Mapping[str, int]) -> str:
    """The most frequent names with their numbers: "Canary 6, Sev 4 2 and 3 more"; a single one without."""
    if len(words) == 1:
        return f"“{brief(next(iter(words)))}”"
    shown = ", ".join(f"“{brief(word)}” {n:,}" for word, n in list(words.items())[:LISTED])
    more = len(words) - LISTED
    return f"{shown} and {more} more" if more > 0 else shown


def _any_set(values: Column) -> bool:
    if values.dtype == np.int64:
        return bool((values != NEVER).any())
    return bool(pd.notna(values).any())


def _waiting(_: Tables, known: Circumstances) -> Iterator[Finding]:
    if known.pending:
        titles = ", ".join(sorted(FIELDS[name].title if name in FIELDS else name for name in known.pending))
        yield Finding(
            f"Mapped and not read yet: {titles}",
            None,
            "Numbers that need it are calculated without it.",
            "The next sync reads it; start one with the round arrow at the top.",
            "info",
        )


def _future(tables: Tables, known: Circumstances) -> Iterator[Finding]:
    limit = known.now + SKEW
    late = np.zeros(len(tables), dtype=bool)
    titles = []
    for name, values in tables.fields.items():
        if values.dtype == np.int64 and (ahead := values > limit).any():
            late |= ahead
            titles.append(FIELDS[name].title)
    for name, title in (("created", "Created"), ("resolved", "Resolved")):
        if (ahead := tables.issues[name].to_numpy() > limit).any():
            late |= ahead
            titles.append(title)
    if titles:
        yield Finding(
            f"Dates in the future: {', '.join(titles)}",
            int(np.count_nonzero(late)),
            "What has a future date counts only once that day has come.",
            "Correct the dates, or map the field that says what happened instead of what is planned.",
            "info",
        )


def _reach(_: Tables, known: Circumstances) -> Iterator[Finding]:
    if known.conditions:
        yield Finding(
            f"The query also looks at {listed(known.conditions)}",
            None,
            "Issues can drop out of the query for that reason, too. Days without issues therefore have no number "
            "instead of 0, and no change is given.",
            (
                "Let the query in the connection form look at projects, types and dates only, and use the filters of "
                "the page."
            ),
            "warning",
        )
    if known.complete_from is None:
        return
    day = local_date(datetime.fromtimestamp(known.complete_from / 1e6, UTC), zone_named(known.zone))
    back = (known.now - known.complete_from) // DAY
    yield Finding(
        f"The query holds only issues {known.begins} since {day:%-d %b %Y}",
        None,
        "Data of earlier days is incomplete: their numbers say so, and nothing is compared with them.",
        "To look further back, widen the query in the connection form.",
        "info" if back >= 180 else "warning",  # 90 days and the 90 before them
    )


def _links(tables: Tables, _: Circumstances) -> Iterator[Finding]:
    outside = tables.links["issue"].to_numpy()[tables.links["other"].to_numpy() < 0]
    if len(outside):
        yield Finding(
            "Links to issues outside the query",
            len(np.unique(outside)),
            "A failure and its cause are matched only where both are in the data. Whether the others were deleted or "
            "moved since is known at the next full sync, within a week.",
            "If deployments and incidents live in other projects, take those into the query.",
            "info",
        )
