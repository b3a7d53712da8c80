"""What every definition is called, what its values mean in words, and what it changes: one table for every reader."""

from __future__ import annotations

import json
import types
import typing
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Literal

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from data.settings.model import Definitions, Settings, Workflow
from data.values.spans import names_of
from data.values.switches import Switch

PARTS = {
    "time": "Calendar and method",
    "workflow": "Start and finish",
    "completion": "Completion and flow",
    "blocked": "Blocked time",
    "deployments": "Deployments",
    "incidents": "Incidents and failures",
    "rework": "Rework",
    "charts": "Charts",
    "jobs": "Jobs to be done",
    "sprints": "Sprints",
    "other": "Other",
}
WORKFLOW = "workflow."
MOST_SAID = 8  # names of a list that a text shows
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@dataclass(frozen=True)
class _Wording:
    """What people read about a definition, beside the model's own sentence."""

    title: str
    part: str
    words: Mapping[Any, str] = field(default_factory=dict)  # value → words
    empty: str = "none"  # what no value means
    unit: str = ""
    help: str = ""  # in place of the model's description, where that is made for files


_YES_NO = {True: "Yes", False: "No"}
_WORDINGS = {
    "zone": _Wording("Time zone", "time", empty="the zone of the Jira account"),
    "durations": _Wording(
        "Durations",
        "time",
        {
            "exact": "Exact time",
            "inclusive_days": "Whole days, both ends count",
            "exclusive_days": "Whole days, first day not counted",
            "working_days": "Working time",
            "inclusive_working_days": "Whole working days, both ends count",
        },
    ),
    "working_time.weekdays": _Wording(
        "Working days", "time", empty="no day", help="Days that count where durations are working time."
    ),
    "working_time.holidays": _Wording(
        "Days off",
        "time",
        help=(
            "Holidays and planned absences, on which nobody works: days, or runs such as 2026-12-21..2027-01-01. "
            "Forecasts step over them and do not draw from them; they do not count where durations are working time."
        ),
    ),
    "working_time.start": _Wording(
        "Working day starts", "time", help="When the working day begins, in the time zone of the numbers."
    ),
    "working_time.end": _Wording(
        "Working day ends", "time", help="When the working day ends, in the time zone of the numbers."
    ),
    "percentile": _Wording("Percentiles", "time", {"linear": "Interpolated (R-7)", "nearest_rank": "Nearest rank"}),
    "tier_year": _Wording("Tiers of the DORA report of", "time", {2021: "2021", 2023: "2023", 2024: "2024"}),
    "workflow.started": _Wording(
        "Statuses in progress",
        "workflow",
        empty="Jira’s category In progress",
        help="Statuses in which work is in progress; flow time starts at the first entry into one of them.",
    ),
    "workflow.done": _Wording(
        "Statuses done",
        "workflow",
        empty="Jira’s category Done",
        help="Statuses in which work is finished; flow time ends at the entry into one of them.",
    ),
    "workflow.discarded": _Wording(
        "Statuses discarded",
        "workflow",
        empty="statuses with a name such as Cancelled or Rejected",
        help=(
            "Statuses of discarded work: neither finished nor in progress, and counted on its own. An item that is "
            "moved from one to a finished status is completed at that moment, unless its resolution does not complete."
        ),
    ),
    "workflow.active": _Wording(
        "Active statuses",
        "workflow",
        help="Statuses in which somebody works on the item; their share is flow efficiency.",
    ),
    "workflow.waiting": _Wording("Waiting statuses", "workflow", help="Statuses in which the item waits for somebody."),
    "spans": _Wording("Named spans", "workflow"),
    "timed_span": _Wording("Time is taken", "workflow", empty="from first work to done"),
    "completion": _Wording(
        "Completed at", "completion", {"last": "Last time it became done", "first": "First time it became done"}
    ),
    "completed_as_of": _Wording(
        "Counts as completed",
        "completion",
        {"now": "If it is done now", "period_end": "If it was done at the end of the period"},
    ),
    "subtract_reopened": _Wording(
        "Days in done before a reopening", "completion", {True: "Taken out of flow time", False: "Part of flow time"}
    ),
    "backward_moves": _Wording(
        "Moved back before the start",
        "completion",
        {
            "count": "First start, time back counts",
            "pause": "First start, time back is left out",
            "restart": "Starts again",
        },
    ),
    "all_levels": _Wording("Sub-tasks and epics", "completion", {True: "Count too", False: "Left out"}),
    "not_completed_resolutions": _Wording("Resolutions that do not complete", "completion"),
    "completed_resolutions": _Wording("Resolutions that complete", "completion"),
    "load": _Wording(
        "Flow load counts", "completion", {"in_progress": "Items in progress", "started": "Started and not finished"}
    ),
    "stuck_days": _Wording("Stuck after", "completion", empty="longer than 85 % of earlier stays", unit="days"),
    "escaped_labels": _Wording("Labels of defects found in production", "incidents"),
    "flow_types": _Wording(
        "Kinds of work",
        "completion",
        empty="suggested by the type",
        help="What each issue type is: Feature, Defect, Risk or Technical debt.",
    ),
    "blocked_flag": _Wording("Flag means blocked", "blocked", _YES_NO),
    "blocked_statuses": _Wording("Blocked in", "blocked", help="Statuses in which an item is blocked."),
    "deployment_source": _Wording(
        "Deployments are",
        "deployments",
        {"auto": "Automatic", "issues": "Issues with a deployment date", "versions": "Released versions"},
    ),
    "deployment_merge": _Wording(
        "Issues deployed at one instant",
        "deployments",
        {"same_instant": "One deployment", "each_issue": "One deployment each"},
    ),
    "deployment_types": _Wording("Types that are deployments", "deployments", empty="any type; all are items of work"),
    "production_environments": _Wording("Production is", "deployments", empty="no environment"),
    "incident_types": _Wording("Types that are incidents", "incidents"),
    "incident_labels": _Wording("Labels that make an incident", "incidents"),
    "incident_components": _Wording("Components that make an incident", "incidents"),
    "incident_end_statuses": _Wording(
        "Statuses that end an incident",
        "incidents",
        empty="its completion",
        help=(
            "Statuses, such as Mitigated, whose entry ends an incident; one that entered none of them ends when it "
            "is completed."
        ),
    ),
    "incident_links": _Wording("Links that blame a deployment", "incidents"),
    "satisfaction_scale": _Wording(
        "Scale of the field Satisfaction",
        "jobs",
        {
            "unknown": "Not declared",
            "1-5": "1 to 5",
            "1-7": "1 to 7",
            "1-10": "1 to 10",
            "0-10": "0 to 10",
            "words": "Words",
        },
    ),
    "failure_window_hours": _Wording("Incidents after a deployment", "incidents", empty="off", unit="hours"),
    "success_words": _Wording("Deployment worked", "incidents"),
    "failure_words": _Wording("Deployment failed", "incidents"),
    "impact_words": _Wording("Production impact", "incidents"),
    "no_impact_words": _Wording("No production impact", "incidents"),
    "empty_success_means": _Wording(
        "Empty “deployment successful”", "incidents", {"unknown": "Unknown, left out", "no": "Failed"}
    ),
    "rework_types": _Wording("Types that are rework", "rework"),
    "rework_labels": _Wording("Labels that are rework", "rework"),
    "rework_version_types": _Wording("Versions of only these types are rework", "rework"),
    "statuses_by": _Wording("Statuses of the same name", "charts", {"name": "One status", "id": "Each on its own"}),
    "cfd": _Wording(
        "Cumulative flow",
        "charts",
        {
            "history": "Where items were",
            "high_water": "Furthest they have reached",
            "backfill": "Furthest since they last went back",
        },
    ),
    "limits.baseline": _Wording("Limits locked to", "charts", empty="no baseline"),
    "limits.divided": _Wording("Limits divided at", "charts", empty="no day"),
    "sprint_completion": _Wording(
        "Completed in a sprint is",
        "sprints",
        {"in_sprint": "What became done while in it", "done_at_close": "What is done at its close"},
    ),
    "sprint_weights.spillover": _Wording("Weight of spillover", "sprints"),
    "sprint_weights.churn": _Wording("Weight of scope churn", "sprints"),
    "sprint_weights.reopened": _Wording("Weight of reopened items", "sprints"),
    "sprint_weights.blocked": _Wording("Weight of blocked time", "sprints"),
    "sprint_weights.bugs": _Wording("Weight of bugs", "sprints"),
    "sprint_weights.accuracy": _Wording("Weight of inaccuracy", "sprints"),
}


@dataclass(frozen=True)
class Definition:
    """One definition. `name`: dotted path below `definitions`, or `workflow.…`; `kind`: its type without None."""

    name: str
    kind: Any
    default: Any
    help: str  # one sentence: what it changes
    title: str
    part: str
    words: Mapping[Any, str] = field(default_factory=dict)
    empty: str = "none"
    unit: str = ""

    @property
    def choices(self) -> tuple[Any, ...]:
        """The values to choose from; none where anything may be written."""
        if typing.get_origin(self.kind) is Literal:
            return typing.get_args(self.kind)
        return (True, False) if self.kind is bool else ()

    @property
    def names_of(self) -> str:
        """What a list holds: statuses, types, labels, components, weekdays, days or words; empty for other kinds."""
        if typing.get_origin(self.kind) is not list:
            return ""
        if self.name.startswith(WORKFLOW) or self.name.endswith("_statuses"):
            return "statuses"
        if self.name == "working_time.weekdays":
            return "weekdays"
        if self.name in ("working_time.holidays", "limits.divided"):
            return "days"
        last = self.name.rpartition("_")[2]
        return last if last in ("types", "labels", "components") else "words"

    def in_words(self, value: Any, names: Mapping[str, str] | None = None) -> str:
        """A value as people read it; `names`: ids → names, for statuses.

        >>> table()["durations"].in_words("inclusive_days"), table()["incident_types"].in_words(["Outage", "Sev 1"])
        ('Whole days, both ends count', 'Outage, Sev 1')
        >>> table()["failure_window_hours"].in_words(None), table()["failure_window_hours"].in_words(24.0)
        ('off', '24 hours')
        >>> discarded = table()["workflow.discarded"]
        >>> discarded.in_words([]), discarded.in_words(["40"], {"40": "Cancelled"})
        ('none', 'Cancelled')
        """
        if value == [] and self.default is None:
            return "none"
        if value in (None, "") or (isinstance(value, list | dict) and not value):
            return self.empty
        if isinstance(value, list):
            known = names or {}
            said = [DAYS[each] if isinstance(each, int) else known.get(each, str(each)) for each in value]
            more = f" and {len(said) - MOST_SAID} more" if len(said) > MOST_SAID + 1 else ""
            return ", ".join(said[:MOST_SAID] if more else said) + more
        if isinstance(value, dict):
            return ", ".join(f"{name} → {str(kind).replace('_', ' ')}" for name, kind in value.items())
        if value in self.words:
            return self.words[value]
        text = f"{value:g}" if isinstance(value, float) else str(value)
        return f"{text} {self.unit}".strip()

    def text(self, value: Any) -> str:
        """A value as it is written in an address or after --set; `with_overrides` reads it back.

        >>> table()["subtract_reopened"].text(True)
        'true'
        >>> table()["working_time.weekdays"].text([0, 1])
        '0,1'
        >>> table()["zone"].text("")
        ''
        >>> table()["incident_types"].text(["Outage, big", "Sev 1"])
        '["Outage, big", "Sev 1"]'
        >>> table()["workflow.discarded"].text(None), table()["workflow.discarded"].text([])
        ('', '[]')
        """
        if value is None:
            return ""
        if value == [] and self.default is None:
            return "[]"
        if isinstance(value, bool):
            return str(value).lower()
        if isinstance(value, list):
            words = [str(each) for each in value]
            plain = all(each and each == each.strip() and not set(each) & set(",[") for each in words)
            return ",".join(words) if plain else json.dumps(value, ensure_ascii=False)
        if isinstance(value, dict):
            return json.dumps(value, ensure_ascii=False)
        return f"{value:g}" if isinstance(value, float) else str(value)


@cache
def table() -> Mapping[str, Definition]:
    """Every definition by name, in the order of the model; the workflow's first."""
    found = [*_leaves(Workflow, WORKFLOW), *_leaves(Definitions, "")]
    return types.MappingProxyType({each.name: each for each in found})


def _leaves(model: type[BaseModel], before: str) -> list[Definition]:
    found: list[Definition] = []
    for name, setting in model.model_fields.items():
        kind = _kind(setting)
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            found += _leaves(kind, f"{before}{name}.")
        else:
            found.append(_definition(before + name, kind, setting))
    return found


def _definition(name: str, kind: Any, setting: FieldInfo) -> Definition:
    known = _WORDINGS.get(name) or _Wording(name.rpartition(".")[2].replace("_", " ").capitalize(), "other")
    return Definition(
        name=name,
        kind=kind,
        default=setting.get_default(call_default_factory=True),
        help=known.help or setting.description or "",
        title=known.title,
        part=known.part,
        words=known.words,
        empty=known.empty,
        unit=known.unit,
    )


def _kind(setting: FieldInfo) -> Any:
    kind = setting.annotation
    if typing.get_origin(kind) in (typing.Union, types.UnionType):
        kind = next(each for each in typing.get_args(kind) if each is not type(None))
    return kind


def value_of(settings: Settings, name: str) -> Any:
    """The value of a definition in these settings."""
    part, path = (
        (settings.workflow, name.removeprefix(WORKFLOW)) if name.startswith(WORKFLOW) else (settings.definitions, name)
    )
    found: Any = part
    for each in path.split("."):
        found = getattr(found, each)
    return found


def expanded(names: Iterable[str]) -> tuple[str, ...]:
    """Names with groups taken apart: "working_time" stands for its four definitions.

    >>> expanded(["percentile", "working_time"])[1:3]
    ('working_time.weekdays', 'working_time.holidays')
    """
    known = table()
    out: list[str] = []
    for name in names:
        out += [name] if name in known else [each for each in known if each.startswith(f"{name}.")]
    return tuple(dict.fromkeys(out))


def switch(name: str, settings: Settings, saved: Settings, names: Mapping[str, str] | None = None) -> Switch:
    """A definition in force and what else it could be. `names`: status ids → names."""
    known = table()[name]
    value, before = value_of(settings, name), value_of(saved, name)
    choices = tuple((known.text(each), known.in_words(each)) for each in known.choices)
    if known.names_of == "statuses":
        choices = tuple((names or {}).items())
    elif name == "timed_span":
        choices = names_of(settings.definitions.spans, known.empty)
    elif known.names_of == "weekdays":
        choices = tuple((str(n), day) for n, day in enumerate(DAYS))
    return Switch(
        name=name,
        title=known.title,
        help=known.help,
        value=known.text(value),
        words=known.in_words(value, names),
        saved=known.text(before),
        saved_words=known.in_words(before, names),
        choices=choices,
        names_of=known.names_of,
        unit=known.unit,
        nothing=known.text([]) if known.names_of else "",
    )
