"""The tables of the record store: what people did for their jobs, specs, and runs of the retention job."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
)

SCHEMA_VERSION = 5  # a change of these tables needs a revision in migrations/records/versions; see migrate.py
metadata = MetaData()
_KEY = BigInteger().with_variant(Integer, "sqlite")  # SQLite counts up only what it calls INTEGER

meta = Table("jtbd_meta", metadata, Column("name", String(64), primary_key=True), Column("value", Text))


def _records(name: str, alike: tuple[str, ...], *columns: Column[Any]) -> Table:
    """A table of records: instants are µs since 1970 UTC; an event is stored once, whoever repeats it. Records that are
    `alike` in some columns are found quickly, and may be many.
    """
    table = Table(
        name,
        metadata,
        Column("id", _KEY, primary_key=True, autoincrement=True),
        Column("tenant", String(64), nullable=False, default="local"),
        Column("event_id", String(128), nullable=False),
        Column("source", String(16), nullable=False, default="manual"),  # manual | import | example
        *columns,
        Column("context", Text),  # JSON
        UniqueConstraint("tenant", "event_id", name=f"{name}_event"),
    )
    Index(f"{name}_alike", table.c.tenant, *(table.c[each] for each in alike))
    return table


job_completions = _records(
    "job_completions",
    ("job_id", "persona", "started_at"),
    Column("job_id", String(255), nullable=False),
    Column("persona", String(255), nullable=False),
    Column("feature_used", Text, nullable=False),
    Column("status", String(16), nullable=False),  # started | in_progress | completed | failed | abandoned
    Column("started_at", BigInteger, nullable=False),
    Column("completed_at", BigInteger),
    Column("duration_seconds", Float),
)
Index("idx_job_id", job_completions.c.tenant, job_completions.c.job_id, job_completions.c.started_at)
Index("idx_persona", job_completions.c.tenant, job_completions.c.persona, job_completions.c.started_at)
Index("idx_started_at", job_completions.c.tenant, job_completions.c.started_at)

outcome_achievements = _records(
    "outcome_achievements",
    ("outcome_id", "feature", "measured_at"),
    Column("outcome_id", String(255), nullable=False),
    Column("metric", Text, nullable=False),
    Column("expected_value", Float),
    Column("actual_value", Float),  # none where somebody noted that it was achieved and measured nothing
    Column("achievement_rate", Float),  # percent; none where it has no meaning
    Column("feature", String(255), nullable=False),
    Column("persona", String(255)),
    Column("status", String(24), nullable=False),  # exceeded | achieved | partially_achieved | unknown
    Column("measured_at", BigInteger, nullable=False),
)
Index(
    "idx_outcome_id",
    outcome_achievements.c.tenant,
    outcome_achievements.c.outcome_id,
    outcome_achievements.c.measured_at,
)
Index("idx_feature", outcome_achievements.c.tenant, outcome_achievements.c.feature)
Index("idx_measured_at", outcome_achievements.c.tenant, outcome_achievements.c.measured_at)

painpoint_resolutions = _records(
    "painpoint_resolutions",
    ("painpoint_id", "feature", "persona", "resolved_at"),
    Column("painpoint_id", String(255), nullable=False),
    Column("category", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("feature", String(255), nullable=False),
    Column("persona", String(255), nullable=False),
    Column("severity_before", Float, nullable=False),
    Column("severity_after", Float, nullable=False),
    Column("resolution_effectiveness", Float),  # percent, negative when it got worse
    Column("resolved_at", BigInteger, nullable=False),
)
Index("idx_painpoint_id", painpoint_resolutions.c.tenant, painpoint_resolutions.c.painpoint_id)
Index("idx_resolved_at", painpoint_resolutions.c.tenant, painpoint_resolutions.c.resolved_at)

time_to_outcome = _records(
    "time_to_outcome",
    ("outcome_id", "persona", "feature", "start_time"),
    Column("outcome_id", String(255), nullable=False),
    Column("persona", String(255), nullable=False),
    Column("feature", String(255), nullable=False),
    Column("start_time", BigInteger, nullable=False),
    Column("end_time", BigInteger),
    Column("duration_seconds", Float),
    Column("steps", Text),  # JSON list
)
Index("idx_time_outcome", time_to_outcome.c.tenant, time_to_outcome.c.outcome_id, time_to_outcome.c.start_time)
Index("idx_start_time", time_to_outcome.c.tenant, time_to_outcome.c.start_time)

user_satisfaction = _records(
    "user_satisfaction",
    ("outcome_id", "feature", "persona", "recorded_at"),
    Column("outcome_id", String(255), nullable=False),
    Column("feature", String(255), nullable=False),
    Column("persona", String(255), nullable=False),
    Column("satisfaction_level", String(24), nullable=False),
    Column("met_expectations", Boolean),  # null: not asked
    Column("would_recommend", Boolean),
    Column("effort_score", Integer),
    Column("feedback_text", Text),
    Column("recorded_at", BigInteger, nullable=False),
)
user_satisfaction.append_column(Column("scale", String(8)))  # 1-5 | 1-7 | 1-10 | 0-10; null: words, or not declared
Index("idx_satisfaction", user_satisfaction.c.tenant, user_satisfaction.c.outcome_id, user_satisfaction.c.recorded_at)
Index("idx_recorded_at", user_satisfaction.c.tenant, user_satisfaction.c.recorded_at)

RECORD_TABLES: dict[str, Table] = {  # kind of record → where it is kept
    "job": job_completions,
    "outcome": outcome_achievements,
    "painpoint": painpoint_resolutions,
    "time": time_to_outcome,
    "satisfaction": user_satisfaction,
}
# The name of the note that holds the last id of the answers which say "no" where nobody was asked.
NO_WAS_DEFAULT = "answers_not_asked_until"

rdf_metadata = Table(
    "rdf_metadata",
    metadata,
    Column("id", _KEY, primary_key=True, autoincrement=True),
    Column("tenant", String(64), nullable=False, default="local"),
    Column("entity_type", String(16), nullable=False),  # job | outcome | persona | painpoint | force
    Column("entity_id", String(255), nullable=False),
    Column("metadata", Text, nullable=False),  # JSON: all its properties
    Column("source", String(255), nullable=False),  # name of its file
    Column("updated_at", BigInteger, nullable=False),
    UniqueConstraint("tenant", "entity_type", "entity_id", name="rdf_metadata_once"),
)

# What each run of the retention job removed; instants in µs.
retention_run = Table(
    "retention_run",
    metadata,
    Column("id", _KEY, primary_key=True, autoincrement=True),
    Column("tenant", String(64), nullable=False),
    Column("site", Text, nullable=False),
    Column("ran_at", BigInteger, nullable=False),
    Column("days", Integer, nullable=False),  # records are kept for so many
    Column("before", BigInteger, nullable=False),  # what happened before that instant was removed
    Column("removed", Text, nullable=False),  # JSON: kind of record → how many
    Column("counted", Boolean, nullable=False, server_default=false()),  # whether their daily counts were kept
    Index("retention_run_by_time", "tenant", "site", "ran_at"),
)

# What the numbers read of records that retention has removed: see record_days.py.
record_day = Table(
    "record_day",
    metadata,
    Column("id", _KEY, primary_key=True, autoincrement=True),
    Column("tenant", String(64), nullable=False),
    Column("site", String(255), nullable=False),
    Column("zone", String(64), nullable=False),  # of the local date
    Column("day", String(10), nullable=False),  # ISO
    Column("kind", String(16), nullable=False),
    Column("about", String(255), nullable=False),  # job, outcome or painpoint
    Column("persona", String(255), nullable=False),  # empty: none
    Column("counts", Text, nullable=False),  # JSON: lists of values, each with how many records had them
    UniqueConstraint("tenant", "site", "day", "zone", "kind", "about", "persona", name="record_day_once"),
)
removed_record = Table(
    "removed_record",
    metadata,
    Column("id", _KEY, primary_key=True, autoincrement=True),
    Column("tenant", String(64), nullable=False),
    Column("site", String(255), nullable=False),
    Column("event_id", String(128), nullable=False),
    Index("removed_record_event", "tenant", "event_id"),
)

# What is saved of a damaged store.
KEPT_TABLES = (*RECORD_TABLES.values(), rdf_metadata, record_day, removed_record, retention_run)
