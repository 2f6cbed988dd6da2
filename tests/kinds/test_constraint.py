"""Constraints: none is ever missing for longer than it must."""

from itertools import product

import pytest

from gnkmigrate.facts.reading import read_snapshot
from gnkmigrate.postgres.connection import DatabaseUrl, connect
from gnkmigrate.servers import Server
from tests.kinds.converge import converge
from tests.plan.support import Case, case
from tests.support import execute, rows

TABLE = "CREATE TABLE item (id integer NOT NULL, parent integer, price integer);"
KEY = TABLE + "ALTER TABLE item ADD CONSTRAINT item_pkey PRIMARY KEY (id);"
LINK = KEY + "ALTER TABLE item ADD CONSTRAINT link FOREIGN KEY (parent) REFERENCES item"

CASES = {
    "a primary key takes over an index": case(
        TABLE,
        KEY,
        "CREATE UNIQUE INDEX CONCURRENTLY item_pkey ON public.item (id)",
        "ALTER TABLE public.item ADD CONSTRAINT item_pkey PRIMARY KEY USING INDEX item_pkey",
    ),
    "offline it builds its own": case(
        TABLE,
        KEY,
        "ALTER TABLE public.item ADD CONSTRAINT item_pkey PRIMARY KEY (id)",
        online=False,
    ),
    "a unique constraint with all that it may have": case(
        TABLE,
        TABLE + "ALTER TABLE item ADD CONSTRAINT one UNIQUE NULLS NOT DISTINCT (parent, id) "
        "INCLUDE (price) DEFERRABLE INITIALLY DEFERRED;",
        "CREATE UNIQUE INDEX CONCURRENTLY one ON public.item (parent, id) INCLUDE (price) "
        "NULLS NOT DISTINCT",
        "ALTER TABLE public.item ADD CONSTRAINT one UNIQUE USING INDEX one "
        "DEFERRABLE INITIALLY DEFERRED",
        since=150000,
    ),
    "a foreign key is validated afterwards": case(
        KEY,
        LINK + " ON DELETE CASCADE;",
        "ALTER TABLE public.item ADD CONSTRAINT link FOREIGN KEY (parent) "
        "REFERENCES public.item(id) ON DELETE CASCADE NOT VALID",
        "ALTER TABLE public.item VALIDATE CONSTRAINT link",
    ),
    "another rule for deletes, in one command": case(
        LINK + ";",
        LINK + " ON DELETE CASCADE;",
        "ALTER TABLE public.item DROP CONSTRAINT link, ADD CONSTRAINT link FOREIGN KEY (parent) "
        "REFERENCES public.item(id) ON DELETE CASCADE NOT VALID",
        "ALTER TABLE public.item VALIDATE CONSTRAINT link",
    ),
    "a check that was never validated is": case(
        TABLE + "ALTER TABLE item ADD CONSTRAINT paid CHECK (price > 0) NOT VALID;",
        TABLE + "ALTER TABLE item ADD CONSTRAINT paid CHECK (price > 0);",
        "ALTER TABLE public.item VALIDATE CONSTRAINT paid",
    ),
    "and the way back": case(
        TABLE + "ALTER TABLE item ADD CONSTRAINT paid CHECK (price > 0);",
        TABLE + "ALTER TABLE item ADD CONSTRAINT paid CHECK (price > 0) NOT VALID;",
        "ALTER TABLE public.item DROP CONSTRAINT paid, "
        "ADD CONSTRAINT paid CHECK ((price > 0)) NOT VALID",
    ),
    "the same constraint under another name is renamed": case(
        KEY,
        TABLE + 'ALTER TABLE item ADD CONSTRAINT "PK_a3ffb" PRIMARY KEY (id);',
        'ALTER TABLE public.item RENAME CONSTRAINT item_pkey TO "PK_a3ffb"',
    ),
    "a key that moves makes foreign keys way, and has only one place": case(
        LINK + ";",
        TABLE + "ALTER TABLE item ADD PRIMARY KEY (price); ALTER TABLE item ADD UNIQUE (id);"
        "ALTER TABLE item ADD CONSTRAINT link FOREIGN KEY (parent) REFERENCES item (id);",
        "ALTER TABLE public.item ADD CONSTRAINT item_price_not_null_check "
        "CHECK (price IS NOT NULL) NOT VALID",
        "ALTER TABLE public.item VALIDATE CONSTRAINT item_price_not_null_check",
        "ALTER TABLE public.item ALTER COLUMN price SET NOT NULL",
        "ALTER TABLE public.item DROP CONSTRAINT item_price_not_null_check",
        "CREATE UNIQUE INDEX CONCURRENTLY item_id_key ON public.item (id)",
        "ALTER TABLE public.item ADD CONSTRAINT item_id_key UNIQUE USING INDEX item_id_key",
        "ALTER TABLE public.item DROP CONSTRAINT link",
        "ALTER TABLE public.item DROP CONSTRAINT item_pkey",
        "CREATE UNIQUE INDEX CONCURRENTLY item_pkey ON public.item (price)",
        "ALTER TABLE public.item ADD CONSTRAINT item_pkey PRIMARY KEY USING INDEX item_pkey",
        "ALTER TABLE public.item ADD CONSTRAINT link FOREIGN KEY (parent) "
        "REFERENCES public.item(id) NOT VALID",
        "ALTER TABLE public.item VALIDATE CONSTRAINT link",
    ),
    "an exclusion constraint has no other way": case(
        "CREATE TABLE stay (during tstzrange);",
        "CREATE TABLE stay (during tstzrange, CONSTRAINT apart EXCLUDE USING gist (during WITH &&)"
        ");",
        "ALTER TABLE public.stay ADD CONSTRAINT apart EXCLUDE USING gist (during WITH &&)",
    ),
}


@pytest.mark.parametrize("given", CASES.values(), ids=CASES)
def test_case(server: Server, given: Case) -> None:
    assert given.migrate(server) == given.expected


ACTIONS = ("NO ACTION", "RESTRICT", "CASCADE", "SET NULL", "SET DEFAULT")
DEFERRALS = ("", "DEFERRABLE", "DEFERRABLE INITIALLY DEFERRED")
EVERY_FORM = (
    'PRIMARY KEY ("Key", line)',
    "UNIQUE (line) INCLUDE (note)",
    "UNIQUE (note) WITH (fillfactor = 70)",
    "EXCLUDE USING gist (during WITH &&) WHERE (line > 0)",
    "CHECK (line > 0 AND note <> 'a''b')",
    "CHECK (line > 0) NO INHERIT",
    "CHECK (line > 0) NOT VALID",
    *(f"UNIQUE (line, note) {deferral}" for deferral in DEFERRALS),
    *(f"{reference} NOT VALID" for reference in ("FOREIGN KEY (note) REFERENCES goal",)),
    *(
        f'FOREIGN KEY (note) REFERENCES "Else where".goal ("select") ON UPDATE {update} '
        f"ON DELETE {delete} {deferral}"
        for update, delete, deferral in product(ACTIONS, ACTIONS, DEFERRALS)
    ),
    'FOREIGN KEY (note, line) REFERENCES "Else where".goal ("select", n) MATCH FULL',
)
SINCE_15 = (
    "UNIQUE NULLS NOT DISTINCT (note, line)",
    'FOREIGN KEY (note, line) REFERENCES goal ("select", n) ON DELETE SET NULL (line)',
)
SINCE_18 = (
    "UNIQUE (line, during WITHOUT OVERLAPS)",
    "FOREIGN KEY (line, PERIOD during) REFERENCES stay (n, PERIOD at)",
    "FOREIGN KEY (note) REFERENCES goal NOT ENFORCED",
    "CHECK (line > 0) NOT ENFORCED",
)


def test_a_definition_is_what_postgresql_says(server: Server, database: DatabaseUrl) -> None:
    major = server.major
    execute(
        database,
        """
        CREATE SCHEMA "Else where"; SET search_path = "Else where", public;
        CREATE TABLE goal ("select" text PRIMARY KEY, n integer, UNIQUE ("select", n));
        CREATE TABLE item ("Key" uuid, line integer, note text, during tstzrange);
        """,
    )
    if major >= 18:
        execute(
            database,
            """
            CREATE EXTENSION btree_gist SCHEMA public;
            SET search_path = "Else where", public;
            CREATE TABLE stay (n integer, at tstzrange, PRIMARY KEY (n, at WITHOUT OVERLAPS))
            """,
        )
    forms = EVERY_FORM + (SINCE_15 if major >= 15 else ()) + (SINCE_18 if major >= 18 else ())
    added = "; ".join(f"ALTER TABLE item ADD {form}" for form in forms)
    execute(database, f'SET search_path = "Else where", public; {added}')
    with connect(database) as session:
        snapshot = read_snapshot(session)
    found = {
        fact.identity.name: fact.payload["definition"] for fact in snapshot.of_kind("constraint")
    }
    assert len(found) >= len(forms)
    assert found == dict(
        rows(
            database,
            """
            SELECT conname, regexp_replace(pg_get_constraintdef(oid), ' NOT VALID$', '')
            FROM pg_constraint
            WHERE connamespace = '"Else where"'::regnamespace AND contype <> 'n'
            """,
        )
    )


def test_a_check_that_is_made_anew_in_one_command_keeps_its_comment(server: Server) -> None:
    checks = "ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0);"
    comment = "COMMENT ON CONSTRAINT c ON t IS 'why';"
    table = "CREATE TABLE t (a integer);"
    there = converge(
        server, checks + comment, checks.replace(");", ") NOT VALID;") + comment, shared=table
    ).there
    assert there[1:] == ["COMMENT ON CONSTRAINT c ON public.t IS 'why'"]
    converge(server, checks + comment, checks.replace("> 0", "> 1") + comment, shared=table)
    converge(server, checks + comment, checks.replace("> 0", "> 1"), shared=table)
