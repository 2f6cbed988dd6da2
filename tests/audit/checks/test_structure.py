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


def test_a_dropped_index_can_be_made_again(read: Read) -> None:
    schema = read(
        """CREATE TABLE users (id int PRIMARY KEY, name text UNIQUE);
        CREATE INDEX users_name ON users (name)"""
    )
    (seen,) = CHECKS["GNK-S003"].find(schema, "public")
    assert seen.fix == ("DROP INDEX CONCURRENTLY public.users_name",)
    assert seen.undo == ("CREATE INDEX CONCURRENTLY users_name ON public.users USING btree (name)",)
