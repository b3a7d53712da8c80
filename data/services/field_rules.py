"""Whether Jira requires a field and which choices it offers, as the forms that create issues have it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from data.jira.client import Jira
from data.jira.create_fields import CreateField
from data.jira.errors import JiraError
from data.values.json_types import JsonObject

NEWEST = 100  # issues that say which forms are in use
MOST_FORMS = 8  # forms that are asked for, those of the most issues first
MOST_OPTIONS = 200


@dataclass(frozen=True)
class FieldRules:
    """What the forms of the most used pairs of project and issue type say. `why_unknown`: what could not be read."""

    forms: tuple[Mapping[str, CreateField], ...] = ()  # field id → the field, of each form that could be read
    why_unknown: str = ""

    def required(self, field_id: str) -> bool | None:
        """Whether every form requires the field; None where no form could be read."""
        if not self.forms:
            return None
        return all(field_id in form and form[field_id].is_required for form in self.forms)

    def options(self, field_id: str) -> list[str]:
        """The choices of a field, of all forms together, in Jira's order."""
        found = (each for form in self.forms if field_id in form for each in form[field_id].options)
        return list(dict.fromkeys(found))

    def described(self, field_id: str) -> JsonObject:
        """`required`, `options` and what is unknown of them, as the settings keep it."""
        options = self.options(field_id)
        told: JsonObject = {"required": self.required(field_id)}
        if options:
            told["options"] = list(options[:MOST_OPTIONS])
        if len(options) > MOST_OPTIONS:
            told["options_left_out"] = len(options) - MOST_OPTIONS
        if self.why_unknown:
            told["why_unknown"] = self.why_unknown
        return told


def rules_of(jira: Jira, jql: str) -> FieldRules:
    """What the forms of the newest issues of a query say. Raises nothing: what cannot be read is told in words."""
    try:
        forms = forms_in_use(jira, jql)
    except JiraError as error:
        return unreadable(error)
    found: list[Mapping[str, CreateField]] = []
    refused: list[tuple[str, JiraError | None]] = []
    for project, type_id, name in forms:
        try:
            rows = jira.create_fields(project, type_id)
        except JiraError as error:
            refused.append((name, error))
            continue
        if rows:
            found.append({each.field_id: each for each in rows})
        else:
            refused.append((name, None))  # Jira shows an empty form to who may not create issues there
    return FieldRules(tuple(found), _refused(refused))


def unreadable(error: JiraError) -> FieldRules:
    """Nothing is known, and why."""
    return FieldRules(why_unknown=_why("the newest issues", error))


def forms_in_use(jira: Jira, jql: str) -> Sequence[tuple[str, str, str]]:
    """(project id or key, issue type id, both in words), those of the most issues first. Raises JiraError."""
    seen: Counter[tuple[str, str, str]] = Counter()
    for issue in jira.newest(jql, ["project", "issuetype"], NEWEST):
        project, kind = issue.fields.get("project"), issue.fields.get("issuetype")
        if not isinstance(project, dict) or not isinstance(kind, dict):
            continue
        place = project.get("key") or project.get("id")
        if place is None or kind.get("id") is None:
            continue
        seen[(str(place), str(kind["id"]), f"{place} {kind.get('name') or kind['id']}")] += 1
    return [form for form, _ in seen.most_common(MOST_FORMS)]


def _refused(refused: Sequence[tuple[str, JiraError | None]]) -> str:
    if not refused:
        return ""
    names = ", ".join(name for name, _ in refused)
    error = next((each for _, each in refused if each is not None), None)
    if error is not None:
        return _why(names, error)
    return (
        f"Jira does not say which fields are required for {names}: the form is empty. "
        "The account may need the permission to create issues there."
    )


def _why(of: str, error: JiraError) -> str:
    return f"Jira does not say which fields are required for {of}: {error}"
