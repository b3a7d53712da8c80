"""Resolutions and link types have ids, and every name that they were seen with is kept."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "issues_6"
down_revision = "issues_5"


def upgrade() -> None:
    """Add the columns, empty until the next sync. Histories tell earlier names of resolutions already."""
    op.add_column("issue", sa.Column("resolution_id", sa.Text(), nullable=True))
    op.add_column("link", sa.Column("type_id", sa.Text(), nullable=True))
    op.add_column("link", sa.Column("side", sa.String(length=8), nullable=True))
    op.create_table(
        "known_name",
        sa.Column("scope", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("named", sa.String(length=255), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("current", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("scope", "kind", "named", "name"),
    )
    op.execute(
        "INSERT INTO known_name (scope, kind, named, name, current) "
        "SELECT scope, 'resolution', from_id, from_name, false FROM change "
        "WHERE field = 'resolution' AND from_id <> '' AND from_name <> '' "
        "UNION SELECT scope, 'resolution', to_id, to_name, false FROM change "
        "WHERE field = 'resolution' AND to_id <> '' AND to_name <> ''"
    )


def downgrade() -> None:
    """Drop what was added."""
    op.drop_table("known_name")
    with op.batch_alter_table("link") as batch:
        batch.drop_column("side")
        batch.drop_column("type_id")
    with op.batch_alter_table("issue") as batch:
        batch.drop_column("resolution_id")
