"""What is worth doing after the first sync: fields, workflow, work item types, a team."""

from __future__ import annotations

from data.services.teams import TeamsService
from data.services.view import Snapshot
from data.values.first_steps import FirstStep


class FirstStepsService:
    """The check-list of a new site."""

    def __init__(self, teams: TeamsService) -> None:
        self._teams = teams

    def of(self, snapshot: Snapshot) -> tuple[FirstStep, ...]:
        """The steps of a site that has been synced, done ones among them; none where all are done, where nothing has
        been synced yet, and on the sample site. Raises HomeError, StoreError.
        """
        if snapshot.is_sample or snapshot.synced is None:
            return ()
        settings = snapshot.settings
        workflow, mapped = settings.workflow, settings.mapping
        steps = (
            FirstStep(
                "Map your fields",
                "Deployments, failures and recoveries for the DORA numbers; story points for the sprints.",
                bool(mapped),
                "mapping",
            ),
            FirstStep(
                "Say in which statuses somebody works and in which an item waits",
                "Flow efficiency, and the waiting time on the timeline of each issue.",
                bool(workflow.active),
                "mapping",
            ),
            FirstStep(
                "Say which work item types are features, defects, risks and technical debt",
                "Flow distribution by your own types, where now only common names are recognised.",
                bool(settings.definitions.flow_types) or "flow_item_type" in mapped,
                "mapping",
            ),
            FirstStep(
                "Save the view of a team",
                "Teams side by side, forecasts for several teams, and each team’s numbers with one click.",
                bool(self._teams.list(snapshot).views),
                "view",
            ),
        )
        return () if all(each.done for each in steps) else steps
