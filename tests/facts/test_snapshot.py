"""What each kind's query says about real objects."""

import secrets
from pathlib import Path
from typing import Any

import pytest

from gnkmigrate.facts import query
from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.facts.reading import read_snapshot
from gnkmigrate.connection import Connection, DatabaseUrl, connect
from gnkmigrate.errors import GnkMigrateError
from gnkmigrate.servers import Server
from tests.facts.conftest import Read
from tests.support import IGNORED_TABLES, ROOT, execute


def found(snapshot: Snapshot, kind: str, *path: str) -> Fact:
    fact = snapshot.get(kind, *path)
    assert fact is not None, f"no {kind} {path} in {[str(identity) for identity in snapshot.facts]}"
    return fact


def payload(snapshot: Snapshot, kind: str, *path: str) -> dict[str, Any]:
    return dict(found(snapshot, kind, *path).payload)


def needs(snapshot: Snapshot, kind: str, *path: str) -> set[str]:
    return {str(identity) for identity in found(snapshot, kind, *path).depends_on}


def test_an_empty_database_has_its_schema_and_its_language(read: Read) -> None:
    assert [str(identity) for identity in read("").facts] == [
        "extension plpgsql",
        "schema public",
    ]


def test_a_table_and_its_columns(read: Read) -> None:
    snapshot = read(
        """
        CREATE UNLOGGED TABLE "Odd ""name" (
          id bigint GENERATED ALWAYS AS IDENTITY,
          code varchar(10) COLLATE "C" NOT NULL,
          twice bigint GENERATED ALWAYS AS (id * 2) STORED
        ) WITH (fillfactor = 70, autovacuum_enabled = false)
        """
    )
    table = found(snapshot, "table", "public", 'Odd "name')
    assert table.parent == Identity("schema", ("public",))
    assert table.payload["persistence"] == "unlogged"
    assert table.payload["options"] == ["autovacuum_enabled=false", "fillfactor=70"]
    columns = sorted(snapshot.children(table.identity), key=lambda fact: fact.position)
    assert [(fact.identity.name, fact.position) for fact in columns] == [
        ("id", 1),
        ("code", 2),
        ("twice", 3),
    ]
    identity, code, twice = (fact.payload for fact in columns)
    assert (identity["type"], identity["not_null"], identity["identity"]) == (
        "bigint",
        True,
        "always",
    )
    assert (code["type"], code["collation"]) == ("character varying(10)", 'pg_catalog."C"')
    assert (twice["generated"], twice["generation"]) == ("(id * 2)", "stored")
    assert snapshot.of_kind("sequence") == ()
    assert snapshot.of_kind("default") == ()


def test_a_default_that_takes_from_a_sequence(read: Read) -> None:
    snapshot = read("CREATE TABLE t (id serial)")
    default = found(snapshot, "default", "public", "t", "id")
    assert default.parent == Identity("column", ("public", "t", "id"))
    assert default.payload == {"expression": "nextval('public.t_id_seq'::regclass)"}
    assert needs(snapshot, "default", "public", "t", "id") == {"sequence public.t_id_seq"}
    assert payload(snapshot, "sequence", "public", "t_id_seq") == {
        "type": "integer",
        "start": 1,
        "increment": 1,
        "minimum": 1,
        "maximum": 2147483647,
        "cache": 1,
        "cycle": False,
        "owned_by": {"schema": "public", "table": "t", "column": "id"},
    }


CONSTRAINED = """
    CREATE EXTENSION btree_gist;
    CREATE TABLE parent (a int, b int, PRIMARY KEY (b, a));
    CREATE TABLE child (
      z int CONSTRAINT positive CHECK (z > 0),
      y int CONSTRAINT only_one UNIQUE,
      CONSTRAINT up FOREIGN KEY (z, y) REFERENCES parent (b, a) ON DELETE CASCADE,
      CONSTRAINT apart EXCLUDE USING gist (z WITH =, y WITH <>),
      CONSTRAINT both_set CHECK (z + y > 1)
    );
    ALTER TABLE child ADD CONSTRAINT later CHECK (y > 0) NOT VALID;
"""


def test_constraints_say_what_they_constrain(read: Read) -> None:
    snapshot = read(CONSTRAINED)
    key = found(snapshot, "constraint", "public", "parent", "parent_pkey")
    assert key.subject == {"type": "primary key", "columns": ["b", "a"], "references": None}
    foreign = found(snapshot, "constraint", "public", "child", "up")
    assert foreign.payload == {
        "type": "foreign key",
        "definition": "FOREIGN KEY (z, y) REFERENCES public.parent(b, a) ON DELETE CASCADE",
        "columns": ["z", "y"],
        "references": {"schema": "public", "table": "parent", "columns": ["b", "a"]},
        "expression": None,
        "validated": True,
    }
    assert foreign.subject == {
        "type": "foreign key",
        "columns": ["z", "y"],
        "references": {"schema": "public", "table": "parent", "columns": ["b", "a"]},
    }
    assert "constraint public.parent.parent_pkey" in needs(
        snapshot, "constraint", "public", "child", "up"
    )
    check = found(snapshot, "constraint", "public", "child", "both_set")
    assert check.subject == {"type": "check", "expression": "((z + y) > 1)"}
    assert check.payload["columns"] == ["y", "z"]
    exclusion = found(snapshot, "constraint", "public", "child", "apart")
    assert exclusion.payload["type"] == "exclusion"
    assert exclusion.payload["definition"] == "EXCLUDE USING gist (z WITH =, y WITH <>)"


def test_a_constraint_that_is_not_validated_says_so_apart_from_its_definition(read: Read) -> None:
    later = payload(read(CONSTRAINED), "constraint", "public", "child", "later")
    assert (later["definition"], later["validated"]) == ("CHECK ((y > 0))", False)


def test_the_index_of_a_constraint_is_part_of_it(read: Read) -> None:
    assert read(CONSTRAINED).of_kind("index") == ()


def test_not_null_is_a_matter_of_the_column_on_every_version(read: Read) -> None:
    snapshot = read("CREATE TABLE t (a int NOT NULL)")
    assert payload(snapshot, "column", "public", "t", "a")["not_null"]
    assert snapshot.of_kind("constraint") == ()


def test_an_index_has_its_keys_as_written(read: Read) -> None:
    snapshot = read(
        """
        CREATE TABLE t (a int, "B b" text, c text COLLATE "C", d int);
        CREATE UNIQUE INDEX "t USING x" ON t (
          a DESC, "B b" DESC NULLS LAST, c NULLS FIRST, lower(c) text_pattern_ops,
          "B b" COLLATE "C" text_pattern_ops
        ) INCLUDE (d) WITH (fillfactor = 80) WHERE a > 0
        """
    )
    index = found(snapshot, "index", "public", "t USING x")
    assert index.parent == Identity("table", ("public", "t"))
    assert index.payload["keys"] == [
        "a DESC",
        '"B b" DESC NULLS LAST',
        "c NULLS FIRST",
        'lower(c) COLLATE pg_catalog."C" pg_catalog.text_pattern_ops',
        '"B b" COLLATE pg_catalog."C" pg_catalog.text_pattern_ops',
    ]
    assert index.payload["include"] == ["d"]
    assert index.payload["predicate"] == "(a > 0)"
    assert index.payload["definition"].startswith('USING btree (a DESC, "B b" DESC NULLS LAST,')
    assert index.payload["definition"].endswith("WITH (fillfactor='80') WHERE (a > 0)")
    assert (index.payload["unique"], index.payload["valid"]) == (True, True)
    assert set(index.subject) == {"unique", "method", "keys", "include", "predicate"}
    assert needs(snapshot, "index", "public", "t USING x") == {
        "column public.t.B b",
        "column public.t.a",
        "column public.t.c",
        "column public.t.d",
    }


def test_an_index_may_count_nulls_as_equal(read: Read, server: Server) -> None:
    clause = "NULLS NOT DISTINCT" if server.major >= 15 else ""
    snapshot = read(f"CREATE TABLE t (a int); CREATE UNIQUE INDEX i ON t (a) {clause}")
    assert payload(snapshot, "index", "public", "i")["nulls_not_distinct"] == bool(clause)


def test_an_enum_and_who_needs_it(read: Read) -> None:
    snapshot = read(
        """
        CREATE TYPE mood AS ENUM ('sad', 'it''s ok');
        ALTER TYPE mood ADD VALUE 'between' BEFORE 'it''s ok';
        CREATE TABLE t (now mood, moods mood[])
        """
    )
    assert payload(snapshot, "enum", "public", "mood") == {"labels": ["sad", "between", "it's ok"]}
    assert needs(snapshot, "column", "public", "t", "now") == {"enum public.mood"}
    assert needs(snapshot, "column", "public", "t", "moods") == {"enum public.mood"}


def test_views_and_what_they_look_at(read: Read) -> None:
    snapshot = read(
        """
        CREATE TABLE t (a int, b int);
        CREATE VIEW v WITH (security_barrier) AS SELECT a FROM t;
        CREATE MATERIALIZED VIEW m AS SELECT a FROM v;
        CREATE INDEX i ON m (a)
        """
    )
    view = payload(snapshot, "view", "public", "v")
    assert view["definition"].endswith("FROM public.t;")
    assert (view["materialized"], view["options"]) == (False, ["security_barrier=true"])
    assert "column public.t.a" in needs(snapshot, "view", "public", "v")
    assert payload(snapshot, "view", "public", "m")["materialized"]
    assert needs(snapshot, "view", "public", "m") == {"view public.v"}
    assert found(snapshot, "index", "public", "i").parent == Identity("view", ("public", "m"))


def test_functions_of_one_name_are_told_apart_by_their_arguments(read: Read) -> None:
    snapshot = read(
        """
        CREATE FUNCTION area(side integer, unit text DEFAULT 'm') RETURNS text
          LANGUAGE plpgsql STABLE STRICT SECURITY DEFINER COST 7 SET search_path = pg_catalog
          AS $$ BEGIN RETURN side || unit; END $$;
        CREATE FUNCTION area(numeric) RETURNS numeric LANGUAGE sql RETURN $1 * $1;
        CREATE PROCEDURE "Tidy up"() LANGUAGE sql AS 'SELECT 1';
        """
    )
    first = payload(snapshot, "function", "public", "area(integer, text)")
    assert first == {
        "kind": "function",
        "definition": first["definition"],
        "arguments": "side integer, unit text DEFAULT 'm'::text",
        "result": "text",
        "language": "plpgsql",
        "source": " BEGIN RETURN side || unit; END ",
        "volatility": "stable",
        "parallel": "unsafe",
        "strict": True,
        "leakproof": False,
        "security_definer": True,
        "cost": 7,
        "rows": 0,
        "settings": ["search_path=pg_catalog"],
        "aggregate": None,
    }
    assert first["definition"].startswith(
        "(side integer, unit text DEFAULT 'm'::text)\n RETURNS text"
    )
    second = payload(snapshot, "function", "public", "area(numeric)")
    assert second["source"] == "RETURN ($1 * $1)"
    procedure = payload(snapshot, "function", "public", "Tidy up()")
    assert procedure["definition"].startswith("()\n LANGUAGE sql")
    assert (procedure["kind"], procedure["result"]) == ("procedure", None)


def test_an_aggregate_has_its_parts(read: Read) -> None:
    snapshot = read(
        "CREATE AGGREGATE total(integer) (SFUNC = int4pl, STYPE = integer, INITCOND = '0')"
    )
    aggregate = payload(snapshot, "function", "public", "total(integer)")
    assert (aggregate["kind"], aggregate["definition"]) == ("aggregate", None)
    assert aggregate["aggregate"]["state_function"] == "int4pl(integer,integer)"
    assert aggregate["aggregate"]["initial_value"] == "0"
    assert aggregate["aggregate"]["final_function"] is None


TRIGGERED = """
    CREATE TABLE t (a int);
    CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END';
    CREATE TRIGGER "My TRIGGER" BEFORE UPDATE OF a ON t
      FOR EACH ROW WHEN (old.a IS DISTINCT FROM new.a) EXECUTE FUNCTION touch();
    ALTER TABLE t DISABLE TRIGGER "My TRIGGER";
    CREATE CONSTRAINT TRIGGER checked AFTER INSERT ON t DEFERRABLE
      FOR EACH ROW EXECUTE FUNCTION touch();
"""


def test_triggers(read: Read) -> None:
    snapshot = read(TRIGGERED)
    trigger = found(snapshot, "trigger", "public", "t", "My TRIGGER")
    assert trigger.payload == {
        "definition": "BEFORE UPDATE OF a ON public.t FOR EACH ROW "
        "WHEN ((old.a IS DISTINCT FROM new.a)) EXECUTE FUNCTION public.touch()",
        "constraint": False,
        "enabled": "disabled",
    }
    assert needs(snapshot, "trigger", "public", "t", "My TRIGGER") == {
        "column public.t.a",
        "function public.touch()",
    }
    checked = payload(snapshot, "trigger", "public", "t", "checked")
    assert checked["constraint"]
    assert checked["definition"].startswith("AFTER INSERT ON public.t DEFERRABLE")


def test_foreign_keys_have_no_triggers_of_their_own(read: Read) -> None:
    assert read(CONSTRAINED).of_kind("trigger") == ()


def test_comments_hang_on_things_of_every_kind(read: Read) -> None:
    snapshot = read(
        TRIGGERED
        + """
        CREATE VIEW v AS SELECT a FROM t;
        CREATE TYPE mood AS ENUM ('ok');
        COMMENT ON SCHEMA public IS 'ours';
        COMMENT ON TABLE t IS 'a table';
        COMMENT ON COLUMN t.a IS 'a column';
        COMMENT ON COLUMN v.a IS 'a column of a view';
        COMMENT ON TYPE mood IS 'a type';
        COMMENT ON FUNCTION touch() IS 'a function';
        COMMENT ON TRIGGER checked ON t IS 'a trigger';
        """
    )
    assert {
        (str(fact.identity), str(fact.parent), fact.payload["text"])
        for fact in snapshot.of_kind("comment")
    } == {
        ("comment schema.public", "schema public", "ours"),
        ("comment table.public.t", "table public.t", "a table"),
        ("comment column.public.t.a", "column public.t.a", "a column"),
        ("comment column.public.v.a", "view public.v", "a column of a view"),
        ("comment enum.public.mood", "enum public.mood", "a type"),
        ("comment function.public.touch()", "function public.touch()", "a function"),
        ("comment trigger.public.t.checked", "trigger public.t.checked", "a trigger"),
    }


def test_what_belongs_to_an_extension_is_left_out_and_stands_for_it(read: Read) -> None:
    snapshot = read(
        """
        CREATE SCHEMA tools;
        CREATE EXTENSION citext SCHEMA tools;
        CREATE TABLE t (name tools.citext)
        """
    )
    assert snapshot.of_kind("function") == ()
    assert payload(snapshot, "extension", "citext") == {"schema": "tools"}
    assert needs(snapshot, "extension", "citext") == {"schema tools"}
    assert payload(snapshot, "column", "public", "t", "name")["type"] == "tools.citext"
    assert needs(snapshot, "column", "public", "t", "name") == {"extension citext"}
    assert snapshot.of_kind("comment") == ()


def test_the_schemas_and_triggers_of_gnkmigrate_are_left_out(read: Read) -> None:
    snapshot = read(
        """
        CREATE SCHEMA gnkmigrate;
        CREATE SCHEMA gnkmigrate_archive;
        CREATE TABLE gnkmigrate_archive.kept (a int);
        CREATE FUNCTION gnkmigrate.sync() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN END';
        CREATE TABLE t (a int);
        CREATE TRIGGER sync AFTER INSERT ON t FOR EACH ROW EXECUTE FUNCTION gnkmigrate.sync();
        """
    )
    assert {str(identity) for identity in snapshot.facts} == {
        "column public.t.a",
        "extension plpgsql",
        "schema public",
        "table public.t",
    }


def test_temporary_tables_are_left_out(read: Read) -> None:
    assert read("CREATE TEMP TABLE t (a int)").of_kind("table") == ()


def test_partitions_leave_to_their_parent_what_they_inherit(read: Read) -> None:
    snapshot = read(
        """
        CREATE TABLE log (day date NOT NULL, n int CHECK (n > 0), PRIMARY KEY (day))
          PARTITION BY RANGE (day);
        CREATE INDEX by_n ON log (n);
        CREATE TABLE log_2025 PARTITION OF log FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
        """
    )
    assert payload(snapshot, "table", "public", "log")["partitioned_by"] == "RANGE (day)"
    partition = found(snapshot, "table", "public", "log_2025")
    assert partition.payload["inherits"] == [{"schema": "public", "table": "log"}]
    assert partition.payload["partition_bound"].startswith("FOR VALUES FROM ('2025-01-01')")
    assert snapshot.children(partition.identity) == ()
    assert payload(snapshot, "index", "public", "by_n")["definition"] == "USING btree (n)"


IGNORED = """
    CREATE SCHEMA audit;
    CREATE TABLE audit.log (a int);
    CREATE TABLE migrations (id serial PRIMARY KEY, name text DEFAULT 'x');
    COMMENT ON COLUMN migrations.name IS 'a name';
    CREATE INDEX i ON migrations (name);
    CREATE TABLE kept (a int);
"""


@pytest.mark.parametrize(
    ("patterns", "tables"),
    [
        ([], {"audit.log", "public.kept", "public.migrations"}),
        (["public.migrations"], {"audit.log", "public.kept"}),
        (["audit"], {"public.kept", "public.migrations"}),
        (["public.*"], {"audit.log"}),
        (["public.Migrations"], {"audit.log", "public.kept", "public.migrations"}),
    ],
)
def test_what_is_ignored_takes_with_it_all_that_lives_in_it(
    made: Any, session: Connection, patterns: list[str], tables: set[str]
) -> None:
    with made(IGNORED):
        snapshot = read_snapshot(session, ignore=patterns)
    assert {".".join(fact.identity.path) for fact in snapshot.of_kind("table")} == tables
    homeless = [
        fact for fact in snapshot if fact.parent is not None and fact.parent not in snapshot
    ]
    assert homeless == []


def test_only_the_named_schemas_are_read_and_all_extensions(made: Any, session: Connection) -> None:
    with made(IGNORED):
        snapshot = read_snapshot(session, schemas=["audit", "not there"])
    assert {str(identity) for identity in snapshot.facts} == {
        "column audit.log.a",
        "extension plpgsql",
        "schema audit",
        "table audit.log",
    }


def test_a_snapshot_knows_where_it_is_from(database: DatabaseUrl, server: Server) -> None:
    with connect(database, read_only=True) as connection:
        snapshot = read_snapshot(connection)
    assert snapshot.server_version == server.version
    assert snapshot.database in database.conninfo


def test_reading_leaves_the_session_as_it_was(session: Connection) -> None:
    def settings() -> list[Any]:
        query = "SELECT name, setting FROM pg_settings WHERE source = 'session' ORDER BY name"
        return session.execute(query).fetchall()

    before = settings()
    with session.transaction():
        session.execute("CREATE TEMP TABLE mine (a int) ON COMMIT DROP")
        read_snapshot(session)
        session.execute("INSERT INTO mine VALUES (1)")
        assert settings() == before
    assert settings() == before


def test_the_number_of_queries_does_not_depend_on_the_number_of_tables(
    database: DatabaseUrl, tmp_path: Path
) -> None:
    def messages() -> int:
        with connect(database) as connection, (tmp_path / "trace").open("w+") as trace:
            connection.pgconn.trace(trace.fileno())
            read_snapshot(connection)
            connection.pgconn.untrace()
            trace.seek(0)
            return sum("\tExecute\t" in line or "\tQuery\t" in line for line in trace)

    few = messages()
    execute(database, "".join(f"CREATE TABLE t{n} (a int PRIMARY KEY);" for n in range(50)))
    assert messages() == few > len(query.folder("queries"))


def test_a_catalog_that_may_not_be_read_is_named(database: DatabaseUrl) -> None:
    role = f"reader_{secrets.token_hex(6)}"
    execute(database, f"REVOKE SELECT ON pg_catalog.pg_proc FROM PUBLIC; CREATE ROLE {role}")
    with connect(database) as connection:
        connection.execute(f"SET ROLE {role}".encode())
        with pytest.raises(GnkMigrateError, match="pg_proc") as caught:
            read_snapshot(connection)
    execute(database, f"DROP ROLE {role}")
    assert "SELECT" in caught.value.hint


def test_minegnk_is_read_without_what_it_ignores(minegnk: DatabaseUrl) -> None:
    with connect(minegnk, read_only=True) as connection:
        snapshot = read_snapshot(connection, ignore=IGNORED_TABLES)
    tables = {fact.identity.name for fact in snapshot.of_kind("table")}
    assert tables == {"users", "user_nodes", "node_requests"}
    assert needs(snapshot, "default", "public", "users", "id") == {"extension uuid-ossp"}


def test_every_kind_is_described_in_the_documentation() -> None:
    described = {
        line.split("|")[1].strip()
        for line in (ROOT / "docs" / "facts.md").read_text().splitlines()
        if line.startswith("| ")
    }
    assert {*query.folder("queries"), *query.folder("attached")} == described - {"kind"}
