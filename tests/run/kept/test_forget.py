"""What is kept of one person is removed, and nothing else."""

import pytest

from gnkmigrate.errors import PhaseRefused
from gnkmigrate.run.kept.forget import forget
from gnkmigrate.run.kept.named_row import Row
from gnkmigrate.run.kept.old_columns import Forgotten
from tests.migrations.project import Project
from tests.operations.swapping import Swapping
from tests.small import Small

TO_CENTS = """(Conversion("price", "int", using="(:column * 100)::int",
    back="(:column / 100.0)::numeric", rename="cents"),)"""
CONVERT = f'op.convert_columns("public.product", "id", {TO_CENTS})'
REVERT = f'op.revert_columns("public.product", "id", {TO_CENTS})'
PRODUCT = """
CREATE TABLE product (id int PRIMARY KEY, price numeric);
INSERT INTO product VALUES (1, 2.5049), (2, 3.0011);
"""
KEPT = "SELECT id, cents, gnkmigrate_kept_price FROM product ORDER BY id"


def forgotten(project: Project, table: str, *key: str, by: str = "") -> tuple[Forgotten, ...]:
    row = Row(table, key, tuple(filter(None, (by,))))
    with project.session() as session:
        return forget(session, project.phases, row, project.settings)


def test_an_old_column_gets_what_the_new_one_says(small: Small) -> None:
    small.revision(1, CONVERT, REVERT)
    project = small.project()
    project.execute(PRODUCT)
    project.up()
    kept = project.rows(KEPT)
    assert [str(price) for _, _, price in kept] == ["2.5049", "3.0011"]

    found = forgotten(project, "public.product", "1")

    assert found == (
        Forgotten("gnkmigrate.overflow", 0),
        Forgotten("public.product: gnkmigrate_kept_price", 1),
    )
    assert [(one, two, f"{three:.4f}") for one, two, three in project.rows(KEPT)] == [
        (1, 250, "2.5000"),
        (2, 300, "3.0011"),
    ]
    project.execute("UPDATE product SET cents = 9 WHERE id = 1")  # the triggers are at work again
    project.down()
    assert [(one, f"{two:.4f}") for one, two in project.rows("TABLE product ORDER BY id")] == [
        (1, "0.0900"),
        (2, "3.0011"),
    ]


def test_entries_of_the_overflow_go_by_their_key(small: Small) -> None:
    small.revision(1, CONVERT, REVERT)
    project = small.project()
    project.execute(PRODUCT)
    project.up()
    project.execute(
        "INSERT INTO gnkmigrate.overflow (phase, relation, reason, content) VALUES"
        """ ('phase1', 'public.product', 'r', '{"id": "1", "price": "secret"}'),"""
        """ ('phase1', 'public.product', 'r', '{"id": "2", "price": "secret"}'),"""
        """ ('phase1', 'public.product', 'r', '{"price": "1"}'),"""
        """ ('phase1', 'public.gone', 'r', '{"id": "1"}'),"""
        """ ('phase1', 'public.other', 'r', '{"id": "1"}')"""
    )
    left = "SELECT relation, content ->> 'id' FROM gnkmigrate.overflow ORDER BY 1, 2"

    assert forgotten(project, "public.product", "01")[0] == Forgotten("gnkmigrate.overflow", 1)
    assert forgotten(project, "public.gone", "1", by="id") == (Forgotten("gnkmigrate.overflow", 1),)
    assert project.rows(left) == [
        ("public.other", "1"),
        ("public.product", "2"),
        ("public.product", None),
    ]


SWAPPING = Swapping("item", ("id", "n"), ("id",), "id int PRIMARY KEY, n int")
ARCHIVE = "SELECT id FROM gnkmigrate_archive.item ORDER BY id"


def test_a_row_of_the_archive_goes_once_there_is_none_in_the_table(small: Small) -> None:
    small.revision(1, SWAPPING.up, SWAPPING.down)
    project = small.project()
    project.execute(
        "CREATE TABLE item (id int PRIMARY KEY, n int); INSERT INTO item VALUES (1, 1), (2, 2)"
    )
    project.up()
    # One that was deleted past the triggers.
    project.execute("ALTER TABLE item DISABLE TRIGGER ALL; DELETE FROM item WHERE id = 2")

    kept = forgotten(project, "public.item", "1")[-1]
    assert kept.left == "the row is still in public.item: delete it there first"
    assert forgotten(project, "public.item", "2")[-1] == Forgotten("gnkmigrate_archive.item", 1)
    assert project.rows(ARCHIVE) == [(1,)]
    assert project.rows("SELECT id FROM item") == [(1,)]


def test_a_row_of_an_archive_whose_table_has_another_key(small: Small) -> None:
    small.revision(1, SWAPPING.up, SWAPPING.down)
    project = small.project()
    project.execute("CREATE TABLE item (id int PRIMARY KEY, n int); INSERT INTO item VALUES (1, 1)")
    project.up()
    project.execute("ALTER TABLE item RENAME COLUMN id TO other")

    kept = forgotten(project, "public.item", "1", by="id")[-1]
    assert kept.left == "it is kept in step with the new shape: delete the row there first"
    assert project.rows(ARCHIVE) == [(1,)]

    project.execute(
        "CREATE TABLE gnkmigrate_archive.person (a int, b text, PRIMARY KEY (a, b));"
        "INSERT INTO gnkmigrate_archive.person VALUES (1, 'x'), (1, 'y');"
        "CREATE TABLE person (c int, d int, PRIMARY KEY (c, d))"
    )
    row = Row("public.person", ("1", "x"), ("a", "b"))
    with project.session() as session:
        found = forget(session, project.phases, row, project.settings)
    assert found[-1] == Forgotten("gnkmigrate_archive.person", 1)
    assert project.rows("SELECT b FROM gnkmigrate_archive.person") == [("y",)]


def test_what_is_no_key_is_refused(small: Small) -> None:
    small.revision(1, CONVERT, REVERT)
    project = small.project()
    project.execute(PRODUCT)
    with pytest.raises(PhaseRefused, match="never worked"):
        forgotten(project, "public.product", "1")
    project.up()
    with pytest.raises(PhaseRefused, match=r"has the key \(id\), and there are 2 values"):
        forgotten(project, "public.product", "1", "2")
    with pytest.raises(PhaseRefused, match=r"is no key of public\.product: invalid"):
        forgotten(project, "public.product", "'; DROP TABLE product; --")
    with pytest.raises(PhaseRefused, match="is not there, or has no key"):
        forgotten(project, "public.nothing", "1")


def test_a_column_that_is_not_there_is_named(small: Small) -> None:
    small.revision(1, CONVERT, REVERT)
    project = small.project()
    project.execute(PRODUCT)
    project.up()
    with pytest.raises(PhaseRefused, match=r"^public\.product has no column nr\.$"):
        forgotten(project, "public.product", "1", by="nr")
