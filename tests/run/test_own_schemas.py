"""Schemas of ours and of the user's, and whose a name is when there are two of it."""

from dataclasses import replace
from pathlib import Path

import pytest

from gnkmigrate import own_objects
from gnkmigrate.errors import PhaseFailed, PhaseRefused
from gnkmigrate.facts.reading import read_snapshot
from gnkmigrate.postgres.connection import connect
from gnkmigrate.project.create import create_project
from gnkmigrate.run.kept.contract import contract, remnants
from gnkmigrate.settings import Settings, load
from tests.migrations.project import Project
from tests.operations.swapping import Swapping
from tests.small import Small

TO_CENTS = """(Conversion("price", "int", using="(:column * 100)::int",
    back="(:column / 100.0)::numeric", rename="cents"),)"""
KEEP = 'op.keep_shape("public.product")\nop.convert_columns("public.product", "id", {})'
FORGET = 'op.revert_columns("public.product", "id", {})\nop.forget_shape("public.product")'
PRODUCT = "CREATE TABLE product (id int PRIMARY KEY, price numeric);"
ROW = "INSERT INTO product VALUES (1, 2.5);"
NAMES = "SELECT nspname::text FROM pg_namespace WHERE nspname !~ '^pg_|^information_schema$'"


def product(small: Small, rows: str = ROW, **given: object) -> Project:
    """A table whose old shape a view keeps."""
    small.revision(1, KEEP.format(TO_CENTS), FORGET.format(TO_CENTS))
    project = small.project(**given)
    project.execute(PRODUCT + rows)
    return project


def schemas(project: Project) -> set[str]:
    return {name for (name,) in project.rows(NAMES)}


def test_the_view_is_in_a_schema_of_ours(small: Small) -> None:
    project = product(small)
    project.up()

    assert project.rows("TABLE gnkmigrate_legacy.product") == [(1, 2.5)]
    project.execute("INSERT INTO gnkmigrate_legacy.product VALUES (2, 1)")
    assert project.rows("SELECT cents FROM product ORDER BY id") == [(250,), (100,)]
    with project.session() as session:
        assert own_objects.legacy_schema(session) == "gnkmigrate_legacy"
        assert "schema gnkmigrate_legacy" not in map(str, read_snapshot(session).facts)

    project.down()
    assert schemas(project) == {"public", "gnkmigrate"}


def test_the_settings_name_another_which_is_ours_until_the_end(
    small: Small, tmp_path: Path
) -> None:
    project = product(small, phases={"legacy_schema": 'the "old" shop'})
    project.up()
    assert project.rows('TABLE "the ""old"" shop".product') == [(1, 2.5)]
    create_project(tmp_path / "new", project.url)
    assert load(tmp_path / "new" / "gnkmigrate.toml").schemas == ("public",)
    assert "old" not in (tmp_path / "new" / "schema" / "target.sql").read_text()

    # The journal knows where the view is, whatever the settings say by now.
    Project(project.url, project.server, project.phases, Settings()).down()
    assert schemas(project) == {"public", "gnkmigrate"}

    project.up()
    with project.session() as session:
        assert {each.kind for each in remnants(session)} == {
            "view",
            "trigger",
            "function",
            "column",
        }
        contract(session, project.phases, project.settings)
    assert schemas(project) == {"public", "gnkmigrate"}


def test_a_schema_legacy_of_the_users_is_nothing_special(small: Small, tmp_path: Path) -> None:
    project = product(small)
    project.execute("CREATE SCHEMA legacy; CREATE VIEW legacy.product AS SELECT 1 AS one")
    project.up()

    create_project(tmp_path / "new", project.url)
    assert load(tmp_path / "new" / "gnkmigrate.toml").schemas == ("public", "legacy")
    assert "legacy.product" in (tmp_path / "new" / "schema" / "target.sql").read_text()
    with project.session() as session:
        assert "view legacy.product" in map(str, read_snapshot(session).facts)
        assert not [each for each in remnants(session) if each.name.startswith("legacy.")]
        contract(session, project.phases, project.settings)
    assert project.rows("TABLE legacy.product") == [(1,)]
    granted = "SELECT nspacl FROM pg_namespace WHERE nspname = 'legacy'"
    assert project.rows(granted) == [(None,)]


@pytest.mark.parametrize("comment", ["", "COMMENT ON SCHEMA gnkmigrate_legacy IS 'mine';"])
def test_a_schema_that_somebody_made_is_not_taken_for_ours(small: Small, comment: str) -> None:
    project = product(small)
    project.execute(f"CREATE SCHEMA gnkmigrate_legacy; {comment}")

    with pytest.raises(PhaseRefused, match="nothing was changed") as refused:
        project.up()

    assert "The schema gnkmigrate_legacy" in refused.value.details[0]
    assert "phases.legacy_schema" in refused.value.details[1]
    assert project.rows("SELECT price FROM product") == [(2.5,)]
    with project.session() as session:
        assert "schema gnkmigrate_legacy" in map(str, read_snapshot(session).facts)
    project.execute("DROP SCHEMA gnkmigrate_legacy")
    project.up()


def test_one_that_is_made_between_two_phases_stops_the_second(small: Small) -> None:
    small.revision(1, 'op.keep_shape("public.product")', 'op.forget_shape("public.product")')
    arguments = f'"public.product", "id", {TO_CENTS}'
    small.revision(2, f"op.convert_columns({arguments})", f"op.revert_columns({arguments})")
    project = small.project()
    project.execute(PRODUCT + ROW)
    project.go_to(1)
    project.execute("CREATE SCHEMA gnkmigrate_legacy")

    with pytest.raises(PhaseFailed, match="gnkmigrate has not made it"):
        project.up()

    assert project.rows("SELECT price FROM product") == [(2.5,)]
    project.execute("DROP SCHEMA gnkmigrate_legacy")
    project.up()
    assert project.rows("TABLE gnkmigrate_legacy.product") == [(1, 2.5)]


def test_views_are_in_one_schema_at_a_time(small: Small) -> None:
    project = product(small)
    project.up()
    small.revision(2, 'op.keep_shape("public.other")', 'op.forget_shape("public.other")')
    project.execute("CREATE TABLE other (id int PRIMARY KEY)")

    with pytest.raises(PhaseRefused) as refused:
        small.project(phases={"legacy_schema": "elsewhere"}).up()

    said = "\n".join(refused.value.details)
    assert "are in the schema gnkmigrate_legacy, and the settings want them in elsewhere" in said
    assert 'phases.legacy_schema = "gnkmigrate_legacy"' in said
    small.project().up()


TWO = "CREATE SCHEMA a; CREATE SCHEMA b;" + "".join(
    f"CREATE TABLE {schema}.item (id int PRIMARY KEY, n int)" + ";" for schema in "ab"
)


def test_two_kept_tables_of_one_name_are_refused(small: Small) -> None:
    keep = "\n".join(f'op.keep_shape("{schema}.item")' for schema in "ab")
    forget = "\n".join(f'op.forget_shape("{schema}.item")' for schema in "ba")
    small.revision(1, keep, forget)
    small.project().execute(TWO)

    with pytest.raises(PhaseRefused) as refused:
        small.project().up()
    said, *tables = refused.value.details[:3]
    assert "b.item and that of another cannot both be shown as gnkmigrate_legacy.item" in said
    assert tables == ["  b.item", "  a.item"]
    small.project(policies={"legacy": "none"}).up()  # without views there is nothing to confuse


def test_one_that_an_earlier_phase_has_kept_counts(small: Small) -> None:
    small.revision(1, 'op.keep_shape("a.item")', 'op.forget_shape("a.item")')
    small.revision(2, 'op.keep_shape("b.item")', 'op.forget_shape("b.item")')
    small.project().execute(TWO)
    small.project().go_to(1)

    with pytest.raises(PhaseRefused) as refused:
        small.project().up()
    assert refused.value.details[1:3] == ("  b.item", "  a.item")


SWAPPING = Swapping("item", ("id", "n"), ("id",), "id int PRIMARY KEY, n int")


def test_a_view_that_a_swap_makes_counts(small: Small) -> None:
    view = 'CREATE VIEW :"legacy_schema".item AS SELECT * FROM gnkmigrate_archive.item'
    swapping = replace(SWAPPING, view=view)
    swap = swapping.up, swapping.down
    keep = 'op.keep_shape("b.item")', 'op.forget_shape("b.item")'
    small.revision(1, *swap)
    small.revision(2, *keep)
    small.project().execute(TWO + "CREATE TABLE item (LIKE a.item); INSERT INTO item VALUES (1, 2)")
    small.project().go_to(1)
    assert small.project().rows("TABLE gnkmigrate_legacy.item") == [(1, 2)]

    with pytest.raises(PhaseRefused) as refused:
        small.project().up()
    assert "view gnkmigrate_legacy.item, which is there already" in refused.value.details[2]

    small.project().down()
    small.revision(1, *keep)
    small.revision(2, *swap)
    with pytest.raises(PhaseRefused) as refused:
        small.project().up()
    assert refused.value.details[1:3] == ("  public.item", "  b.item")


def test_long_names_that_begin_alike_are_told_apart(small: Small) -> None:
    """PostgreSQL would cut what is made for them to one name: functions, columns, indexes."""
    tables = ["public." + "t" * 58 + end for end in ("_one", "_two")]
    columns = ["c" * 58 + end for end in ("_one", "_two")]
    conversions = "".join(
        f'Conversion("{name}", "text", using=":column::text", back=":column::int", not_null=True),'
        for name in columns
    )
    each = [f'"{table}", "id", ({conversions})' for table in tables]
    small.revision(
        1,
        "\n".join(
            f'op.keep_shape("{table}")\nop.convert_columns({arguments})'
            for table, arguments in zip(tables, each, strict=True)
        ),
        "\n".join(
            f'op.revert_columns({arguments})\nop.forget_shape("{table}")'
            for table, arguments in zip(tables, each, strict=True)
        ),
    )
    project = small.project()
    for number, table in enumerate(tables):
        project.execute(
            f"CREATE TABLE {table} (id int PRIMARY KEY, {columns[0]} int, {columns[1]} int);"
            f"CREATE INDEX {'i' * 58}_{number}_a ON {table} ({columns[0]});"
            f"CREATE INDEX {'i' * 58}_{number}_b ON {table} ({columns[1]});"
            f"INSERT INTO {table} VALUES (1, {number}1, {number}2)"
        )
    before = project.state

    project.up()
    for number, table in enumerate(tables):
        view = table.replace("public", "gnkmigrate_legacy")
        new = f"SELECT id, {columns[0]}, {columns[1]} FROM {table}"
        assert project.rows(new) == [(1, f"{number or ''}1", f"{number or ''}2")]
        project.execute(f"INSERT INTO {view} VALUES (2, 7, {number})")
        assert project.rows(f"{new} WHERE id = 2") == [(2, "7", str(number))]
        project.execute(f"DELETE FROM {view} WHERE id = 2")

    project.down()
    assert project.state == before


def test_two_tables_of_one_name_are_converted_together(small: Small) -> None:
    conversion = '(Conversion("n", "text", using=":column::text", back=":column::int"),)'
    each = [f'"{schema}.item", "id", {conversion}' for schema in "ab"]
    small.revision(
        1,
        "\n".join(f"op.convert_columns({arguments})" for arguments in each),
        "\n".join(f"op.revert_columns({arguments})" for arguments in each),
    )
    project = small.project()
    project.execute(TWO + "INSERT INTO a.item VALUES (1, 1); INSERT INTO b.item VALUES (1, 2)")

    project.up()
    both = "SELECT id, n FROM a.item UNION SELECT id, n FROM b.item ORDER BY 2"
    assert project.rows(both) == [(1, "1"), (1, "2")]
    project.down()
    assert project.rows("TABLE a.item UNION TABLE b.item ORDER BY 2") == [(1, 1), (1, 2)]


def test_the_archive_has_one_table_of_a_name(small: Small) -> None:
    swap = 'op.swap_table("swap {0}", "{0}.item")\n'
    back = 'op.unswap_table("swap {0}", "{0}.item")\n'
    small.revision(
        1,
        "".join(swap.format(schema) for schema in "ab"),
        "".join(back.format(schema) for schema in "ba"),
    )
    project = small.project()
    project.execute(TWO + "CREATE TABLE item (LIKE a.item)")

    with pytest.raises(PhaseRefused) as refused:
        project.up()
    said = "\n".join(refused.value.details)
    assert "b.item cannot go to the archive" in said
    assert "a.item, which this phase moves there" in said

    small.revision(1, SWAPPING.up, SWAPPING.down)
    small.revision(2, swap.format("b"), back.format("b"))
    with pytest.raises(PhaseRefused) as refused:
        small.project().up()
    assert "gnkmigrate_archive.item" in "\n".join(refused.value.details)
    assert small.project().states == ("done", "pending")
    small.project().down()
    assert schemas(project) == {"public", "gnkmigrate", "a", "b"}


def test_the_archive_has_one_type_of_a_name(small: Small) -> None:
    small.revision(
        1,
        "".join(f'op.archive_type("{schema}.mood", ())\n' for schema in "ab"),
        "".join(f'op.restore_type("{schema}.mood")\n' for schema in "ba"),
    )
    project = small.project()
    project.execute(TWO + "CREATE TYPE a.mood AS ENUM (); CREATE TYPE b.mood AS ENUM ()")

    with pytest.raises(PhaseRefused) as refused:
        project.up()
    assert "b.mood cannot go to the archive" in refused.value.details[0]


def test_what_a_user_puts_into_a_schema_of_ours_keeps_it(small: Small) -> None:
    project = product(small)
    project.up()
    project.execute(
        "CREATE FUNCTION gnkmigrate_legacy.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'"
    )

    project.down()

    assert schemas(project) == {"public", "gnkmigrate", "gnkmigrate_legacy"}
    with connect(project.url) as session:
        assert own_objects.legacy_schema(session) == "gnkmigrate_legacy"
