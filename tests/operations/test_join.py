"""op.merge_tables with a reference: several rows get the values of the row to which they refer."""

import os
import uuid
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psycopg
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from gnkmigrate.errors import PhaseRefused, RevisionError
from gnkmigrate.postgres.connection import connect
from gnkmigrate.run import events
from gnkmigrate.run.kept import contract
from gnkmigrate.run.lasting_verifications import verify
from gnkmigrate.run.names import column
from gnkmigrate.run.phase import read_steps
from gnkmigrate.servers import Server
from tests.migrations.project import Project
from tests.operations.shapes import KEYS, NAMES
from tests.small import Small

EXAMPLES = max(int(os.environ.get("GNKMIGRATE_SHAPES", "40")) // 40, 1)
SHOP = """
CREATE TABLE address (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, street text NOT NULL,
    "Post Code" varchar(9) NOT NULL COLLATE "C", town text, made date DEFAULT '2026-01-01',
    UNIQUE (street, "Post Code"), CHECK (town <> 'nowhere')
);
COMMENT ON COLUMN address.town IS 'as people call it';
CREATE TABLE customer (
    id serial PRIMARY KEY, name text, address_id bigint REFERENCES address ON DELETE SET NULL
);
CREATE INDEX customer_address_id_idx ON customer (address_id);
INSERT INTO address (street, "Post Code", town)
    VALUES ('Elm 1', '1', 'Ulm'), ('Oak 2', '2', NULL), ('Ash 3', '3', 'Bonn');
INSERT INTO customer (name, address_id)
    VALUES ('Ann', 1), ('Ben', 1), ('Cleo', 2), ('Dora', NULL), ('Eve', 3)
"""
MERGE = """
op.keep_shape("public.customer")
op.keep_shape("public.address")
op.merge_tables(
    "public.address", into="public.customer", reference={"address_id": "id"},
    columns={"street": "street", "Post Code": "zip", "town": "town"},
    identity=("street", "Post Code"), dropped=("made",),
)
"""
CUSTOMERS = "SELECT id, name, street, zip, town FROM customer ORDER BY id"
ROWS = [
    (1, "Ann", "Elm 1", "1", "Ulm"),
    (2, "Ben", "Elm 1", "1", "Ulm"),
    (3, "Cleo", "Oak 2", "2", None),
    (4, "Dora", None, None, None),
    (5, "Eve", "Ash 3", "3", "Bonn"),
]
OLD = """SELECT customer.id, name, street, "Post Code", town
    FROM customer LEFT JOIN address ON address.id = address_id ORDER BY 1"""


def shop(small: Small, revision: str = MERGE) -> Project:
    small.reversible(1, revision)
    project = small.project(limits={"batch_rows": 2})
    project.execute(SHOP)
    return project


def old(project: Project, sql: str) -> list[tuple[Any, ...]]:
    with connect(project.url, search_path=["gnkmigrate_legacy", "public"]) as session:
        cursor = session.execute(sql.encode())
        return cursor.fetchall() if cursor.description else []


def verified(project: Project) -> bool:
    with project.session() as session:
        return all(each.passed for each in verify(session, project.phases, project.settings))


def test_up_and_down_and_up_again_and_contract(small: Small) -> None:
    project = shop(small)
    before, facts, dump = project.state, project.facts, project.dump
    project.up(dry_run=True)
    assert project.state == before
    project.up()
    assert project.rows(CUSTOMERS) == ROWS
    assert old(project, OLD) == ROWS
    assert old(project, "SELECT id, made::text FROM address WHERE id = 1") == [(1, "2026-01-01")]
    assert project.value("SELECT to_regclass('address')") is None
    assert (
        project.value("""SELECT col_description('customer'::regclass, attnum)
        FROM pg_attribute WHERE attrelid = 'customer'::regclass AND attname = 'town'""")
        == "as people call it"
    )
    assert verified(project)
    project.down()
    assert project.dump == dump
    assert project.facts == facts
    assert project.state == before

    project.up(atomic=True)
    with project.session() as session:
        contract.contract(session, project.phases, project.settings)
    assert verified(project)
    assert "gnkmigrate" not in project.dump
    assert project.rows(CUSTOMERS) == ROWS


def test_each_application_sees_what_the_other_writes(small: Small) -> None:
    project = shop(small)
    project.up()
    project.execute("""
        INSERT INTO customer (name, street, zip, town) VALUES
            ('Fay', 'Fir 4', '4', 'Rom'), ('Gus', 'Fir 4', '4', 'Rom'),
            ('Hal', 'Elm 1', '1', 'Ulm');
        INSERT INTO customer (name) VALUES ('Ida');
        UPDATE customer SET street = 'Yew 5', zip = '5' WHERE id = 1;
        UPDATE customer SET town = 'Oslo' WHERE id = 2;
        UPDATE customer SET street = NULL, zip = NULL, town = NULL WHERE id = 5
    """)
    rows = [
        (1, "Ann", "Yew 5", "5", "Ulm"),
        (2, "Ben", "Elm 1", "1", "Oslo"),  # and so does Hal, who lives there
        (3, "Cleo", "Oak 2", "2", None),
        (4, "Dora", None, None, None),
        (5, "Eve", None, None, None),
        (6, "Fay", "Fir 4", "4", "Rom"),
        (7, "Gus", "Fir 4", "4", "Rom"),
        (8, "Hal", "Elm 1", "1", "Oslo"),
        (9, "Ida", None, None, None),
    ]
    assert project.rows(CUSTOMERS) == rows
    assert old(project, OLD) == rows
    assert old(project, "SELECT count(*) FROM address WHERE street = 'Fir 4'") == [(1,)]
    old(
        project,
        """
        UPDATE address SET town = 'Ulm', street = 'Elm 11' WHERE street = 'Elm 1';
        INSERT INTO customer (name, address_id) SELECT 'Jo', id FROM address WHERE id = 2;
        INSERT INTO customer (name) VALUES ('Kay');
        UPDATE customer SET address_id = 2 WHERE id IN (4, 6);
        UPDATE customer SET address_id = NULL WHERE id = 7;
        DELETE FROM address WHERE street = 'Yew 5'
        """,
    )
    rows = [
        (1, "Ann", None, None, None),
        (2, "Ben", "Elm 11", "1", "Ulm"),
        (3, "Cleo", "Oak 2", "2", None),
        (4, "Dora", "Oak 2", "2", None),
        (5, "Eve", None, None, None),
        (6, "Fay", "Oak 2", "2", None),
        (7, "Gus", None, None, None),
        (8, "Hal", "Elm 11", "1", "Ulm"),
        (9, "Ida", None, None, None),
        (10, "Jo", "Oak 2", "2", None),
        (11, "Kay", None, None, None),
    ]
    assert project.rows(CUSTOMERS) == rows
    assert old(project, OLD) == rows
    for refused in ("street = NULL", "town = 'nowhere'"):
        with pytest.raises(psycopg.errors.IntegrityError):
            project.execute(f"UPDATE customer SET {refused} WHERE id = 2")
    assert verified(project)
    project.down()
    assert project.rows(OLD) == rows
    with pytest.raises(PhaseRefused, match="nothing was changed"):
        project.up()  # some addresses are nobody's by now
    project.execute(
        "DELETE FROM address WHERE NOT EXISTS (SELECT FROM customer WHERE address_id = address.id)"
    )
    project.up()
    assert project.rows(CUSTOMERS) == rows


def test_clients_write_at_every_step_and_runs_are_cut_off(small: Small) -> None:
    project = shop(small)
    made: list[int] = []

    class Killed(BaseException):
        """As a process that is killed."""

    def write(event: events.Event) -> None:
        if isinstance(event, events.StepStarted | events.StepFinished | events.StepProgress):
            n = len(made) + 10
            made.append(n)
            old(
                project,
                f"""INSERT INTO address (street, "Post Code") VALUES ('St {n}', '{n}');
                INSERT INTO customer (id, name, address_id)
                    SELECT {n}, 'c', max(id) FROM address;
                UPDATE address SET town = 'T {n}' WHERE street = 'St {n - 1}';
                UPDATE customer SET address_id = 1 WHERE id = {n - 2};
                DELETE FROM address WHERE street = 'St {n - 2}'""",
            )

    def killed(after: str) -> Any:
        def observe(event: events.Event) -> None:
            write(event)
            if isinstance(event, events.StepFinished) and event.step == after:
                raise Killed

        return observe

    def expected() -> list[tuple[object, ...]]:
        last = made[-1]
        there = [(n, "c", "Elm 1", "1", "Ulm") for n in made[:-2]]
        return [
            *ROWS,
            *there,
            (last - 1, "c", f"St {last - 1}", str(last - 1), f"T {last}"),
            (last, "c", f"St {last}", str(last), None),
        ]

    follows = "public.customer follows public.address"
    with pytest.raises(Killed):
        project.up(killed("values of public.address in public.customer"))
    with pytest.raises(Killed):
        project.down(killed(follows))
    with pytest.raises(Killed):
        project.up(killed(follows))
    project.up(write)
    assert old(project, OLD) == project.rows(CUSTOMERS) == expected()
    assert verified(project)
    with pytest.raises(Killed):
        project.down(killed("public.address in public.customer"))
    project.down(write)
    assert project.rows(OLD) == expected()


def test_a_lookup_whose_reference_has_the_name_of_the_column(small: Small) -> None:
    """The way back of op.extract_lookup: the column is NOT NULL, and has its name again."""
    small.reversible(
        1,
        """
op.keep_shape("public.job")
op.keep_shape("public.state")
op.merge_tables("public.state", into="public.job", reference={"state": "id"},
                columns={"name": "state"}, unused="archive")
""",
    )
    project = small.project()
    project.execute("""
        CREATE EXTENSION citext;
        CREATE TABLE state (id serial PRIMARY KEY, name citext NOT NULL UNIQUE);
        CREATE TABLE job (id int PRIMARY KEY, state int NOT NULL DEFAULT 1 REFERENCES state);
        INSERT INTO state (name) VALUES ('new'), ('sent'), ('lost');
        INSERT INTO job VALUES (1, 1), (2, 2)
    """)
    before = project.state
    project.up()
    project.execute("INSERT INTO job (id, state) VALUES (3, 'NEW'), (4, 'done')")
    old(project, "INSERT INTO job (id) VALUES (5)")
    with pytest.raises(psycopg.errors.NotNullViolation):
        project.execute("INSERT INTO job (id, state) VALUES (6, NULL)")
    with pytest.raises(psycopg.errors.NotNullViolation):
        old(project, "UPDATE job SET state = NULL")
    assert project.rows("SELECT id, state FROM job ORDER BY 1") == [
        (1, "new"), (2, "sent"), (3, "NEW"), (4, "done"), (5, "new")
    ]  # fmt: skip
    assert old(project, "SELECT id, state FROM job ORDER BY 1") == [
        (1, 1), (2, 2), (3, 1), (4, 4), (5, 1)
    ]  # fmt: skip
    assert verified(project)
    project.execute("DELETE FROM job WHERE id > 2")
    old(project, "DELETE FROM state WHERE id = 4")
    project.down()
    assert project.state == before


def test_not_null_comes_along(small: Small) -> None:
    project = shop(small)
    project.execute("""
        UPDATE customer SET address_id = 1 WHERE address_id IS NULL;
        ALTER TABLE customer ALTER address_id SET NOT NULL
    """)
    project.up()
    assert project.rows("""
        SELECT attname, attnotnull FROM pg_attribute WHERE attrelid = 'customer'::regclass
        AND attname IN ('street', 'zip', 'town') ORDER BY attnum
    """) == [("street", True), ("zip", True), ("town", False)]  # fmt: skip
    with project.session() as session:
        contract.contract(session, project.phases, project.settings)
    assert "gnkmigrate" not in project.dump


def test_rows_of_nobody_are_no_loss_that_is_not_said(small: Small) -> None:
    project = shop(small)
    project.up()
    old(project, "UPDATE customer SET address_id = 1 WHERE id = 3")
    with (
        project.session() as session,
        pytest.raises(PhaseRefused, match=r"No row of .* refers to rows") as refused,
    ):
        contract.contract(session, project.phases, project.settings)
    assert "Oak 2" in "\n".join(refused.value.details)
    with project.session() as session:
        contract.contract(session, project.phases, project.settings, losses_allowed=True)
    assert project.value("SELECT count(*) FROM customer WHERE street = 'Elm 1'") == 3


def number(place: int) -> str:
    return f"(SELECT id FROM address WHERE street = 'St {place}')"


# What the applications do, and what it means where there is one table of the new shape.
OLD_WRITES = {
    "INSERT INTO address (street, \"Post Code\") VALUES ('St {to}', '1')"
    " ON CONFLICT (street, \"Post Code\") DO UPDATE SET town = 'up'": (
        "UPDATE oracle SET town = 'up' WHERE street = 'St {to}'"
    ),
    "UPDATE {table} SET address_id = {it} WHERE {key} AND {it} IS NOT NULL": (
        "UPDATE oracle SET (street, zip, town) ="
        " (SELECT street, \"Post Code\", town FROM address WHERE street = 'St {to}')"
        " WHERE {key} AND {it} IS NOT NULL"
    ),
    "UPDATE {table} SET address_id = NULL, {set} WHERE {key}": (
        "UPDATE oracle SET street = NULL, zip = NULL, town = NULL, {set} WHERE {key}"
    ),
    "UPDATE address SET street = 'St {to}', town = 'T {n}' WHERE street = 'St {n}'": (
        "UPDATE oracle SET street = 'St {to}', town = 'T {n}' WHERE street = 'St {n}'"
    ),
    "DELETE FROM address WHERE street = 'St {to}'": (
        "UPDATE oracle SET street = NULL, zip = NULL, town = NULL WHERE street = 'St {to}'"
    ),
    "INSERT INTO {table} ({names}, address_id) SELECT {place}, {it}": (
        "INSERT INTO oracle ({names}, street, zip, town)"
        ' SELECT {place}, street, "Post Code", town FROM (SELECT) AS one'
        " LEFT JOIN address ON street = 'St {to}'"
    ),
}
NEW_WRITES = {
    "INSERT INTO {table} ({names}, street, zip, town) VALUES ({place}, 'St {to}', '1', 'T {n}')": (
        "INSERT INTO oracle ({names}, street, zip) VALUES ({place}, 'St {to}', '1');"
        "UPDATE oracle SET town = 'T {n}' WHERE street = 'St {to}'"
    ),
    "UPDATE {table} SET street = 'St {to}', zip = '1', town = 'T {n}' WHERE {key}": (
        "UPDATE oracle SET street = 'St {to}', zip = '1' WHERE {key};"
        "UPDATE oracle SET town = 'T {n}' WHERE street = 'St {to}' AND EXISTS"
        " (SELECT FROM oracle WHERE {key})"
    ),
    "UPDATE {table} SET street = NULL, zip = NULL, town = NULL, {set} WHERE {key}": (
        "UPDATE oracle SET street = NULL, zip = NULL, town = NULL, {set} WHERE {key}"
    ),
    "DELETE FROM {table} WHERE {key}": "DELETE FROM oracle WHERE {key}",
}


@given(st.data())
@settings(max_examples=EXAMPLES, phases=(Phase.reuse, Phase.generate))
def test_whatever_is_written_both_shapes_are_exact(server: Server, data: st.DataObject) -> None:
    """Any key, any name; either application writes, at every step and afterwards."""
    name, kind = data.draw(st.sampled_from(NAMES)), data.draw(st.sampled_from(sorted(KEYS)))
    keys, places = KEYS[kind]
    table, names = column(name), ", ".join(map(column, keys))
    numbers = st.integers(0, 5)

    def write(project: Project, *, is_new: bool) -> None:
        which = NEW_WRITES if is_new and data.draw(st.booleans()) else OLD_WRITES
        said = data.draw(st.sampled_from(sorted(which)))
        n, to = data.draw(numbers), data.draw(numbers)
        place = ", ".join(each % n for each in places)
        other = ", ".join(each % to for each in places)
        given = {
            "table": table, "names": names, "place": place, "n": n, "to": to, "it": number(to),
            "key": f"({names}) = ({place})", "set": f"({names}) = ROW ({other})",
        }  # fmt: skip
        path = ["public"] if which is NEW_WRITES else ["gnkmigrate_legacy", "public"]
        # What the old application means is asked of its tables as they are before.
        both = [which[said].format(**given), said.format(**given)]
        with (
            connect(project.url, search_path=path) as session,
            suppress(psycopg.errors.UniqueViolation),
            session.transaction(),
        ):
            for statement in reversed(both) if which is NEW_WRITES else both:
                session.execute(statement.encode())

    def compare(project: Project, *, is_new: bool) -> None:
        due = f"SELECT {names}, street, zip, town FROM public.oracle"
        now = f'SELECT {names}, street, "Post Code", town FROM {table} LEFT JOIN'
        now += ' (SELECT id AS there, street, "Post Code", town FROM address) AS a'
        now += " ON there = address_id"
        for path, asked in (
            ("gnkmigrate_legacy", now),
            *([("public", due.replace("public.oracle", table))] if is_new else []),
        ):
            with connect(project.url, search_path=[path, "public"]) as session:
                both = f"({asked} EXCEPT ALL {due}) UNION ALL ({due} EXCEPT ALL {asked})"
                assert session.execute(both.encode()).fetchall() == []

    with TemporaryDirectory() as folder, server.database() as url:
        small = Small(Path(folder) / "migrations", url, server)
        revision = MERGE.replace('"public.customer"', repr(f"public.{name}"))
        small.reversible(1, revision.replace("dropped", 'unused="archive", dropped'))
        project = small.project(limits={"batch_rows": 2})
        declared = ", ".join(f"{column(each)} {type_}" for each, type_ in keys.items())
        project.execute(f"""
            {SHOP.partition("CREATE TABLE customer")[0]};
            CREATE TABLE {table} ({declared}, PRIMARY KEY ({names}), note text,
                address_id bigint REFERENCES address ON DELETE SET NULL ON UPDATE CASCADE);
            CREATE TABLE oracle ({declared}, street text, zip text, town text)
        """)
        for _ in range(6):
            write(project, is_new=False)

        def work_on(event: events.Event) -> None:
            if isinstance(event, events.StepFinished):
                is_new = project.value("SELECT to_regclass('public.address') IS NULL")
                write(project, is_new=bool(is_new))

        project.up(dry_run=True)
        for _ in range(2):
            project.up(work_on)
            for _ in range(8):
                write(project, is_new=True)
                compare(project, is_new=True)
            assert verified(project)
            project.down(work_on)
            compare(project, is_new=False)


@pytest.fixture
def role(small: Small) -> Iterator[str]:
    name = f"gnk_{uuid.uuid4().hex}"
    with connect(small.url) as session:
        session.execute(f"CREATE ROLE {name}".encode())
        yield name
        session.execute(f"DROP OWNED BY {name}; DROP ROLE {name}".encode())


WRONG = [
    {
        "ALTER TABLE address ADD extra text": "extra goes nowhere, and is not dropped",
        "ALTER TABLE customer ADD town text": "public.customer has a column town",
    },
    {
        "ALTER TABLE customer DROP CONSTRAINT customer_address_id_fkey": "No foreign key says",
        'ALTER TABLE address DROP CONSTRAINT "address_street_Post Code_key"': "tell rows of public."
        "address apart",
        "ALTER TABLE address ALTER id DROP IDENTITY": "public.address.id has no default",
        "CREATE VIEW v AS TABLE address": "view public.v",
        "CREATE VIEW w AS SELECT address_id FROM customer": "view public.w",
        "CREATE TABLE u (p bigint REFERENCES address)": "on table public.u",
        "ALTER TABLE customer ADD UNIQUE (address_id, id)": "customer_address_id_id_key",
        "ALTER TABLE address ENABLE ROW LEVEL SECURITY": "Row security is on for address",
        "ALTER TABLE address OWNER TO {role}": 'OWNER TO "postgres"',
    },
    {
        "ALTER TABLE customer ALTER CONSTRAINT customer_address_id_fkey DEFERRABLE": "No foreign"
        " key says",
        "ALTER TABLE customer ENABLE ROW LEVEL SECURITY": "Row security is on for customer",
        "GRANT SELECT ON customer TO {role}": 'GRANT SELECT ON "public"."address" TO {role};',
    },
    {
        "ALTER TABLE customer DROP CONSTRAINT customer_address_id_fkey,"
        " ADD FOREIGN KEY (address_id) REFERENCES address ON DELETE SET DEFAULT": "SET DEFAULT",
        "GRANT SELECT ON address TO {role}": 'GRANT SELECT (address_id) ON "public"."customer" TO',
        "GRANT INSERT (name, address_id) ON customer TO {role}": "GRANT UPDATE"
        ' ("street", "Post Code", "town") ON "public"."address" TO {role};',
    },
    {
        "GRANT SELECT (town), UPDATE (town) ON address TO {role}": 'GRANT SELECT ("id") ON "public"'
        '."address" TO {role};',
        "GRANT SELECT (address_id) ON customer TO {role}": 'GRANT UPDATE ("address_id") ON "public"'
        '."customer" TO {role};',
    },
    {"UPDATE customer SET address_id = 1 WHERE id = 5": "Ash 3"},
]


@pytest.mark.parametrize("wrong", WRONG, ids=range(len(WRONG)))
def test_what_speaks_against_it_is_said_before(
    small: Small, role: str, wrong: dict[str, str]
) -> None:
    project = shop(small)
    for change in wrong:
        project.execute(change.format(role=role))
    before = project.dump
    with pytest.raises(PhaseRefused, match="nothing was changed") as refused:
        project.up()
    details = "\n".join(refused.value.details)
    assert [said for said in wrong.values() if said.format(role=role) not in details] == []
    assert project.dump == before
    project.execute("DROP TABLE address CASCADE")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("columns={'a': 'b'}", "either on="),
        ("columns={'a': 'b'}, on={'x': 'id'}, reference={'x': 'id'}", "either on="),
        ("columns={'a': 'b'}, on={'x': 'id'}, identity=('a',)", "either on="),
        ("columns={'a': 'b'}, reference={'x': 'id', 'y': 'no'}", "one column refers"),
        ("columns={'a': 'b'}, reference={'x': 'id'}, identity=('c',)", "c of the identity goes to"),
        ("columns={'a': 'b'}, reference={'x': 'id'}, unused='drop'", 'not "drop"'),
        ("columns={}, reference={'x': 'id'}", "no column goes to the table"),
    ],
)
def test_contradictions_are_refused_when_the_revision_is_read(
    small: Small, arguments: str, said: str
) -> None:
    small.reversible(1, f"op.merge_tables('public.s', into='public.t', {arguments})")
    with pytest.raises(RevisionError, match="contradicts itself") as refused:
        read_steps(small.phases)
    assert said in "\n".join(refused.value.details)
