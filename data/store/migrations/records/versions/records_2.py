"""What each run of the retention job removed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "records_2"
down_revision = "records_1"


def upgrade() -> None:
    """Add the table of runs; records stay as they are."""
    op.create_table(
        "retention_run",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("ran_at", sa.BigInteger(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("before", sa.BigInteger(), nullable=False),
        sa.Column("removed", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("retention_run_by_time", "retention_run", ["tenant", "site", "ran_at"])


def downgrade() -> None:
    """Drop the table of runs."""
    op.drop_table("retention_run")
