"""Rewrite rules: what is read of them, and how each property gets another value."""

from gnkmigrate.servers import Server
from tests.kinds.converge import converge
from tests.plan.support import migrate

TABLE = "CREATE TABLE t (a integer, b text); CREATE TABLE log (b text);"
VIEW = f"{TABLE} CREATE VIEW v AS SELECT a, b FROM t;"
RULE = "CREATE RULE r AS ON INSERT TO t DO ALSO INSERT INTO log VALUES (NEW.b);"


def test_a_rule_comes_and_goes(server: Server) -> None:
    ways = converge(server, "", RULE, shared=TABLE)
    assert ways.there == [
        "CREATE RULE r AS ON INSERT TO public.t DO  INSERT INTO public.log (b)\n  VALUES (new.b)"
    ]
    assert ways.back == ["DROP RULE r ON public.t"]


def test_what_it_does_is_replaced_in_place(server: Server) -> None:
    other = "CREATE RULE r AS ON DELETE TO t WHERE OLD.a > 3 DO INSTEAD NOTHING;"
    ways = converge(server, RULE, other, shared=TABLE)
    assert ways.there == [
        "CREATE OR REPLACE RULE r AS ON DELETE TO public.t WHERE (old.a > 3) DO INSTEAD NOTHING"
    ]


def test_it_is_disabled_and_stays_so_when_it_is_replaced(server: Server) -> None:
    disabled = f"{RULE} ALTER TABLE t DISABLE RULE r;"
    assert converge(server, RULE, disabled, shared=TABLE) == (
        ["ALTER TABLE public.t DISABLE RULE r"],
        ["ALTER TABLE public.t ENABLE RULE r"],
    )
    other = "CREATE RULE r AS ON INSERT TO t DO ALSO NOTHING; ALTER TABLE t DISABLE RULE r;"
    (replaced,) = converge(server, disabled, other, shared=TABLE).there
    assert replaced.startswith("CREATE OR REPLACE")


def test_it_fires_in_all_sessions_or_in_replica_sessions(server: Server) -> None:
    always = f"{RULE} ALTER TABLE t ENABLE ALWAYS RULE r;"
    replica = f"{RULE} ALTER TABLE t ENABLE REPLICA RULE r;"
    assert converge(server, always, replica, shared=TABLE) == (
        ["ALTER TABLE public.t ENABLE REPLICA RULE r"],
        ["ALTER TABLE public.t ENABLE ALWAYS RULE r"],
    )


def test_the_rules_of_a_view_come_back_with_it(server: Server) -> None:
    rules = """
        CREATE RULE added AS ON INSERT TO v DO INSTEAD INSERT INTO t VALUES (NEW.a, NEW.b);
        CREATE RULE "Taken" AS ON DELETE TO v DO INSTEAD (
            DELETE FROM t WHERE a = OLD.a; INSERT INTO log SELECT OLD.b;
        );
        COMMENT ON RULE added ON v IS 'how rows get in';
    """
    converge(server, TABLE, f"{VIEW} {rules}")
    converge(server, f"{VIEW} {rules}", f"{VIEW.replace('a integer', 'a bigint')} {rules}")


def test_a_rule_makes_way_for_a_column_that_it_uses(server: Server) -> None:
    rule = "CREATE RULE r AS ON UPDATE TO t WHERE NEW.a > OLD.a DO INSTEAD NOTHING;"
    converge(server, f"{TABLE} {rule}", f"{TABLE.replace('a integer', 'a bigint')} {rule}")


def test_a_rule_is_called_as_its_table_and_itself_are_spelled(server: Server) -> None:
    old = 'CREATE TABLE "Old T" ("A b" integer); CREATE RULE "R x" AS ON INSERT TO "Old T" '
    converge(
        server,
        f'{old} WHERE NEW."A b" = 1 DO INSTEAD NOTHING;',
        f'{old} WHERE NEW."A b" = 2 DO INSTEAD NOTHING;',
    )


def test_every_statement_says_which_lock_it_takes(server: Server) -> None:
    """`migrate` holds it against pg_locks."""
    other = f"{RULE.replace('INSERT TO', 'UPDATE TO')} ALTER TABLE t DISABLE RULE r;"
    assert len(migrate(server, TABLE + RULE, TABLE + other)) == 2
    migrate(server, TABLE + RULE, TABLE)
    migrate(server, TABLE + RULE.replace("RULE r", 'RULE "R"'), TABLE + RULE)
