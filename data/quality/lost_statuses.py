"""What is said of the statuses that histories name and Jira no longer lists."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from data.platform.logs import SECRETS
from data.tables.gone_statuses import rows_of
from data.tables.tidy import Tables
from data.values.quality import Finding
from data.values.status_names import Reason

LONGEST = 120  # characters of a name in a sentence
_NAMED = 6  # statuses that a finding describes


def brief(name: str) -> str:
    """A name as people can read it in a sentence: its beginning, where it is very long."""
    return name if len(name) <= LONGEST else f"{SECRETS.shorten(name, LONGEST)}…"


_MEANS = {
    "new": "not started, so time there is in no flow time",
    "indeterminate": "work in progress, so time there counts, and what ended there ends later or not at all",
    "done": "finished, so items are completed when they come there",
    "discarded": "discarded, so items that ended there are neither completed nor in progress",
}


def lost_statuses(tables: Tables, phases: Sequence[str], chosen: Collection[str]) -> Iterator[Finding]:
    """Statuses that Jira no longer lists: what each is taken for, why, and what that does to the numbers. The least
    sure come first.

    phases: for each status code what it means (empty: Jira's category). chosen: ids of the statuses that people have
    chosen for something.
    """
    if not len(tables.gone_statuses):
        return
    ids, names = (tables.statuses[name].tolist() for name in ("status_id", "name"))
    said, doubtful = [], False
    category = tables.statuses["category"].astype(str).tolist()
    means = phases or category
    fits = {row.status: row.agreeing(category[row.status]) for row in rows_of(tables.gone_statuses)}
    for row in sorted(rows_of(tables.gone_statuses), key=lambda each: (fits[each.status] or 0.0, -each.entries)):
        own = str(ids[row.status]) in chosen
        doubtful |= not own and row.reason in (Reason.NOTHING, Reason.AMBIGUOUS)
        said.append(
            f"“{brief(str(names[row.status]))}” ({_entries(row.entries, fits[row.status])}) counts as "
            f"{_MEANS[means[row.status]]}: {'as chosen' if own else row.why}."
        )
    n = len(said)
    more = f" And {n - _NAMED} more." if n > _NAMED else ""
    yield Finding(
        f"Statuses that are no longer in Jira: {n:,}",
        None,
        " ".join(said[:_NAMED]) + more,
        "Where that is wrong, choose what the status means: gear, Workflow, “No longer in Jira”.",
        "warning" if doubtful else "info",
    )


def _entries(count: int, fit: float | None) -> str:
    """
    >>> _entries(1, 1.0), _entries(40, 0.958), _entries(0, None)
    ('1 entry, which fits', '40 entries, of which 95 % fit', '0 entries')
    """
    said = f"{count:,} {'entry' if count == 1 else 'entries'}"
    if fit is None:
        return said
    if count == 1:
        return f"{said}, which {'fits' if fit else 'does not fit'}"
    return f"{said}, of which {int(100 * fit)} % fit"
