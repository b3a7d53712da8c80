"""Why something is left out of a number: every reason there is, with its words, in this one place."""

from __future__ import annotations

from enum import StrEnum
from functools import cache


class Exclusion(StrEnum):
    """A reason to leave an issue, version or event out. The value is what people read; "{}" stands for a name.

    >>> Exclusion.RESOLUTION.text("Duplicate")
    'resolution Duplicate'
    >>> Exclusion.of("resolution Duplicate") is Exclusion.RESOLUTION
    True
    """

    # what is counted: which items, and which of them ended well
    SUB_TASK = "sub-task"
    HIGHER_LEVEL = "epic or higher level"
    DISCARDED = "discarded in status {}"
    DEPLOYMENT_TICKET = "deployment ticket"
    RESOLUTION = "resolution {}"
    NOT_COMPLETED = "ended without being completed"
    # what the history says
    INCOMPLETE_HISTORY = "incomplete history"
    NO_HISTORY = "no history"
    NEVER_IN_PROGRESS = "never in progress"
    COMPLETED_BEFORE_STARTED = "completed before it was started"
    COMPLETED_BEFORE_CREATED = "completed before it was created"
    NOT_THROUGH_SPAN = "did not go from {}"
    NOT_IN_SPAN = "not in the span {}"
    TOO_FEW_EARLIER = "fewer than {} earlier stays in its status"
    # what the fields say
    NO_STORY_POINTS = "no story points"
    NEGATIVE_STORY_POINTS = "negative story points"
    NO_ACTIVE_HOURS = "active work hours is empty"
    MORE_HOURS_THAN_TIME = "more hours logged than the flow time has"
    NEGATIVE_HOURS = "negative hours"
    TYPE_NOT_MAPPED = "type {} is not mapped"
    VALUE_NOT_MAPPED = "value {} is not mapped"
    NO_FLOW_ITEM = "flow item type is empty"
    UNREADABLE = "{} cannot be read"
    # deployments, changes and incidents
    NOT_A_DEPLOYMENT_TYPE = "not a deployment type"
    NO_ENVIRONMENT = "target environment is empty"
    NOT_PRODUCTION = "not production"
    IN_THE_FUTURE = "date in the future"
    VERSION_NOT_RELEASED = "version not released"
    VERSION_UNDATED = "released version without a release date"
    OUTCOME_UNKNOWN = "outcome unknown (deployment successful is empty)"
    UNKNOWN_WORD = "{} is in no list of words"
    NO_ISSUES_NAMED = "its report names no issues that say what it was made for"
    OUTCOME_NOT_REPORTED = "outcome not reported"
    NOT_DEPLOYED = "did not reach its environment"
    STILL_RUNNING = "has not ended"
    WITHDRAWN = "withdrawn by the system that reported it"
    NO_DEPLOYMENT = "no deployment found"
    NO_COMMIT_DATE = "code commit date is empty"
    DEPLOYED_BEFORE_STARTED = "deployed before it was started"
    INCIDENT_NOT_LINKED = "incident not linked to a deployment"
    NO_DETECTION_TIME = "incident detection time is empty"
    RESOLVED_BEFORE_DETECTED = "resolved before it was detected"
    RESOLVED_BEFORE_DEPLOYED = "resolved before the deployment"
    # comments
    COMMENTS_INCOMPLETE = "not all of its comments are known"
    AUTHOR_UNKNOWN = "author unknown"
    COMMENTED_BEFORE_CREATED = "commented before it was created"
    # sprints
    SPRINT_UNREADABLE = "its sprint history cannot be read"
    SPRINT_UNRECORDED = "its history does not say when it joined the sprint"
    OF_A_SPRINT = "of a sprint: {}"
    COMPLETED_OUTSIDE = "completed outside of this sprint"
    DISCARDED_IN_SPRINT = "discarded"

    def text(self, name: object = "") -> str:
        """What people read, with the name of what it is about where it has one."""
        return self.value.replace("{}", str(name))

    @property
    def by_definition(self) -> bool:
        """Whether it is left out because the definition says so: then nothing is wrong with the data."""
        return self in _BY_DEFINITION

    @classmethod
    @cache
    def of(cls, text: str) -> Exclusion | None:
        """The reason that reads so; None for a text that is no reason."""
        for reason in cls:
            before, gap, after = reason.value.partition("{}")
            if text == reason.value or (gap and text.startswith(before) and text.endswith(after)):
                return reason
        return None


_BY_DEFINITION = frozenset(
    (
        Exclusion.SUB_TASK,
        Exclusion.HIGHER_LEVEL,
        Exclusion.DISCARDED,
        Exclusion.DEPLOYMENT_TICKET,
        Exclusion.RESOLUTION,
        Exclusion.NOT_A_DEPLOYMENT_TYPE,
        Exclusion.NOT_PRODUCTION,
        Exclusion.NOT_DEPLOYED,
        Exclusion.STILL_RUNNING,
        Exclusion.WITHDRAWN,
        Exclusion.VERSION_NOT_RELEASED,
        Exclusion.IN_THE_FUTURE,
        Exclusion.NO_STORY_POINTS,
        Exclusion.COMPLETED_OUTSIDE,
        Exclusion.DISCARDED_IN_SPRINT,
    )
)
