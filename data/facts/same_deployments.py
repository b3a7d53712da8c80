"""Which deployments of several sources are one: Jira, and each system that reports, may tell of the same."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

NEAR = 24 * 3_600_000_000  # µs: as far apart one deployment of the same version may be told
NEAR_UNNAMED = 15 * 60_000_000  # µs: the same where no version or commit can be compared


@dataclass(frozen=True)
class Told:
    """One deployment as one source tells it. `day`: local day, where the source knows no time of day; else None.

    Names are folded. `issues`: keys of its tickets, or of issues that the report names.
    """

    source: str
    at: int
    project: str
    environments: frozenset[str] = frozenset()
    versions: frozenset[str] = frozenset()
    commit: str = ""
    tickets: frozenset[str] = frozenset()
    issues: frozenset[str] = frozenset()
    day: tuple[int, int] | None = None  # its first instant and that of the next day

    def is_same(self, other: Told) -> bool:
        """Whether both tell of one deployment.

        Both are of one project and, where both name one, of one environment. A report that names the ticket is of the
        ticket. Otherwise their versions are equal, else, where not both have one, their commits; they are at most a
        day apart. Where neither can be compared they are at most 15 minutes apart, or on the same day where one of
        the two knows only the day.

        >>> jira = Told("jira", 0, "shop", versions=frozenset({"1.2"}))
        >>> ci = Told("ci", 3_600_000_000, "shop", versions=frozenset({"1.2"}))
        >>> jira.is_same(ci), jira.is_same(Told("ci", 60, "shop", versions=frozenset({"1.3"})))
        (True, False)
        """
        if self.source == other.source or self.project != other.project:
            return False
        if self.environments and other.environments and not self.environments & other.environments:
            return False
        apart = self._apart(other)
        if (self.tickets & other.issues) or (other.tickets & self.issues):
            return apart <= NEAR
        if self.versions and other.versions:
            return bool(self.versions & other.versions) and apart <= NEAR
        if self.commit and other.commit:
            short = min(len(self.commit), len(other.commit))
            return short >= 7 and self.commit[:short] == other.commit[:short] and apart <= NEAR
        return apart <= NEAR_UNNAMED

    def _apart(self, other: Told) -> int:
        """µs between the two; 0 for an instant within the day of the other."""
        for one, two in ((self, other), (other, self)):
            if one.day is not None:
                low, high = one.day
                return max(low - two.at, two.at - (high - 1), 0)
        return abs(self.at - other.at)


def groups_of(told: Sequence[Told]) -> list[int]:
    """For each the number of the group that it is in; a group has at most one of each source. The nearest in time come
    together first, and what comes first in `told` names the group.

    >>> ours = Told("jira", 0, "shop")
    >>> groups_of([ours, Told("ci", 60, "shop"), Told("ci", 30, "shop"), Told("cd", 10, "shop")])
    [0, 1, 0, 0]
    """
    members: dict[int, list[int]] = {n: [n] for n in range(len(told))}
    group = list(range(len(told)))
    for _, one, two in sorted(_pairs(told)):
        left, right = sorted((group[one], group[two]))
        if left == right or _share_a_source(told, members[left], members[right]):
            continue
        for each in members[right]:
            group[each] = left
        members[left] += members.pop(right)
    numbers = {first: n for n, first in enumerate(sorted(members))}
    return [numbers[each] for each in group]


def _pairs(told: Sequence[Told]) -> Iterator[tuple[int, int, int]]:
    """(µs apart, place, place) of those that are the same."""
    by_project: dict[str, list[int]] = defaultdict(list)
    for n, each in enumerate(told):
        by_project[each.project].append(n)
    for places in by_project.values():
        places.sort(key=lambda n: told[n].at)
        for first, one in enumerate(places):
            for two in places[first + 1 :]:
                if told[two].at - told[one].at > 2 * NEAR + NEAR:  # a day may have 25 hours
                    break
                if told[one].is_same(told[two]):
                    yield told[one]._apart(told[two]), min(one, two), max(one, two)


def _share_a_source(told: Sequence[Told], left: list[int], right: list[int]) -> bool:
    return not {told[n].source for n in left}.isdisjoint(told[n].source for n in right)
