"""Daily counts of what retention removes, and the event ids of it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "records_5"
down_revision = "records_4"


def _key() -> sa.Column[int]:
    kind = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    return sa.Column("id", kind, autoincrement=True, nullable=False)


def upgrade() -> None:
    """Add the tables; of what earlier runs removed nothing was counted."""
    op.create_table(
        "record_day",
        _key(),
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column("site", sa.String(length=255), nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("about", sa.String(length=255), nullable=False),
        sa.Column("persona", sa.String(length=255), nullable=False),
        sa.Column("counts", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("tenant", "site", "day", "zone", "kind", "about", "persona", name="record_day_once"),
    )
    op.create_table(
        "removed_record",
        _key(),
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column("site", sa.String(length=255), nullable=False),
        sa.Column("event_id", sa.String(length=128), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("removed_record_event", "removed_record", ["tenant", "event_id"])
    with op.batch_alter_table("retention_run") as batch:
        batch.add_column(sa.Column("counted", sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    """Drop the tables: what was removed cannot be told any more."""
    with op.batch_alter_table("retention_run") as batch:
        batch.drop_column("counted")
    op.drop_table("removed_record")
    op.drop_table("record_day")
