CREATE TABLE jtbd_meta (
	name VARCHAR(64) NOT NULL, 
	value TEXT, 
	PRIMARY KEY (name)
);

CREATE TABLE job_completions (
	id INTEGER NOT NULL, 
	tenant VARCHAR(64) NOT NULL, 
	event_id VARCHAR(128) NOT NULL, 
	source VARCHAR(16) NOT NULL, 
	job_id VARCHAR(255) NOT NULL, 
	persona VARCHAR(255) NOT NULL, 
	feature_used TEXT NOT NULL, 
	status VARCHAR(16) NOT NULL, 
	started_at BIGINT NOT NULL, 
	completed_at BIGINT, 
	duration_seconds FLOAT, 
	context TEXT, 
	PRIMARY KEY (id), 
	CONSTRAINT job_completions_event UNIQUE (tenant, event_id), 
	CONSTRAINT job_completions_once UNIQUE (tenant, job_id, persona, started_at)
);

CREATE INDEX idx_persona ON job_completions (tenant, persona, started_at);

CREATE INDEX idx_job_id ON job_completions (tenant, job_id, started_at);

CREATE INDEX idx_started_at ON job_completions (tenant, started_at);

CREATE TABLE outcome_achievements (
	id INTEGER NOT NULL, 
	tenant VARCHAR(64) NOT NULL, 
	event_id VARCHAR(128) NOT NULL, 
	source VARCHAR(16) NOT NULL, 
	outcome_id VARCHAR(255) NOT NULL, 
	metric TEXT NOT NULL, 
	expected_value FLOAT NOT NULL, 
	actual_value FLOAT NOT NULL, 
	achievement_rate FLOAT, 
	feature VARCHAR(255) NOT NULL, 
	persona VARCHAR(255), 
	status VARCHAR(24) NOT NULL, 
	measured_at BIGINT NOT NULL, 
	context TEXT, 
	PRIMARY KEY (id), 
	CONSTRAINT outcome_achievements_event UNIQUE (tenant, event_id), 
	CONSTRAINT outcome_achievements_once UNIQUE (tenant, outcome_id, feature, measured_at)
);

CREATE INDEX idx_measured_at ON outcome_achievements (tenant, measured_at);

CREATE INDEX idx_feature ON outcome_achievements (tenant, feature);

CREATE INDEX idx_outcome_id ON outcome_achievements (tenant, outcome_id, measured_at);

CREATE TABLE painpoint_resolutions (
	id INTEGER NOT NULL, 
	tenant VARCHAR(64) NOT NULL, 
	event_id VARCHAR(128) NOT NULL, 
	source VARCHAR(16) NOT NULL, 
	painpoint_id VARCHAR(255) NOT NULL, 
	category TEXT NOT NULL, 
	description TEXT NOT NULL, 
	feature VARCHAR(255) NOT NULL, 
	persona VARCHAR(255) NOT NULL, 
	severity_before FLOAT NOT NULL, 
	severity_after FLOAT NOT NULL, 
	resolution_effectiveness FLOAT, 
	resolved_at BIGINT NOT NULL, 
	context TEXT, 
	PRIMARY KEY (id), 
	CONSTRAINT painpoint_resolutions_event UNIQUE (tenant, event_id), 
	CONSTRAINT painpoint_resolutions_once UNIQUE (tenant, painpoint_id, feature, persona, resolved_at)
);

CREATE INDEX idx_resolved_at ON painpoint_resolutions (tenant, resolved_at);

CREATE INDEX idx_painpoint_id ON painpoint_resolutions (tenant, painpoint_id);

CREATE TABLE time_to_outcome (
	id INTEGER NOT NULL, 
	tenant VARCHAR(64) NOT NULL, 
	event_id VARCHAR(128) NOT NULL, 
	source VARCHAR(16) NOT NULL, 
	outcome_id VARCHAR(255) NOT NULL, 
	persona VARCHAR(255) NOT NULL, 
	feature VARCHAR(255) NOT NULL, 
	start_time BIGINT NOT NULL, 
	end_time BIGINT, 
	duration_seconds FLOAT, 
	steps TEXT, 
	context TEXT, 
	PRIMARY KEY (id), 
	CONSTRAINT time_to_outcome_event UNIQUE (tenant, event_id), 
	CONSTRAINT time_to_outcome_once UNIQUE (tenant, outcome_id, persona, feature, start_time)
);

CREATE INDEX idx_start_time ON time_to_outcome (tenant, start_time);

CREATE INDEX idx_time_outcome ON time_to_outcome (tenant, outcome_id, start_time);

CREATE TABLE user_satisfaction (
	id INTEGER NOT NULL, 
	tenant VARCHAR(64) NOT NULL, 
	event_id VARCHAR(128) NOT NULL, 
	source VARCHAR(16) NOT NULL, 
	outcome_id VARCHAR(255) NOT NULL, 
	feature VARCHAR(255) NOT NULL, 
	persona VARCHAR(255) NOT NULL, 
	satisfaction_level VARCHAR(24) NOT NULL, 
	met_expectations BOOLEAN NOT NULL, 
	would_recommend BOOLEAN NOT NULL, 
	effort_score INTEGER, 
	feedback_text TEXT, 
	recorded_at BIGINT NOT NULL, 
	context TEXT, 
	PRIMARY KEY (id), 
	CONSTRAINT user_satisfaction_event UNIQUE (tenant, event_id), 
	CONSTRAINT user_satisfaction_once UNIQUE (tenant, outcome_id, feature, persona, recorded_at)
);

CREATE INDEX idx_recorded_at ON user_satisfaction (tenant, recorded_at);

CREATE INDEX idx_satisfaction ON user_satisfaction (tenant, outcome_id, recorded_at);

CREATE TABLE rdf_metadata (
	id INTEGER NOT NULL, 
	tenant VARCHAR(64) NOT NULL, 
	entity_type VARCHAR(16) NOT NULL, 
	entity_id VARCHAR(255) NOT NULL, 
	metadata TEXT NOT NULL, 
	source VARCHAR(255) NOT NULL, 
	updated_at BIGINT NOT NULL, 
	PRIMARY KEY (id), 
	CONSTRAINT rdf_metadata_once UNIQUE (tenant, entity_type, entity_id)
);
