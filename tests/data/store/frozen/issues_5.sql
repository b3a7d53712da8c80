CREATE TABLE meta (
	name VARCHAR(64) NOT NULL, 
	value TEXT NOT NULL, 
	PRIMARY KEY (name)
);

CREATE TABLE scope (
	scope INTEGER NOT NULL, 
	tenant VARCHAR(64) NOT NULL, 
	site_url TEXT NOT NULL, 
	jql TEXT NOT NULL, 
	flavour VARCHAR(8) NOT NULL, 
	site_title TEXT, 
	base_url TEXT, 
	zone TEXT NOT NULL, 
	revision INTEGER NOT NULL, 
	synced_at BIGINT, 
	cursor BIGINT, 
	full_at BIGINT, 
	census_at BIGINT, 
	fetched_fields TEXT NOT NULL, 
	last_result TEXT, 
	PRIMARY KEY (scope)
);

CREATE UNIQUE INDEX scope_by_site ON scope (tenant, site_url, jql);

CREATE TABLE issue (
	scope INTEGER NOT NULL, 
	issue_id BIGINT NOT NULL, 
	"key" VARCHAR(255) NOT NULL, 
	project_key VARCHAR(255) NOT NULL, 
	type_id VARCHAR(64) NOT NULL, 
	status_id VARCHAR(64) NOT NULL, 
	summary TEXT NOT NULL, 
	resolution TEXT, 
	priority TEXT, 
	assignee_id TEXT, 
	assignee TEXT, 
	parent_id BIGINT, 
	created BIGINT NOT NULL, 
	updated BIGINT NOT NULL, 
	resolved BIGINT, 
	due VARCHAR(10), 
	labels TEXT NOT NULL, 
	components TEXT NOT NULL, 
	fix_versions TEXT NOT NULL, 
	history_complete BOOLEAN NOT NULL, 
	comments_complete BOOLEAN, 
	PRIMARY KEY (scope, issue_id)
);

CREATE INDEX issue_by_key ON issue (scope, "key");

CREATE TABLE change (
	scope INTEGER NOT NULL, 
	issue_id BIGINT NOT NULL, 
	history_id BIGINT NOT NULL, 
	item INTEGER NOT NULL, 
	field VARCHAR(255) NOT NULL, 
	at BIGINT NOT NULL, 
	from_id TEXT, 
	from_name TEXT, 
	to_id TEXT, 
	to_name TEXT, 
	PRIMARY KEY (scope, issue_id, history_id, item, field)
);

CREATE INDEX change_by_field ON change (scope, field);

CREATE TABLE field_value (
	scope INTEGER NOT NULL, 
	issue_id BIGINT NOT NULL, 
	field_id VARCHAR(255) NOT NULL, 
	value TEXT NOT NULL, 
	PRIMARY KEY (scope, issue_id, field_id)
);

CREATE TABLE link (
	scope INTEGER NOT NULL, 
	issue_id BIGINT NOT NULL, 
	link_id BIGINT NOT NULL, 
	phrase TEXT NOT NULL, 
	type_name TEXT NOT NULL, 
	other_id BIGINT, 
	other_key VARCHAR(255) NOT NULL, 
	PRIMARY KEY (scope, issue_id, link_id)
);

CREATE TABLE comment (
	scope INTEGER NOT NULL, 
	issue_id BIGINT NOT NULL, 
	comment_id BIGINT NOT NULL, 
	created BIGINT NOT NULL, 
	author_id TEXT, 
	PRIMARY KEY (scope, issue_id, comment_id)
);

CREATE TABLE version (
	scope INTEGER NOT NULL, 
	version_id BIGINT NOT NULL, 
	project_key VARCHAR(255) NOT NULL, 
	name TEXT NOT NULL, 
	released BOOLEAN NOT NULL, 
	archived BOOLEAN NOT NULL, 
	release_date VARCHAR(10), 
	start_date VARCHAR(10), 
	PRIMARY KEY (scope, version_id)
);

CREATE TABLE status (
	scope INTEGER NOT NULL, 
	status_id VARCHAR(64) NOT NULL, 
	name TEXT NOT NULL, 
	category VARCHAR(16) NOT NULL, 
	PRIMARY KEY (scope, status_id)
);

CREATE TABLE issue_type (
	scope INTEGER NOT NULL, 
	type_id VARCHAR(64) NOT NULL, 
	name TEXT NOT NULL, 
	subtask BOOLEAN NOT NULL, 
	hierarchy INTEGER, 
	PRIMARY KEY (scope, type_id)
);

CREATE TABLE project (
	scope INTEGER NOT NULL, 
	project_key VARCHAR(255) NOT NULL, 
	project_id BIGINT, 
	name TEXT NOT NULL, 
	PRIMARY KEY (scope, project_key)
);

CREATE TABLE field (
	scope INTEGER NOT NULL, 
	field_id VARCHAR(255) NOT NULL, 
	name TEXT NOT NULL, 
	custom BOOLEAN NOT NULL, 
	schema TEXT NOT NULL, 
	PRIMARY KEY (scope, field_id)
);

CREATE TABLE board (
	scope INTEGER NOT NULL, 
	board_id BIGINT NOT NULL, 
	name TEXT NOT NULL, 
	kind VARCHAR(32) NOT NULL, 
	project_key VARCHAR(255), 
	PRIMARY KEY (scope, board_id)
);

CREATE TABLE sprint (
	scope INTEGER NOT NULL, 
	sprint_id BIGINT NOT NULL, 
	board_id BIGINT, 
	name TEXT NOT NULL, 
	state VARCHAR(16) NOT NULL, 
	started BIGINT, 
	ends BIGINT, 
	completed BIGINT, 
	PRIMARY KEY (scope, sprint_id)
);

CREATE TABLE sprint_issue (
	scope INTEGER NOT NULL, 
	sprint_id BIGINT NOT NULL, 
	issue_id BIGINT NOT NULL, 
	PRIMARY KEY (scope, sprint_id, issue_id)
);

CREATE INDEX sprint_issue_by_issue ON sprint_issue (scope, issue_id);

CREATE TABLE tombstone (
	scope INTEGER NOT NULL, 
	issue_id BIGINT NOT NULL, 
	"key" VARCHAR(255) NOT NULL, 
	removed_at BIGINT NOT NULL, 
	PRIMARY KEY (scope, issue_id)
);
