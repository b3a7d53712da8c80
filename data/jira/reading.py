"""Reads all issues of a query with their complete histories: several requests side by side, never more than four."""

from __future__ import annotations

import queue
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from data.jira import protocol
from data.jira.answers import History, Page
from data.jira.client import Jira
from data.jira.errors import Cancelled, JiraError, NotFound
from data.jira.sender import never

AT_ONCE = 4
Histories = dict[int, list[History]]
Found = Page | Histories


class Crew:
    """A few threads; what they bring comes out of `results` in the order in which it is ready. Use as a context."""

    def __init__(self, cancelled: Callable[[], bool] = never, size: int = AT_ONCE) -> None:
        self._pool = ThreadPoolExecutor(size, thread_name_prefix="jira")
        self._ready: queue.Queue = queue.Queue()
        self._cancelled = cancelled
        self._open = 0

    def __enter__(self) -> Crew:
        return self

    def __exit__(self, *_: object) -> None:
        # Threads that wait for the network end with it; nobody waits for them.
        self._pool.shutdown(wait=False, cancel_futures=True)

    def start(self, name: Any, work: Callable[..., Any], *args: Any, **more: Any) -> None:
        """Has `work` done; `name` comes back with its result."""
        self._open += 1
        future = self._pool.submit(work, *args, **more)
        future.add_done_callback(lambda done: self._ready.put((name, done)))

    def results(self) -> Iterator[tuple[Any, Any]]:
        """(name, result) until nothing is open; more may be started meanwhile. Raises what the work raised."""
        while self._open:
            try:
                name, done = self._ready.get(timeout=0.2)
            except queue.Empty:
                if self._cancelled():
                    raise Cancelled from None
                continue
            if self._cancelled():
                raise Cancelled
            self._open -= 1
            yield name, done.result()


def read(
    jira: Jira,
    jql: str,
    fields: Sequence[str],
    *,
    histories: Sequence[str] | None,
    also: str = "",
    cancelled: Callable[[], bool] = never,
) -> Iterator[Found]:
    """Pages of issues, and complete histories by issue id, as they arrive; each issue's come after its page.

    `histories`: ids of the fields whose changes are needed, None for no histories. Histories that came inline are in
    the page, and complete: there no others follow.
    """
    inline = histories is not None and not jira.cloud
    with Crew(cancelled) as crew:
        work = _Reading(
            jira, crew, protocol.in_order(jql, also), list(fields), histories if jira.cloud else None, inline
        )
        yield from work.run()


class _Reading:
    def __init__(
        self, jira: Jira, crew: Crew, query: str, fields: list[str], histories: Sequence[str] | None, inline: bool
    ) -> None:
        self.jira, self.crew, self.query, self.fields = jira, crew, query, fields
        self.histories, self.inline = histories, inline
        self.waiting: list[int] = []  # issues whose histories were not asked for yet
        self.asked: set[int] = set()
        self.seen: set[str | int] = set()

    def run(self) -> Iterator[Found]:
        self._ask_page(None)
        for name, result in self.crew.results():
            if name == "histories":
                yield result
                continue
            following = protocol.after(result, name)
            if following is not None and following not in self.seen:
                self._ask_page(following)
                self._ask_histories(result, last=False)
            else:
                self._ask_histories(result, last=True)
            yield result

    def _ask_page(self, at: str | int | None) -> None:
        if at is not None:
            self.seen.add(at)
        self.crew.start(at, self.jira.page, self.query, self.fields, at, expand_changelog=self.inline)

    def _ask_histories(self, page: Page, *, last: bool) -> None:
        if self.histories is None:
            return
        for issue in page.issues:
            number = protocol.whole(issue.id)
            if number is not None and number not in self.asked:
                self.asked.add(number)
                self.waiting.append(number)
        while len(self.waiting) >= protocol.CHANGE_ISSUES or (last and self.waiting):
            some, self.waiting = self.waiting[: protocol.CHANGE_ISSUES], self.waiting[protocol.CHANGE_ISSUES :]
            self.crew.start("histories", changelogs, self.jira, some, self.histories)


def changelogs(jira: Jira, issue_ids: Sequence[int], field_ids: Sequence[str]) -> Histories:
    """Complete histories of Cloud issues: in bulk, or one by one where a proxy does not let bulk fetching through."""
    try:
        return jira.changelogs(issue_ids, field_ids)
    except NotFound:
        return {each: jira.changelog(each) for each in issue_ids}


__all__ = ["AT_ONCE", "Crew", "Histories", "JiraError", "changelogs", "read"]
