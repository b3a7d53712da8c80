"""The tables of deployments and incidents that other systems report: every report, and what they say together."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, MetaData, String, Table, Text

SCHEMA_VERSION = 1  # a change of these tables needs a revision in migrations/reported/versions; see migrate.py
metadata = MetaData()

meta = Table("reported_meta", metadata, Column("name", String(64), primary_key=True), Column("value", Text))


def _of_site() -> tuple[Column[str], Column[str]]:
    return Column("tenant", String(64), primary_key=True), Column("site", Text, primary_key=True)


def _subject() -> tuple[Column[str], Column[str], Column[str]]:
    return (
        Column("kind", String(16), primary_key=True),  # deployment | incident
        Column("source", String(64), primary_key=True),
        Column("id", String(255), primary_key=True),
    )


# Every report once, so that the order in which they come makes no difference. Instants in µs since 1970 UTC.
report = Table(
    "report",
    metadata,
    *_of_site(),
    *_subject(),
    Column("digest", String(32), primary_key=True),  # of its content
    Column("at", BigInteger, nullable=False),  # of the state
    Column("content", Text, nullable=False),  # JSON: data.values.reported.Report
    Column("received_at", BigInteger, nullable=False),
)

# What the reports of one deployment or incident say together.
subject = Table(
    "reported_subject",
    metadata,
    *_of_site(),
    *_subject(),
    Column("at", BigInteger, nullable=False),
    Column("state", String(16), nullable=False),
    Column("content", Text, nullable=False),  # JSON: data.values.reported.Report
    Index("reported_subject_by_time", "tenant", "site", "kind", "at"),
)

# How often a source sent what.
count = Table(
    "report_count",
    metadata,
    *_of_site(),
    Column("source", String(64), primary_key=True),
    Column("result", String(16), primary_key=True),  # created | updated | repeated | older | ignored
    Column("count", Integer, nullable=False),
    Column("last_at", BigInteger, nullable=False),
)

# Grows by one with each report that changes something.
revision = Table(
    "reported_revision",
    metadata,
    *_of_site(),
    Column("revision", Integer, nullable=False),
)
