"""Which issues a view asks about."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Filters:
    """Which issues a view looks at, and how it measures them. Issues must match one of the names of each list that is
    not empty; `definitions` are (dotted name, value) of settings that this view chooses instead of the saved ones.
    """

    projects: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    components: tuple[str, ...] = ()
    definitions: tuple[tuple[str, str], ...] = ()

    def __bool__(self) -> bool:
        return any(names for _, names in self.titled())

    def titled(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """Each list of names, empty ones too, with the title under which people choose from it."""
        return (
            ("Projects", self.projects),
            ("Types", self.types),
            ("Labels", self.labels),
            ("Components", self.components),
        )


Named = tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Choices:
    """What can be filtered by: (name, number of issues), most used first."""

    projects: Named = ()
    types: Named = ()
    labels: Named = ()
    components: Named = ()
