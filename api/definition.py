"""A definition that numbers obey, as the API tells it."""

from __future__ import annotations

from pydantic import BaseModel, Field


class Definition(BaseModel):
    """A definition as it is in force in a view."""

    name: str = Field(description="As `set` takes it.", examples=["durations"])
    title: str
    help: str
    value: str = Field(description="In force, as text.")
    words: str
    saved: str
    saved_words: str
    choices: list[tuple[str, str]] = Field(description="Values it could have, each with its words; none: any text.")
    names_of: str = Field(
        description="What a list holds: statuses, types, labels, components, resolutions, links, weekdays, days, words."
    )
    unit: str
    follows: list[str]
    nothing: str
