"""Checks that wait for the end of a transaction stop no run that is one transaction."""

from collections.abc import Mapping
from typing import Any

import pytest

from gnkmigrate.errors import PhaseFailed
from tests.migrations.project import Project
from tests.small import Small

# As Django makes them, and one whose name another table has for a key that cannot wait.
TABLES = """
CREATE TABLE "Order" (
    "order id" bigint, line_no int, code text NOT NULL,
    PRIMARY KEY ("order id", line_no) DEFERRABLE,
    CONSTRAINT codes UNIQUE (code) DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE category (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    parent uuid CONSTRAINT "of parent" REFERENCES category DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE item (
    sku text PRIMARY KEY,
    category uuid CONSTRAINT "of parent" REFERENCES category,
    also uuid REFERENCES category DEFERRABLE INITIALLY DEFERRED,
    n text
);
INSERT INTO category DEFAULT VALUES;
INSERT INTO item SELECT 'a', id, id, '1' FROM category;
INSERT INTO "Order" SELECT n / 3, n % 3, 'code ' || n FROM generate_series(1, 9) AS n;
"""
UP = """
op.step(
    "write",
    '''
    UPDATE public.item SET also = category;
    UPDATE public."Order" SET code = code || '!'
    ''',
    touches=("public.item", "public.Order"),
)
op.step(
    "alter",
    '''
    ALTER TABLE public.item ADD COLUMN m int;
    ALTER TABLE public."Order" ADD COLUMN m int
    ''',
    touches=("public.item", "public.Order"),
)
op.step(
    "child before parent",
    '''
    INSERT INTO public.category VALUES
        ('00000000-0000-0000-0000-000000000001', '00000000-0000-0000-0000-000000000002');
    INSERT INTO public.category VALUES
        ('00000000-0000-0000-0000-000000000002', '00000000-0000-0000-0000-000000000001');
    UPDATE public."Order" SET code = 'code ' || (10 - substr(code, 6, 1)::int)
    ''',
)
number = Conversion("n", "int", "(:column)::int", "(:column)::text")
op.convert_columns("public.item", "sku", (number,))
op.step("last", "ALTER TABLE public.category ADD COLUMN m int", touches=("public.category",))
"""
DOWN = """
op.step("last", "ALTER TABLE public.category DROP COLUMN m", touches=("public.category",))
number = Conversion("n", "int", "(:column)::int", "(:column)::text")
op.revert_columns("public.item", "sku", (number,))
op.step("child before parent", "DELETE FROM public.category WHERE parent IS NOT NULL")
op.step(
    "alter",
    'ALTER TABLE public.item DROP COLUMN m; ALTER TABLE public."Order" DROP COLUMN m',
    touches=("public.item", "public.Order"),
)
op.step(
    "write",
    '''UPDATE public.item SET also = category; UPDATE public."Order" SET code = code || '?' ''',
    touches=("public.item", "public.Order"),
)
"""


@pytest.fixture
def project(small: Small) -> Project:
    small.revision(1, UP, DOWN)
    project = small.project()
    project.execute(TABLES)
    return project


@pytest.mark.parametrize("request_", [{"dry_run": True}, {"atomic": True}, {}], ids=str)
def test_they_are_asked_after_each_step_and_wait_again(
    project: Project, request_: Mapping[str, Any]
) -> None:
    before = project.state

    project.up(**request_)
    assert project.states == ("pending" if "dry_run" in request_ else "done",)
    if "dry_run" in request_:
        assert project.state == before
        project.up()

    project.down(**request_)
    assert project.states == ("done" if "dry_run" in request_ else "pending",)


@pytest.mark.parametrize("request_", [{"dry_run": True}, {"atomic": True}, {}], ids=str)
def test_what_does_not_hold_stops_the_step_that_wrote_it(
    small: Small, request_: Mapping[str, Any]
) -> None:
    small.revision(
        1,
        """
        op.step("orphan", "UPDATE public.item SET also = gen_random_uuid()", irreversible="-")
        op.step("later", "ALTER TABLE public.item ADD m int", irreversible="-")
        """,
    )
    project = small.project()
    project.execute(TABLES)
    with pytest.raises(PhaseFailed, match=r'step "orphan".*violates foreign key constraint'):
        project.up(**request_)
    assert project.value("SELECT category = also FROM item")


@pytest.mark.parametrize("request_", [{"dry_run": True}, {"atomic": True}, {}], ids=str)
def test_what_a_step_defers_by_itself_waits_for_its_end_alone(
    small: Small, request_: Mapping[str, Any]
) -> None:
    small.revision(
        1,
        """
        op.step(
            "renumber",
            '''
            SET CONSTRAINTS ALL DEFERRED;
            UPDATE public."Order" SET line_no = 4 - line_no WHERE line_no > 0
            ''',
            irreversible="-",
        )
        op.step(
            "two lines of one number",
            '''UPDATE public."Order" SET line_no = 5; SELECT 1 / 0''',
            irreversible="-",
        )
        """,
    )
    project = small.project()
    project.execute(TABLES)
    with pytest.raises(PhaseFailed, match=r'step "two lines of one number".*violates unique'):
        project.up(**request_)
