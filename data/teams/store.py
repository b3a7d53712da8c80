"""The file of saved views of one site: written atomically; a change that would overwrite somebody else's is refused."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from data.platform.files import locked, opened, quarantine, write_atomic
from data.teams.content import (
    MOST_VIEWS,
    BadView,
    NewerFormat,
    Read,
    free_name,
    from_json,
    read,
    same,
    to_bytes,
    to_json,
)
from data.values.errors import AppError
from data.values.metric_value import iso
from data.values.problem import Problem
from data.values.teams import TeamView

T = TypeVar("T")


class TeamsError(AppError):
    """A change that did not happen; `problem` says what, why and what to do."""

    code = "saved_views"


class NameTaken(TeamsError):
    """A view of that name is there already: `existing`."""

    def __init__(self, existing: TeamView) -> None:
        self.existing = existing
        super().__init__(
            Problem(
                f"There is a saved view “{existing.name}” already.",
                "Saving would replace what it holds.",
                "Replace it, or choose another name.",
            )
        )


class TeamConflict(TeamsError):
    """Somebody else changed or removed the view meanwhile: `theirs`, None where it is gone."""

    def __init__(self, name: str, theirs: TeamView | None) -> None:
        self.theirs = theirs
        did = "changed" if theirs else "removed"
        super().__init__(
            Problem(
                f"“{name}” was not saved." if theirs else f"“{name}” is not there any more.",
                f"Somebody else {did} it while you were looking.",
                "Look at it as it is now, then save again to replace it."
                if theirs
                else "Save it under its name again.",
            )
        )


class NoSuchView(TeamsError):
    """There is no view of that name."""

    code = "no_such_view"

    def __init__(self, name: str, known: Iterable[str]) -> None:
        names = ", ".join(f"“{each}”" for each in known)
        super().__init__(
            Problem(f"There is no saved view “{name}”.", todo=f"There are: {names}." if names else "None is saved yet.")
        )


class TeamStore:
    """Saved views by name. `revision` grows by one with each change; each view has that of its own last change."""

    def __init__(
        self, path: Path, clock: Callable[[], datetime] = lambda: datetime.now(UTC), first: tuple[TeamView, ...] = ()
    ) -> None:
        """`first`: the views that there are before anything has been saved or deleted."""
        self.path = path
        self._first = first
        self.backup = path.with_name(path.name + ".bak")
        self._clock = clock

    def load(self) -> tuple[Read, Problem | None]:
        """The views, by name. Never raises for what the file may hold: a broken one is put aside for its copy."""
        try:
            with opened(self.path) as file:
                found = read(file.read())
        except FileNotFoundError:
            return Read(self._first), None
        except OSError as error:
            return Read(()), _unreadable(self.path, error)
        except NewerFormat as error:
            return Read(()), _newer(self.path, error)
        except BadView as error:
            return self._broken(error)
        problem = Problem("Some saved views could not be read.", " ".join(found.problems)) if found.problems else None
        return found, problem

    def _broken(self, error: BadView) -> tuple[Read, Problem | None]:
        aside = ""
        with suppress(OSError):
            aside = f" A copy is kept as {quarantine(self.path, keep=True).name}."
        try:
            with opened(self.backup) as file:
                found = read(file.read())
        except (OSError, BadView):
            found = Read(())
        said = "those of the last save are shown" if found.views else "none is shown"
        problem = Problem(f"The file of saved views is broken; {said}.", f"{error}{aside}", "Saving a view repairs it.")
        return found, problem

    def save(self, view: TeamView, seen: int | None = None) -> TeamView:
        """Add a view, or replace the one whose revision is `seen`.

        Raises BadView for one that could not be read again, NameTaken, TeamConflict, TeamsError.
        """

        def change(views: dict[str, TeamView], revision: int) -> TeamView:
            known = views.get(same(view.name))
            if known is not None and seen is None:
                raise NameTaken(known)
            if seen is not None and (known is None or known.revision != seen):
                raise TeamConflict(view.name, known)
            if known is None and len(views) >= MOST_VIEWS:
                raise TeamsError(Problem(f"There are {MOST_VIEWS} saved views, which is the most.", todo="Delete one."))
            made = from_json(to_json(replace(view, changed_at=iso(self._clock()), revision=revision)))
            views[same(view.name)] = made
            return made

        return self._changed(change)

    def delete(self, name: str, seen: int | None = None) -> TeamView:
        """Raises NoSuchView, TeamConflict when it is not the one seen, TeamsError."""

        def change(views: dict[str, TeamView], _revision: int) -> TeamView:
            known = views.get(same(name))
            if known is None:
                raise NoSuchView(name, (each.name for each in views.values()))
            if seen is not None and known.revision != seen:
                raise TeamConflict(name, known)
            return views.pop(same(name))

        return self._changed(change)

    def add(self, new: Iterable[TeamView]) -> tuple[TeamView, ...]:
        """Add views, each under a name that is free; equal ones are there already. Raises TeamsError."""

        def change(views: dict[str, TeamView], revision: int) -> tuple[TeamView, ...]:
            added = []
            for each in new:
                known = views.get(same(each.name))
                if known is not None and _alike(known, each):
                    continue
                if len(views) >= MOST_VIEWS:
                    raise TeamsError(
                        Problem(
                            "Nothing was imported.",
                            f"There would be more than {MOST_VIEWS} views.",
                            "Delete some first.",
                        )
                    )
                name = free_name(each.name, (view.name for view in views.values()))
                made = replace(each, name=name, changed_at=iso(self._clock()), revision=revision)
                views[same(name)] = made
                added.append(made)
            return tuple(added)

        return self._changed(change)

    def _changed(self, change: Callable[[dict[str, TeamView], int], T]) -> T:
        """Read, change and write under the lock; on return it is on the disk."""
        try:
            with locked(self.path):
                found, problem = self.load()
                if problem is not None and problem.level == "danger":
                    raise TeamsError(problem)
                if found.problems:
                    quarantine(self.path, keep=True)  # the views that cannot be read are not in what is written
                views = {same(each.name): each for each in found.views}
                done = change(views, found.revision + 1)
                data = to_bytes(views.values(), found.revision + 1)
                write_atomic(self.path, data)
                with suppress(OSError):  # saved is saved; the copy is for a file that somebody breaks later
                    write_atomic(self.backup, data)
                return done
        except OSError as error:
            raise TeamsError(
                Problem(
                    "The saved views were not changed.",
                    f"Writing {self.path.name} failed: {error.strerror or error}.",
                    "Make sure that its folder can be written and has space.",
                    "danger",
                )
            ) from error


def _alike(one: TeamView, other: TeamView) -> bool:
    return (one.period, one.first, one.last, one.filters) == (other.period, other.first, other.last, other.filters)


def _newer(path: Path, error: NewerFormat) -> Problem:
    return Problem(
        "The saved views cannot be shown or changed.",
        f"{path.name} was written by a newer version of Throughline. {error}",
        "Use the newer version, or move the file away to start a new one.",
        "danger",
    )


def _unreadable(path: Path, error: OSError) -> Problem:
    return Problem(
        "The saved views could not be read.",
        f"Reading {path.name} failed: {error.strerror or error}.",
        "Give this program permission to read it, or move it away.",
        "danger",
    )
