"""Reports of deployments and incidents as they began."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "reported_1"
down_revision = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "reported_meta",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("value", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "report",
        *_of_site(),
        *_subject(),
        sa.Column("digest", sa.String(length=32), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "site", "kind", "source", "id", "digest"),
    )
    op.create_table(
        "reported_subject",
        *_of_site(),
        *_subject(),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "site", "kind", "source", "id"),
    )
    op.create_index("reported_subject_by_time", "reported_subject", ["tenant", "site", "kind", "at"])
    op.create_table(
        "report_count",
        *_of_site(),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("result", sa.String(length=16), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("last_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "site", "source", "result"),
    )
    op.create_table(
        "reported_revision",
        *_of_site(),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "site"),
    )


def _of_site() -> tuple[sa.Column[str], sa.Column[str]]:
    return (
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column("site", sa.Text(), nullable=False),
    )


def _subject() -> tuple[sa.Column[str], ...]:
    return (
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("id", sa.String(length=255), nullable=False),
    )


def downgrade() -> None:
    """Drop the tables."""
    for table in ("reported_revision", "report_count", "reported_subject", "report", "reported_meta"):
        op.drop_table(table)
