# ruff: noqa: S608 - the names in these statements are those of our own tables
"""Records that are alike are kept, all of them: only an event id makes two of them one. Answers have a scale."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "records_3"
down_revision = "records_2"

_ALIKE = {
    "job_completions": ["tenant", "job_id", "persona", "started_at"],
    "outcome_achievements": ["tenant", "outcome_id", "feature", "measured_at"],
    "painpoint_resolutions": ["tenant", "painpoint_id", "feature", "persona", "resolved_at"],
    "time_to_outcome": ["tenant", "outcome_id", "persona", "feature", "start_time"],
    "user_satisfaction": ["tenant", "outcome_id", "feature", "persona", "recorded_at"],
}
_ASKED = ("met_expectations", "would_recommend")
_NOTE = "answers_not_asked_until"


def upgrade() -> None:
    """Make plain indexes of the unique keys. Whether an answer that says "no" was asked is not known: it stays.

    Numbers that were typed were asked for from 1 to 10; the scale of numbers from files is not known.
    """
    for table, columns in _ALIKE.items():
        with op.batch_alter_table(table) as batch:
            batch.drop_constraint(f"{table}_once", type_="unique")
            batch.create_index(f"{table}_alike", columns, unique=False)
            if table == "user_satisfaction":
                batch.add_column(sa.Column("scale", sa.String(length=8), nullable=True))
                for name in _ASKED:
                    batch.alter_column(name, existing_type=sa.Boolean(), nullable=True)
    op.execute(
        "UPDATE user_satisfaction SET scale = '1-10' WHERE source = 'manual' AND satisfaction_level NOT IN "
        "('very_dissatisfied', 'dissatisfied', 'neutral', 'satisfied', 'very_satisfied')"
    )
    op.execute(
        f"INSERT INTO jtbd_meta (name, value) SELECT '{_NOTE}', CAST(id AS VARCHAR(20)) FROM user_satisfaction "
        "WHERE id = (SELECT max(id) FROM user_satisfaction)"
    )


def downgrade() -> None:
    """Make the keys unique again: of records that are alike the first is kept; not asked becomes "no"."""
    op.execute(f"DELETE FROM jtbd_meta WHERE name = '{_NOTE}'")
    for name in _ASKED:
        op.execute(sa.text(f"UPDATE user_satisfaction SET {name} = :no WHERE {name} IS NULL").bindparams(no=False))
    for table, columns in _ALIKE.items():
        key = ", ".join(columns)
        op.execute(f"DELETE FROM {table} WHERE id NOT IN (SELECT min(id) FROM {table} GROUP BY {key})")
        with op.batch_alter_table(table) as batch:
            batch.drop_index(f"{table}_alike")
            batch.create_unique_constraint(f"{table}_once", columns)
            if table == "user_satisfaction":
                batch.drop_column("scale")
                for name in _ASKED:
                    batch.alter_column(name, existing_type=sa.Boolean(), nullable=False)
