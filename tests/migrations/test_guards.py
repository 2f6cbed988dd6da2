"""What stands in a phase's way is listed before the phase has changed anything."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest

from gnkmigrate.errors import PhaseRefused
from tests.migrations.project import Stations

ADA = "10000000-0000-4000-8000-000000000001"
FIRST = "20000000-0000-4000-8000-000000000001"
NO_POLICIES = {"overflow": "fail", "unmapped": "fail"}

TABLES, DATA, JOIN_TABLE, INDEXES, COLUMNS, ALIGN = range(1, 7)


@dataclass(frozen=True)
class Hindrance:
    """Something that was done to the database before a phase.

    Attributes:
        phase: that must refuse.
        done: the statements.
        said: what the refusal must say, one text for each.
        policies: answers given.
    """

    phase: int
    done: str
    said: tuple[str, ...]
    policies: Mapping[str, str] = field(
        default_factory=lambda: {"overflow": "truncate", "unmapped": "archive"}
    )

    def __str__(self) -> str:
        return f"{self.phase}-{self.said[0]}"


HINDRANCES = (
    Hindrance(TABLES, "CREATE TABLE nodes ()", ("public.nodes",)),
    Hindrance(TABLES, "CREATE VIEW earnings_history AS SELECT 1", ("public.earnings_history",)),
    Hindrance(TABLES, "CREATE TABLE x (); CREATE INDEX nodes_pkey ON x ((1))", ("nodes_pkey",)),
    Hindrance(TABLES, "DROP TABLE user_nodes; DROP TABLE node_requests", ("node_requests",)),
    Hindrance(DATA, "ALTER TABLE user_nodes DROP COLUMN label", ("label is missing",)),
    Hindrance(DATA, "ALTER TABLE user_nodes ADD node_id uuid", ("already has", "node_id")),
    Hindrance(
        DATA,
        "ALTER TABLE user_nodes ALTER created_at TYPE timestamptz",
        ("created_at", "timestamp with time zone"),
    ),
    Hindrance(DATA, "ALTER TABLE user_nodes ALTER id TYPE text", ("id", "text")),
    Hindrance(
        DATA,
        "UPDATE user_nodes SET node_address = repeat('a', 256), label = repeat('l', 101),"
        f" gpu_type = repeat('g', 51), gcore_instance_id = repeat('c', 256) WHERE id = '{FIRST}'",
        (
            *(
                f"public.user_nodes.{name}: values that the new column cannot hold"
                for name in ("node_address", "label", "gpu_type", "gcore_instance_id")
            ),
            f"id: {FIRST}",
            'by the policy overflow = "truncate"',
        ),
        NO_POLICIES,
    ),
    Hindrance(
        DATA,
        "UPDATE user_nodes SET node_address = repeat('a', 300) || id",
        ("would become one row of public.nodes", "different: 3"),
    ),
    Hindrance(
        DATA,
        'ALTER TABLE user_nodes DROP CONSTRAINT "UQ_06dcb7f80ef147200e3cb720a5a";'
        "UPDATE user_nodes SET node_address = 'the same'",
        ("disagree", "identifier: the same, rows: 3"),
    ),
    Hindrance(
        DATA,
        f"UPDATE user_nodes SET created_at = '294276-12-31 23:59:59' WHERE id = '{FIRST}'",
        ("created_at: values that the new column cannot hold", FIRST),
    ),
    Hindrance(
        DATA,
        'ALTER TABLE user_nodes DROP CONSTRAINT "FK_659f2fb3b144b46093bd6484c58";'
        "UPDATE user_nodes SET user_id = id",
        ("refer by user_id to rows of", FIRST),
    ),
    Hindrance(
        DATA,
        "INSERT INTO nodes (identifier, identifier_type) VALUES ('by hand', 'operator')",
        ("public.nodes has rows already", "identifier: by hand"),
    ),
    Hindrance(
        JOIN_TABLE,
        f"UPDATE user_nodes SET label = repeat('l', 101) WHERE id = '{FIRST}'",
        ("label: values that the new column cannot hold", FIRST),
        NO_POLICIES,
    ),
    Hindrance(
        JOIN_TABLE,
        f"UPDATE user_nodes SET assigned_by = '{FIRST}' WHERE id = '{FIRST}'",
        ("refer by assigned_by to rows of", FIRST),
    ),
    Hindrance(
        JOIN_TABLE,
        "CREATE VIEW labels AS SELECT label FROM user_nodes",
        ("hang on public.user_nodes", "view public.labels"),
    ),
    Hindrance(
        JOIN_TABLE,
        "CREATE MATERIALIZED VIEW labels AS SELECT label FROM user_nodes",
        ("hang on public.user_nodes", "labels"),
    ),
    Hindrance(
        JOIN_TABLE,
        "CREATE TABLE alerts (user_node_id uuid REFERENCES user_nodes (id))",
        ("hang on public.user_nodes", "alerts"),
    ),
    Hindrance(
        JOIN_TABLE,
        "CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';"
        "CREATE TRIGGER touched BEFORE UPDATE ON user_nodes FOR EACH ROW EXECUTE FUNCTION touch()",
        ("hang on public.user_nodes", "touched"),
    ),
    Hindrance(
        JOIN_TABLE,
        "CREATE POLICY own ON user_nodes USING (true)",
        ("hang on public.user_nodes", "policy own"),
    ),
    Hindrance(
        JOIN_TABLE,
        "CREATE PUBLICATION told FOR TABLE user_nodes",
        ("hang on public.user_nodes", "told"),
    ),
    Hindrance(
        JOIN_TABLE,
        "CREATE FUNCTION labels() RETURNS text BEGIN ATOMIC SELECT max(label) FROM user_nodes; END",
        ("hang on public.user_nodes", "function public.labels()"),
    ),
    Hindrance(
        JOIN_TABLE,
        "CREATE TABLE more () INHERITS (user_nodes)",
        ("hang on public.user_nodes", "more"),
    ),
    Hindrance(
        INDEXES, "CREATE INDEX idx_users_role ON users (email)", ("idx_users_role", "(email)")
    ),
    Hindrance(COLUMNS, "ALTER TABLE users ADD telegram text", ("already has", "telegram")),
    Hindrance(COLUMNS, "ALTER TABLE node_requests ADD type text", ("already has", "type")),
    Hindrance(
        COLUMNS, "ALTER TABLE node_requests DROP COLUMN processed_by", ("processed_by is missing",)
    ),
    Hindrance(
        COLUMNS,
        "ALTER TABLE node_requests DROP COLUMN processed_by, ADD processed_by uuid",
        ("processed_by", "uuid"),
    ),
    Hindrance(
        COLUMNS,
        "UPDATE node_requests SET processed_by = ' ada@example.org'"
        " WHERE id = '30000000-0000-4000-8000-000000000004'",
        (
            "processed_by: texts that name no row, or several. (2)",
            "id: 30000000-0000-4000-8000-000000000003, processed_by: nobody that we know, rows: 0",
            "processed_by:  ada@example.org, rows: 0",
            'by the policy unmapped = "archive"',
        ),
        NO_POLICIES,
    ),
    Hindrance(
        COLUMNS,
        "INSERT INTO users (email, password) VALUES ('ADA@example.org', ''), ('twice@X', ''),"
        " ('Twice@x', ''); UPDATE node_requests SET processed_by = 'TWICE@x'"
        " WHERE processed_by LIKE 'nobody%'",
        ("name no row, or several", "processed_by: TWICE@x, rows: 2"),
        NO_POLICIES,
    ),
    Hindrance(
        COLUMNS,
        "CREATE VIEW done AS SELECT processed_by FROM node_requests",
        ("use columns of public.node_requests", "view public.done"),
    ),
    Hindrance(
        COLUMNS,
        "ALTER TABLE node_requests ADD CONSTRAINT node_requests_type_check CHECK (gpu_count > -9)",
        ("node_requests_type_check",),
    ),
    Hindrance(ALIGN, 'ALTER TABLE users RENAME "isActive" TO is_active', ("isActive is missing",)),
    Hindrance(ALIGN, "ALTER TABLE users ADD is_active boolean", ("is_active",)),
    Hindrance(ALIGN, "ALTER TABLE users DROP COLUMN role", ("role",)),
    Hindrance(ALIGN, "ALTER TABLE users DROP COLUMN name", ("name",)),
    Hindrance(
        ALIGN,
        'ALTER TABLE users ALTER "createdAt" TYPE timestamptz',
        ("createdAt", "timestamp with time zone"),
    ),
    Hindrance(
        ALIGN,
        "ALTER TABLE users ALTER role DROP DEFAULT, ALTER role TYPE varchar USING role::text",
        ("role", "character varying", "public.users_role_enum"),
    ),
    Hindrance(
        ALIGN,
        f"UPDATE users SET name = repeat('n', 256), email = repeat('e', 256) WHERE id = '{ADA}'",
        (
            "public.users.email: values that the new column cannot hold",
            "public.users.name: values that the new column cannot hold",
            f"id: {ADA}",
        ),
        NO_POLICIES,
    ),
    Hindrance(
        ALIGN,
        "UPDATE users SET email = repeat('e', 300) || id",
        ("Different values of public.users become one that", "rows: 3"),
    ),
    Hindrance(
        ALIGN,
        "ALTER TABLE users ALTER email DROP NOT NULL;"
        f"UPDATE users SET email = NULL WHERE id = '{ADA}'",
        ("email", "NULL", ADA),
    ),
    Hindrance(
        ALIGN,
        "UPDATE node_requests SET processed_at = '4714-11-24 00:00:00 BC'",
        ("node_requests.processed_at: values that", "processed_at: 4714-11-24T00:00:00 BC"),
    ),
    Hindrance(
        ALIGN,
        "ALTER TYPE users_role_enum ADD VALUE 'owner'; COMMIT;"
        f"UPDATE users SET role = 'owner' WHERE id = '{ADA}'",
        ("role", "owner", ADA),
    ),
    Hindrance(
        ALIGN,
        "CREATE TABLE guests (role users_role_enum)",
        ("users_role_enum", "guests"),
    ),
    Hindrance(
        ALIGN,
        "CREATE TABLE guests (roles users_role_enum[])",
        ("users_role_enum", "guests"),
    ),
    Hindrance(
        ALIGN,
        "CREATE FUNCTION is_admin(users_role_enum) RETURNS boolean LANGUAGE sql AS 'SELECT true'",
        ("users_role_enum", "is_admin"),
    ),
    Hindrance(
        ALIGN,
        "ALTER TABLE users ADD CHECK (role <> 'admin' OR \"isActive\")",
        ("public.users", "users_check"),
    ),
    Hindrance(
        ALIGN,
        "CREATE INDEX open ON node_requests (id) WHERE status = 'pending'",
        ("public.node_requests", "open"),
    ),
    Hindrance(
        ALIGN,
        "ALTER TABLE users ADD greeting text GENERATED ALWAYS AS ('Dear ' || name) STORED",
        ("public.users", "greeting"),
    ),
    Hindrance(
        ALIGN,
        "CREATE VIEW people AS SELECT name FROM users",
        ("use columns of public.users", "view public.people"),
    ),
    Hindrance(
        ALIGN,
        'ALTER TABLE users DROP CONSTRAINT "UQ_97672ac88f789774dd47f7c8be3"',
        ("0 constraints UNIQUE (email)",),
    ),
    Hindrance(ALIGN, "CREATE TABLE users_pkey ()", ("users_pkey",)),
    Hindrance(
        ALIGN,
        "ALTER TABLE users ADD CONSTRAINT users_role_check CHECK (email <> '')",
        ("users_role_check",),
    ),
    Hindrance(
        ALIGN,
        "ALTER TABLE node_requests ADD FOREIGN KEY (user_id) REFERENCES users (id)",
        ("2 constraints FOREIGN KEY (user_id)",),
    ),
    Hindrance(
        ALIGN,
        'ALTER TABLE node_requests DROP CONSTRAINT "FK_506a0f433d17b46ba100ebeee5d"',
        ("0 constraints FOREIGN KEY (user_id)",),
    ),
    Hindrance(ALIGN, "CREATE INDEX idx_users_email ON users (name)", ("idx_users_email",)),
)


@pytest.mark.parametrize("hindrance", HINDRANCES, ids=str)
def test_a_hindrance_is_listed_and_nothing_is_changed(
    stations: Stations, hindrance: Hindrance
) -> None:
    with stations[hindrance.phase - 1].project(policies=hindrance.policies) as project:
        for statements in hindrance.done.split("COMMIT;"):
            project.execute(statements)
        before = project.state

        with pytest.raises(PhaseRefused) as refused:
            project.up(phase=str(hindrance.phase))

        said = "\n".join((refused.value.message, *refused.value.details, refused.value.hint))
        for expected in hindrance.said:
            assert expected in said
        assert project.state == before
        assert project.states[hindrance.phase - 1] == "pending"
