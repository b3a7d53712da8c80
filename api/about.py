"""What every answer about a view says of it: days, issues, definitions, and how new the data is."""

from __future__ import annotations

from pydantic import BaseModel, Field

from api.guard import visit
from data.services.view import View
from data.values.errors import AppError
from data.values.filters import to_texts
from data.values.instants import instant
from data.values.metric_value import iso
from data.values.problem import Problem
from data.values.question import SHORT
from data.values.unknown_names import unknown_names


class AskedPeriod(BaseModel):
    """Local days, both included."""

    first: str = Field(alias="from", examples=["2026-10-01"])
    to: str
    days: int
    zone: str = Field(description="The time zone of the days.", examples=["Europe/Berlin"])
    label: str = Field(examples=["1 Oct – 31 Oct 2026"])


class Asked(BaseModel):
    """Which issues, and measured by which definitions instead of the saved ones."""

    project: list[str]
    type: list[str]
    label: list[str]
    component: list[str]
    filter: list[str] = Field(
        description="Every filter, also those above: field:operator:value, as in a request.",
        examples=[["assignee:in:Ann", "type:not_in:Bug"]],
    )
    set: list[str]


class About(BaseModel):
    """The view that was asked for, and the data that it was asked of."""

    period: AskedPeriod
    asked: Asked
    revision: str = Field(description="Names the data: another one after each sync that changed something.")
    data_as_of: str | None = Field(description="When the last sync ended, UTC.")
    stale: bool = Field(description="Whether the data is older than the settings allow.")
    unknown: list[str] = Field(description="Sentences about names of the filters that are not in the data.")
    sample: bool = Field(description="Whether this is the sample site: invented data to try the program on.")


class NeverSynced(AppError):
    """There is no data yet."""

    code = "never_synced"

    def __init__(self, running: bool) -> None:
        super().__init__(
            Problem(
                "No data has been fetched yet.",
                "The first sync is running." if running else "No sync has ended well so far.",
                "Ask again in some seconds." if running else "Start one: POST /api/v1/sync.",
            )
        )
        self.headers = {"Retry-After": "10"} if running else {}


def with_data(view: View) -> View:
    """The view, if its site has data. Raises NeverSynced, StoreError."""
    if view.snapshot.synced is None:
        raise NeverSynced(visit().services.sync.state.state == "running")
    return view


def about(view: View) -> dict[str, object]:
    """An About as plain values. Raises StoreError."""
    head, filters, period = view.snapshot.head, view.filters, view.period
    return {
        "period": {
            "from": period.first.isoformat(),
            "to": period.last.isoformat(),
            "days": period.days,
            "zone": period.zone,
            "label": period.label,
        },
        "asked": {
            **{name: list(filters.names(name)) for name in SHORT},
            "filter": to_texts(filters),
            "set": [f"{name}:{value}" for name, value in filters.definitions],
        },
        "revision": view.snapshot.revision,
        "data_as_of": iso(instant(head.synced_at)) if head and head.synced_at else None,
        "stale": view.snapshot.stale,
        "unknown": unknown_names(filters, visit().services.numbers.choices(view.snapshot)) if head and filters else [],
        "sample": view.snapshot.is_sample,
    }
