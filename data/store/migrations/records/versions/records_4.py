"""An outcome can be noted as achieved without a measured value."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "records_4"
down_revision = "records_3"

_TABLE, _VALUES = "outcome_achievements", ("expected_value", "actual_value")


def upgrade() -> None:
    """Let both values be absent."""
    with op.batch_alter_table(_TABLE) as batch:
        for name in _VALUES:
            batch.alter_column(name, existing_type=sa.Float(), nullable=True)


def downgrade() -> None:
    """Require both values; what was noted without one of them is removed."""
    op.execute("DELETE FROM outcome_achievements WHERE expected_value IS NULL OR actual_value IS NULL")
    with op.batch_alter_table(_TABLE) as batch:
        for name in _VALUES:
            batch.alter_column(name, existing_type=sa.Float(), nullable=False)
