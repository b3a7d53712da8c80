"""Sites with sprints made by hand: what happened to each issue in plain words, and the tables that follow from it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

import numpy as np

from data.tables import sprint_tables
from data.tables.frames import NEVER, frame
from data.tables.tidy import Tables
from tests.builders import Item, Version, at, site

HOUR = 3_600_000_000


@dataclass
class Story:
    """One issue. `sprints`: those that it was created in; `moves`: (instant, the sprints that it is in from then on).

    points: its first estimate; `estimates`: (instant, the new one), None is empty. `also`: sprints that the field names
    though the history does not. `unreadable`: from this instant on the history of sprints cannot be read.
    """

    item: Item
    sprints: Sequence[int] = ()
    moves: Sequence[tuple[int | str, Sequence[int]]] = ()
    points: float | None = None
    estimates: Sequence[tuple[int | str, float | None]] = ()
    also: Sequence[int] = ()
    unreadable: int | str | None = None

    def changes(self) -> Iterator[tuple[int, set[int], set[int]]]:
        """(instant, before, after), the creation first."""
        yield at(self.item.created), set(), set(self.sprints)
        states = [set(self.sprints), *(set(after) for _, after in self.moves)]
        for (before, after), (when, _) in zip(pairwise(states), self.moves, strict=True):
            yield at(when), before, after

    @property
    def points_now(self) -> float | None:
        return self.estimates[-1][1] if self.estimates else self.points


@dataclass
class Sprint:
    """A sprint; `id` is what stories name. `board`: an id, None for none."""

    id: int
    started: int | str | None = None
    completed: int | str | None = None
    state: str = "closed"
    board: int | None = 1
    name: str = ""
    ends: int | str | None = None


@dataclass
class Company:
    """Stories, sprints and boards (id, name, kind)."""

    stories: Sequence[Story]
    sprints: Sequence[Sprint]
    boards: Sequence[tuple[int, str, str]] = field(default_factory=lambda: [(1, "Board", "scrum")])
    points: bool = False  # mapped
    versions: Sequence[Version] = ()
    mapped: Sequence[str] = ()  # our fields that are mapped besides

    def tables(self) -> Tables:
        """What a sync would have left."""
        items = [
            replace(
                each.item, fields={**each.item.fields, **({"story_points": each.points_now} if self.points else {})}
            )
            for each in self.stories
        ]
        made = site(*items, versions=self.versions, mapped=(*self.mapped, *(["story_points"] if self.points else [])))
        place = {each.id: n for n, each in enumerate(self.sprints)}
        boards = frame([(number, name, kind, "P") for number, name, kind in self.boards], **sprint_tables._BOARDS)
        known = {number: n for n, (number, _, _) in enumerate(self.boards)}
        sprints = [
            (
                each.id,
                -1 if each.board is None else each.board,
                known.get(each.board, -1),
                each.name or f"Sprint {each.id}",
                each.state,
                *(NEVER if when is None else at(when) for when in (each.started, each.ends, each.completed)),
            )
            for each in self.sprints
        ]
        return replace(
            made,
            boards=boards,
            sprints=frame(sprints, **sprint_tables._SPRINTS),
            sprint_moves=frame(
                [row for n, each in enumerate(self.stories) for row in _moves(n, each, place)], **sprint_tables._MOVES
            ),
            sprint_members=frame(
                [(n, place[s]) for n, each in enumerate(self.stories) for s in _members(each)], **sprint_tables._MEMBERS
            ),
            estimates=frame(
                [row for n, each in enumerate(self.stories) for row in _estimates(n, each)] if self.points else [],
                **sprint_tables._ESTIMATES,
            ),
        )


def _moves(issue: int, story: Story, place: dict[int, int]) -> Iterator[tuple[int, int, int, bool]]:
    for when, before, after in story.changes():
        if story.unreadable is not None and when >= at(story.unreadable):
            break
        yield from ((issue, when, place[each], False) for each in sorted(before - after))
        yield from ((issue, when, place[each], True) for each in sorted(after - before))
    if story.unreadable is not None:
        yield issue, at(story.unreadable), sprint_tables.UNREADABLE, True


def _members(story: Story) -> list[int]:
    return sorted({*list(story.changes())[-1][2], *story.also})


def _estimates(issue: int, story: Story) -> Iterator[tuple[int, int, float, float]]:
    values = [story.points, *(value for _, value in story.estimates)]
    for (before, after), (when, _) in zip(pairwise(values), story.estimates, strict=True):
        yield issue, at(when), _number(before), _number(after)


def _number(value: float | None) -> float:
    return np.nan if value is None else value
