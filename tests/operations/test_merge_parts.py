"""op.merge_tables with parts: several rows of a side table become columns of one row."""

from typing import Any

import pytest

from gnkmigrate.errors import PhaseRefused, RevisionError
from gnkmigrate.postgres.connection import connect
from gnkmigrate.run import events
from gnkmigrate.run.kept import contract
from gnkmigrate.run.lasting_verifications import verify
from gnkmigrate.run.phase import read_steps
from tests.migrations.project import Project
from tests.small import Small

ORDERS = """
CREATE TABLE orders (id int PRIMARY KEY, note text);
CREATE TABLE place (
    order_id int REFERENCES orders ON UPDATE CASCADE ON DELETE CASCADE, kind text,
    street text, "The City" text DEFAULT 'Ulm', seen int, PRIMARY KEY (order_id, kind)
);
INSERT INTO orders SELECT generate_series(1, 4);
INSERT INTO place VALUES
    (1, 'bill', 'Elm 1', 'Ulm', 5), (1, 'it''s', 'Oak 2', NULL, 6), (2, 'it''s', 'Ash 3', 'Rom', 7),
    (3, 'bill', NULL, NULL, NULL)
"""
MERGE = """
op.keep_shape("public.place")
op.merge_tables(
    "public.place", into="public.orders", on={"order_id": "id"}, part="kind",
    parts={
        "bill": {"street": "bill_street", "The City": "bill_city"},
        "it's": {"street": "ship_street", "The City": "ship_city"},
    },
    dropped=("seen",),
)
"""
NEW = "SELECT id, bill_street, bill_city, ship_street, ship_city FROM orders ORDER BY id"
OLD = 'SELECT order_id, kind, street, "The City" FROM place ORDER BY 1, 2'
ROWS = [
    (1, "Elm 1", "Ulm", "Oak 2", None),
    (2, None, None, "Ash 3", "Rom"),
    (3, None, None, None, None),
    (4, None, None, None, None),
]


def orders(small: Small) -> Project:
    small.reversible(1, MERGE)
    project = small.project(limits={"batch_rows": 2})
    project.execute(ORDERS)
    return project


def old(project: Project, sql: str) -> list[tuple[Any, ...]]:
    with connect(project.url, search_path=["gnkmigrate_legacy", "public"]) as session:
        cursor = session.execute(sql.encode())
        return cursor.fetchall() if cursor.description else []


def verified(project: Project) -> bool:
    with project.session() as session:
        return all(each.passed for each in verify(session, project.phases, project.settings))


def test_up_and_down_and_up_again_and_contract(small: Small) -> None:
    project = orders(small)
    before, facts, places = project.state, project.facts, project.rows(OLD)
    project.up(dry_run=True)
    assert project.state == before
    project.up()
    assert project.rows(NEW) == ROWS
    assert old(project, OLD) == places
    assert verified(project)
    project.down()
    assert (project.state, project.facts) == (before, facts)
    project.up(atomic=True)
    with project.session() as session:
        contract.contract(session, project.phases, project.settings)
    assert "gnkmigrate" not in project.dump
    assert project.rows(NEW) == ROWS


def test_each_application_sees_what_the_other_writes(small: Small) -> None:
    project = orders(small)
    project.up()
    old(
        project,
        """
        INSERT INTO place (order_id, kind, street) VALUES (2, 'bill', 'Fir 4')
            ON CONFLICT (order_id, kind) DO UPDATE SET street = excluded.street;
        UPDATE place SET kind = 'bill' WHERE order_id = 4;
        UPDATE place SET "The City" = 'Oslo' WHERE kind = 'it''s';
        DELETE FROM place WHERE order_id = 1 AND kind = 'bill';
        UPDATE place SET kind = 'bill' WHERE order_id = 1
        """,
    )
    assert project.rows(NEW) == [
        (1, "Oak 2", "Oslo", None, None),
        (2, "Fir 4", "Ulm", "Ash 3", "Oslo"),
        (3, None, None, None, None),
        (4, None, None, None, None),
    ]
    project.execute("""
        UPDATE orders SET ship_city = 'Bonn', id = 10 WHERE id = 1;
        UPDATE orders SET bill_street = NULL, bill_city = NULL WHERE id = 2;
        INSERT INTO orders (id, bill_street, ship_street) VALUES (5, 'a', 'b');
        DELETE FROM orders WHERE id = 3
    """)
    places = [
        (2, "bill", None, None),
        (2, "it's", "Ash 3", "Oslo"),
        (5, "bill", "a", None),
        (5, "it's", "b", None),
        (10, "bill", "Oak 2", "Oslo"),
        (10, "it's", None, "Bonn"),
    ]
    assert old(project, OLD) == places
    assert verified(project)
    project.down()
    assert project.rows(OLD) == places
    project.up()
    project.execute("TRUNCATE orders CASCADE")
    assert old(project, OLD) == []


def test_clients_write_at_every_step(small: Small) -> None:
    project = orders(small)
    made: list[int] = []

    def write(event: events.Event) -> None:
        if isinstance(event, events.StepStarted | events.StepFinished | events.StepProgress):
            n = len(made) + 10
            made.append(n)
            old(
                project,
                f"""INSERT INTO orders (id) VALUES ({n});
                INSERT INTO place VALUES
                    ({n}, 'bill', 'b {n}', NULL, 1), ({n}, 'it''s', 's {n}', 'c', 2);
                UPDATE place SET "The City" = 'T' WHERE order_id = {n - 1} AND kind = 'bill';
                DELETE FROM place WHERE order_id = {n - 2} AND kind = 'it''s'""",
            )

    def due() -> list[tuple[object, ...]]:
        rows: list[tuple[object, ...]] = [(n, f"b {n}", "T", None, None) for n in made[:-2]]
        last = made[-1]
        rows.append((last - 1, f"b {last - 1}", "T", f"s {last - 1}", "c"))
        return [*rows, (last, f"b {last}", None, f"s {last}", "c")]

    project.up(write)
    assert project.rows(NEW)[4:] == due()
    assert verified(project)
    project.down(write)
    project.up()
    assert project.rows(NEW)[4:] == due()


def test_another_part_has_no_place(small: Small) -> None:
    project = orders(small)
    project.execute("INSERT INTO place (order_id, kind) VALUES (4, 'gift')")
    with pytest.raises(PhaseRefused, match="nothing was changed") as refused:
        project.up()
    assert "gift" in "\n".join(refused.value.details)
    project.execute("DELETE FROM place WHERE kind = 'gift'")
    project.up()
    old(project, "INSERT INTO place (order_id, kind) VALUES (4, 'gift')")
    with project.session() as session, pytest.raises(PhaseRefused, match="are another part"):
        contract.contract(session, project.phases, project.settings)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("parts={'x': {'a': 'b'}}", "no column says which part"),
        ("part='k', columns={'a': 'b'}", "either columns="),
        ("part='k', parts={'x': {'a': 'b'}}, columns={'a': 'b'}", "either columns="),
        ("part='k', parts={'x': {'a': 'b'}, 'y': {'c': 'd'}}", "has other columns than"),
        ("part='k', parts={'x': {'a': 'b'}, 'y': {'a': 'b'}}", "b would be given two columns"),
        ("part='a', parts={'x': {'a': 'b'}}", "a is named twice"),
        ("part='k', parts={}", "no column goes to the table"),
    ],
)
def test_contradictions_are_refused_when_the_revision_is_read(
    small: Small, arguments: str, said: str
) -> None:
    operation = f"op.merge_tables('public.s', into='public.t', on={{'i': 'id'}}, {arguments})"
    small.reversible(1, operation)
    with pytest.raises(RevisionError, match="contradicts itself") as refused:
        read_steps(small.phases)
    assert said in "\n".join(refused.value.details)
