"""The tables of who may use the API: tokens, and the answers to requests that may be sent twice."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, MetaData, String, Table, Text

SCHEMA_VERSION = 1  # a change of these tables needs a revision in migrations/access/versions; see migrate.py
metadata = MetaData()

meta = Table("access_meta", metadata, Column("name", String(64), primary_key=True), Column("value", Text))

# Instants in µs since 1970 UTC. The token itself is nowhere, only its SHA-256.
token = Table(
    "api_token",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("tenant", String(64), nullable=False),
    Column("site", Text, nullable=False),  # the only site that it is for; empty: whichever is in force
    Column("name", String(100), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("scopes", Text, nullable=False),  # separated by spaces
    Column("created_by", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger),  # None: never
    Column("used_at", BigInteger),  # to the minute
    Column("revoked_at", BigInteger),
)

# A POST with an Idempotency-Key: what was answered is answered again.
answered = Table(
    "answered_request",
    metadata,
    Column("tenant", String(64), primary_key=True),
    Column("site", Text, primary_key=True),
    Column("caller", String(255), primary_key=True),
    Column("key", String(255), primary_key=True),
    Column("digest", String(64), nullable=False),  # of method, address and body
    Column("status", Integer),  # None: it is being worked on
    Column("headers", Text),  # JSON
    Column("body", LargeBinary),
    Column("created_at", BigInteger, nullable=False),
    Index("answered_request_by_age", "created_at"),
)
