"""Parts of the settings that consist of several values, and what all parts have in common."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from data.values.day_spans import day_span


class Part(BaseModel):
    """Keys that we do not know survive a save."""

    model_config = ConfigDict(
        extra="allow",
        validate_default=False,
        allow_inf_nan=False,
        hide_input_in_errors=True,  # they would show the ends of what was entered, and it may be a token
    )


Weekday = Annotated[int, Field(ge=0, le=6)]


class WorkingTime(Part):
    weekdays: list[Weekday] = Field(default_factory=lambda: [0, 1, 2, 3, 4], description="Working days, 0 is Monday.")
    holidays: list[str] = Field(
        default_factory=list,
        description="Days on which nobody works: holidays and planned absences, YYYY-MM-DD or YYYY-MM-DD..YYYY-MM-DD.",
    )
    start: str = Field("09:00", description="Start of the working day, local time.")
    end: str = Field("17:00", description="End of the working day, local time.")

    @field_validator("holidays")
    @classmethod
    def _holidays_are_days(cls, days: list[str]) -> list[str]:
        for day in days:
            day_span(day)
        return days

    @field_validator("start", "end")
    @classmethod
    def _is_a_time(cls, text: str) -> str:
        if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d|24:00", text):
            raise ValueError(f"{text!r} is not a time. Write it as HH:MM, for example 09:00.")
        return text

    @model_validator(mode="after")
    def _ends_after_it_starts(self) -> WorkingTime:
        if self.end <= self.start:
            raise ValueError("The working day ends before it starts. Swap the two times.")
        return self


Weight = Annotated[float, Field(ge=0, le=1)]


class SprintWeights(Part):
    """How much each part of a sprint's problematic score weighs. Together they are 1."""

    spillover: Weight = Field(0.25, description="Weight of what was committed and not done at the close.")
    churn: Weight = Field(0.20, description="Weight of what was added and removed after the start.")
    reopened: Weight = Field(0.20, description="Weight of what was reopened.")
    blocked: Weight = Field(0.15, description="Weight of blocked time.")
    bugs: Weight = Field(0.10, description="Weight of the bugs.")
    accuracy: Weight = Field(0.10, description="Weight of the distance between committed and completed.")

    @model_validator(mode="after")
    def _are_one_together(self) -> SprintWeights:
        total = sum((self.spillover, self.churn, self.reopened, self.blocked, self.bugs, self.accuracy))
        if abs(total - 1) > 1e-6:
            raise ValueError(f"The weights are {total:.4g} together. Change them so that they are 1.")
        return self


class LimitsOf(Part):
    """What natural limits (XmR) are made of, where that is not all that a chart shows."""

    baseline: str = Field(
        "",
        description=(
            "Natural limits (XmR) are made of the whole weeks (days, months) in these days alone, and hold for all "
            "others: YYYY-MM-DD..YYYY-MM-DD. Empty: of all that is shown."
        ),
    )
    divided: list[str] = Field(
        default_factory=list,
        description=(
            "Days on which the process was changed, YYYY-MM-DD: natural limits (XmR) are made anew from each on."
        ),
    )

    @field_validator("baseline")
    @classmethod
    def _is_a_run_of_days(cls, text: str) -> str:
        return str(day_span(text)) if text.strip() else ""

    @field_validator("divided")
    @classmethod
    def _are_single_days(cls, days: list[str]) -> list[str]:
        found = [day_span(day) for day in days]
        if longer := next((each for each in found if each.days > 1), None):
            raise ValueError(f"{longer} is more than one day. Give the day on which the change was made.")
        return [str(each) for each in sorted(set(found))]

    @model_validator(mode="after")
    def _are_one_of_the_two(self) -> LimitsOf:
        if self.baseline and self.divided:
            raise ValueError("Natural limits are locked to a baseline or divided at days, not both. Choose one.")
        return self
