"""The spec of a question: what is asked for, small, typed and the same for people, programs and translators.

The model says which shapes there are; whether its names exist is checked in `data/query/checked.py`.
"""

from __future__ import annotations

from typing import Annotated, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field

from data.query.relative_days import Relative
from data.values.filters import LONGEST_VALUE, MOST_FILTERS, MOST_VALUES, Op

GRAINS = ("day", "week", "month", "quarter", "year")
Aggregate = Literal[
    "count", "count_distinct", "sum", "avg", "min", "max", "median", "p75", "p85", "p90", "p95", "share",
]  # a table: kept in its rows  # fmt: skip
AGGREGATES: tuple[str, ...] = get_args(Aggregate)
MOST_METRICS, MOST_GROUPS, MOST_SORTS = 6, 3, 6
MOST_ROWS, MOST_ROWS_OF_A_JOB = 1_000, 100_000

Name = Annotated[str, Field(min_length=1, max_length=100)]
Text = Annotated[str, Field(max_length=LONGEST_VALUE)]
Number = Annotated[float, Field(allow_inf_nan=False)]
Value = Text | Number | bool | None


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SpecFilter(_Part):
    """One condition; all of them must be met. Of several values of `in` one is enough."""

    field: Name = Field(description="A dimension; in the filters of an own measure a column of its fact.")
    op: Op = Field(
        "in",
        description="eq, ne, in, not_in, contains, starts_with, is_null, not_null; columns of facts also lt, lte, gt, "
        "gte and between.",
    )
    value: Annotated[list[Value], Field(max_length=MOST_VALUES)] | Value = Field(
        None, description="A name or a number, or a list of them; null stands for issues without a value."
    )


class Measure(_Part):
    """A number of one's own: an aggregate over the used rows of a fact."""

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,59}$")] = Field(
        description="What the number is called in the answer; not the name of a metric."
    )
    fact: Name = Field(description="A fact of the list of facts.")
    column: Name | None = Field(None, description="A column of the fact; not needed to count.")
    agg: Aggregate = Field(
        description="count, count_distinct, sum, avg, min, max, median, p75, p85, p90, p95; share: of a flag, percent."
    )
    filters: Annotated[list[SpecFilter], Field(max_length=MOST_FILTERS)] = Field(
        [], description="Conditions on columns of the fact."
    )


class Dates(_Part):
    """Which days: exactly one way of saying it."""

    preset: Literal["7d", "30d", "90d"] | None = Field(None, description="7d, 30d or 90d: the days up to today.")
    first: Annotated[str, Field(max_length=40)] | None = Field(None, alias="from", description="First local day.")
    last: Annotated[str, Field(max_length=40)] | None = Field(None, alias="to", description="Last day, included.")
    relative: Relative | None = Field(
        None, description="today, yesterday, or this_ or last_ week, month, quarter, year; this_… ends today."
    )


class Sort(_Part):
    """One order of the answer; the first decides, the next ones where it is equal. Nothing comes last."""

    field: Name = Field(description="A metric of the spec, or something that it is grouped by.")
    direction: Literal["asc", "desc"] = Field("asc", description="asc or desc.")


class AnalyticsSpec(_Part):
    """A question to the catalogue."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra={
            "example": {"metrics": ["flow_velocity"], "group_by": ["month", "project"], "dates": {"preset": "90d"}}
        },
    )

    metrics: Annotated[list[Name | Measure], Field(min_length=1, max_length=MOST_METRICS)] = Field(
        description="Names of the catalogue, or own measures."
    )
    group_by: Annotated[list[Name], Field(max_length=MOST_GROUPS)] = Field(
        [], description="Dimensions, and at most one grain of time: day, week, month, quarter or year."
    )
    filters: Annotated[list[SpecFilter], Field(max_length=MOST_FILTERS)] = Field(
        [], description="Which issues the question is about."
    )
    dates: Dates = Field(Dates(preset="30d"), description="Which local days, both ends included. Default: 30d.")
    compare: Literal["none", "previous", "same_last_year"] = Field(
        "none", description="none; previous: as many days just before; same_last_year."
    )
    sort_by: Annotated[list[Sort], Field(max_length=MOST_SORTS)] = Field(
        [], description="Default: by time, then by the rows that were used, most first."
    )
    limit: Annotated[int, Field(ge=1, le=MOST_ROWS_OF_A_JOB, strict=True)] = Field(
        MOST_ROWS, description=f"How many rows at most: up to {MOST_ROWS:,} at once, {MOST_ROWS_OF_A_JOB:,} in a file."
    )
    definitions: Annotated[dict[Name, Annotated[str, Field(max_length=500)]], Field(max_length=50)] = Field(
        {}, description="Definitions to measure with instead of the saved ones: name, value."
    )
