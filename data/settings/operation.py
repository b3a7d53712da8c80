"""The settings that say how the program works rather than what its numbers mean."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from data.settings.parts import Part as _Part


class SyncSettings(_Part):
    max_age_hours: float = Field(24, gt=0, description="Older data starts a sync when the page opens.")
    longest_minutes: float = Field(
        360, gt=0, description="A sync that takes longer is stopped; the next one goes on there."
    )
    longest_answer_seconds: float = Field(
        180, ge=5, description="How long one answer of Jira may take, with all tries for it."
    )


class CacheSettings(_Part):
    ttl_seconds: int = Field(3600, gt=0, description="How long a calculated number is fresh.")
    max_entries: int = Field(100, ge=1, le=100, description="How many answers are kept.")


class BackgroundSettings(_Part):
    history_days: int = Field(30, ge=1, description="How long the list of background tasks names what has ended.")
    export_days: float = Field(7, gt=0, description="How long the file of an export is kept.")
    export_quota_mb: int = Field(
        1_000, ge=1, description="How much all kept exports of the state folder may be together, in megabytes."
    )
    audit_days: int = Field(400, ge=1, description="How long the audit log keeps who did what.")
    link_hours: float = Field(24, gt=0, description="How long a link to the file of an export works.")


class JtbdSettings(_Part):
    folder: str = Field(
        "", description="Folder of job specs (*.ttl) and the register (register.md). Empty: jtbd beside this file."
    )
    opportunity: Literal["clamped", "linear"] = Field(
        "clamped", description="Importance + max(importance − satisfaction, 0), or the same without the limit at 0."
    )
    retention_days: int = Field(
        90, ge=0, description="Older records are removed once a day, after a sync or when the server starts. 0: never."
    )
    issues_count: bool = Field(True, description="Issues that name a job or a painpoint count as records of it.")
    job_links: list[str] = Field(
        default_factory=lambda: ["relates to", "is part of", "implements", "is implemented by"],
        description="Link phrases that tie an issue to the issue that stands for a job.",
    )


class McpSettings(_Part):
    summaries: bool = Field(
        False,
        description="Whether assistants that ask through the Model Context Protocol get the summaries of issues too. "
        "Off: they get keys, dates and numbers.",
    )
