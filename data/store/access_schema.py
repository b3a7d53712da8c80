"""The tables of who may do what: people, their sessions, tokens, the audit log, and the answers to requests that may be
sent twice.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, MetaData, String, Table, Text, UniqueConstraint

SCHEMA_VERSION = 2  # a change of these tables needs a revision in migrations/access/versions; see migrate.py
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

# Who may sign in. A password is kept as its scrypt hash only.
person = Table(
    "person",
    metadata,
    Column("tenant", String(64), primary_key=True),
    Column("name", String(100), primary_key=True),
    Column("looks_like", String(255), nullable=False),  # the same for names that a person cannot tell apart
    Column("role", String(16), nullable=False),
    Column("sign_in", String(16), nullable=False),  # data.values.people.SignIn
    Column("password", Text),
    Column("issuer", Text),  # of OpenID Connect, with the subject; the subject is noted at the first sign-in
    Column("subject", String(255)),
    Column("created_by", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("seen_at", BigInteger),
    Column("disabled_at", BigInteger),
    UniqueConstraint("tenant", "looks_like", name="person_looks_like"),
    UniqueConstraint("tenant", "issuer", "subject", name="person_subject"),
)

# Who is signed in. The id in the cookie is nowhere, only its SHA-256.
session = Table(
    "session",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("tenant", String(64), nullable=False),
    Column("name", String(100), nullable=False),
    Column("sign_in", String(16), nullable=False),
    Column("stamp", String(64), nullable=False),  # of the password that was right; another password ends the session
    Column("address", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("seen_at", BigInteger, nullable=False),  # to the minute
    Column("issuer", Text),
    Column("subject", String(255)),
    Column("provider_session", String(255)),  # `sid` of OpenID Connect
    Column("id_token", Text),  # shown to the provider when the person signs out
    Index("session_by_name", "tenant", "name"),
)

# A sign-in that was begun at the OpenID Connect provider: taken once, by the browser that began it.
sign_in_begun = Table(
    "sign_in_begun",
    metadata,
    Column("state", String(64), primary_key=True),  # SHA-256
    Column("nonce", String(64), nullable=False),
    Column("verifier", String(128), nullable=False),
    Column("onward", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
)

# What was done. Lines are only ever added, and removed by retention.
audit = Table(
    "audit",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("tenant", String(64), nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("actor", String(255), nullable=False),
    Column("via", String(16), nullable=False),
    Column("action", String(64), nullable=False),
    Column("subject", String(255), nullable=False),
    Column("result", String(64), nullable=False),
    Column("address", String(64), nullable=False),
    Index("audit_by_age", "tenant", "at"),
    sqlite_autoincrement=True,  # the number of a removed line is not given again
)
