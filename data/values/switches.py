"""A definition that a number obeys, as it is in force in a view, and what else it could be."""

from __future__ import annotations

from dataclasses import dataclass

from data.values.problem import Problem


@dataclass(frozen=True)
class Switch:
    """One definition that a number obeys, as it is in force in a view."""

    name: str
    title: str
    help: str
    value: str  # as text, like in an address
    words: str
    saved: str = ""  # the saved value as text
    saved_words: str = ""
    choices: tuple[tuple[str, str], ...] = ()  # (value as text, words); none: anything may be written
    names_of: str = (
        ""  # what a list holds: statuses, types, labels, components, resolutions, links, weekdays, days, words
    )
    unit: str = ""
    follows: tuple[str, ...] = ()  # what no choice means: the statuses of Jira's category, or of certain names
    nothing: str = ""  # how "none of them" is written, where no choice means something else

    @property
    def chosen(self) -> bool:
        """Whether this view chooses it, instead of the saved one."""
        return self.value != self.saved


@dataclass(frozen=True)
class ChosenDefinition:
    """A definition that a view chooses instead of the saved one. With a `problem` it cannot be, and no number has
    it.
    """

    name: str
    value: str  # as text, like in the address
    title: str
    words: str
    saved_words: str
    problem: Problem | None = None
