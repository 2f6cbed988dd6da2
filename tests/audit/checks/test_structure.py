"""Structure checks: the SQL that puts right what they find. The corpus has what they find."""

from gnkmigrate.audit.check import StructureCheck
from gnkmigrate.audit.checks import discover
from tests.audit.conftest import Read

CHECKS = {check.id: check for check in discover() if isinstance(check, StructureCheck)}


def test_a_missing_index_comes_with_its_sql(read: Read) -> None:
    schema = read(
        """CREATE TABLE users (id int PRIMARY KEY);
        CREATE TABLE "Dogs" (id int PRIMARY KEY, "Owner" int REFERENCES users)"""
    )
    (seen,) = CHECKS["GNK-S002"].find(schema, "public")
    assert seen.fix == ('CREATE INDEX CONCURRENTLY "idx_Dogs_Owner" ON public."Dogs" ("Owner")',)
    assert seen.undo == ('DROP INDEX CONCURRENTLY public."idx_Dogs_Owner"',)


def test_an_index_by_another_name_where_that_is_taken(read: Read) -> None:
    schema = read(
        """CREATE TABLE users (id int PRIMARY KEY); CREATE SEQUENCE idx_dogs_owner;
        CREATE TABLE dogs (owner int REFERENCES users, day date) PARTITION BY RANGE (day)"""
    )
    (seen,) = CHECKS["GNK-S002"].find(schema, "public")
    # No index of a partitioned table comes or goes CONCURRENTLY.
    assert seen.fix == ("CREATE INDEX idx_dogs_owner_2 ON public.dogs (owner)",)
    assert seen.undo == ("DROP INDEX public.idx_dogs_owner_2",)


def test_whatever_brings_a_relation_takes_its_name(read: Read) -> None:
    schema = read(
        """CREATE TABLE users (id int PRIMARY KEY, CONSTRAINT idx_dogs_owner UNIQUE (id));
        CREATE TABLE ids (id int GENERATED ALWAYS AS IDENTITY (SEQUENCE NAME idx_dogs_owner_2));
        CREATE TYPE idx_dogs_owner_3 AS (part int);
        CREATE TABLE dogs (owner int REFERENCES users)"""
    )
    (seen,) = CHECKS["GNK-S002"].find(schema, "public")
    assert seen.undo == ("DROP INDEX CONCURRENTLY public.idx_dogs_owner_4",)


def test_an_index_without_nulls_serves_a_foreign_key(read: Read) -> None:
    schema = read(
        """CREATE TABLE users (id int, "Org" int, PRIMARY KEY (id, "Org"));
        CREATE TABLE a (u int, o int, FOREIGN KEY (u, o) REFERENCES users);
        CREATE INDEX ON a (o, u, (u + 1)) WHERE u IS NOT NULL AND o IS NOT NULL;
        CREATE TABLE b ("U" int, o int, x int, FOREIGN KEY ("U", o) REFERENCES users);
        CREATE INDEX ON b ("U", o) WHERE "U" IS NOT NULL;
        CREATE TABLE c (u int, o int, x int, FOREIGN KEY (u, o) REFERENCES users);
        CREATE INDEX ON c (u, o, x) WHERE x IS NOT NULL;
        CREATE INDEX ON c (u, o, x) WHERE u IS NOT NULL OR o IS NOT NULL"""
    )
    seen = [each.object.table for each in CHECKS["GNK-S002"].find(schema, "public")]
    assert seen == ["c"]


def test_a_dropped_index_can_be_made_again(read: Read) -> None:
    schema = read(
        """CREATE TABLE users (id int PRIMARY KEY, name text UNIQUE);
        CREATE INDEX users_name ON users (name)"""
    )
    (seen,) = CHECKS["GNK-S003"].find(schema, "public")
    assert seen.fix == ("DROP INDEX CONCURRENTLY public.users_name",)
    assert seen.undo == ("CREATE INDEX CONCURRENTLY users_name ON public.users USING btree (name)",)


def test_what_contains_the_primary_key_is_unique_with_nulls_too(read: Read) -> None:
    schema = read(
        "CREATE TABLE t (id int PRIMARY KEY, a int, b int, UNIQUE (a, id), UNIQUE (a, b))"
    )
    (seen,) = CHECKS["GNK-S009"].find(schema, "public")
    assert seen.subject == "t(a, b)"


def test_a_repeated_key_stays_where_foreign_keys_refer_to_it(read: Read) -> None:
    twice = "CREATE TABLE u (id int UNIQUE); ALTER TABLE u ADD CONSTRAINT again UNIQUE (id);"
    (free,) = CHECKS["GNK-S003"].find(read(twice), "public")
    assert free.fix == ("ALTER TABLE public.u DROP CONSTRAINT u_id_key",)
    key = "CREATE TABLE a (u int REFERENCES u (id));"  # PostgreSQL takes the older one
    (free,) = CHECKS["GNK-S003"].find(read(twice + key), "public")
    assert free.fix == ("ALTER TABLE public.u DROP CONSTRAINT again",)
    index = "CREATE TABLE u (id int); CREATE UNIQUE INDEX i ON u (id);"
    more = f"{index} {key} ALTER TABLE u ADD UNIQUE (id)"
    (held,) = CHECKS["GNK-S003"].find(read(more), "public")
    assert (held.fix, held.evidence["foreign keys"]) == ((), "refer to it")


def test_a_partitioned_table_takes_its_foreign_key_as_a_whole(read: Read) -> None:
    schema = read(
        """CREATE TABLE users (id int PRIMARY KEY);
        CREATE TABLE dogs (user_id int, day date) PARTITION BY RANGE (day)"""
    )
    (seen,) = CHECKS["GNK-S017"].find(schema, "public")
    index, *key = seen.fix
    assert index.startswith("CREATE INDEX idx_dogs_user_id")
    assert len(key) == (1 if schema.server_version < 180000 else 2)
    assert key[0].endswith("(id)") == (schema.server_version < 180000)
