CREATE SCHEMA IF NOT EXISTS gnkmigrate;
COMMENT ON SCHEMA gnkmigrate IS 'gnkmigrate: the journal, overflow and sync functions';

-- What was run: one row for every upgrade or downgrade of a phase, never changed once finished.
-- Numbered by hand, because a sequence would move in a dry run.
CREATE TABLE IF NOT EXISTS gnkmigrate.run (
    number bigint PRIMARY KEY,
    phase text NOT NULL,
    revision text NOT NULL,
    direction text NOT NULL CHECK (direction IN ('up', 'down')),
    state text NOT NULL CHECK (state IN ('running', 'failed', 'done')),
    checksum text NOT NULL,
    steps integer NOT NULL,
    rows bigint NOT NULL DEFAULT 0,
    parameters jsonb NOT NULL,
    error text,
    tool_version text NOT NULL,
    database_user text NOT NULL DEFAULT session_user,
    started_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    finished_at timestamptz
);

-- What is in force: a step has a row here while its effect stands. A step that commits in
-- batches is 'partial' until it is through, and keeps its place in checkpoint.
CREATE TABLE IF NOT EXISTS gnkmigrate.step (
    phase text NOT NULL,
    direction text NOT NULL CHECK (direction IN ('up', 'down')),
    name text NOT NULL,
    state text NOT NULL CHECK (state IN ('partial', 'applied')),
    checksum text NOT NULL,
    rows bigint NOT NULL DEFAULT 0,
    checkpoint jsonb,
    run bigint NOT NULL REFERENCES gnkmigrate.run,
    started_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    finished_at timestamptz,
    PRIMARY KEY (phase, direction, name)
);

-- How things were called and declared before a step changed them, for the way back.
CREATE TABLE IF NOT EXISTS gnkmigrate.memory (
    phase text NOT NULL,
    key text NOT NULL,
    value jsonb NOT NULL,
    PRIMARY KEY (phase, key)
);

-- Where Alembic looks; gnkmigrate keeps it in step with the journal.
CREATE TABLE IF NOT EXISTS gnkmigrate.alembic_version (
    version_num varchar(32) PRIMARY KEY
);

-- Rows and values that a rollback with --spill found no place for in the old shape.
CREATE TABLE IF NOT EXISTS gnkmigrate.overflow (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    phase text NOT NULL,
    relation text NOT NULL,
    reason text NOT NULL,
    content jsonb NOT NULL,
    spilled_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
