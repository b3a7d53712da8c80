"""The table of background tasks: what runs, who runs it until when, and what came of it."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Float, Index, Integer, MetaData, String, Table, Text, text

SCHEMA_VERSION = 1  # a change of these tables needs a revision in migrations/background/versions; see migrate.py
metadata = MetaData()

meta = Table("background_meta", metadata, Column("name", String(64), primary_key=True), Column("value", Text))

_LIVE = text("state IN ('queued', 'running')")

# Instants in µs since 1970 UTC.
task = Table(
    "background_task",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("tenant", String(64), nullable=False),
    Column("site", Text, nullable=False),  # the address under which the issue store keeps it
    Column("kind", String(32), nullable=False),
    Column("spec", Text, nullable=False),  # JSON: what to do
    Column("spec_hash", String(64), nullable=False),  # equal for what may run only once at a time
    Column("state", String(16), nullable=False),  # queued | running | completed | failed | cancelled
    Column("tries", Integer, nullable=False),
    Column("due", BigInteger, nullable=False),  # not taken before
    Column("lease", BigInteger),  # whoever runs it has it until then
    Column("owner", String(128)),  # who has taken it, another name each time
    Column("cancelling", Boolean, nullable=False),
    Column("progress", Float, nullable=False),  # 0 to 1
    Column("details", Text),  # JSON: phase, done, total, message
    Column("result", Text),  # JSON
    Column("error", Text),  # JSON: code, what, why, todo, level
    Column("created_by", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("started_at", BigInteger),
    Column("ended_at", BigInteger),
    Column("version", Integer, nullable=False),  # grows by one with each change
    Index(
        "background_task_live",
        "tenant",
        "site",
        "kind",
        "spec_hash",
        unique=True,
        sqlite_where=_LIVE,
        postgresql_where=_LIVE,
    ),
    Index("background_task_due", "state", "due"),
    Index("background_task_history", "tenant", "site", "created_at"),
)
