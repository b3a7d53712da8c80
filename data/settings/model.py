"""The shape of app_settings.json: every setting with its default, its limits and its help text."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, field_validator, model_validator

from data.settings.operation import BackgroundSettings, CacheSettings, JtbdSettings, McpSettings, SyncSettings
from data.settings.parts import LimitsOf, SprintWeights, WorkingTime
from data.settings.parts import Part as _Part
from data.settings.words import (
    CAUSES,
    COMPLETED,
    FAILURE,
    IMPACT,
    INCIDENT_TYPES,
    NO_IMPACT,
    NOT_COMPLETED,
    SUCCESS,
)
from data.values import spans
from data.values.json_types import JsonObject
from data.values.reported import project_names

FORMAT = 1  # raised when older programs could no longer read the file


class JiraSettings(_Part):
    url: str = Field("", description="Address of the Jira site, for example https://example.atlassian.net.")
    email: str = Field("", description="Account e-mail (Jira Cloud). Empty: the token is sent as Bearer (Data Center).")
    jql: str = Field("", description="Which issues to read. Empty: updated >= -365d.")
    proxy: str = Field(
        "",
        description=(
            "HTTP proxy on the way to Jira, like http://proxy.example.org:3128. Empty: none. A user name and "
            "password for it go into JIRA_PROXY only."
        ),
    )
    ca_bundle: str = Field(
        "",
        description=(
            "PEM file (or folder) of the certificate authorities to trust. Empty: those of the certifi package."
        ),
    )
    client_cert: str = Field("", description="PEM file of a client certificate to show to Jira. Empty: none.")
    client_key: str = Field(
        "", description="PEM file of its key, without a passphrase. Empty: it is in client_cert too."
    )


class FieldMappings(_Part):
    """A mapping names one Jira field, or several in order (a list, or separated by commas): the first that is filled in
    an issue counts.
    """

    dora: dict[str, str] = Field(
        default_factory=dict, description="Our DORA field → Jira field id, or several in order."
    )
    flow: dict[str, str] = Field(
        default_factory=dict, description="Our Flow field → Jira field id, or several in order."
    )
    jtbd: dict[str, str] = Field(
        default_factory=dict, description="Our Jobs field → Jira field id, or several in order."
    )

    @field_validator("dora", "flow", "jtbd", mode="before")
    @classmethod
    def _lists_are_texts(cls, part: object) -> object:
        if not isinstance(part, dict):
            return part
        return {
            name: ",".join(jira) if isinstance(jira, list) and all(isinstance(each, str) for each in jira) else jira
            for name, jira in part.items()
        }


class DoraFlowConfig(_Part):
    field_mappings: FieldMappings = Field(default_factory=FieldMappings)
    field_metadata: dict[str, JsonObject] = Field(
        default_factory=dict,
        description="Jira field id → name, type, description; required and options as Jira has them.",
    )
    last_updated: str | None = None


class Workflow(_Part):
    """Status ids; an empty list means Jira's own status category decides (active and waiting: not chosen).

    discarded: None means that names decide about the statuses that are in no other list, an empty list that none is.
    """

    started: list[str] = Field(default_factory=list, description="Statuses in which work is in progress.")
    active: list[str] = Field(default_factory=list, description="Statuses in which somebody works on the item.")
    waiting: list[str] = Field(default_factory=list, description="Statuses in which the item waits.")
    done: list[str] = Field(default_factory=list, description="Statuses in which the item is finished.")
    discarded: list[str] | None = Field(
        None,
        description=(
            "Statuses in which the item was given up: neither finished nor in progress. Not set: those with a name "
            "such as Cancelled, Rejected or Duplicate that are in no other list. An empty list: none."
        ),
    )


PRODUCTION = ["production", "prod", "prd", "live"]


class Definitions(_Part):
    """How numbers are calculated. Each card shows the definition in force."""

    zone: str = Field(
        "",
        description="Time zone in which days, weeks and months begin. Empty: the zone of the Jira account.",
    )
    durations: Literal["exact", "inclusive_days", "exclusive_days", "working_days", "inclusive_working_days"] = Field(
        "exact",
        description="How long from start to end, and how old work in progress is: hours and minutes as they are, local "
        "dates with or without the first day, only working time, or working days with both ends.",
    )
    percentile: Literal["linear", "nearest_rank"] = Field(
        "linear",
        description="Where a median or percentile falls between two values: interpolated (R-7), or the value of a real "
        "item.",
    )
    tier_year: Literal[2021, 2023, 2024] = Field(2023, description="DORA report whose thresholds give the tiers.")
    delivery_source: Literal["jira", "reported", "both"] = Field(
        "jira",
        description="Where deployments and incidents come from: Jira, other systems that report them (deployment "
        "pipelines, alerting), or both, what is in both counted once.",
    )
    reported_projects: list[str] = Field(
        default_factory=list,
        description="What other systems call a project of Jira, each as: acme/shop -> SHOP. A repository, application "
        "or service that is not listed keeps its name.",
    )
    deployment_source: Literal["auto", "issues", "versions"] = Field(
        "auto",
        description="What a deployment is: an issue with a deployment date, or a released version; never both. "
        "Automatic: issues if a deployment date is mapped, else versions.",
    )
    deployment_merge: Literal["same_instant", "each_issue"] = Field(
        "same_instant",
        description="Whether issues with the same project, environment and instant are one deployment or several.",
    )
    deployment_types: list[str] = Field(
        default_factory=list,
        description=(
            "Issue types that are deployment tickets: they are deployments, and no items of work. Empty: any issue "
            "with a deployment date is a deployment, and each is an item of work too."
        ),
    )
    production_environments: list[str] = Field(
        default_factory=lambda: list(PRODUCTION), description="Environments that are production, in any case."
    )
    incident_types: list[str] = Field(
        default_factory=lambda: list(INCIDENT_TYPES),
        description="Issue types that are incidents, in any case.",
    )
    incident_labels: list[str] = Field(default_factory=list, description="Labels that make an issue an incident.")
    incident_components: list[str] = Field(
        default_factory=list, description="Components that make an issue an incident."
    )
    incident_end_statuses: list[str] = Field(
        default_factory=list,
        description="Statuses whose entry ends an incident. Empty, or where it entered none: its completion.",
    )
    incident_links: list[str] = Field(
        default_factory=lambda: list(CAUSES),
        description=(
            "Links that tie an incident to the deployment that caused it: phrases, or the id of a link type with its "
            "side, such as 10003:inward. The form writes ids."
        ),
    )
    satisfaction_scale: Literal["unknown", "1-5", "1-7", "1-10", "0-10", "words"] = Field(
        "unknown",
        description=(
            "Scale of the mapped field Satisfaction. Unknown: its values are counted and not read, never guessed."
        ),
    )
    failure_window_hours: float | None = Field(
        None,
        gt=0,
        description=(
            "An incident within so many hours after the latest deployment of the same project makes that failed. "
            "Empty: off."
        ),
    )
    success_words: list[str] = Field(
        default_factory=lambda: list(SUCCESS),
        description="Values of “deployment successful” that say that it worked. A value in neither list is unknown.",
    )
    failure_words: list[str] = Field(
        default_factory=lambda: list(FAILURE),
        description="Values of “deployment successful” that say that it failed. A value in neither list is unknown.",
    )
    impact_words: list[str] = Field(
        default_factory=lambda: list(IMPACT),
        description="Values of “production impact” that say that users were hurt. A value in neither list is unknown.",
    )
    no_impact_words: list[str] = Field(
        default_factory=lambda: list(NO_IMPACT),
        description="Values of “production impact” that say that nobody was hurt. A value in neither list is unknown.",
    )
    empty_success_means: Literal["unknown", "no"] = Field(
        "unknown",
        description="What a deployment is whose “deployment successful” is empty: left out, or failed.",
    )
    rework_types: list[str] = Field(default_factory=list, description="Issue types of unplanned fix deployments.")
    rework_labels: list[str] = Field(default_factory=list, description="Labels of unplanned fix deployments.")
    rework_version_types: list[str] = Field(
        default_factory=list, description="A version whose issues are all of these types is rework."
    )
    not_completed_resolutions: list[str] = Field(
        default_factory=lambda: list(NOT_COMPLETED),
        description=(
            "Resolutions that are not completions: their ids, or names that they have or had. The form writes ids, so "
            "that another name or language changes nothing."
        ),
    )
    completed_resolutions: list[str] = Field(
        default_factory=lambda: list(COMPLETED),
        description=(
            "Resolutions that are known to be completions, by id or name. One that is in neither list counts as a "
            "completion too, and Data quality names it."
        ),
    )
    spans: list[str] = Field(
        default_factory=list,
        description=(
            "Named spans of the work, each from one status to another: development: In Progress -> Review. Several "
            "statuses are separated by ;."
        ),
    )
    timed_span: str = Field(
        "",
        description=(
            "What is timed in flow time and cycle time, their charts and ages of work in progress: the name of a "
            "span, or a span written out. Empty: from the first work to done. Which items count stays the same."
        ),
    )
    completion: Literal["last", "first"] = Field(
        "last",
        description="When an item that was reopened was completed: the last time it became done, or the first.",
    )
    completed_as_of: Literal["now", "period_end"] = Field(
        "now",
        description=(
            "Whether an item counts that was done at the end of the period and has been reopened since. At the end "
            "of the period it counts with the project, type, level, resolution and points that it had then."
        ),
    )
    subtract_reopened: bool = Field(
        False, description="Whether the days that an item lay in done before it was reopened are part of its flow time."
    )
    backward_moves: Literal["count", "pause", "restart"] = Field(
        "count",
        description=(
            "What becomes of the start of an item that is moved back to a status before the start: it stays and "
            "the time back there counts, it stays and that time does not count, or the item starts again."
        ),
    )
    all_levels: bool = Field(False, description="Whether sub-tasks and epics count in flow metrics too.")
    load: Literal["in_progress", "started"] = Field(
        "in_progress",
        description="What flow load counts: items in an in-progress status, or all that are started and not finished.",
    )
    blocked_flag: bool = Field(True, description="Whether time flagged as an impediment is blocked time.")
    blocked_statuses: list[str] = Field(default_factory=list, description="Status ids that mean blocked.")
    statuses_by: Literal["name", "id"] = Field(
        "name",
        description="Whether statuses of the same name and category are one, in charts and in lists: projects that are "
        "managed by their teams have each their own.",
    )
    cfd: Literal["history", "high_water", "backfill"] = Field(
        "history",
        description=(
            "What the cumulative flow diagram does with items that move back: shows where each item was, keeps it at "
            "the furthest status that it had reached, so that no line falls (high-water mark), or counts it in a "
            "status only from "
            "the last time that it came that far (backfill)."
        ),
    )
    stuck_days: float | None = Field(
        None,
        gt=0,
        description=(
            "An item in progress is stuck after so many days in one status. Empty: longer than 85 % of the earlier "
            "stays there."
        ),
    )
    escaped_labels: list[str] = Field(
        default_factory=list, description="Labels that mark a defect found in production, in any case."
    )
    flow_types: dict[str, str] = Field(
        default_factory=dict,
        description="Issue type or mapped value → Feature, Defect, Risk or Technical_Debt. Empty: suggested.",
    )
    working_time: WorkingTime = Field(default_factory=WorkingTime)
    sprint_completion: Literal["in_sprint", "done_at_close"] = Field(
        "in_sprint",
        description=(
            "What a sprint completed: issues that became done while they were in it, as in Jira’s sprint report, or "
            "all that were in it and done at its close, also those that had become done before or elsewhere."
        ),
    )
    sprint_weights: SprintWeights = Field(default_factory=SprintWeights)
    limits: LimitsOf = Field(default_factory=LimitsOf)

    @field_validator("reported_projects")
    @classmethod
    def _projects_can_be_read(cls, texts: list[str]) -> list[str]:
        project_names(texts)
        return texts

    @field_validator("spans")
    @classmethod
    def _spans_can_be_read(cls, texts: list[str]) -> list[str]:
        if (name := spans.twice(spans.read(each) for each in texts)) is not None:
            raise ValueError(f"Two spans are named “{name}”. Give each a name of its own.")
        return texts

    @model_validator(mode="after")
    def _timed_span_exists(self) -> Definitions:
        spans.chosen(self.timed_span, self.spans)
        return self

    @field_validator("zone")
    @classmethod
    def _zone_exists(cls, name: str) -> str:
        from data.values.periods import zone_named

        if name:
            zone_named(name)
        return name


class Settings(_Part):
    """The whole file. `revision` grows by one with each save."""

    format: int = FORMAT
    revision: int = Field(0, ge=0)
    jira: JiraSettings = Field(default_factory=JiraSettings)
    dora_flow_config: DoraFlowConfig = Field(default_factory=DoraFlowConfig)
    workflow: Workflow = Field(default_factory=Workflow)
    definitions: Definitions = Field(default_factory=Definitions)
    sync: SyncSettings = Field(default_factory=SyncSettings)
    cache: CacheSettings = Field(default_factory=CacheSettings)
    jtbd: JtbdSettings = Field(default_factory=JtbdSettings)
    background: BackgroundSettings = Field(default_factory=BackgroundSettings)
    mcp: McpSettings = Field(default_factory=McpSettings)

    @property
    def mapping(self) -> dict[str, str]:
        """Our field name → Jira field id, all families in one."""
        parts = self.dora_flow_config.field_mappings
        return {name: jira for part in (parts.dora, parts.flow, parts.jtbd) for name, jira in part.items() if jira}
