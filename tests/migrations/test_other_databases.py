"""Databases that differ from the report's: they go up, and come back as they were."""

from uuid import uuid4

import pytest

from tests.migrations.project import STATION_SETTINGS, Stations

TOUCH = """
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.{column} := '2030-01-01'; RETURN NEW;
END $$;
CREATE TRIGGER touched BEFORE UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION touch();
"""

# What a database may have besides, or instead.
DIFFERENCES = {
    "pgcrypto is there already": "CREATE EXTENSION pgcrypto",
    "constraints with PostgreSQL's own names": """
        ALTER TABLE users RENAME CONSTRAINT "PK_a3ffb1c0c8416b9fc6f907b7433" TO users_pkey;
        ALTER TABLE users RENAME CONSTRAINT "UQ_97672ac88f789774dd47f7c8be3" TO users_email_key;
        ALTER TABLE user_nodes RENAME CONSTRAINT "PK_7e1d72d7d27cfdc6613a68ce2f3"
            TO user_nodes_pkey;
        ALTER TABLE user_nodes RENAME CONSTRAINT "FK_659f2fb3b144b46093bd6484c58"
            TO user_nodes_user_id_fkey;
        ALTER TABLE node_requests RENAME CONSTRAINT "FK_506a0f433d17b46ba100ebeee5d"
            TO node_requests_user_id_fkey
        """,
    "constraints with odd names": """
        ALTER TABLE users RENAME CONSTRAINT "PK_a3ffb1c0c8416b9fc6f907b7433" TO "primary 'key'";
        ALTER TABLE node_requests RENAME CONSTRAINT "FK_506a0f433d17b46ba100ebeee5d"
            TO "a ""quoted"" name, as long as PostgreSQL lets a name be, and yet"
        """,
    "indexes that the report asks for": """
        CREATE INDEX idx_user_nodes_user_id ON user_nodes (user_id);
        CREATE INDEX idx_user_nodes_active ON user_nodes (is_active) WHERE is_active = true;
        CREATE INDEX idx_requests_status ON node_requests (status);
        CREATE INDEX idx_users_email ON users (email);
        CREATE INDEX idx_users_is_active ON users ("isActive") WHERE "isActive" = true
        """,
    "other indexes": """
        CREATE INDEX ON users ("createdAt" DESC NULLS LAST, email);
        CREATE UNIQUE INDEX ON users (id, name) INCLUDE (role);
        CREATE INDEX by_status ON node_requests USING hash (status);
        COMMENT ON INDEX by_status IS 'an index'
        """,
    "a trigger that keeps a user's updatedAt": TOUCH.format(table="users", column='"updatedAt"'),
    "a trigger that keeps a request's updated_at, always": TOUCH.format(
        table="node_requests", column="updated_at"
    )
    + "ALTER TABLE node_requests ENABLE ALWAYS TRIGGER touched",
    "collations and precisions": """
        ALTER TABLE users ALTER email TYPE varchar COLLATE "C", ALTER name TYPE varchar(300);
        ALTER TABLE users ALTER "createdAt" TYPE timestamp(3), ALTER "updatedAt" TYPE timestamp(0);
        ALTER TABLE node_requests ALTER region TYPE varchar COLLATE "POSIX"
        """,
    "other defaults and nullability": """
        ALTER TABLE users ALTER name SET DEFAULT 'nobody', ALTER role DROP DEFAULT,
            ALTER role DROP NOT NULL, ALTER "isActive" DROP NOT NULL,
            ALTER "createdAt" SET DEFAULT CURRENT_TIMESTAMP;
        UPDATE users SET role = NULL, "isActive" = NULL;
        ALTER TABLE node_requests ALTER gpu_type DROP NOT NULL, ALTER created_at DROP NOT NULL,
            ALTER processed_at SET DEFAULT '2020-01-01';
        UPDATE node_requests SET gpu_type = NULL, created_at = NULL
        """,
    "more columns and tables": """
        ALTER TABLE users ADD nickname text DEFAULT 'x',
            ADD score int GENERATED ALWAYS AS (1) STORED;
        ALTER TABLE user_nodes ADD "rackPosition" int DEFAULT 7;
        ALTER TABLE node_requests ADD priority int;
        CREATE TABLE invoices (user_id uuid REFERENCES users (id), request_id uuid
            REFERENCES node_requests (id) ON DELETE CASCADE);
        INSERT INTO invoices SELECT user_id, id FROM node_requests
        """,
    "comments": """
        COMMENT ON TABLE user_nodes IS 'which node is whose';
        COMMENT ON COLUMN user_nodes.label IS 'shown to the user';
        COMMENT ON COLUMN users.role IS 'what one may do';
        COMMENT ON COLUMN node_requests.processed_by IS 'an e-mail';
        COMMENT ON CONSTRAINT "UQ_97672ac88f789774dd47f7c8be3" ON users IS 'one account each';
        COMMENT ON CONSTRAINT "FK_506a0f433d17b46ba100ebeee5d" ON node_requests IS 'whose';
        COMMENT ON CONSTRAINT "FK_659f2fb3b144b46093bd6484c58" ON user_nodes IS 'whose';
        COMMENT ON TYPE users_role_enum IS 'roles'
        """,
    "foreign keys that are deferred": """
        ALTER TABLE node_requests ALTER CONSTRAINT "FK_506a0f433d17b46ba100ebeee5d"
            DEFERRABLE INITIALLY DEFERRED;
        ALTER TABLE user_nodes ALTER CONSTRAINT "FK_659f2fb3b144b46093bd6484c58"
            DEFERRABLE INITIALLY DEFERRED
        """,
    "row level security": "ALTER TABLE user_nodes ENABLE ROW LEVEL SECURITY",
    "statistics and storage": """
        ALTER TABLE users ALTER name SET STATISTICS 500;
        ALTER TABLE node_requests ALTER region SET STORAGE EXTERNAL;
        ALTER TABLE user_nodes SET (fillfactor = 70)
        """,
    "TypeORM's bookkeeping": """
        INSERT INTO migrations (timestamp, name) VALUES (1733760000000, 'Init1733760000000');
        CREATE TABLE typeorm_metadata (type varchar NOT NULL, value text)
        """,
}


@pytest.mark.parametrize("difference", DIFFERENCES)
def test_another_database_comes_back_as_it_was(stations: Stations, difference: str) -> None:
    # One of the functions speaks of a column; what it says stays right.
    policies = {**STATION_SETTINGS["policies"], "functions": "checked"}
    with stations[0].project(policies=policies) as project:
        project.execute(DIFFERENCES[difference])
        before = project.state

        project.up()
        project.down()

        assert project.state == before


@pytest.mark.parametrize("trigger", ["ENABLE", "ENABLE ALWAYS"])
def test_a_trigger_on_user_nodes_does_not_see_the_backfill(
    stations: Stations, trigger: str
) -> None:
    with stations[0].project() as project:
        project.execute(TOUCH.format(table="user_nodes", column="updated_at"))
        project.execute(f"ALTER TABLE user_nodes {trigger} TRIGGER touched")
        before = project.state

        project.up(through="data")
        project.down()

        assert project.state == before


def test_owner_and_grants_go_with_the_new_tables_and_come_back(stations: Stations) -> None:
    number = uuid4().hex
    app, owner = f"app_{number}", f"owner_{number}"
    grants = """
        SELECT grantee, privilege_type, is_grantable
        FROM pg_class, aclexplode(relacl) WHERE pg_class.oid = 'user_nodes'::regclass
        UNION
        SELECT grantee, attname || privilege_type, is_grantable
        FROM pg_attribute, aclexplode(attacl)
        WHERE attrelid = 'user_nodes'::regclass AND attname = 'user_id'
        ORDER BY 1, 2
        """
    with stations[0].project() as project:
        project.execute(
            f"CREATE ROLE {app}; CREATE ROLE {owner}; GRANT CREATE ON SCHEMA public TO {owner};"
            f"ALTER TABLE user_nodes OWNER TO {owner}; GRANT SELECT ON users TO {owner};"
            f"GRANT SELECT, INSERT ON user_nodes TO {app}; GRANT SELECT ON user_nodes TO PUBLIC;"
            f"GRANT UPDATE ON user_nodes TO {app} WITH GRANT OPTION;"
            f"GRANT UPDATE (user_id), REFERENCES (user_id) ON user_nodes TO {app}"
        )
        try:
            before, granted = project.state, project.rows(grants)

            project.up()
            assert project.rows(grants) == granted
            for table in ("user_nodes", "nodes", "node_stats_cache", "earnings_history"):
                query = f"SELECT relowner::regrole::text FROM pg_class WHERE relname = '{table}'"
                assert (owner,) in project.rows(query)

            project.down()
            assert (project.state, project.rows(grants)) == (before, granted)
        finally:
            project.execute(
                f"REASSIGN OWNED BY {owner} TO CURRENT_USER; DROP OWNED BY {app}, {owner};"
                f"DROP ROLE {app}, {owner}"
            )


def test_grants_on_a_column_that_is_replaced_stay(stations: Stations) -> None:
    app = f"app_{uuid4().hex}"
    grants = """
        SELECT attname, privilege_type FROM pg_attribute, aclexplode(attacl)
        WHERE attrelid = 'users'::regclass AND NOT attisdropped
          AND NOT starts_with(attname, 'gnkmigrate_kept_') ORDER BY 1, 2
        """
    with stations[0].project() as project:
        project.execute(f"CREATE ROLE {app}; GRANT SELECT (email), UPDATE (role) ON users TO {app}")
        try:
            project.up()
            assert project.rows(grants) == [("email", "SELECT"), ("role", "UPDATE")]
            project.down()
            assert project.rows(grants) == [("email", "SELECT"), ("role", "UPDATE")]
        finally:
            project.execute(f"DROP OWNED BY {app}; DROP ROLE {app}")
