"""Settings that make every card full on the generated site: what a person would choose in the mapping form."""

from __future__ import annotations

from typing import Any

from sample.site import Site

_DORA = {
    "deployment_date": "Deployment Date",
    "target_environment": "Target Environment",
    "code_commit_date": "Commit date",
    "deployed_to_production_date": "Live in production since",
    "incident_detected_at": "Outage start",
    "incident_resolved_at": "Service restored",
    "deployment_successful": "Deployment successful?",
    "production_impact": "Production impact",
}
_FLOW = {
    "flow_item_type": "Flow item type",
    "active_work_hours": "Active hours",
    "story_points": "Story Points",
}
_JTBD = {
    "job_id": "JTBD job",
    "persona": "Persona",
    "painpoint_id": "Painpoint",
    "painpoint_severity": "Painpoint severity",
    "satisfaction": "Satisfaction score",
}
_ACTIVE = ("In Progress", "In Development", "Testing", "Investigating")
_WAITING = ("In Review", "Ready to Deploy", "Blocked", "Waiting for customer", "Monitoring")
_BLOCKED = ("Blocked",)
_FLOW_TYPES = {
    "Feature": "Feature",
    "Defect": "Defect",
    "Risk": "Risk",
    "Technical Debt": "Technical_Debt",
    "Story": "Feature",
    "Task": "Feature",
    "Improvement": "Feature",
    "Bug": "Defect",
    "Incident": "Defect",
    "Support request": "Defect",
    "Security": "Risk",
}


def preset(site: Site) -> dict[str, Any]:
    """A settings patch: field mappings, active and waiting statuses, flow item types and the label of fix deployments.

    Names that the site does not have are left out.
    """
    fields = {row["name"]: row["id"] for row in site.fields}
    statuses = {row["name"]: str(row["id"]) for row in site.statuses}

    def mapped(names: dict[str, str]) -> dict[str, str]:
        return {ours: fields[name] for ours, name in names.items() if name in fields}

    def ids(names: tuple[str, ...]) -> list[str]:
        return [statuses[name] for name in names if name in statuses]

    return {
        "dora_flow_config": {
            "field_mappings": {"dora": mapped(_DORA), "flow": mapped(_FLOW), "jtbd": mapped(_JTBD)},
        },
        "workflow": {"active": ids(_ACTIVE), "waiting": ids(_WAITING)},
        "definitions": {
            "blocked_statuses": ids(_BLOCKED),
            "rework_labels": ["hotfix"],
            "satisfaction_scale": "1-10",
            "flow_types": dict(_FLOW_TYPES),
        },
    }
