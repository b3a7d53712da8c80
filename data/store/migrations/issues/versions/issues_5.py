"""The issue store as it was when migrations began: version 5 of its schema."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "issues_5"
down_revision = None


def upgrade() -> None:
    """Make the tables."""
    _head()
    _issues()
    _parts_of_issues()
    _site()
    _sprints()


def downgrade() -> None:
    """Drop the tables."""
    for table in (
        "meta",
        "scope",
        "issue",
        "change",
        "tombstone",
        "field_value",
        "link",
        "comment",
        "sprint_issue",
        "version",
        "status",
        "issue_type",
        "project",
        "field",
        "board",
        "sprint",
    ):
        op.drop_table(table)


def _head() -> None:
    op.create_table(
        "meta",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "scope",
        sa.Column("scope", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column("site_url", sa.Text(), nullable=False),
        sa.Column("jql", sa.Text(), nullable=False),
        sa.Column("flavour", sa.String(length=8), nullable=False),
        sa.Column("site_title", sa.Text(), nullable=True),
        sa.Column("base_url", sa.Text(), nullable=True),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("synced_at", sa.BigInteger(), nullable=True),
        sa.Column("cursor", sa.BigInteger(), nullable=True),
        sa.Column("full_at", sa.BigInteger(), nullable=True),
        sa.Column("census_at", sa.BigInteger(), nullable=True),
        sa.Column("fetched_fields", sa.Text(), nullable=False),
        sa.Column("last_result", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("scope"),
    )
    op.create_index("scope_by_site", "scope", ["tenant", "site_url", "jql"], unique=True)


def _issues() -> None:
    op.create_table(
        "issue",
        sa.Column("scope", sa.Integer(), nullable=False),
        sa.Column("issue_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("project_key", sa.String(length=255), nullable=False),
        sa.Column("type_id", sa.String(length=64), nullable=False),
        sa.Column("status_id", sa.String(length=64), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("resolution", sa.Text(), nullable=True),
        sa.Column("priority", sa.Text(), nullable=True),
        sa.Column("assignee_id", sa.Text(), nullable=True),
        sa.Column("assignee", sa.Text(), nullable=True),
        sa.Column("parent_id", sa.BigInteger(), nullable=True),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("updated", sa.BigInteger(), nullable=False),
        sa.Column("resolved", sa.BigInteger(), nullable=True),
        sa.Column("due", sa.String(length=10), nullable=True),
        sa.Column("labels", sa.Text(), nullable=False),
        sa.Column("components", sa.Text(), nullable=False),
        sa.Column("fix_versions", sa.Text(), nullable=False),
        sa.Column("history_complete", sa.Boolean(), nullable=False),
        sa.Column("comments_complete", sa.Boolean(), nullable=True),
        sa.PrimaryKeyConstraint("scope", "issue_id"),
    )
    op.create_index("issue_by_key", "issue", ["scope", "key"], unique=False)
    op.create_table(
        "change",
        sa.Column("scope", sa.Integer(), nullable=False),
        sa.Column("issue_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("history_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("item", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("field", sa.String(length=255), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("from_id", sa.Text(), nullable=True),
        sa.Column("from_name", sa.Text(), nullable=True),
        sa.Column("to_id", sa.Text(), nullable=True),
        sa.Column("to_name", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("scope", "issue_id", "history_id", "item", "field"),
    )
    op.create_index("change_by_field", "change", ["scope", "field"], unique=False)
    op.create_table(
        "tombstone",
        sa.Column("scope", sa.Integer(), nullable=False),
        sa.Column("issue_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("removed_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("scope", "issue_id"),
    )


def _parts_of_issues() -> None:
    op.create_table(
        "field_value",
        sa.Column("scope", sa.Integer(), nullable=False),
        sa.Column("issue_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("field_id", sa.String(length=255), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("scope", "issue_id", "field_id"),
    )
    op.create_table(
        "link",
        sa.Column("scope", sa.Integer(), nullable=False),
        sa.Column("issue_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("link_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("phrase", sa.Text(), nullable=False),
        sa.Column("type_name", sa.Text(), nullable=False),
        sa.Column("other_id", sa.BigInteger(), nullable=True),
        sa.Column("other_key", sa.String(length=255), nullable=False),
        sa.PrimaryKeyConstraint("scope", "issue_id", "link_id"),
    )
    op.create_table(
        "comment",
        sa.Column("scope", sa.Integer(), nullable=False),
        sa.Column("issue_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("comment_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("author_id", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("scope", "issue_id", "comment_id"),
    )
    op.create_table(
        "sprint_issue",
        sa.Column("scope", sa.Integer(), nullable=False),
        sa.Column("sprint_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("issue_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("scope", "sprint_id", "issue_id"),
    )
    op.create_index("sprint_issue_by_issue", "sprint_issue", ["scope", "issue_id"], unique=False)


def _site() -> None:
    op.create_table(
        "version",
        sa.Column("scope", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("project_key", sa.String(length=255), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("released", sa.Boolean(), nullable=False),
        sa.Column("archived", sa.Boolean(), nullable=False),
        sa.Column("release_date", sa.String(length=10), nullable=True),
        sa.Column("start_date", sa.String(length=10), nullable=True),
        sa.PrimaryKeyConstraint("scope", "version_id"),
    )
    op.create_table(
        "status",
        sa.Column("scope", sa.Integer(), nullable=False),
        sa.Column("status_id", sa.String(length=64), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("category", sa.String(length=16), nullable=False),
        sa.PrimaryKeyConstraint("scope", "status_id"),
    )
    op.create_table(
        "issue_type",
        sa.Column("scope", sa.Integer(), nullable=False),
        sa.Column("type_id", sa.String(length=64), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("subtask", sa.Boolean(), nullable=False),
        sa.Column("hierarchy", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("scope", "type_id"),
    )
    op.create_table(
        "project",
        sa.Column("scope", sa.Integer(), nullable=False),
        sa.Column("project_key", sa.String(length=255), nullable=False),
        sa.Column("project_id", sa.BigInteger(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("scope", "project_key"),
    )
    op.create_table(
        "field",
        sa.Column("scope", sa.Integer(), nullable=False),
        sa.Column("field_id", sa.String(length=255), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("custom", sa.Boolean(), nullable=False),
        sa.Column("schema", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("scope", "field_id"),
    )


def _sprints() -> None:
    op.create_table(
        "board",
        sa.Column("scope", sa.Integer(), nullable=False),
        sa.Column("board_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("project_key", sa.String(length=255), nullable=True),
        sa.PrimaryKeyConstraint("scope", "board_id"),
    )
    op.create_table(
        "sprint",
        sa.Column("scope", sa.Integer(), nullable=False),
        sa.Column("sprint_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("board_id", sa.BigInteger(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("started", sa.BigInteger(), nullable=True),
        sa.Column("ends", sa.BigInteger(), nullable=True),
        sa.Column("completed", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("scope", "sprint_id"),
    )
