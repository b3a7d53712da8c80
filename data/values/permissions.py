"""What can be done here, which scope it needs, and how the audit log calls it: the only place that says so.

The page asks this table before a callback or an address of the page is answered, the terminal before a command is noted
in the audit log. Routes of the API name their scope themselves (api.frame.operation); how they are called in the audit
log is below. Which roles have which scopes: data.values.callers. What is in no row is for admins only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from data.values.callers import Scope


@dataclass(frozen=True)
class Action:
    """Something that can be done. `noted`: what the audit log calls it; empty: it changes nothing and is not noted."""

    scope: Scope
    noted: str = ""


LOOK = Action(Scope.READ)
EXPORT = Action(Scope.EXPORT, "export")
SYNC = Action(Scope.WRITE, "sync started")
CANCEL = Action(Scope.WRITE, "background task cancelled")
RETRY = Action(Scope.WRITE, "background task tried again")
CANCEL_OWN = Action(Scope.EXPORT, "background task cancelled")  # of others: with the scope write only
RETRY_OWN = Action(Scope.EXPORT, "background task tried again")
VIEW_SAVED = Action(Scope.WRITE, "view saved")
VIEWS_CHANGED = Action(Scope.WRITE, "views deleted or imported")
DEFINITIONS = Action(Scope.WRITE, "definitions saved")
MAPPING = Action(Scope.WRITE, "field mapping saved")
RECORD = Action(Scope.WRITE, "job record added")
RECORDS = Action(Scope.WRITE, "job records imported")
JOBS = Action(Scope.WRITE, "job register changed")
TESTED = Action(Scope.ADMIN, "connection tested")
CONNECTION = Action(Scope.ADMIN, "connection saved")
RUN = Action(Scope.WRITE, "background tasks run")
REPORTS = Action(Scope.WRITE, "deployments or incidents reported")
CLEANUP = Action(Scope.ADMIN, "old records removed")
PEOPLE = Action(Scope.ADMIN, "people changed")
TOKENS = Action(Scope.ADMIN, "tokens changed")
SIGN_IN = Action(Scope.READ)  # open to everybody; it writes its own lines
UNKNOWN = Action(Scope.ADMIN, "something that no row names")


@dataclass(frozen=True)
class Callback:
    """A callback of the page. `by`: id of a trigger (of a pattern: its area) → what it does when that triggers it; any
    other trigger does `other`. `hidden`: CSS selectors of further parts that are of no use to whoever may not.
    """

    other: Action = LOOK
    by: Mapping[str, Action] = field(default_factory=dict)
    hidden: tuple[str, ...] = ()

    def action(self, trigger: str) -> Action:
        """What it does when this triggers it."""
        return self.by.get(trigger, self.other)


_LOOKS = Callback()

# Callbacks of the page, as module.function of callbacks/.
CALLBACKS: dict[str, Callback] = {
    "background.show_panel": _LOOKS,
    "background.show_formats": _LOOKS,
    "background.follow_tasks": Callback(
        LOOK, {"background-start": EXPORT, "task-cancel": CANCEL_OWN, "task-retry": RETRY_OWN}
    ),
    "cards.show_overview": _LOOKS,
    "cards.show_dora": _LOOKS,
    "cards.show_flow": _LOOKS,
    "cards.renew": _LOOKS,
    "catalogue.show_catalogue": _LOOKS,
    "catalogue.show_values": _LOOKS,
    "charts.show_chart": _LOOKS,
    "connection.open_or_close": _LOOKS,
    "connection.fill_form": _LOOKS,
    "connection.test_or_save": Callback(
        CONNECTION,
        {"connection-session": LOOK, "connection-test": TESTED, "connection-save": CONNECTION},
        hidden=("#banner-connect",),
    ),
    "connection.tell_connected": _LOOKS,
    "definitions.show_chips": _LOOKS,
    "definitions.show_dialog": _LOOKS,
    "definitions.save": Callback(DEFINITIONS, {"definitions-confirm": DEFINITIONS}, hidden=("#definitions-save",)),
    "jobs_detail.turn": _LOOKS,
    "detail.show_detail": _LOOKS,
    "detail.show_rows": _LOOKS,
    "field_mapping.open_or_close": _LOOKS,
    "explore.show_explore": _LOOKS,
    "field_mapping.load": _LOOKS,
    "field_mapping.show_state": _LOOKS,
    "forecast.show_forecast": _LOOKS,
    "jobs.show_jobs": _LOOKS,
    "jobs_forms.fill": _LOOKS,
    "jobs_forms.show_or_hide": _LOOKS,
    "jobs_forms.keep": Callback(RECORD, {"jobs-save": RECORD, "jobs-session": LOOK}, hidden=("[data-track]",)),
    "jobs_forms.import_file": Callback(RECORDS, {"jobs-file": RECORDS}, hidden=("[data-import-jobs]",)),
    "quality.show_quality": _LOOKS,
    "first_steps.show_first_steps": _LOOKS,
    "page.show_period": _LOOKS,
    "page.show_choices": _LOOKS,
    "mapping_draft.edit": _LOOKS,
    "mapping_save.save": Callback(
        MAPPING,
        {"mapping-wish": MAPPING, "mapping-use-theirs": LOOK, "mapping-session": LOOK},
        hidden=("#mapping-save", "#mapping-keep-mine"),
    ),
    "mapping_show.show_list": _LOOKS,
    "mapping_show.show_pane": _LOOKS,
    "mapping_show.search_fields": _LOOKS,
    "mapping_show.show_preview": _LOOKS,
    "overview.show_findings": _LOOKS,
    "sprints.show_sprints": _LOOKS,
    "sync.follow_sync": Callback(LOOK, {"header-sync": SYNC, "sync-cancel": CANCEL}),
    "teams.show_teams": _LOOKS,
    "teams.show_dialog": _LOOKS,
    "teams.keep": Callback(VIEW_SAVED, {"teams-keep": LOOK, "teams-confirm": VIEW_SAVED}, hidden=("#teams-keep",)),
    "teams.act": Callback(
        VIEWS_CHANGED, {"teams-wish": VIEWS_CHANGED}, hidden=("[data-delete-team]", "[data-import-teams]")
    ),
}

# Addresses of the page that answer without a callback, by their Flask endpoint.
PAGES: dict[str, Action] = {
    "/": LOOK,
    "/<path:path>": LOOK,  # there is no such page
    "/_dash-layout": LOOK,
    "/_dash-dependencies": LOOK,
    "/_dash-update-component": LOOK,  # the callback decides
    "/_reload-hash": LOOK,
    "/_favicon.ico": LOOK,
    "/_dash-component-suites/<string:package_name>/<path:fingerprinted_path>": LOOK,
    "_dash_assets.static": LOOK,
    "bundle.stylesheet": LOOK,
    "bundle.script": LOOK,
    "/healthz": LOOK,
    "health.ready": LOOK,
    "downloads.numbers": EXPORT,
    "downloads.metric": EXPORT,
    "downloads.issues": EXPORT,
    "downloads.stages": EXPORT,
    "downloads.catalogue_file": EXPORT,
    "downloads.chart_file": EXPORT,
    "downloads.chart_issues_file": EXPORT,
    "downloads.jobs_file": EXPORT,
    "downloads.jobs_table": EXPORT,
    "downloads.job_records": EXPORT,
    "downloads.explore_file": EXPORT,
    "downloads.forecast_file": EXPORT,
    "downloads.sprints_file": EXPORT,
    "downloads.teams_file": EXPORT,
    "files.download": EXPORT,
    "reports.release_notes": LOOK,
    "reports.report": EXPORT,
    "sign_in.show": SIGN_IN,
    "sign_in.sign_in": SIGN_IN,
    "sign_in.sign_out": SIGN_IN,
    "people.show": LOOK,  # of people, tokens and the audit log admins only see anything
    "people.change": PEOPLE,
    "people.own_password": LOOK,  # it writes its own lines
    "people.hidden": LOOK,
    "openid.begin": SIGN_IN,
    "openid.back": SIGN_IN,
    "openid.back_channel": SIGN_IN,
}

# Commands of the terminal. Whoever may run them may read the files of the state folder, so no role is asked for.
COMMANDS: dict[str, Action] = {
    "serve": LOOK,
    "sample": LOOK,
    "sync": SYNC,
    "metrics": LOOK,
    "issues": LOOK,
    "issue": LOOK,
    "stages": LOOK,
    "sprints": LOOK,
    "catalogue": LOOK,
    "forecast": LOOK,
    "query": LOOK,
    "report": LOOK,
    "fields": LOOK,
    "quality": LOOK,
    "doctor": LOOK,
    "password": LOOK,
    "mcp": LOOK,
    "version": LOOK,
    "jtbd track-job": RECORD,
    "jtbd track-outcome": RECORD,
    "jtbd track-painpoint": RECORD,
    "jtbd track-satisfaction": RECORD,
    "jtbd track-time": RECORD,
    "jtbd dashboard": LOOK,
    "jtbd analyze": LOOK,
    "jtbd export": LOOK,
    "jtbd report": LOOK,
    "jtbd build": JOBS,
    "jtbd sync": JOBS,
    "jtbd verify": LOOK,
    "jtbd new": JOBS,
    "jtbd import": RECORDS,
    "jtbd cleanup": CLEANUP,
    "teams list": LOOK,
    "teams save": VIEW_SAVED,
    "teams delete": VIEWS_CHANGED,
    "teams compare": LOOK,
    "teams export": LOOK,
    "teams import": VIEWS_CHANGED,
    "tokens new": TOKENS,
    "tokens list": LOOK,
    "tokens revoke": TOKENS,
    "tasks list": LOOK,
    "tasks show": LOOK,
    "tasks cancel": CANCEL,
    "tasks retry": RETRY,
    "tasks run": RUN,
    "tasks export": EXPORT,
    "people add": PEOPLE,
    "people list": LOOK,
    "people role": PEOPLE,
    "people password": PEOPLE,
    "people disable": PEOPLE,
    "people enable": PEOPLE,
    "people sign-out": PEOPLE,
    "people remove": PEOPLE,
    "import deployments": REPORTS,
    "import incidents": REPORTS,
    "audit": LOOK,
}
