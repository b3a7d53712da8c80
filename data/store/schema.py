"""The database tables that hold what was fetched from Jira. Instants are microseconds since 1970, UTC."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, MetaData, String, Table, Text

SCHEMA_VERSION = 6  # a change of these tables needs a revision in migrations/issues/versions; see migrate.py
# Standard fields of Jira that are columns of the issue table: mapping them needs no row in field_value.
OWN_COLUMN = frozenset(
    {"created", "updated", "resolutiondate", "duedate", "labels", "components", "priority", "resolution"}
)
metadata = MetaData()


def _scope() -> Column[int]:
    return Column("scope", Integer, primary_key=True)


meta = Table(
    "meta",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("value", Text, nullable=False),
)

# One row for each (site, query): everything below belongs to one scope, so another query never mixes in.
scope = Table(
    "scope",
    metadata,
    Column("scope", Integer, primary_key=True, autoincrement=True),
    Column("tenant", String(64), nullable=False, default="local"),
    Column("site_url", Text, nullable=False),
    Column("jql", Text, nullable=False),
    Column("flavour", String(8), nullable=False, default="cloud"),  # cloud | dc
    Column("site_title", Text),
    Column("base_url", Text),  # where people open it, as the site says; differs from site_url behind a gateway
    Column("zone", Text, nullable=False, default="UTC"),  # timeZone of /myself
    Column("revision", Integer, nullable=False, default=0),  # + 1 for each sync that ended well
    Column("synced_at", BigInteger),  # end of the last good sync
    Column("cursor", BigInteger),  # newest `updated` seen
    Column("full_at", BigInteger),  # start of the last good full sync
    Column("census_at", BigInteger),  # start of the last good sync that read the ids of all issues
    Column("fetched_fields", Text, nullable=False, default="[]"),  # JSON list of mapped field ids held for all issues
    Column("last_result", Text),  # JSON: SyncResult of the last sync, good or not
    Index("scope_by_site", "tenant", "site_url", "jql", unique=True),
)

issue = Table(
    "issue",
    metadata,
    _scope(),
    Column("issue_id", BigInteger, primary_key=True, autoincrement=False),
    Column("key", String(255), nullable=False),
    Column("project_key", String(255), nullable=False),
    Column("type_id", String(64), nullable=False),
    Column("status_id", String(64), nullable=False),
    Column("summary", Text, nullable=False, default=""),
    Column("resolution", Text),
    Column("priority", Text),
    Column("assignee_id", Text),
    Column("assignee", Text),  # display name
    Column("parent_id", BigInteger),
    Column("created", BigInteger, nullable=False),
    Column("updated", BigInteger, nullable=False),
    Column("resolved", BigInteger),  # resolutiondate
    Column("due", String(10)),
    Column("labels", Text, nullable=False, default="[]"),  # JSON list of names
    Column("components", Text, nullable=False, default="[]"),  # JSON list of names
    Column("fix_versions", Text, nullable=False, default="[]"),  # JSON list of version ids (int)
    Column("history_complete", Boolean, nullable=False, default=True),
    Column("comments_complete", Boolean),  # null: Jira shows no comments at all
    Column("resolution_id", Text),  # null: no resolution, or none was read since ids are kept
    Index("issue_by_key", "scope", "key"),
)

# One changed field in one history entry. Only the fields that metrics use are kept.
change = Table(
    "change",
    metadata,
    _scope(),
    Column("issue_id", BigInteger, primary_key=True, autoincrement=False),
    Column("history_id", BigInteger, primary_key=True, autoincrement=False),
    Column("item", Integer, primary_key=True, autoincrement=False),  # its place among the entry's items of this field
    Column("field", String(255), primary_key=True),  # fieldId where Jira gives it, else the lower-cased name
    Column("at", BigInteger, nullable=False),
    Column("from_id", Text),
    Column("from_name", Text),
    Column("to_id", Text),
    Column("to_name", Text),
    Index("change_by_field", "scope", "field"),
)

field_value = Table(
    "field_value",
    metadata,
    _scope(),
    Column("issue_id", BigInteger, primary_key=True, autoincrement=False),
    Column("field_id", String(255), primary_key=True),
    Column("value", Text, nullable=False),  # JSON as Jira sent it; an unset field has no row
)

link = Table(
    "link",
    metadata,
    _scope(),
    Column("issue_id", BigInteger, primary_key=True, autoincrement=False),
    Column("link_id", BigInteger, primary_key=True, autoincrement=False),
    Column("phrase", Text, nullable=False),  # as read from this issue: "is caused by"
    Column("type_name", Text, nullable=False),
    Column("other_id", BigInteger),
    Column("other_key", String(255), nullable=False),
    Column("type_id", Text),  # null: not read since ids are kept
    Column("side", String(8)),  # of the phrase: inward | outward
)

# Who commented when; texts are not kept.
comment = Table(
    "comment",
    metadata,
    _scope(),
    Column("issue_id", BigInteger, primary_key=True, autoincrement=False),
    Column("comment_id", BigInteger, primary_key=True, autoincrement=False),
    Column("created", BigInteger, nullable=False),
    Column("author_id", Text),
)

version = Table(
    "version",
    metadata,
    _scope(),
    Column("version_id", BigInteger, primary_key=True, autoincrement=False),
    Column("project_key", String(255), nullable=False),
    Column("name", Text, nullable=False),
    Column("released", Boolean, nullable=False),
    Column("archived", Boolean, nullable=False, default=False),
    Column("release_date", String(10)),  # plain local date
    Column("start_date", String(10)),
)

status = Table(
    "status",
    metadata,
    _scope(),
    Column("status_id", String(64), primary_key=True),
    Column("name", Text, nullable=False),
    Column("category", String(16), nullable=False),  # new | indeterminate | done
)

issue_type = Table(
    "issue_type",
    metadata,
    _scope(),
    Column("type_id", String(64), primary_key=True),
    Column("name", Text, nullable=False),
    Column("subtask", Boolean, nullable=False, default=False),
    Column("hierarchy", Integer),  # hierarchyLevel; null where Jira does not say (Data Center)
)

# Every name that a resolution or a link type was ever seen with: people rename them, and Jira translates them.
known_name = Table(
    "known_name",
    metadata,
    _scope(),
    Column("kind", String(16), primary_key=True),  # resolution | link
    Column("named", String(255), primary_key=True),  # id; of a link type id and side: "10003:inward"
    Column("name", Text, primary_key=True),
    Column("current", Boolean, nullable=False, default=False),  # what Jira called it when it was last seen
)

project = Table(
    "project",
    metadata,
    _scope(),
    Column("project_key", String(255), primary_key=True),
    Column("project_id", BigInteger),
    Column("name", Text, nullable=False),
)

field = Table(
    "field",
    metadata,
    _scope(),
    Column("field_id", String(255), primary_key=True),
    Column("name", Text, nullable=False),
    Column("custom", Boolean, nullable=False),
    Column("schema", Text, nullable=False, default="{}"),  # JSON of Jira's schema object
)

board = Table(
    "board",
    metadata,
    _scope(),
    Column("board_id", BigInteger, primary_key=True, autoincrement=False),
    Column("name", Text, nullable=False),
    Column("kind", String(32), nullable=False),  # scrum | kanban | simple (team-managed)
    Column("project_key", String(255)),
)

sprint = Table(
    "sprint",
    metadata,
    _scope(),
    Column("sprint_id", BigInteger, primary_key=True, autoincrement=False),
    Column("board_id", BigInteger),  # where it was made; it may be shown on other boards too
    Column("name", Text, nullable=False),
    Column("state", String(16), nullable=False),  # future | active | closed
    Column("started", BigInteger),
    Column("ends", BigInteger),  # as planned
    Column("completed", BigInteger),
)

# Which sprints an issue is or was in, as its field says now; the way there is in `change`.
sprint_issue = Table(
    "sprint_issue",
    metadata,
    _scope(),
    Column("sprint_id", BigInteger, primary_key=True, autoincrement=False),
    Column("issue_id", BigInteger, primary_key=True, autoincrement=False),
    Index("sprint_issue_by_issue", "scope", "issue_id"),
)

# Issues that the query found once and finds no more: deleted, moved out of it, or hidden from the account.
tombstone = Table(
    "tombstone",
    metadata,
    _scope(),
    Column("issue_id", BigInteger, primary_key=True, autoincrement=False),
    Column("key", String(255), nullable=False),
    Column("removed_at", BigInteger, nullable=False),
)
