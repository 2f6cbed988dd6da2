"""For each attribute of what tables are made of, two schemas that differ in it.

The first word is the kind, the second the attribute; what both schemas begin with comes first.
"""

from typing import NamedTuple


class Probe(NamedTuple):
    """Two schemas that differ in one attribute of one kind.

    Attributes:
        shared: SQL that both begin with.
        old: the rest of the one.
        new: the rest of the other.
        since: the first server_version_num that knows it.
    """

    shared: str
    old: str
    new: str
    since: int = 0


T = "CREATE TABLE t (a integer NOT NULL, b integer, c text, d text NOT NULL);"
P = "CREATE TABLE p (a integer NOT NULL, b integer, c text) PARTITION BY LIST (a);"
# Both sides say something of the columns, so that what differs is one thing more.
P1S = "ALTER TABLE p1 ALTER b SET STATISTICS 9, ALTER c SET STATISTICS 9;"
P1 = "CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1);"
S = "CREATE SEQUENCE s"
I = "CREATE TABLE t (a bigint GENERATED ALWAYS AS IDENTITY"  # noqa: E741
M = "CREATE MATERIALIZED VIEW m"
F = "CREATE FUNCTION f(x integer) RETURNS integer LANGUAGE sql"

PROBES = {
    ("column", "type"): Probe("", "CREATE TABLE t (a integer);", "CREATE TABLE t (a bigint);"),
    ("column", "not_null"): Probe(
        "", "CREATE TABLE t (a int);", "CREATE TABLE t (a int NOT NULL);"
    ),
    ("column", "not_null_name"): Probe(
        "",
        "CREATE TABLE t (a int NOT NULL);",
        "CREATE TABLE t (a int CONSTRAINT mine NOT NULL);",
        since=180000,
    ),
    ("column", "not_null_no_inherit"): Probe(
        "",
        "CREATE TABLE t (a int NOT NULL);",
        "CREATE TABLE t (a int NOT NULL NO INHERIT);",
        since=180000,
    ),
    ("column", "not_null_unvalidated"): Probe(
        "",
        "CREATE TABLE t (a int NOT NULL);",
        "CREATE TABLE t (a int); ALTER TABLE t ADD CONSTRAINT t_a_not_null NOT NULL a NOT VALID;",
        since=180000,
    ),
    ("column", "not_null_comment"): Probe(
        "CREATE TABLE t (a int NOT NULL);",
        "COMMENT ON CONSTRAINT t_a_not_null ON t IS 'one';",
        "COMMENT ON CONSTRAINT t_a_not_null ON t IS 'two';",
        since=180000,
    ),
    ("column", "collation"): Probe(
        "", "CREATE TABLE t (a text);", 'CREATE TABLE t (a text COLLATE "C");'
    ),
    ("column", "generated"): Probe(
        "",
        "CREATE TABLE t (a int, b int GENERATED ALWAYS AS (a + 1) STORED);",
        "CREATE TABLE t (a int, b int GENERATED ALWAYS AS (a + 2) STORED);",
    ),
    ("column", "generation"): Probe(
        "",
        "CREATE TABLE t (a int, b int GENERATED ALWAYS AS (a + 1) STORED);",
        "CREATE TABLE t (a int, b int);",
    ),
    ("column", "storage"): Probe(T, "", "ALTER TABLE t ALTER c SET STORAGE EXTERNAL;"),
    ("column", "compression"): Probe(T, "", "ALTER TABLE t ALTER c SET COMPRESSION pglz;"),
    ("column", "statistics"): Probe(T, "", "ALTER TABLE t ALTER c SET STATISTICS 900;"),
    ("column", "options"): Probe(T, "", "ALTER TABLE t ALTER c SET (n_distinct = 7);"),
    ("default", "expression"): Probe(
        T, "ALTER TABLE t ALTER b SET DEFAULT 1;", "ALTER TABLE t ALTER b SET DEFAULT 2;"
    ),
    ("inherited column", "not_null"): Probe(
        P + P1 + P1S, "", "ALTER TABLE p1 ALTER b SET NOT NULL;"
    ),
    ("inherited column", "not_null_name"): Probe(
        P + P1,
        "ALTER TABLE p1 ALTER c SET NOT NULL;",
        "ALTER TABLE p1 ADD CONSTRAINT own NOT NULL c;",
        since=180000,
    ),
    ("inherited column", "without_default"): Probe(
        P + "ALTER TABLE p ALTER b SET DEFAULT 5;" + P1 + P1S,
        "",
        "ALTER TABLE p1 ALTER b DROP DEFAULT;",
    ),
    ("inherited column", "generated"): Probe(
        "CREATE TABLE p (a integer, b integer GENERATED ALWAYS AS (a + 1) STORED, c text)"
        " PARTITION BY LIST (c);"
        "CREATE TABLE p1 PARTITION OF p FOR VALUES IN ('x'); " + P1S,
        "",
        "ALTER TABLE p1 ALTER b SET EXPRESSION AS (a + 2);",
        since=170000,
    ),
    ("inherited column", "storage"): Probe(
        P + P1 + P1S, "", "ALTER TABLE p1 ALTER c SET STORAGE PLAIN;"
    ),
    ("inherited column", "compression"): Probe(
        P + P1 + P1S, "", "ALTER TABLE p1 ALTER c SET COMPRESSION pglz;"
    ),
    ("inherited column", "statistics"): Probe(
        P + P1 + P1S, "", "ALTER TABLE p1 ALTER c SET STATISTICS 6;"
    ),
    ("inherited column", "options"): Probe(
        P + P1 + P1S, "", "ALTER TABLE p1 ALTER c SET (n_distinct = 3);"
    ),
    ("constraint", "type"): Probe(
        T,
        "ALTER TABLE t ADD CONSTRAINT k UNIQUE (a);",
        "ALTER TABLE t ADD CONSTRAINT k CHECK (a > 0);",
    ),
    ("constraint", "definition"): Probe(
        T,
        "ALTER TABLE t ADD CONSTRAINT k UNIQUE (a) DEFERRABLE;",
        "ALTER TABLE t ADD CONSTRAINT k UNIQUE (a) INCLUDE (b);",
    ),
    ("constraint", "validated"): Probe(
        T,
        "ALTER TABLE t ADD CONSTRAINT k CHECK (a > 0) NOT VALID;",
        "ALTER TABLE t ADD CONSTRAINT k CHECK (a > 0);",
    ),
    ("constraint", "options"): Probe(
        T,
        "ALTER TABLE t ADD CONSTRAINT k UNIQUE (a);",
        "ALTER TABLE t ADD CONSTRAINT k UNIQUE (a) WITH (fillfactor = 50);",
    ),
    ("constraint", "firing"): Probe(
        T + "ALTER TABLE t ADD UNIQUE (a), ADD CONSTRAINT k FOREIGN KEY (b) REFERENCES t (a);",
        "",
        "ALTER TABLE t DISABLE TRIGGER ALL;",
    ),
    ("constraint", "attached_to"): Probe(
        P + P1 + "ALTER TABLE p1 ADD CONSTRAINT own PRIMARY KEY (a);",
        "",
        "ALTER TABLE p ADD CONSTRAINT key PRIMARY KEY (a);",
    ),
    ("constraint", "clustered"): Probe(
        T + "ALTER TABLE t ADD CONSTRAINT k UNIQUE (a);", "", "ALTER TABLE t CLUSTER ON k;"
    ),
    ("constraint", "replica_identity"): Probe(
        T + "ALTER TABLE t ADD CONSTRAINT k UNIQUE (a);",
        "",
        "ALTER TABLE t REPLICA IDENTITY USING INDEX k;",
    ),
    ("identity", "generation"): Probe("", f"{I});", f"{I.replace('ALWAYS', 'BY DEFAULT')});"),
    ("identity", "sequence_name"): Probe("", f"{I});", f"{I} (SEQUENCE NAME mine));"),
    ("identity", "persistence"): Probe(
        f"{I});", "", "ALTER SEQUENCE t_a_seq SET UNLOGGED;", since=150000
    ),
    ("identity", "type"): Probe("", f"{I});", f"{I.replace('bigint', 'smallint')});"),
    ("identity", "increment"): Probe("", f"{I});", f"{I} (INCREMENT 5));"),
    ("identity", "minimum"): Probe("", f"{I});", f"{I} (MINVALUE 5 START 7));"),
    ("identity", "maximum"): Probe("", f"{I});", f"{I} (MAXVALUE 500));"),
    ("identity", "start"): Probe("", f"{I});", f"{I} (START 50));"),
    ("identity", "cache"): Probe("", f"{I});", f"{I} (CACHE 20));"),
    ("identity", "cycle"): Probe("", f"{I});", f"{I} (CYCLE));"),
    ("index", "unique"): Probe(T, "CREATE INDEX i ON t (a);", "CREATE UNIQUE INDEX i ON t (a);"),
    ("index", "method"): Probe(
        T, "CREATE INDEX i ON t (a);", "CREATE INDEX i ON t USING hash (a);"
    ),
    ("index", "keys"): Probe(
        T,
        "CREATE INDEX i ON t (a);",
        "CREATE INDEX i ON t (lower(c) DESC, a NULLS FIRST, c text_pattern_ops);",
    ),
    ("index", "include"): Probe(
        T, "CREATE INDEX i ON t (a);", "CREATE INDEX i ON t (a) INCLUDE (b);"
    ),
    ("index", "predicate"): Probe(
        T, "CREATE INDEX i ON t (a) WHERE b > 0;", "CREATE INDEX i ON t (a) WHERE b > 1;"
    ),
    ("index", "nulls_not_distinct"): Probe(
        T,
        "CREATE UNIQUE INDEX i ON t (b);",
        "CREATE UNIQUE INDEX i ON t (b) NULLS NOT DISTINCT;",
        since=150000,
    ),
    ("index", "options"): Probe(
        T, "CREATE INDEX i ON t (a);", "CREATE INDEX i ON t (a) WITH (fillfactor = 70);"
    ),
    ("index", "attached_to"): Probe(
        P + P1 + "CREATE INDEX own ON p1 (b);", "", "CREATE INDEX whole ON p (b);"
    ),
    ("index", "clustered"): Probe(
        T + "CREATE INDEX i ON t (a);", "", "ALTER TABLE t CLUSTER ON i;"
    ),
    ("index", "replica_identity"): Probe(
        T + "CREATE UNIQUE INDEX i ON t (a, d);",
        "",
        "ALTER TABLE t REPLICA IDENTITY USING INDEX i;",
    ),
    ("index", "statistics"): Probe(
        T + "CREATE INDEX i ON t (a, lower(c));",
        "",
        "ALTER INDEX i ALTER COLUMN 2 SET STATISTICS 7;",
    ),
    ("partition", "of"): Probe(
        "CREATE TABLE p (a integer) PARTITION BY LIST (a);"
        "CREATE TABLE q (a integer) PARTITION BY LIST (a);",
        P1,
        P1.replace("OF p", "OF q"),
    ),
    ("partition", "bound"): Probe(P, P1, P1.replace("(1)", "(1, 2)")),
    ("sequence", "persistence"): Probe(
        "", f"{S};", S.replace("CREATE", "CREATE UNLOGGED") + ";", since=150000
    ),
    ("sequence", "type"): Probe("", f"{S};", f"{S} AS smallint;"),
    ("sequence", "increment"): Probe("", f"{S};", f"{S} INCREMENT -1;"),
    ("sequence", "minimum"): Probe("", f"{S};", f"{S} MINVALUE 5;"),
    ("sequence", "maximum"): Probe("", f"{S};", f"{S} MAXVALUE 50;"),
    ("sequence", "start"): Probe("", f"{S};", f"{S} START 50;"),
    ("sequence", "cache"): Probe("", f"{S};", f"{S} CACHE 5;"),
    ("sequence", "cycle"): Probe("", f"{S};", f"{S} CYCLE;"),
    ("sequence", "owned_by"): Probe(T, f"{S};", f"{S} OWNED BY t.a;"),
    ("table", "persistence"): Probe("", "CREATE TABLE t ();", "CREATE UNLOGGED TABLE t ();"),
    ("table", "options"): Probe(T, "", "ALTER TABLE t SET (fillfactor = 70);"),
    ("table", "toast_options"): Probe(
        T, "", "ALTER TABLE t SET (toast.autovacuum_enabled = false);"
    ),
    ("table", "partitioned_by"): Probe(
        "", "CREATE TABLE t (a int);", "CREATE TABLE t (a int) PARTITION BY LIST (a);"
    ),
    ("table", "inherits"): Probe(
        "CREATE TABLE up (a int); CREATE TABLE t (a int, b int);", "", "ALTER TABLE t INHERIT up;"
    ),
    ("table", "of_type"): Probe(
        "CREATE TYPE y AS (a integer); CREATE TABLE t (a integer);", "", "ALTER TABLE t OF y;"
    ),
    ("table", "access_method"): Probe(
        "CREATE ACCESS METHOD heap2 TYPE TABLE HANDLER heap_tableam_handler;",
        "CREATE TABLE t (a int);",
        "CREATE TABLE t (a int) USING heap2;",
    ),
    ("table", "replica_identity"): Probe(T, "", "ALTER TABLE t REPLICA IDENTITY FULL;"),
    ("table", "row_security"): Probe(T, "", "ALTER TABLE t ENABLE ROW LEVEL SECURITY;"),
    ("table", "row_security_forced"): Probe(T, "", "ALTER TABLE t FORCE ROW LEVEL SECURITY;"),
    ("view", "definition"): Probe(
        T, "CREATE VIEW v AS SELECT a FROM t;", "CREATE VIEW v AS SELECT a FROM t WHERE b > 0;"
    ),
    ("view", "columns"): Probe(
        T, "CREATE VIEW v AS SELECT a FROM t;", "CREATE VIEW v AS SELECT b, a FROM t;"
    ),
    ("view", "options"): Probe(
        T,
        "CREATE VIEW v AS SELECT a FROM t;",
        "CREATE VIEW v WITH (security_barrier) AS SELECT a FROM t;",
    ),
    ("materialized view", "definition"): Probe(
        T, f"{M} AS SELECT a FROM t;", f"{M} AS SELECT a FROM t WHERE b > 0;"
    ),
    ("materialized view", "columns"): Probe(
        T, f"{M} AS SELECT a FROM t;", f"{M} AS SELECT b FROM t;"
    ),
    ("materialized view", "column_settings"): Probe(
        f"{M} AS SELECT 1 AS a, 'x'::text AS b;",
        "ALTER MATERIALIZED VIEW m ALTER b SET STORAGE MAIN, ALTER b SET STATISTICS 7;",
        "ALTER MATERIALIZED VIEW m ALTER b SET STORAGE EXTERNAL, ALTER b SET COMPRESSION pglz, "
        "ALTER a SET (n_distinct = 5);",
    ),
    ("materialized view", "options"): Probe(
        T, f"{M} AS SELECT a FROM t;", f"{M} WITH (fillfactor = 70) AS SELECT a FROM t;"
    ),
    ("materialized view", "toast_options"): Probe(
        T,
        f"{M} AS SELECT c FROM t;",
        f"{M} WITH (toast.autovacuum_enabled = false) AS SELECT c FROM t;",
    ),
    ("materialized view", "access_method"): Probe(
        T + "CREATE ACCESS METHOD heap2 TYPE TABLE HANDLER heap_tableam_handler;",
        f"{M} AS SELECT c FROM t;",
        f"{M} USING heap2 AS SELECT c FROM t;",
    ),
    ("materialized view", "populated"): Probe(
        T, f"{M} AS SELECT a FROM t WITH NO DATA;", f"{M} AS SELECT a FROM t;"
    ),
    ("function", "kind"): Probe(
        "",
        "CREATE FUNCTION f() RETURNS integer LANGUAGE sql AS 'SELECT 1';",
        "CREATE PROCEDURE f() LANGUAGE sql AS 'SELECT 1';",
    ),
    ("function", "arguments"): Probe(
        "", f"{F} AS 'SELECT 1';", f"{F.replace('x ', 'y ')} AS 'SELECT 1';"
    ),
    ("function", "result"): Probe(
        "",
        f"{F} AS 'SELECT 1';",
        f"{F.replace('RETURNS integer', 'RETURNS bigint')} AS 'SELECT 1';",
    ),
    ("function", "definition"): Probe("", f"{F} AS 'SELECT 1';", f"{F} AS 'SELECT 2';"),
    ("function", "language"): Probe(
        "", f"{F} AS 'SELECT 1';", f"{F.replace('sql', 'plpgsql')} AS 'BEGIN RETURN 1; END';"
    ),
    ("function", "source"): Probe("", f"{F} RETURN 1;", f"{F} RETURN 2;"),
    ("function", "volatility"): Probe("", f"{F} AS 'SELECT 1';", f"{F} IMMUTABLE AS 'SELECT 1';"),
    ("function", "parallel"): Probe("", f"{F} AS 'SELECT 1';", f"{F} PARALLEL SAFE AS 'SELECT 1';"),
    ("function", "strict"): Probe("", f"{F} AS 'SELECT 1';", f"{F} STRICT AS 'SELECT 1';"),
    ("function", "leakproof"): Probe("", f"{F} AS 'SELECT 1';", f"{F} LEAKPROOF AS 'SELECT 1';"),
    ("function", "security_definer"): Probe(
        "", f"{F} AS 'SELECT 1';", f"{F} SECURITY DEFINER AS 'SELECT 1';"
    ),
    ("function", "cost"): Probe("", f"{F} AS 'SELECT 1';", f"{F} COST 7 AS 'SELECT 1';"),
    ("function", "rows"): Probe(
        "",
        f"{F.replace('RETURNS', 'RETURNS SETOF')} AS 'SELECT 1';",
        f"{F.replace('RETURNS', 'RETURNS SETOF')} ROWS 7 AS 'SELECT 1';",
    ),
    ("function", "settings"): Probe(
        "", f"{F} AS 'SELECT 1';", f"{F} SET work_mem = '7MB' AS 'SELECT 1';"
    ),
    ("function", "support"): Probe(
        "",
        f"{F} AS 'SELECT 1';",
        f"{F} SUPPORT generate_series_int4_support AS 'SELECT 1';",
    ),
    ("function", "aggregate"): Probe(
        "",
        "CREATE AGGREGATE g(integer) (SFUNC = int4pl, STYPE = integer);",
        "CREATE AGGREGATE g(integer) (SFUNC = int4pl, STYPE = integer, INITCOND = '7');",
    ),
    ("extension", "schema"): Probe(
        "CREATE SCHEMA x;", "CREATE EXTENSION pg_trgm;", "CREATE EXTENSION pg_trgm SCHEMA x;"
    ),
    ("extension", "version"): Probe(
        "", "CREATE EXTENSION pg_trgm VERSION '1.5';", "CREATE EXTENSION pg_trgm VERSION '1.6';"
    ),
}

# What needs more than SQL: another disk, a foreign server, an index whose building has failed.
ELSEWHERE = frozenset(
    {
        ("constraint", "tablespace"),
        ("index", "tablespace"),
        ("index", "valid"),
        ("table", "tablespace"),
        ("materialized view", "tablespace"),
        ("column", "foreign_options"),
        ("inherited column", "foreign_options"),
    }
)
