"""Who owns the tables, or has a role beside, gains no right by what gnkmigrate makes.

A superuser migrates the tables of a hostile owner. What that one plants afterwards, or while the
phase runs, is set off by what keeps both shapes in step; none of it may run as the superuser.
"""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg
import pytest
from psycopg import conninfo

from gnkmigrate.errors import PhaseFailed
from gnkmigrate.postgres.connection import Connection, DatabaseUrl, connect
from gnkmigrate.run import events
from tests.migrations.project import Project
from tests.operations.swapping import Swapping
from tests.small import Small
from tests.support import execute

OPERATIONS = """
from gnkmigrate.run.sync.conversion import Conversion
op.keep_shape("public.orders")
op.split_table("public.orders", "public.place", (op.renamed("street", "road"),),
               reference="place_id")
op.move_columns("public.orders", "public.bill", (op.renamed("amount", "price"),),
                key={"id": "order_id"})
op.convert_columns("public.orders", "id",
                   (Conversion("note", "varchar(90)", back=":column"),))
"""
SWAP = Swapping("lines", ("id", "text"), ("id",), "text varchar(90), id int PRIMARY KEY")
TABLES = """
CREATE SCHEMA trap; GRANT USAGE ON SCHEMA trap TO PUBLIC;
CREATE SEQUENCE trap.reached; CREATE SEQUENCE trap.risen;
GRANT ALL ON SEQUENCE trap.reached, trap.risen TO PUBLIC;
CREATE FUNCTION trap.rise() RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    PERFORM nextval('trap.reached');
    BEGIN
        -- What PostgreSQL allows to a session that has only set its role.
        EXECUTE 'RESET ROLE';
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
    IF (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
        PERFORM nextval('trap.risen');
    END IF;
    RETURN true;
END $$;
CREATE FUNCTION trap.spring() RETURNS trigger LANGUAGE plpgsql AS
    'BEGIN PERFORM trap.rise(); RETURN coalesce(NEW, OLD); END';
CREATE FUNCTION trap.calm(anyelement) RETURNS boolean IMMUTABLE LANGUAGE plpgsql AS
    'BEGIN RETURN trap.rise(); END';
CREATE DOMAIN trap.words AS text;
CREATE TABLE orders (
    id int PRIMARY KEY, street trap.words, amount numeric, note trap.words, other text
);
INSERT INTO orders SELECT n, 'Elm ' || n % 3, n, 'note', 'x' FROM generate_series(1, 9) AS n;
CREATE TABLE lines (id int PRIMARY KEY, text text);
INSERT INTO lines VALUES (1, 'one'), (2, 'two');
"""
WRITES = (
    "INSERT INTO orders (id, street, amount, note) VALUES (21, 'Oak 1', 7, 'a note')",
    "UPDATE orders SET street = 'Ash 2', amount = 8, note = 'b' WHERE id = 1",
    "DELETE FROM orders WHERE id = 2",
    "UPDATE place SET road = road || '!'",
    "INSERT INTO bill (order_id, price) VALUES (21, 3) ON CONFLICT DO NOTHING",
    "UPDATE bill SET price = price + 1",
    "UPDATE public.orders SET note = 'c' WHERE id = 3",
    "UPDATE lines SET text = text || '!'",
    "DELETE FROM bill WHERE order_id = 4",
    "INSERT INTO lines (id, text) VALUES (9, 'nine')",
    "UPDATE lines SET id = 101 WHERE id = 1",
)
_EACH = ("orders", "place", "bill", "lines")
# What an owner may do to his own tables, and what is his of ours.
PLANTED = {
    **{
        f"trigger {moment} on {table}": f"CREATE TRIGGER z {moment} INSERT OR UPDATE OR DELETE"
        f" ON public.{table} FOR EACH ROW EXECUTE FUNCTION trap.spring()"
        for moment in ("BEFORE", "AFTER")
        for table in _EACH
    },
    "statement trigger": "CREATE TRIGGER z AFTER UPDATE OR INSERT ON place"
    " EXECUTE FUNCTION trap.spring()",
    "deferred trigger": "CREATE CONSTRAINT TRIGGER z AFTER INSERT OR UPDATE ON place DEFERRABLE"
    " INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION trap.spring()",
    "trigger that fires always": "CREATE TRIGGER z BEFORE UPDATE ON bill FOR EACH ROW EXECUTE"
    " FUNCTION trap.spring(); ALTER TABLE bill ENABLE ALWAYS TRIGGER z",
    "check": "ALTER TABLE place ADD CHECK (trap.rise())",
    "check of the side table": "ALTER TABLE bill ADD CHECK (trap.calm(price))",
    "check of the archived table": "ALTER TABLE gnkmigrate_archive.lines ADD CHECK (trap.rise())",
    "domain": "ALTER DOMAIN trap.words ADD CHECK (trap.rise())",
    "index": "CREATE INDEX ON place (trap.calm(road))",
    "index predicate": "CREATE INDEX ON bill (price) WHERE trap.calm(price)",
    "index of the old column": "CREATE INDEX ON public.orders (trap.calm(gnkmigrate_kept_note))",
    "default": "ALTER TABLE place ADD x boolean DEFAULT trap.rise()",
    "default of the key": "ALTER TABLE bill ADD x boolean DEFAULT trap.rise()",
    "generated column": "ALTER TABLE place ADD x boolean"
    " GENERATED ALWAYS AS (trap.calm(road)) STORED",
    "rule": "CREATE RULE z AS ON UPDATE TO place DO ALSO SELECT trap.rise()",
    "policy": "ALTER TABLE place ENABLE ROW LEVEL SECURITY;"
    "ALTER TABLE place FORCE ROW LEVEL SECURITY; CREATE POLICY z ON place USING (trap.rise())",
    "view's default": "ALTER VIEW orders ALTER other SET DEFAULT trap.rise()::text",
    "cast": "CREATE TYPE trap.box AS (v text);"
    "CREATE FUNCTION trap.unboxed(trap.box) RETURNS text LANGUAGE plpgsql"
    " AS 'BEGIN PERFORM trap.rise(); RETURN $1.v; END';"
    "CREATE CAST (trap.box AS text) WITH FUNCTION trap.unboxed(trap.box) AS IMPLICIT;"
    "ALTER TABLE lines ALTER text TYPE trap.box USING ROW(text)",
    "inherited table": "CREATE TABLE trap.child () INHERITS (place);"
    "INSERT INTO trap.child (id, road) VALUES (77, 'Oak 1');"
    "CREATE TRIGGER z BEFORE UPDATE ON trap.child FOR EACH ROW EXECUTE FUNCTION trap.spring()",
    "table that refers": "CREATE TABLE trap.child (id int REFERENCES bill (order_id)"
    " ON DELETE CASCADE); INSERT INTO trap.child VALUES (4);"
    "CREATE TRIGGER z BEFORE DELETE ON trap.child FOR EACH ROW EXECUTE FUNCTION trap.spring()",
}
# What planted names would have to be found for.
SHADOWS = {
    "operator": "CREATE FUNCTION trap.same(text, text) RETURNS boolean LANGUAGE plpgsql"
    " AS 'BEGIN RETURN trap.rise(); END';"
    "CREATE OPERATOR trap.= (FUNCTION = trap.same, LEFTARG = text, RIGHTARG = text)",
    "function": "CREATE FUNCTION trap.current_setting(text, boolean) RETURNS text LANGUAGE plpgsql"
    " AS 'BEGIN PERFORM trap.rise(); RETURN NULL; END';"
    "CREATE FUNCTION trap.set_config(text, text, boolean) RETURNS text LANGUAGE plpgsql"
    " AS 'BEGIN PERFORM trap.rise(); RETURN NULL; END'",
    "temporary table": "CREATE TEMP TABLE pg_class (x int); CREATE TEMP TABLE gnkmigrate (x int);"
    "CREATE TEMP TABLE place (id int, road text); CREATE TRIGGER z BEFORE INSERT ON pg_temp.place"
    " FOR EACH ROW EXECUTE FUNCTION trap.spring()",
    "temporary type": "CREATE DOMAIN pg_temp.varchar AS text CHECK (trap.rise());"
    "CREATE DOMAIN pg_temp.text AS pg_catalog.text CHECK (trap.rise())",
}


@dataclass(frozen=True)
class Enemy:
    """The roles of one database, with a session that each has of its own.

    Attributes:
        project: for the superuser.
        owner: the role that owns the tables.
        stranger: one that owns nothing, and may write to orders.
    """

    project: Project
    owner: Connection
    stranger: Connection

    def calls(self, sequence: str) -> int:
        found = self.project.value(
            f"SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM trap.{sequence}"
        )
        return int(found)


@pytest.fixture
def enemy(small: Small) -> Iterator[Enemy]:
    small.reversible(1, OPERATIONS)
    small.revision(2, SWAP.up, SWAP.down)
    project = small.project(limits={"batch_rows": 2})
    owner, stranger = (f"gnk_{name}_{secrets.token_hex(4)}" for name in ("owner", "stranger"))
    database = project.value("SELECT quote_ident(current_database())")
    project.execute(
        f"""
        CREATE ROLE {owner} LOGIN PASSWORD 'sesame'; CREATE ROLE {stranger} LOGIN PASSWORD 'sesame';
        GRANT CREATE ON DATABASE {database} TO {owner}, {stranger};
        GRANT USAGE, CREATE ON SCHEMA public TO {owner}
        """
    )
    execute(known(small.url, owner), TABLES)
    execute(
        known(small.url, owner),
        f"GRANT ALL ON ALL TABLES IN SCHEMA public TO {stranger}",
    )
    with working(small.url, owner) as first, working(small.url, stranger) as second:
        yield Enemy(project, first, second)
    project.execute(f"DROP OWNED BY {owner} CASCADE; DROP OWNED BY {stranger} CASCADE")
    project.execute(f"DROP ROLE {owner}, {stranger}")


def known(url: DatabaseUrl, role: str) -> DatabaseUrl:
    return DatabaseUrl(conninfo.make_conninfo(url.conninfo, user=role, password="sesame"))


@contextmanager
def working(url: DatabaseUrl, role: str) -> Iterator[Connection]:
    """A session of the old application's."""
    with connect(known(url, role), search_path=["gnkmigrate_legacy", "public"]) as session:
        session.execute("SET row_security = on")
        yield session


def written(session: Connection) -> list[str]:
    """What is written by each application; gives the SQLSTATE of what was refused."""
    refused = []
    for write in WRITES:
        try:
            with session.transaction():
                session.execute(write.encode())
                session.execute("SET CONSTRAINTS ALL IMMEDIATE")
        except psycopg.Error as error:
            refused.append(f"{write}: {error.diag.message_primary}")
    return refused


def test_what_an_owner_plants_runs_as_the_owner(enemy: Enemy) -> None:
    enemy.project.up()
    not_reached = []
    for name, text in PLANTED.items():
        before = enemy.calls("reached")
        # A session of its own: one that has planned a function keeps the types of its columns.
        with (
            working(enemy.project.url, enemy.owner.info.user) as session,
            session.transaction(force_rollback=True),
        ):
            session.execute(text.encode())
            written(session)
        if enemy.calls("reached") == before:
            not_reached.append(name)
        assert enemy.calls("risen") == 0, name
    assert not_reached == []


def test_who_writes_sets_it_off_as_the_owner_or_himself(enemy: Enemy) -> None:
    enemy.project.up()
    together = ("trigger AFTER on place", "trigger BEFORE on bill", "deferred trigger", "index")
    for name in together:
        enemy.owner.execute(PLANTED[name].replace(" z ", f" z{secrets.token_hex(4)} ").encode())
    before = enemy.calls("reached")
    assert written(enemy.stranger) == []
    assert enemy.calls("reached") > before
    assert enemy.calls("risen") == 0


def test_planted_names_are_not_found(enemy: Enemy) -> None:
    enemy.project.up()
    for name, text in SHADOWS.items():
        with enemy.owner.transaction(force_rollback=True):
            enemy.owner.execute(
                f"SET LOCAL search_path = gnkmigrate_legacy, public; {text};"
                "SET LOCAL search_path = trap, pg_temp, gnkmigrate_legacy, public,"
                " pg_catalog".encode()
            )
            for write in WRITES[:3]:
                with enemy.owner.transaction():
                    enemy.owner.execute(
                        write.replace("orders", "gnkmigrate_legacy.orders").encode()
                    )
        assert enemy.calls("risen") == 0, name


def test_nobody_calls_what_triggers_call(enemy: Enemy) -> None:
    enemy.project.up()
    stranger = enemy.stranger.info.user
    # As the hint for whoever wants to read the journal says.
    enemy.project.execute(f"GRANT USAGE ON SCHEMA gnkmigrate TO {stranger}")
    functions = enemy.project.rows(
        "SELECT pg_proc.oid::regprocedure::text, prorettype = 'trigger'::regtype FROM pg_proc"
        " WHERE pronamespace = 'gnkmigrate'::regnamespace AND proname NOT IN ('built', 'kept')"
    )
    assert len(functions) > 8
    enemy.stranger.execute("CREATE TEMP TABLE mine (id int, street text, amount int, note text)")
    for signature, triggered in functions:
        name = signature.partition("(")[0]
        call = (
            f"CREATE TRIGGER z BEFORE INSERT ON pg_temp.mine FOR EACH ROW EXECUTE FUNCTION {name}()"
            if triggered
            else f"SELECT {name}(NULL)"
        )
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="permission denied"):
            enemy.stranger.execute(call.encode())
    # What anybody may call does what he could do without it.
    enemy.stranger.execute("SELECT gnkmigrate.kept('superuser'::text, 'gnk.role')")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        enemy.stranger.execute("SELECT gnkmigrate.kept(1, 'session_replication_role')")


@pytest.mark.parametrize("who", ["owner", "stranger"])
def test_what_is_kept_is_nobodys_to_read(enemy: Enemy, who: str) -> None:
    enemy.project.up()
    session = enemy.owner if who == "owner" else enemy.stranger
    tables = ["run", "step", "memory", "alembic_version", "overflow"]
    attempts = [f"SELECT FROM gnkmigrate.{table}" for table in tables]
    attempts += [f"DELETE FROM gnkmigrate.{table}" for table in tables]
    attempts += [
        "CREATE TABLE gnkmigrate.mine ()",
        "CREATE TABLE gnkmigrate_archive.mine ()",
        "CREATE VIEW gnkmigrate_legacy.mine AS SELECT 1",
        "CREATE FUNCTION gnkmigrate.mine() RETURNS int LANGUAGE sql RETURN 1",
        "DROP SCHEMA gnkmigrate CASCADE",
    ]
    attempts += ["SELECT FROM gnkmigrate_archive.lines"] if who == "stranger" else []
    for attempt in attempts:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            session.execute(attempt.encode())


def test_an_owner_who_takes_our_function_has_it_for_himself(enemy: Enemy) -> None:
    enemy.project.up()
    ((function,),) = enemy.project.rows(
        "SELECT DISTINCT tgfoid::regproc::text FROM pg_trigger"
        " WHERE tgrelid = 'public.place'::regclass AND NOT tgisinternal"
    )
    taken = "trap." + function.partition(".")[2]
    enemy.owner.execute(
        f"ALTER FUNCTION {function}() SET SCHEMA trap; CREATE OR REPLACE FUNCTION {taken}()"
        " RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS"
        " 'BEGIN PERFORM trap.rise(); RETURN NEW; END'".encode()
    )
    enemy.stranger.execute("UPDATE public.place SET road = road || '?'")
    assert enemy.calls("reached") > 0
    assert enemy.calls("risen") == 0


def test_nobody_else_tells_our_triggers_to_stand_back(enemy: Enemy) -> None:
    """What the stranger writes reaches both shapes, from a trigger of his own as well."""
    enemy.project.up()
    enemy.stranger.execute(
        """
        CREATE TEMP TABLE mine (id int);
        CREATE FUNCTION pg_temp.write() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            UPDATE orders SET street = 'Ash 2', amount = 8, note = 'b' WHERE id = NEW.id;
            UPDATE lines SET text = 'b' WHERE id = NEW.id;
            RETURN NULL;
        END $$;
        CREATE TRIGGER z AFTER UPDATE ON mine FOR EACH ROW EXECUTE FUNCTION pg_temp.write();
        INSERT INTO mine VALUES (2);
        SET gnkmigrate.following = 'on'; SET gnkmigrate.filling = 'on';
        UPDATE orders SET street = 'Ash 2', amount = 8, note = 'b' WHERE id = 1;
        UPDATE lines SET text = 'b' WHERE id = 1;
        UPDATE mine SET id = id
        """
    )
    assert enemy.project.rows(
        "SELECT orders.id, road, price, orders.note, text FROM public.orders"
        " JOIN public.place ON place.id = place_id JOIN public.bill ON order_id = orders.id"
        " JOIN public.lines ON lines.id = orders.id WHERE orders.id < 3 ORDER BY 1"
    ) == [(1, "Ash 2", 8, "b", "b"), (2, "Ash 2", 8, "b", "b")]  # fmt: skip


def test_what_runs_as_the_owner_does_not_make_the_stranger_one(enemy: Enemy) -> None:
    """Old and new columns stay in step, whoever else acts while he says that they are filled."""
    enemy.project.up()
    enemy.owner.execute(
        "CREATE FUNCTION public.write() RETURNS void LANGUAGE sql SECURITY DEFINER"
        " AS $$ UPDATE public.orders SET note = 'c' WHERE id = 1 $$"
    )
    enemy.stranger.execute("SET gnkmigrate.filling = 'on'; SELECT public.write()")
    assert enemy.project.rows(
        "SELECT note::text, gnkmigrate_kept_note::text FROM public.orders WHERE id = 1"
    ) == [("c", "c")]


_TRIGGER = (
    "TRIGGER z BEFORE INSERT OR DELETE ON public.{0} FOR EACH ROW EXECUTE FUNCTION trap.spring();"
    " ALTER TABLE public.{0} ENABLE ALWAYS TRIGGER z"
)
# While which step what is planted, and taken away again.
MEANWHILE = {
    "index": (
        "rows of new columns of public.orders",
        "CREATE INDEX z ON public.orders (trap.calm(gnkmigrate_note))",
        "DROP INDEX public.z",
    ),
    "check": (
        "rows of new columns of public.orders",
        "ALTER TABLE public.orders ADD CONSTRAINT z CHECK (trap.rise()) NOT VALID",
        "ALTER TABLE public.orders DROP CONSTRAINT z",
    ),
    "check of a split": (
        "rows of public.place",
        "ALTER TABLE public.orders ADD CONSTRAINT z CHECK (trap.rise()) NOT VALID",
        "ALTER TABLE public.orders DROP CONSTRAINT z",
    ),
    **{
        f"trigger of {table}, {step}": (
            step,
            f"CREATE {_TRIGGER.format(table)}",
            f"DROP TRIGGER z ON public.{table}",
        )
        for table, step in (
            ("place", "rows of public.place"),
            ("place", "rows of public.place that public.orders does not use"),
            ("bill", "rows of public.bill"),
        )
    },
}


@pytest.mark.parametrize("planted", MEANWHILE)
def test_what_is_planted_while_rows_are_filled_stops_the_fill(enemy: Enemy, planted: str) -> None:
    """No preflight can see it; once it is taken away, the same command goes on."""
    step, text, removed = MEANWHILE[planted]

    def plant(event: events.Event) -> None:
        if isinstance(event, events.StepStarted) and event.step == step:
            unused = "INSERT INTO public.place (road) VALUES ('Of nobody')"
            enemy.owner.execute(f"{unused if 'use' in step else ''}; {text}".encode())

    with pytest.raises(PhaseFailed, match=r"others have put code|changed what writing to"):
        enemy.project.up(plant, through="phase1")
    assert enemy.calls("risen") == 0
    enemy.owner.execute(removed.encode())
    enemy.project.up(through="phase1")
    assert enemy.calls("risen") == 0
