"""op.add_unique and op.retire_constraint: constraints come and go, and come back as they were."""

import psycopg
import pytest

from gnkmigrate.errors import PhaseRefused
from tests.migrations.project import Project
from tests.small import Small

TABLES = """
CREATE TABLE "Room" (id int PRIMARY KEY, house int, "Nr." text, size int,
                     CONSTRAINT "some size" CHECK (size > 0));
CREATE TABLE key (
    nr serial PRIMARY KEY,
    room int CONSTRAINT "of room" REFERENCES "Room" ON DELETE CASCADE DEFERRABLE,
    label text,
    tag text CONSTRAINT "key tag" UNIQUE DEFERRABLE INITIALLY DEFERRED
);
COMMENT ON CONSTRAINT "key tag" ON key IS 'one each';
INSERT INTO "Room" VALUES (1, 1, '1a', 9), (2, 1, NULL, 9), (3, 1, NULL, 9);
INSERT INTO key (room, label, tag) VALUES (1, 'front', 'x'), (NULL, 'back', NULL)
"""
ADD = 'op.add_unique("public.Room", "one number", ("house", "Nr."), deferrable="DEFERRABLE")'
RETIRE = """
op.retire_constraint("public.Room", "some size")
op.retire_constraint("public.key", "of room")
op.retire_constraint("public.key", "key tag")
"""


def project(small: Small, revision: str) -> Project:
    small.reversible(1, revision)
    project = small.project()
    project.execute(TABLES)
    return project


def constraints(project: Project) -> set[str]:
    return {
        f"{name}: {definition}"
        for name, definition in project.rows(
            "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint"
            " WHERE connamespace = 'public'::regnamespace AND contype IN ('c', 'f', 'u')"
        )
    }


@pytest.mark.parametrize("atomic", [False, True])
def test_a_unique_constraint_comes_and_goes(small: Small, *, atomic: bool) -> None:
    shop = project(small, ADD)
    before, facts = constraints(shop), shop.facts
    shop.up(dry_run=True)
    assert constraints(shop) == before
    for _ in range(2):
        shop.up(atomic=atomic)
        assert constraints(shop) - before == {'one number: UNIQUE (house, "Nr.") DEFERRABLE'}
        with pytest.raises(psycopg.errors.UniqueViolation):
            shop.execute("INSERT INTO \"Room\" VALUES (4, 1, '1a', 9)")
        shop.down(atomic=atomic)
        assert shop.facts == facts


TAG = 'ALTER TABLE key DROP CONSTRAINT "key tag", ADD CONSTRAINT "key tag" UNIQUE (tag);'


@pytest.mark.parametrize(
    ("revision", "before", "said"),
    [
        (
            ADD.replace(', deferrable="DEFERRABLE"', ", nulls_distinct=False"),
            "",
            "public.Room has keys more than once that the index one number allows once. (1)",
        ),
        (ADD, 'CREATE INDEX "one number" ON key (tag)', "The name one number is taken. (1)"),
        (
            'op.add_unique("public.parted", "u", ("id",))',
            "CREATE TABLE parted (id int) PARTITION BY RANGE (id)",
            "public.parted is partitioned: no index of it can be built or dropped CONCURRENTLY.",
        ),
        (
            'op.retire_constraint("public.key", "no such")',
            "",
            "public.key has no constraint no such.",
        ),
        (
            'op.retire_constraint("public.Room", "Room_pkey")',
            "",
            "Room_pkey of public.Room is PRIMARY KEY (id).",
        ),
        (
            'op.retire_constraint("public.key", "key tag")',
            f"{TAG} CREATE TABLE lent (tag text REFERENCES key (tag))",
            "Foreign keys hang on the constraint key tag of public.key. (1)",
        ),
        (
            'op.retire_constraint("public.part", "some size")',
            'CREATE TABLE part () INHERITS ("Room")',
            "public.part has the constraint some size of its parent.",
        ),
        (
            'op.retire_constraint("public.key", "key tag")',
            f'{TAG} ALTER TABLE key CLUSTER ON "key tag"',
            "The index of key tag is, for public.key, what it is clustered on.",
        ),
    ],
)
def test_what_is_in_the_way_is_said_before(
    small: Small, revision: str, before: str, said: str
) -> None:
    if "nulls_distinct" in revision and small.server.major < 15:
        pytest.skip("NULLS NOT DISTINCT came with PostgreSQL 15.")
    shop = project(small, revision)
    shop.execute(before or "SELECT")
    state = shop.state
    with pytest.raises(PhaseRefused) as refused:
        shop.up()
    assert refused.value.details[0] == said
    assert shop.state == state


@pytest.mark.parametrize("atomic", [False, True])
def test_constraints_go_and_come_back(small: Small, *, atomic: bool) -> None:
    shop = project(small, RETIRE)
    facts = shop.facts
    for _ in range(2):
        shop.up(atomic=atomic)
        assert constraints(shop) == set()
        shop.execute("UPDATE key SET label = label || '!'")
        shop.down(atomic=atomic)
        assert shop.facts == facts


def test_rows_that_do_not_satisfy_them_any_more_are_listed(small: Small) -> None:
    shop = project(small, RETIRE)
    facts = shop.facts
    shop.up()
    shop.execute(
        "INSERT INTO \"Room\" VALUES (9, 9, '9', -1);"
        "INSERT INTO key (room, tag) VALUES (77, 'y'), (1, 'x')"
    )
    with pytest.raises(PhaseRefused) as refused:
        shop.down()
    assert [line.strip() for line in refused.value.details if "->" not in line] == [
        "Rows of public.key do not satisfy the constraint key tag. (1)",
        "tag: x, rows: 2",
        "Rows of public.key do not satisfy the constraint of room. (1)",
        "nr: 3",
        "Rows of public.Room do not satisfy the constraint some size. (1)",
        "id: 9",
    ]
    shop.execute('DELETE FROM key WHERE nr > 2; DELETE FROM "Room" WHERE id > 8')
    shop.down()
    assert shop.facts == facts


def test_a_constraint_that_was_not_validated_comes_back_so(small: Small) -> None:
    shop = project(small, RETIRE)
    shop.execute(
        'ALTER TABLE "Room" DROP CONSTRAINT "some size";'
        'ALTER TABLE "Room" ADD CONSTRAINT "some size" CHECK (size > 10) NOT VALID'
    )
    facts = shop.facts
    shop.up()
    shop.down()
    assert shop.facts == facts
