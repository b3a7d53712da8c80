"""The store of job records as it was when migrations began."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "records_1"
down_revision = None


def upgrade() -> None:
    """Make the tables."""
    _head()
    _jobs()
    _painpoints()
    _times_and_answers()


def downgrade() -> None:
    """Drop the tables."""
    for table in (
        "jtbd_meta",
        "rdf_metadata",
        "job_completions",
        "outcome_achievements",
        "painpoint_resolutions",
        "time_to_outcome",
        "user_satisfaction",
    ):
        op.drop_table(table)


def _head() -> None:
    op.create_table(
        "jtbd_meta",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("value", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "rdf_metadata",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column("entity_type", sa.String(length=16), nullable=False),
        sa.Column("entity_id", sa.String(length=255), nullable=False),
        sa.Column("metadata", sa.Text(), nullable=False),
        sa.Column("source", sa.String(length=255), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("tenant", "entity_type", "entity_id", name="rdf_metadata_once"),
    )


def _jobs() -> None:
    op.create_table(
        "job_completions",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column("event_id", sa.String(length=128), nullable=False),
        sa.Column("source", sa.String(length=16), nullable=False),
        sa.Column("job_id", sa.String(length=255), nullable=False),
        sa.Column("persona", sa.String(length=255), nullable=False),
        sa.Column("feature_used", sa.Text(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("completed_at", sa.BigInteger(), nullable=True),
        sa.Column("duration_seconds", sa.Float(), nullable=True),
        sa.Column("context", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("tenant", "event_id", name="job_completions_event"),
        sa.UniqueConstraint("tenant", "job_id", "persona", "started_at", name="job_completions_once"),
    )
    op.create_index("idx_job_id", "job_completions", ["tenant", "job_id", "started_at"], unique=False)
    op.create_index("idx_persona", "job_completions", ["tenant", "persona", "started_at"], unique=False)
    op.create_index("idx_started_at", "job_completions", ["tenant", "started_at"], unique=False)
    op.create_table(
        "outcome_achievements",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column("event_id", sa.String(length=128), nullable=False),
        sa.Column("source", sa.String(length=16), nullable=False),
        sa.Column("outcome_id", sa.String(length=255), nullable=False),
        sa.Column("metric", sa.Text(), nullable=False),
        sa.Column("expected_value", sa.Float(), nullable=False),
        sa.Column("actual_value", sa.Float(), nullable=False),
        sa.Column("achievement_rate", sa.Float(), nullable=True),
        sa.Column("feature", sa.String(length=255), nullable=False),
        sa.Column("persona", sa.String(length=255), nullable=True),
        sa.Column("status", sa.String(length=24), nullable=False),
        sa.Column("measured_at", sa.BigInteger(), nullable=False),
        sa.Column("context", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("tenant", "event_id", name="outcome_achievements_event"),
        sa.UniqueConstraint("tenant", "outcome_id", "feature", "measured_at", name="outcome_achievements_once"),
    )
    op.create_index("idx_feature", "outcome_achievements", ["tenant", "feature"], unique=False)
    op.create_index("idx_measured_at", "outcome_achievements", ["tenant", "measured_at"], unique=False)
    op.create_index("idx_outcome_id", "outcome_achievements", ["tenant", "outcome_id", "measured_at"], unique=False)


def _painpoints() -> None:
    op.create_table(
        "painpoint_resolutions",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column("event_id", sa.String(length=128), nullable=False),
        sa.Column("source", sa.String(length=16), nullable=False),
        sa.Column("painpoint_id", sa.String(length=255), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("feature", sa.String(length=255), nullable=False),
        sa.Column("persona", sa.String(length=255), nullable=False),
        sa.Column("severity_before", sa.Float(), nullable=False),
        sa.Column("severity_after", sa.Float(), nullable=False),
        sa.Column("resolution_effectiveness", sa.Float(), nullable=True),
        sa.Column("resolved_at", sa.BigInteger(), nullable=False),
        sa.Column("context", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("tenant", "event_id", name="painpoint_resolutions_event"),
        sa.UniqueConstraint(
            "tenant", "painpoint_id", "feature", "persona", "resolved_at", name="painpoint_resolutions_once"
        ),
    )
    op.create_index("idx_painpoint_id", "painpoint_resolutions", ["tenant", "painpoint_id"], unique=False)
    op.create_index("idx_resolved_at", "painpoint_resolutions", ["tenant", "resolved_at"], unique=False)


def _times_and_answers() -> None:
    op.create_table(
        "time_to_outcome",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column("event_id", sa.String(length=128), nullable=False),
        sa.Column("source", sa.String(length=16), nullable=False),
        sa.Column("outcome_id", sa.String(length=255), nullable=False),
        sa.Column("persona", sa.String(length=255), nullable=False),
        sa.Column("feature", sa.String(length=255), nullable=False),
        sa.Column("start_time", sa.BigInteger(), nullable=False),
        sa.Column("end_time", sa.BigInteger(), nullable=True),
        sa.Column("duration_seconds", sa.Float(), nullable=True),
        sa.Column("steps", sa.Text(), nullable=True),
        sa.Column("context", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("tenant", "event_id", name="time_to_outcome_event"),
        sa.UniqueConstraint("tenant", "outcome_id", "persona", "feature", "start_time", name="time_to_outcome_once"),
    )
    op.create_index("idx_start_time", "time_to_outcome", ["tenant", "start_time"], unique=False)
    op.create_index("idx_time_outcome", "time_to_outcome", ["tenant", "outcome_id", "start_time"], unique=False)
    op.create_table(
        "user_satisfaction",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column("event_id", sa.String(length=128), nullable=False),
        sa.Column("source", sa.String(length=16), nullable=False),
        sa.Column("outcome_id", sa.String(length=255), nullable=False),
        sa.Column("feature", sa.String(length=255), nullable=False),
        sa.Column("persona", sa.String(length=255), nullable=False),
        sa.Column("satisfaction_level", sa.String(length=24), nullable=False),
        sa.Column("met_expectations", sa.Boolean(), nullable=False),
        sa.Column("would_recommend", sa.Boolean(), nullable=False),
        sa.Column("effort_score", sa.Integer(), nullable=True),
        sa.Column("feedback_text", sa.Text(), nullable=True),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.Column("context", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("tenant", "event_id", name="user_satisfaction_event"),
        sa.UniqueConstraint("tenant", "outcome_id", "feature", "persona", "recorded_at", name="user_satisfaction_once"),
    )
    op.create_index("idx_recorded_at", "user_satisfaction", ["tenant", "recorded_at"], unique=False)
    op.create_index("idx_satisfaction", "user_satisfaction", ["tenant", "outcome_id", "recorded_at"], unique=False)
