"""Queries that would run somebody else's functions with the session's rights are not asked."""

from collections.abc import Iterator

import pytest

from gnkmigrate.errors import PhaseRefused
from gnkmigrate.postgres.connection import DatabaseUrl, connect
from gnkmigrate.run.foreign_queries import require_trust_to_ask
from tests.run.hostile import Hostile, hostile
from tests.support import execute

PLANTED = """
CREATE FUNCTION trap.calm() RETURNS boolean IMMUTABLE LANGUAGE plpgsql
AS 'BEGIN RETURN trap.rise(); END';
CREATE TABLE note (id int PRIMARY KEY, tag text);
CREATE VIEW calling AS SELECT id, trap.calm() FROM note;
CREATE VIEW above AS SELECT * FROM calling;
CREATE TABLE indexed (id int PRIMARY KEY);
CREATE INDEX odd ON indexed ((trap.calm()));
CREATE TABLE whole (id int) PARTITION BY RANGE (id);
CREATE TABLE part PARTITION OF whole FOR VALUES FROM (1) TO (9);
CREATE INDEX part_odd ON part ((trap.calm()));
CREATE TYPE mood AS ENUM ('fine');
CREATE FUNCTION trap.said(mood) RETURNS text LANGUAGE plpgsql
AS 'BEGIN PERFORM trap.rise(); RETURN ''x''; END';
CREATE CAST (mood AS text) WITH FUNCTION trap.said(mood) AS IMPLICIT;
CREATE TABLE moody (id int PRIMARY KEY, mood mood);
CREATE DOMAIN short AS text CHECK (trap.calm());
CREATE VIEW shortened AS SELECT id, tag::short FROM note;
CREATE TYPE pair AS (id int, tags short[]);
CREATE TYPE span AS RANGE (subtype = short);
CREATE FUNCTION public.total(note) RETURNS int LANGUAGE plpgsql
AS 'BEGIN PERFORM trap.rise(); RETURN 1; END';
CREATE FUNCTION public.around(int, int) RETURNS boolean LANGUAGE plpgsql
AS 'BEGIN RETURN trap.rise(); END';
CREATE OPERATOR public.<~~> (FUNCTION = public.around, LEFTARG = int, RIGHTARG = int);
CREATE AGGREGATE public.heap (int) (SFUNC = int4pl, STYPE = int);
"""
QUERIES = {
    "SELECT * FROM calling": "calm",
    "SELECT * FROM public.above": "calm",
    "SELECT * FROM indexed": "index odd",
    "SELECT * FROM whole": "index part_odd",
    "SELECT mood::text FROM moody": "cast from mood to text",
    "SELECT id FROM note WHERE tag = 'a'::short": "short",
    "SELECT '(1,{a})'::pair": "short",
    "SELECT '[a,b]'::span": "short",
    "SELECT * FROM shortened": "short",
    "SELECT note.total FROM note": "function public.total(note)",
    "SELECT total(note) FROM note": "function public.total(note)",
    "SELECT id <~~> 1 FROM note": "public.around",
    "SELECT id OPERATOR(public.<~~>) 1 FROM note": "public.around",
    "SELECT heap(id) FROM note": "public.heap",
    "SELECT trap . calm ()": "trap.calm",
}
HARMLESS = (
    "SELECT id, tag, upper(tag) FROM note ORDER BY 1",
    "SELECT other.total(1), around FROM (SELECT count(*) AS around FROM note) AS x",
)


@pytest.fixture
def enemy(database: DatabaseUrl) -> Iterator[Hostile]:
    execute(database, "GRANT CREATE ON SCHEMA public TO PUBLIC")
    with hostile(database) as role:
        role.plants(PLANTED)
        yield role
    execute(database, "REVOKE CREATE ON SCHEMA public FROM PUBLIC")


def test_what_a_query_would_run_waits_for_trust(database: DatabaseUrl, enemy: Hostile) -> None:
    with connect(database, read_only=True) as session:
        for query, line in QUERIES.items():
            with pytest.raises(PhaseRefused, match="A query may run code") as refused:
                require_trust_to_ask(session, [query], ["public"], trusted=False)
            said = " ".join(refused.value.details).replace("public.", "")
            assert line.replace("public.", "") in said, query
            require_trust_to_ask(session, [query], ["public"], trusted=True)
    assert not enemy.has_risen


def test_what_runs_nothing_of_others_is_asked(database: DatabaseUrl, enemy: Hostile) -> None:
    with connect(database, read_only=True) as session:
        require_trust_to_ask(session, HARMLESS, ["public"], trusted=False)
    with connect(enemy.url, read_only=True) as session:  # it is all its own
        require_trust_to_ask(session, [*QUERIES], ["public"], trusted=False)
