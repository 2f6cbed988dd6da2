"""What pg_dump says of two databases, and which of its differences count."""

from collections import Counter

from gnkmigrate.postgres.connection import DatabaseUrl
from gnkmigrate.proof.dump import OWNER, Piece
from gnkmigrate.proof.new_names import under_new_names
from gnkmigrate.proof.ownership import Open
from gnkmigrate.proof.plan_claims import Said
from gnkmigrate.proof.schema import Schema, schema, unlike
from gnkmigrate.proof.scope import Scope
from gnkmigrate.servers import Server
from tests.support import execute

VIEW = Piece("VIEW", "public", "v", "CREATE VIEW public.v AS\n SELECT 1;")


def owner(role: str) -> Piece:
    return Piece(OWNER, "public", "v", f"ALTER VIEW public.v OWNER TO {role};")


def grant(role: str) -> Piece:
    return Piece("ACL", "public", "TABLE v", f"GRANT SELECT ON TABLE public.v TO {role};")


def of(*pieces: Piece) -> Schema:
    return Counter(pieces)


def names(found: Schema) -> list[str]:
    return sorted({f"{piece.schema}.{piece.name}" for piece in found})


def test_the_two_texts_stand_under_the_name_of_the_object() -> None:
    other = VIEW._replace(text=VIEW.text.replace("1", "2"))
    assert unlike(of(VIEW), of(VIEW)) == ()
    assert unlike(of(other), of(VIEW)) == (
        "VIEW public.v",
        "   CREATE VIEW public.v AS",
        "  - SELECT 1;",
        "  + SELECT 2;",
    )


def test_secrets_are_neither_compared_nor_shown(server: Server, database: DatabaseUrl) -> None:
    execute(
        database,
        "CREATE FOREIGN DATA WRAPPER w; CREATE SERVER s FOREIGN DATA WRAPPER w;"
        "CREATE USER MAPPING FOR PUBLIC SERVER s OPTIONS (\"user\" 'u', password 'sesame')",
    )
    before = schema(database, server.major, Scope())
    execute(database, "ALTER USER MAPPING FOR PUBLIC SERVER s OPTIONS (SET password 'other')")
    assert unlike(schema(database, server.major, Scope()), before) == ()
    execute(database, "ALTER USER MAPPING FOR PUBLIC SERVER s OPTIONS (SET \"user\" 'x')")
    found = unlike(schema(database, server.major, Scope()), before)
    assert found[1:] == ("  (its options may hold a secret and are not shown)",)


def test_only_what_is_looked_at_is_compared(server: Server, database: DatabaseUrl) -> None:
    execute(
        database,
        'CREATE SCHEMA "o.dd"; CREATE TABLE "o.dd".t (); CREATE SCHEMA gnkmigrate;'
        "CREATE TABLE kept (id int); CREATE TABLE tmp_a (id int PRIMARY KEY);"
        "CREATE TYPE tmp_b AS (); COMMENT ON TYPE tmp_b IS 'c';"
        "CREATE FUNCTION tmp_c() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    )

    def seen(scope: Scope) -> list[str]:
        return names(schema(database, server.major, scope))

    everything = seen(Scope())
    assert "o.dd.t" in everything
    assert not any("gnkmigrate" in each for each in everything)
    assert seen(Scope(schemas=["public"], ignore=["public.tmp_*"])) == ["public.kept"]
    assert seen(Scope(ignore=["public", "public.*"])) == ["-.o.dd", "o.dd.t"]


OPEN = Open("loader", "farmer", frozenset({"owner", "grants"}))


def test_who_owns_what_the_target_gives_to_nobody_owned_it_before() -> None:
    wanted = of(VIEW, owner("loader"))
    assert OPEN.meant(wanted, of(owner("smith"))) == of(VIEW, owner("smith"))
    assert OPEN.meant(wanted, of()) == of(VIEW, owner("farmer"))
    assert OPEN.meant(of(owner("miller")), of(owner("smith"))) == of(owner("miller"))


def test_what_may_be_done_where_the_target_grants_nothing_is_as_before() -> None:
    before, now = of(VIEW, grant("a")), of(VIEW, grant("b"))
    assert OPEN.stated(now, of(VIEW), before) == of(VIEW)
    assert OPEN.left_open(now, before) == (of(grant("b")), of(grant("a")))
    assert OPEN.left_open(of(), before) == (of(), of())


def test_what_the_target_grants_counts() -> None:
    stating = Open("loader", "farmer", frozenset({"owner"}))
    assert stating.meant(of(grant("a"), grant("loader")), of()) == of(grant("a"), grant("farmer"))
    assert stating.left_open(of(VIEW, grant("b")), of(VIEW, grant("a"))) == (of(), of())


def test_a_schema_that_is_always_there_is_nobodys_to_give() -> None:
    public = Piece(OWNER, "-", "public", "ALTER SCHEMA public OWNER TO smith;")
    assert OPEN.stated(of(public), of(), of(public)) == of()
    assert OPEN.stated(of(public), of(), of()) == of(public)


def test_owners_and_privileges_go_with_a_new_name() -> None:
    before = of(
        owner("smith"),
        Piece(OWNER, "public", "f(public.v)", "ALTER FUNCTION public.f(x public.v) OWNER TO v;"),
        Piece("ACL", "public", "COLUMN v.a", "GRANT SELECT(a) ON TABLE public.v TO v;"),
        Piece("ACL", "-", "SCHEMA s", "GRANT USAGE ON SCHEMA s TO s;"),
    )
    named = {("public", "v"): ("public", "W"), ("public", "v", "a"): ("public", "W", "b")}
    assert under_new_names(before, Said(renamed={**named, ("s",): ("t",)})) == of(
        Piece(OWNER, "public", "W", 'ALTER VIEW public."W" OWNER TO smith;'),
        Piece(
            OWNER, "public", 'f(public."W")', 'ALTER FUNCTION public.f(x public."W") OWNER TO v;'
        ),
        Piece("ACL", "public", 'COLUMN "W".b', 'GRANT SELECT(b) ON TABLE public."W" TO v;'),
        Piece("ACL", "-", "SCHEMA t", "GRANT USAGE ON SCHEMA t TO s;"),
    )
