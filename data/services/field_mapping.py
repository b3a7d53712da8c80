"""Which Jira field is ours: what the site has, what fits, what a choice would do to the numbers (D-01 to D-05)."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from data.facts.dataset import Dataset
from data.facts.flow_items import FLOW_ITEMS, kind_of
from data.facts.site_names import ids_of, titles
from data.jira.answers import JiraField
from data.jira.client import Jira
from data.jira.errors import JiraError
from data.jira.fields import Coverage as JiraCoverage
from data.metrics.measure import measure_family
from data.services.connection import SOON
from data.services.field_rules import FieldRules, rules_of, unreadable
from data.services.field_suggestions import suggest
from data.services.sites import Sites
from data.services.sync import SyncService
from data.services.view import Snapshot, View
from data.settings.content import merge
from data.settings.definitions import table
from data.settings.fields import FIELDS, STANDARD_FIELDS, UNTRANSLATED, field_ids
from data.settings.model import Settings
from data.settings.store import Invalid, Saved
from data.sync.field_usage import coverage
from data.tables.gone_statuses import rows_of
from data.tables.status_labels import labels
from data.tables.tidy import Tables
from data.values.arrays import Objects, Positions
from data.values.fields import Coverage, FieldInfo, StatusInfo, Suggestion, TypeInfo, ValueInfo
from data.values.metric_value import MetricValue
from data.values.names import name_key
from data.values.problem import Problem
from data.values.status_names import says_discarded

MOST_ISSUES = 800
_MAPPABLE = {kind for each in FIELDS.values() for kind in each.kinds} | {"other", "sla", "assets"}
_TOLD_BY_VALUES = ("other", "assets")  # kinds of which the values say whether they can be read


class FieldMappingService:
    """The fields of the site in force and what they are mapped to. Safe in several threads."""

    def __init__(self, sites: Sites, sync: SyncService) -> None:
        self._sites = sites
        self._sync = sync
        self._fields: dict[str, list[FieldInfo]] = {}
        self._rules: dict[str, FieldRules] = {}

    def jira_fields(self, snapshot: Snapshot, *, refresh: bool = False) -> list[FieldInfo]:
        """Fields of the site with their use, asked once a session. Raises JiraError."""
        if refresh or snapshot.known_as not in self._fields:
            with self._sites.connection(snapshot) as connection, Jira(connection, patience=SOON) as jira:
                self._fields[snapshot.known_as] = fields_of(jira, snapshot.jql)
        return self._fields[snapshot.known_as]

    def suggestions(self, snapshot: Snapshot) -> dict[str, list[Suggestion]]:
        """Our field name → Jira fields that probably are it, best first. Raises JiraError."""
        return suggest(self.jira_fields(snapshot))

    def check(self, our_name: str, field_id: str, snapshot: Snapshot) -> Problem | None:
        """Whether a Jira field can be ours: it exists and its type fits (D-04); of several in order, the first trouble.
        Raises JiraError.
        """
        known = self.jira_fields(snapshot)
        found = [check(our_name, each, known) for each in field_ids(field_id) or (field_id,)]
        return min(filter(None, found), key=lambda each: each.level != "danger", default=None)

    def values(self, our_name: str, field_id: str, snapshot: Snapshot) -> list[ValueInfo]:
        """The values of a field as words, most frequent first: of all issues where they are held, else of the newest.

        Raises JiraError, StoreError.
        """
        if snapshot.settings.mapping.get(our_name) == field_id:
            held = self._sites.data(snapshot).tables(snapshot).fields.get(our_name)
            if held is not None and held.dtype == object:
                return occurring(held)
        known = {each.id: each.coverage for each in self.jira_fields(snapshot)}
        counts: Counter[str] = Counter()
        for each in field_ids(field_id):
            seen = known.get(each)
            counts.update(dict(seen.values) if seen is not None else {})
        return [ValueInfo(text, n) for text, n in sorted(counts.items(), key=lambda each: (-each[1], each[0]))]

    def names_in_use(self, snapshot: Snapshot) -> dict[str, list[ValueInfo]]:
        """The resolutions and the link phrases of the data, with how many issues have each, most first.

        Raises StoreError.
        """
        tables = self._sites.data(snapshot).tables(snapshot)
        return {
            "resolutions": _counted(tables.issues["resolution"], np.arange(len(tables))),
            "links": _counted(tables.links["phrase"], tables.links["issue"].to_numpy()),
        }

    def titles(self, snapshot: Snapshot) -> dict[str, str]:
        """What ids in settings are called now: statuses by id, "resolutions:7", "links:10003:inward". Raises
        StoreError.
        """
        return titles(self._sites.data(snapshot).tables(snapshot))

    def statuses(self, snapshot: Snapshot) -> list[StatusInfo]:
        """The statuses of the data, in Jira's order of categories. Raises StoreError."""
        return statuses(self._sites.data(snapshot).tables(snapshot))

    def issue_types(self, snapshot: Snapshot) -> list[TypeInfo]:
        """The issue types of the data and the flow item each counts as. Raises StoreError."""
        return issue_types(self._sites.data(snapshot).dataset(snapshot.view()))

    def preview(
        self, patch: dict[str, Any], view: View, families: tuple[str, ...] = ("dora", "flow")
    ) -> list[tuple[MetricValue, MetricValue]]:
        """(before, after) of the metrics that a settings patch would change, on the data held. Raises Invalid,
        StoreError.

        Definitions that the view itself chooses are left aside: what is saved is compared with what would be saved.
        """
        data = self._sites.data(view.snapshot)
        view, held = data.current(view.with_settings(view.snapshot.settings))
        changed = data.dataset(view.with_settings(merged(view.snapshot.settings, patch)))
        found = []
        for family in families:
            before = measure_family(family, held, view.period)
            after = measure_family(family, changed, view.period)
            found += [(old, new) for old, new in zip(before, after, strict=True) if _shown(old) != _shown(new)]
        return found

    def unread(self, mapped: dict[str, str], snapshot: Snapshot) -> frozenset[str]:
        """Our fields of a mapping whose Jira field the next sync has to read first. Raises StoreError."""
        head = snapshot.synced
        return self._sites.data(snapshot).fetched_mapping(mapped, head)[1] if head else frozenset(mapped)

    def save(
        self, patch: dict[str, Any], revision: int, snapshot: Snapshot, base: dict[str, Any] | None = None
    ) -> Saved:
        """Merge a patch into the settings of the site, recalculate, fetch newly mapped fields. Names of resolutions and
        links become ids, where they are known.

        Raises Conflict, Invalid or ReadOnly; then nothing was written.
        """
        data = self._sites.data(snapshot)
        if snapshot.synced is not None:
            patch = with_ids(patch, data.tables(snapshot))
        fields = self._fields.get(snapshot.known_as)
        rules = self._rules_for(snapshot, patch, fields)
        saved = data.settings.save(with_metadata(patch, fields, rules), revision=revision, base=base)
        data.cache.drop()
        head = snapshot.synced
        if head is not None and data.fetched_mapping(saved.settings.mapping, head)[1]:
            self._sync.start(self._sites.snapshot())
        return replace(saved, warning=rules.why_unknown)

    def _rules_for(self, snapshot: Snapshot, patch: dict[str, Any], fields: list[FieldInfo] | None) -> FieldRules:
        """What Jira requires, asked once a session and only where a field is newly mapped."""
        if not newly_mapped(patch, fields):
            return FieldRules()
        known = self._rules.get(snapshot.known_as)
        if known is not None:
            return known
        try:
            with self._sites.connection(snapshot) as connection, Jira(connection, patience=SOON) as jira:
                found = rules_of(jira, snapshot.jql)
        except JiraError as error:
            return unreadable(error)
        if found.forms:
            self._rules[snapshot.known_as] = found
        return found


def with_ids(patch: dict[str, Any], tables: Tables) -> dict[str, Any]:
    """The patch with ids in place of the names of resolutions and links that are known."""
    given = patch.get("definitions") or {}
    changed = {
        name: ids_of(tables, definition.names_of.removesuffix("s"), given[name])
        for name, definition in table().items()
        if definition.names_of in ("resolutions", "links") and isinstance(given.get(name), list)
    }
    return {**patch, "definitions": {**given, **changed}} if changed else patch


def _counted(names: pd.Series, issue: Positions) -> list[ValueInfo]:
    """Names of a column of categories with the number of issues that have each, most first."""
    there = names.cat.codes.to_numpy()
    pairs = np.unique(np.column_stack((there.astype(np.int64), issue.astype(np.int64))), axis=0)
    counts = np.bincount(pairs[pairs[:, 0] >= 0, 0], minlength=len(names.cat.categories))
    found = [ValueInfo(str(name), int(n)) for name, n in zip(names.cat.categories, counts, strict=True) if n]
    return sorted(found, key=lambda each: (-each.issues, each.text))


def occurring(column: Objects) -> list[ValueInfo]:
    """The words of a column with the number of issues that have each, most frequent first."""
    found = Counter(word for words in column if words for word in dict.fromkeys(words))
    return [ValueInfo(word, n) for word, n in sorted(found.items(), key=lambda each: (-each[1], each[0]))]


def fields_of(jira: Jira, jql: str) -> list[FieldInfo]:
    """The site's fields that could be ours, with how often the newest issues set them. Raises JiraError."""
    fields = [each for each in jira.fields() if each.custom or each.id in STANDARD_FIELDS]
    wanted = [each.id for each in fields if each.custom and each.kind in _MAPPABLE]
    used = coverage(jira, jql, wanted, most=MOST_ISSUES)
    return [_info(each, used.get(each.id)) for each in fields]


def _info(field: JiraField, used: JiraCoverage | None) -> FieldInfo:
    kind = used.kind if used is not None and used.set and field.kind in _TOLD_BY_VALUES else field.kind
    kind = "unreadable" if kind == "other" and used is not None and used.set else kind
    return FieldInfo(
        field.id,
        field.name,
        kind,
        field.custom,
        Coverage(used.set, used.of, tuple(used.examples), tuple(used.values), used.types) if used else None,
        str(field.schema.get("custom", "")),
        str(field.schema.get(UNTRANSLATED) or ""),
    )


def check(our_name: str, field_id: str, fields: list[FieldInfo]) -> Problem | None:
    """None when the field fits."""
    ours = FIELDS[our_name]
    field = next((each for each in fields if each.id == field_id), None)
    if not field_id.startswith("customfield_") and field_id not in STANDARD_FIELDS:
        return Problem(
            f"{field_id} cannot be mapped.",
            "It is neither a custom field nor one of Jira’s own that we read.",
            "Choose another field.",
            "danger",
        )
    if field is None:
        return Problem(
            f"This Jira has no field {field_id}.", "It may have been deleted.", "Choose another field.", "danger"
        )
    if field.kind == "unreadable":
        return Problem(
            f"The values of “{field.name}” cannot be read.",
            "Jira gives no text, number or date for them; for objects of Assets, for example, only their ids.",
            "Choose another field, such as a list of choices that says the same.",
            "danger",
        )
    if not ours.fits(field.kind) and field.kind != "other":
        return Problem(
            (
                f"“{field.name}” holds {_a(field.kind)}; {ours.title.lower()} needs "
                f"{' or '.join(_a(kind) for kind in ours.kinds)}."
            ),
            "The types do not fit.",
            "Choose a field of a fitting type.",
            "danger",
        )
    if field.coverage is not None and field.coverage.set == 0:
        return Problem(
            f"“{field.name}” is empty on the {field.coverage.of} newest issues.",
            "",
            "Choose a field that people fill in, or expect no numbers from it.",
        )
    return None


_WORDS = {
    "datetime": "a date and time",
    "date": "a date",
    "number": "a number",
    "text": "text",
    "select": "a choice",
    "multiselect": "several choices",
    "checkbox": "a checkbox",
    "user": "a person",
    "sla": "a service level agreement",
    "assets": "objects of Assets",
}


def _a(kind: str) -> str:
    return _WORDS.get(kind, kind)


def statuses(tables: Tables) -> list[StatusInfo]:
    """The statuses that issues have or had, in Jira's order of categories, with how many issues are in them now."""
    now = np.bincount(tables.issues["status"].clip(lower=0), minlength=len(tables.statuses))
    seen = set(tables.changes["source"].unique()) | set(tables.changes["target"].unique())
    order = {"new": 0, "indeterminate": 1, "done": 2}
    ids, titles = [str(each) for each in tables.statuses["status_id"]], labels(tables)
    lost = {each.status: each for each in rows_of(tables.gone_statuses)}
    rows = []
    for n, row in enumerate(tables.statuses.itertuples(index=False, name="Row")):
        if n in seen or now[n]:
            discarded = says_discarded(str(row.name), str(row.category))
            why = "by its name" if discarded else ""
            known = StatusInfo(
                str(row.status_id),
                titles[n],
                str(row.category),
                int(now[n]),
                "discarded" if discarded else str(row.category),
                why,
            )
            if n in lost:
                like = ids[lost[n].like] if lost[n].like >= 0 else ""
                fit = lost[n].agreeing(str(row.category))
                known = replace(known, why=lost[n].why, is_gone=True, entries=lost[n].entries, fit=fit, like=like)
            rows.append(known)
    return sorted(rows, key=lambda each: (order.get(each.category, 1), -each.issues))


def issue_types(facts: Dataset) -> list[TypeInfo]:
    """Issue types of standard level (or mapped values, where flow item type is mapped) and the flow item each counts
    as.
    """
    issues = facts.tables.issues
    words = facts.field("flow_item_type")
    if words is not None:
        names, counts = np.unique([each[0] for each in words if each] or [""], return_counts=True)
    else:
        standard = issues["type"][issues["hierarchy"] == 0].cat.remove_unused_categories()
        names, counts = (
            standard.cat.categories.to_numpy(),
            np.bincount(standard.cat.codes, minlength=len(standard.cat.categories)),
        )
    chosen = {name_key(name) for name in facts.definitions.flow_types}
    rows = []
    for name, count in zip(names, counts, strict=True):
        kind = kind_of(facts, str(name))
        if name:
            rows.append(
                TypeInfo(
                    str(name), int(count), FLOW_ITEMS[kind] if kind >= 0 else None, name_key(str(name)) not in chosen
                )
            )
    return sorted(rows, key=lambda each: -each.issues)


def merged(settings: Settings, patch: dict[str, Any]) -> Settings:
    """The settings with a patch applied, unsaved. Raises Invalid."""
    from pydantic import ValidationError

    try:
        return Settings.model_validate(merge(settings.model_dump(), patch))
    except ValidationError as error:
        raise Invalid({".".join(map(str, each["loc"])): each["msg"] for each in error.errors()}) from error


def _shown(value: MetricValue) -> tuple[object, ...]:
    return value.error_state, value.value, value.error_message, value.performance_tier, value.excluded_issue_count


def newly_mapped(patch: dict[str, Any], fields: list[FieldInfo] | None) -> dict[str, str]:
    """Jira field id → our field, of the fields that a patch maps and the site has."""
    config = patch.get("dora_flow_config") or {}
    known = {each.id for each in fields or ()}
    return {
        jira: ours
        for part in (config.get("field_mappings") or {}).values()
        for ours, named in (part or {}).items()
        for jira in field_ids(",".join(named) if isinstance(named, list) else named)
        if jira in known and ours in FIELDS
    }


def with_metadata(patch: dict[str, Any], fields: list[FieldInfo] | None, rules: FieldRules) -> dict[str, Any]:
    """The patch with what is known of each newly mapped field beside it (field_metadata of D-01)."""
    known = {each.id: each for each in fields or ()}
    described = {
        jira: {"name": known[jira].name, "type": known[jira].kind, "description": FIELDS[ours].help}
        | rules.described(jira)
        for jira, ours in newly_mapped(patch, fields).items()
    }
    if not described:
        return patch
    config = patch.get("dora_flow_config") or {}
    given = config.get("field_metadata") or {}
    merged_metadata = given | {jira: told | (given.get(jira) or {}) for jira, told in described.items()}
    return {**patch, "dora_flow_config": {**config, "field_metadata": merged_metadata}}
