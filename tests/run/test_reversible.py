"""op.reversible: a revision whose downgrade is made from its upgrade, with mappings."""

import pytest

from gnkmigrate.errors import PhaseRefused, RevisionError
from gnkmigrate.postgres.connection import connect
from gnkmigrate.run.phase import read_steps
from tests.small import Small

SHOP = """
CREATE TYPE state AS ENUM ('new', 'paid');
CREATE TABLE customer (id int PRIMARY KEY, email text UNIQUE NOT NULL);
CREATE TABLE item (
    id int PRIMARY KEY, state state DEFAULT 'new', placed timestamp NOT NULL DEFAULT now(),
    "customerEmail" text, note text, colour text, amount int DEFAULT 1
);
INSERT INTO customer VALUES (1, 'ada@x'), (2, 'Bob@x');
INSERT INTO item VALUES
    (1, 'new', '2024-10-27 02:30', 'ada@x', 'a note', 'red', 1),
    (2, 'paid', '2024-03-31 02:30', 'bob@x', 'too long a note', NULL, NULL),
    (3, NULL, '2024-01-01', 'nobody', NULL, 'green', 3)
"""
CONVERT = """
op.expect_table("public.item", ("id", "state"))
op.keep_shape("public.item")
op.step("colours", "CREATE TYPE public.colour AS ENUM ('red', 'green')",
        back="DROP TYPE public.colour")
op.step("table shelf",
        "CREATE TABLE public.shelf"
        " (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text)",
        creates=("public.shelf",))
op.convert_columns("public.item", conversions=(
    op.enum_text("state", "varchar(9)", "public.state", ("new", "paid"), default="'new'",
                 fallback="'new'"),
    op.zoned("placed", "placed_at", default="now()", not_null=True),
    op.reference("customerEmail", "public.customer", "email", type="integer", fold=True,
                 rename="customer_id", unless=("unmapped", "archive")),
    op.shortened("note", 8, unless=("overflow", "truncate")),
    op.text_enum("colour", "public.colour", ("red", "green")),
    op.renamed("amount", "number", default="1"),
))
op.archive_type("public.state", ("public.item.state",))
op.add_constraint("public.item", "item_customer_fkey",
                  "FOREIGN KEY (customer_id) REFERENCES public.customer (id)")
op.build_index("item_customer_idx", "public.item", "(customer_id)")
op.verify("every item has a number or none", "SELECT id FROM public.item WHERE number < 0")
"""
POLICIES = {"unmapped": "archive", "overflow": "truncate"}


def test_up_and_down_and_up_again(small: Small) -> None:
    small.reversible(1, CONVERT)
    project = small.project(source_timezone="Europe/Berlin", policies=POLICIES)
    project.execute(SHOP)
    before = project.state

    project.up(dry_run=True)
    assert project.state == before
    project.up()
    new = (
        "SELECT id, state, placed_at::text, customer_id, note, colour::text, number"
        " FROM item ORDER BY id"
    )
    assert project.rows(new) == [
        (1, "new", "2024-10-27 01:30:00+00", 1, "a note", "red", 1),
        (2, "paid", "2024-03-31 01:30:00+00", 2, "too long", None, None),
        (3, None, "2023-12-31 23:00:00+00", None, None, "green", 3),
    ]
    with connect(project.url, search_path=["gnkmigrate_legacy", "public"]) as session:
        assert session.execute(
            """INSERT INTO item (id, "customerEmail") VALUES (4, 'ADA@x') RETURNING state::text"""
        ).fetchall() == [("new",)]
    assert project.rows("SELECT customer_id FROM item WHERE id = 4") == [(1,)]
    project.execute("DELETE FROM item WHERE id = 4; INSERT INTO shelf (name) VALUES ('upper')")

    with pytest.raises(PhaseRefused) as refused:
        project.down()
    assert "The old shape has no table public.shelf. (1)" in refused.value.details[0]
    project.down(parameters={"spill": "yes"})
    assert project.state == before
    project.up()
    project.execute("INSERT INTO shelf (name) VALUES ('lower')")
    assert project.rows("SELECT * FROM shelf ORDER BY id") == [(1, "upper"), (2, "lower")]


def test_what_no_policy_allows_is_refused(small: Small) -> None:
    small.reversible(1, CONVERT)
    project = small.project(
        source_timezone="UTC", policies={"unmapped": "refuse", "overflow": "refuse"}
    )
    project.execute(SHOP)
    with pytest.raises(PhaseRefused) as refused:
        project.up()
    said = "\n".join(refused.value.details)
    assert "public.item.customerEmail: texts that name no row, or several. (1)" in said
    assert "public.item.note: values that the new column cannot hold. (1)" in said


def test_a_step_that_does_not_say_what_takes_it_back_is_refused(small: Small) -> None:
    small.reversible(1, 'op.step("a type", "CREATE TYPE public.t AS ENUM ()")')
    with pytest.raises(RevisionError, match="does not know how to take these steps back") as found:
        read_steps(small.phases)
    assert list(found.value.details) == ['"a type"']


def test_alembic_has_the_same_downgrade(small: Small) -> None:
    small.reversible(1, CONVERT)
    (phase,) = small.phases
    names = [step.name for step in phase.down_steps]
    assert names[0] == "index item_customer_idx"
    assert names[-1] == "shape of public.item"
    assert "table shelf" in names
