"""The end of the made-up history: a few items are stuck, and as much work is in progress as in the weeks before."""

from __future__ import annotations

from random import Random

from sample.calendar_of_work import DAY, HOUR, Calendar
from sample.company import STATUSES
from sample.lifecycles import Draft
from sample.site import DONE, PROGRESS

STUCK = 0.002  # of all issues, and one more: begun weeks ago and still in progress
YOUNGEST, OLDEST = 13, 45  # days since they were begun; most work is done in ten
WEEKS = 6  # that are looked back on
APART = frozenset(("Epic", "Sub-task", "Deployment", "Incident"))


def unfinished(drafts: list[Draft], count: int, last: int, calendar: Calendar, random: Random) -> None:
    """Change the drafts of a site of `count` issues so that it ends amid work at `last` (seconds since 1970)."""
    work = [draft for draft in drafts if draft.kind not in APART and draft.started is not None]
    _get_stuck(work, 1 + round(count * STUCK), last, random)
    _begin(work, last, calendar, random)


def _get_stuck(work: list[Draft], count: int, last: int, random: Random) -> None:
    """`count` of the items that would be done by now stay where they were on the way, the oldest for weeks."""
    done = [draft for draft in work if _until(draft) <= last]
    for n in range(count):
        age = YOUNGEST * (OLDEST / YOUNGEST) ** ((n + random.random()) / count) * DAY
        draft = min(done, key=lambda each: abs(last - age - (each.started or 0)))
        done.remove(draft)
        first = next(at for at, (_, name) in enumerate(draft.path) if _category(name) == DONE)
        stops = [at for at in range(first) if _category(draft.path[at][1]) == PROGRESS]
        del draft.path[random.choice(stops) + 1 :]
        draft.live = None
        draft.notes.pop("shipped by", None)
        if draft.commit is not None and draft.commit > draft.path[-1][0]:
            draft.commit = None


def _begin(work: list[Draft], last: int, calendar: Calendar, random: Random) -> None:
    """Waiting items are begun until as many are in progress as at the end of the weeks before."""
    usual = [_in_progress(work, last - week * 7 * DAY) for week in range(1, WEEKS + 1)]
    missing = round(sum(usual) / WEEKS) - _in_progress(work, last)
    waiting = [draft for draft in work if (draft.started or 0) > last]
    random.shuffle(waiting)
    for draft in waiting:
        if missing <= 0:
            return
        begun = draft.started or 0
        ago = random.uniform(0.4, 0.95) * min(_until(draft) - begun, 6 * DAY)
        begin = calendar.at_work(int(last - ago))
        if draft.created + HOUR < begin < last:
            _earlier(draft, begun - begin)
            missing -= 1


def _earlier(draft: Draft, seconds: int) -> None:
    """Everything after the creation happens so much earlier."""
    path, draft.path = draft.path[1:], draft.path[:1]
    for at, name in path:
        draft.enter(at - seconds, name)
    draft.started = next(at for at, name in draft.path if _category(name) == PROGRESS)
    draft.flags = [(begin - seconds, end - seconds) for begin, end in draft.flags]
    if draft.commit is not None:
        draft.commit -= seconds


def _until(draft: Draft) -> int:
    """When it is done for the first time; far away for what never is."""
    return next((at for at, name in draft.path if _category(name) == DONE), 1 << 40)


def _in_progress(work: list[Draft], instant: int) -> int:
    return sum((draft.started or 0) <= instant < _until(draft) for draft in work)


def _category(status: str) -> str:
    return str(STATUSES[status]["statusCategory"]["key"])
