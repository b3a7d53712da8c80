"""`fields`, `quality`, `doctor` and `version`: what the Jira site offers, and whether everything is in order here."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from cli import sites
from cli.failures import FAILED
from cli.options import TableOrJson
from cli.printing import as_json, as_table, columns, notice
from data.platform.logs import SECRETS
from data.values import program

if TYPE_CHECKING:
    from data.values.fields import Suggestion
    from data.values.json_types import JsonObject


def fields(format_: TableOrJson = "table") -> int:
    """List the fields of the Jira site with the suggested mapping and on how many issues each is set."""
    services, snapshot = sites.opened()
    found = [asdict(field) for field in services.field_mapping.jira_fields(snapshot)]
    suggested = _by_jira_field(services.field_mapping.suggestions(snapshot))
    mapped = _mapped(snapshot.settings.mapping)
    rows = [
        {**field, "mapped_to": mapped.get(field["id"], []), "suggested_for": suggested.get(field["id"], [])}
        for field in found
    ]
    if format_ == "json":
        as_json(rows)
        return 0
    from data.settings.fields import FIELDS

    ours = "Mapped to, or suggested (?)"
    table = columns("Field", "Name", "Type", "Set on", ours, right=("Set on",), wrap=("Name", ours))
    for row in sorted(rows, key=lambda row: (not row["mapped_to"], not row["suggested_for"], not row["custom"])):
        names = [FIELDS[name].title for name in row["mapped_to"]]
        names = names or [f"{FIELDS[each['field']].title} ?" for each in row["suggested_for"]]
        table.add_row(row["id"], row["name"], row["kind"], _set_on(row["coverage"]), ", ".join(names))
    as_table(table)
    return 0


def quality(format_: TableOrJson = "table") -> int:
    """Say what in the data makes numbers doubtful: the findings of the tab Data quality."""
    services, snapshot = sites.with_data()
    found = services.status.quality(snapshot)
    order = ("danger", "warning", "info")
    findings = sorted(found.findings, key=lambda each: order.index(each.level) if each.level in order else 1)
    if format_ == "json":
        as_json({"level": found.level, "findings": [asdict(each) for each in findings]})
        return 0
    table = columns("Finding", "Issues", "Effect", "To do", right=("Issues",), wrap=("Finding", "Effect", "To do"))
    for each in findings:
        issues = "" if each.issues is None else f"{each.issues:,}"
        table.add_row(f"{_LEVELS.get(each.level, each.level)}: {each.title}", issues, each.effect, each.todo)
    as_table(table, () if findings else ("No gaps found in the data that was read.",))
    return 0


_LEVELS = {"danger": "Serious", "warning": "Warning", "info": "Good to know"}


def doctor(format_: TableOrJson = "table") -> int:
    """Check settings, state folder, store, token and Jira; exit code 1 when a check fails."""
    services, snapshot = sites.opened()
    checks = [replace(check, **SECRETS.cleaned(asdict(check))) for check in services.doctor.examine(snapshot)]
    if format_ == "json":
        as_json([asdict(check) for check in checks])
    else:
        _check_table(checks)
    failed = [check.name for check in checks if check.ok is False]
    if failed:
        notice(f"{len(failed)} of {len(checks)} checks failed: {', '.join(failed)}.")
    return FAILED if failed else 0


def version() -> None:
    """Print the version."""
    print(f"{program.NAME} {program.version()}")


def _check_table(checks: list[Any]) -> None:
    from rich.text import Text

    words = {True: Text("ok", style="green"), False: Text("failed", style="red"), None: Text("skipped", style="dim")}
    table = columns("Check", "Result", "What was found", wrap=("What was found",))
    for check in checks:
        table.add_row(check.name, words[check.ok], f"{check.message} {check.todo}".strip())
    as_table(table)


def _by_jira_field(suggestions: dict[str, list[Suggestion]]) -> dict[str, list[dict[str, Any]]]:
    """Jira field id → what it is suggested for, best score first."""
    found: dict[str, list[dict[str, Any]]] = {}
    for ours, candidates in suggestions.items():
        for best in candidates[:1]:
            found.setdefault(best.field_id, []).append({"field": ours, "score": best.score, "why": best.why})
    return {name: sorted(each, key=lambda row: -row["score"]) for name, each in found.items()}


def _mapped(mapping: dict[str, str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    from data.settings.fields import field_ids

    for ours, named in mapping.items():
        for jira_field in field_ids(named):
            found.setdefault(jira_field, []).append(ours)
    return found


def _set_on(coverage: JsonObject | None) -> str:
    if not coverage:
        return "–"
    return f"{coverage['set']}/{coverage['of']}"
