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
from data.settings.wordings import WORDINGS, Wording

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
NAMED = ("types", "labels", "components", "resolutions", "links")  # what lists hold names of, by the end of their name
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


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
        """What a list holds: statuses, one of NAMED, weekdays, days or words; empty for other kinds."""
        if typing.get_origin(self.kind) is not list:
            return ""
        if self.name.startswith(WORKFLOW) or self.name.endswith("_statuses"):
            return "statuses"
        if self.name == "working_time.weekdays":
            return "weekdays"
        if self.name in ("working_time.holidays", "limits.divided"):
            return "days"
        last = self.name.rpartition("_")[2]
        return last if last in NAMED else "words"

    def readable(self, value: Any, names: Mapping[str, str] | None) -> Any:
        """A list of resolutions or links with names in place of the ids that it holds; other values as they are.

        >>> rule = table()["not_completed_resolutions"]
        >>> rule.readable(["7", "Duplicate"], {"resolutions:7": "Abgelehnt", "7": "To Do"})
        ['Abgelehnt', 'Duplicate']
        """
        if self.names_of not in ("resolutions", "links") or not isinstance(value, list):
            return value
        return list(dict.fromkeys((names or {}).get(f"{self.names_of}:{each}", each) for each in value))

    def in_words(self, value: Any, names: Mapping[str, str] | None = None) -> str:
        """A value as people read it; `names`: ids → names of statuses, and of resolutions and links behind what they
        are ("resolutions:7").

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
            known, value = names or {}, self.readable(value, names)
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
    known = WORDINGS.get(name) or Wording(name.rpartition(".")[2].replace("_", " ").capitalize(), "other")
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
