"""Structure checks: schemas that fail, with what is said about them, and schemas that pass."""

import pytest

from gnkmigrate.audit.check import StructureCheck
from gnkmigrate.audit.checks import discover
from tests.audit.conftest import Read

CHECKS = {check.id: check for check in discover() if isinstance(check, StructureCheck)}

FAILING = {
    "GNK-S001": {
        "nothing at all": ("CREATE TABLE logs (line text)", ["Table logs has no primary key."]),
        "a unique constraint is not enough": (
            "CREATE TABLE logs (line text UNIQUE)",
            ["Table logs has no primary key, only unique constraints."],
        ),
        "a partitioned table, once": (
            """CREATE TABLE logs (day date) PARTITION BY LIST (day);
            CREATE TABLE logs_1 PARTITION OF logs FOR VALUES IN ('2025-01-01')""",
            ["Table logs has no primary key."],
        ),
    },
    "GNK-S002": {
        "no index": (
            """CREATE TABLE users (id int PRIMARY KEY);
            CREATE TABLE dogs (id int PRIMARY KEY, owner int REFERENCES users)""",
            ["Foreign key dogs (owner) to users has no index."],
        ),
        "the column is not the first": (
            """CREATE TABLE users (id int PRIMARY KEY);
            CREATE TABLE dogs (owner int REFERENCES users, name text, PRIMARY KEY (name, owner))""",
            ["Foreign key dogs (owner) to users has no index."],
        ),
        "a partial index serves some rows only": (
            """CREATE TABLE users (id int PRIMARY KEY);
            CREATE TABLE dogs (id int PRIMARY KEY, owner int REFERENCES users, alive bool);
            CREATE INDEX ON dogs (owner) WHERE alive""",
            ["Foreign key dogs (owner) to users has no index."],
        ),
        "half of a key": (
            """CREATE TABLE users (a int, b int, PRIMARY KEY (a, b));
            CREATE TABLE dogs (
                id int PRIMARY KEY, x int, y int, FOREIGN KEY (x, y) REFERENCES users
            );
            CREATE INDEX ON dogs (x)""",
            ["Foreign key dogs (x, y) to users has no index."],
        ),
    },
    "GNK-S003": {
        "twice the same": (
            """CREATE TABLE users (id int PRIMARY KEY, name text);
            CREATE INDEX one ON users (name);
            CREATE INDEX two ON users (name)""",
            ["Index two on users (name) does what one does already."],
        ),
        "beside a unique constraint": (
            """CREATE TABLE users (id int PRIMARY KEY, name text UNIQUE);
            CREATE INDEX users_name ON users (name)""",
            ["Index users_name on users (name) does what the unique (name) does already."],
        ),
        "beside a primary key of a quoted name": (
            """CREATE TABLE users ("Id" int PRIMARY KEY);
            CREATE UNIQUE INDEX users_id ON users ("Id")""",
            ['Index users_id on users ("Id") does what the primary key ("Id") does already.'],
        ),
    },
    "GNK-S004": {
        "of another index": (
            """CREATE TABLE users (id int PRIMARY KEY, name text, age int);
            CREATE INDEX short ON users (name);
            CREATE INDEX long ON users (name, age)""",
            ["Index short on users (name) is the beginning of long."],
        ),
        "of a primary key": (
            """CREATE TABLE pairs (a int, b int, PRIMARY KEY (a, b));
            CREATE INDEX pairs_a ON pairs (a)""",
            ["Index pairs_a on pairs (a) is the beginning of the primary key (a, b)."],
        ),
        "of an index with the same order": (
            """CREATE TABLE users (id int PRIMARY KEY, name text, age int);
            CREATE INDEX short ON users (name DESC);
            CREATE INDEX long ON users (name DESC, age)""",
            ["Index short on users (name DESC) is the beginning of long."],
        ),
    },
    "GNK-S005": {
        "one column": (
            "CREATE TABLE users (id int PRIMARY KEY, seen timestamp)",
            ["Table users stores time without a zone in seen."],
        ),
        "with a precision, and an array": (
            "CREATE TABLE users (id int PRIMARY KEY, seen timestamp(3), all_seen timestamp[])",
            ["Table users stores time without a zone in seen, all_seen."],
        ),
        "two tables": (
            "CREATE TABLE a (id int PRIMARY KEY, t timestamp); CREATE TABLE b (t timestamp)",
            [
                "Table a stores time without a zone in t.",
                "Table b stores time without a zone in t.",
            ],
        ),
    },
    "GNK-S006": {
        "a check": (
            """CREATE TABLE users (id int PRIMARY KEY, age int);
            ALTER TABLE users ADD CONSTRAINT grown CHECK (age > 17) NOT VALID""",
            ["Constraint users.grown has never been validated."],
        ),
        "a foreign key": (
            """CREATE TABLE users (id int PRIMARY KEY, boss int);
            ALTER TABLE users ADD CONSTRAINT boss FOREIGN KEY (boss) REFERENCES users NOT VALID""",
            ["Constraint users.boss has never been validated."],
        ),
        "of a quoted name": (
            """CREATE TABLE "User" (id int PRIMARY KEY, age int);
            ALTER TABLE "User" ADD CONSTRAINT "Old enough" CHECK (age > 17) NOT VALID""",
            ["Constraint User.Old enough has never been validated."],
        ),
    },
    "GNK-S007": {
        "a build that was not finished": (
            """CREATE TABLE users (id int PRIMARY KEY, name text);
            CREATE INDEX users_name ON users (name);
            UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'users_name'::regclass""",
            ["Index users.users_name is invalid: its build was not finished."],
        ),
    },
}

WELL_MADE = """
CREATE TABLE users (
    id int PRIMARY KEY, name text UNIQUE, born timestamptz, boss int REFERENCES users,
    CHECK (name <> '')
);
CREATE INDEX users_boss ON users (boss);
CREATE INDEX users_born ON users (born DESC);
CREATE INDEX users_born_early ON users (born, name) WHERE boss IS NULL;
CREATE INDEX users_lower ON users (lower(name));
CREATE TABLE pairs (
    a int REFERENCES users, b int REFERENCES users, PRIMARY KEY (a, b), FOREIGN KEY (b, a)
    REFERENCES pairs
);
CREATE INDEX pairs_b ON pairs (b, a) INCLUDE (a);
CREATE TABLE days (day date PRIMARY KEY) PARTITION BY RANGE (day);
CREATE TABLE days_1 PARTITION OF days DEFAULT;
CREATE TABLE "Weird "" Name" ("a b" int PRIMARY KEY, "select" int REFERENCES users);
CREATE INDEX ON "Weird "" Name" ("select");
"""


@pytest.mark.parametrize(("id_", "case"), [(id_, case) for id_ in FAILING for case in FAILING[id_]])
def test_a_flaw_is_found(id_: str, case: str, read: Read) -> None:
    sql, expected = FAILING[id_][case]
    found = [seen.message for seen in CHECKS[id_].find(read(sql), "public")]
    assert found == expected


@pytest.mark.parametrize("id_", CHECKS)
def test_a_well_made_schema_gives_no_alarm(id_: str, read: Read) -> None:
    assert list(CHECKS[id_].find(read(WELL_MADE), "public")) == []


def test_every_structure_check_has_its_cases() -> None:
    assert FAILING.keys() == CHECKS.keys()


def test_a_missing_index_comes_with_its_sql(read: Read) -> None:
    schema = read(
        """CREATE TABLE users (id int PRIMARY KEY);
        CREATE TABLE "Dogs" (id int PRIMARY KEY, "Owner" int REFERENCES users)"""
    )
    (seen,) = CHECKS["GNK-S002"].find(schema, "public")
    assert seen.fix == ('CREATE INDEX CONCURRENTLY "idx_Dogs_Owner" ON public."Dogs" ("Owner")',)
    assert seen.undo == ('DROP INDEX CONCURRENTLY public."idx_Dogs_Owner"',)


def test_a_dropped_index_can_be_made_again(read: Read) -> None:
    schema = read(
        """CREATE TABLE users (id int PRIMARY KEY, name text UNIQUE);
        CREATE INDEX users_name ON users (name)"""
    )
    (seen,) = CHECKS["GNK-S003"].find(schema, "public")
    assert seen.fix == ("DROP INDEX CONCURRENTLY public.users_name",)
    assert seen.undo == ("CREATE INDEX CONCURRENTLY users_name ON public.users USING btree (name)",)
