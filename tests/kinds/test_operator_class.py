"""Operator classes and families: what is read of them, and how each property is changed."""

from gnkmigrate.servers import Server
from tests.kinds.converge import converge

TYPE = """
    CREATE TYPE pair AS (a integer, b integer);
    CREATE FUNCTION lt(pair, pair) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT true';
    CREATE FUNCTION gt(pair, pair) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT true';
    CREATE FUNCTION lt(pair, integer) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT true';
    CREATE FUNCTION cmp(pair, pair) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT 0';
    CREATE FUNCTION cmp(pair, integer) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT 0';
    CREATE OPERATOR <<< (FUNCTION = lt, LEFTARG = pair, RIGHTARG = pair);
    CREATE OPERATOR >>> (FUNCTION = gt, LEFTARG = pair, RIGHTARG = pair);
    CREATE OPERATOR <<< (FUNCTION = lt, LEFTARG = pair, RIGHTARG = integer);
"""
MEMBERS = "OPERATOR 1 <<<, FUNCTION 1 cmp(pair, pair)"
CLASS = f"CREATE OPERATOR CLASS pairs FOR TYPE pair USING btree AS {MEMBERS};"
FAMILY = "CREATE OPERATOR FAMILY pairs USING btree;"
INDEXED = "CREATE TABLE t (p pair); CREATE INDEX i ON t (p pairs);"


def test_a_class_comes_with_the_family_that_postgresql_makes_for_it(server: Server) -> None:
    there, back = converge(server, "", CLASS, shared=TYPE)
    assert there == [
        "CREATE OPERATOR FAMILY public.pairs USING btree",
        (
            "CREATE OPERATOR CLASS public.pairs FOR TYPE public.pair USING btree"
            " FAMILY public.pairs AS OPERATOR 1 public.<<< (public.pair, public.pair),"
            " FUNCTION 1 (public.pair, public.pair) public.cmp(public.pair,public.pair)"
        ),
    ]
    assert back == [
        "DROP OPERATOR CLASS public.pairs USING btree",
        "DROP OPERATOR FAMILY public.pairs USING btree",
    ]


def test_all_of_it_comes_and_goes(server: Server) -> None:
    converge(server, "", f"{TYPE} {CLASS} {INDEXED}")


def test_what_makes_a_class_anew(server: Server) -> None:
    converge(server, CLASS, CLASS.replace("FOR TYPE", "DEFAULT FOR TYPE"), shared=TYPE)
    families = f"{FAMILY} CREATE OPERATOR FAMILY other USING btree;"
    other = CLASS.replace("btree AS", "btree FAMILY other AS")
    converge(server, f"{families} {CLASS}", f"{families} {other}", shared=TYPE)
    type_ = CLASS.replace("FOR TYPE pair", "FOR TYPE integer").replace(MEMBERS, "OPERATOR 1 <")
    converge(server, CLASS, type_, shared=TYPE)


def test_the_type_that_an_index_stores(server: Server) -> None:
    plain = "CREATE OPERATOR CLASS c FOR TYPE integer[] USING gin AS FUNCTION 2 ginarrayextract"
    plain += "(anyarray, internal, internal)"
    converge(server, f"{plain};", f"{plain}, STORAGE integer;")
    converge(server, "", "CREATE OPERATOR CLASS c FOR TYPE integer USING brin AS STORAGE integer;")


def test_members_are_added_in_place_and_never_taken_away(server: Server) -> None:
    more = CLASS.replace("OPERATOR 1 <<<", "OPERATOR 1 <<<, OPERATOR 5 >>>")
    there, back = converge(server, f"{CLASS} {INDEXED}", f"{more} {INDEXED}", shared=TYPE)
    assert there == [
        (
            "ALTER OPERATOR FAMILY public.pairs USING btree"
            " ADD OPERATOR 5 public.>>> (public.pair, public.pair)"
        )
    ]
    assert [each.split(" public")[0] for each in back] == [
        "DROP INDEX CONCURRENTLY",
        "DROP OPERATOR CLASS",
        "CREATE OPERATOR CLASS",
        "CREATE INDEX CONCURRENTLY i ON",
    ]


def test_what_is_for_two_types_is_loose_in_the_family(server: Server) -> None:
    loose = """ALTER OPERATOR FAMILY pairs USING btree ADD
        OPERATOR 1 <<< (pair, integer), FUNCTION 1 (pair, integer) cmp(pair, integer);"""
    inside = CLASS.replace(
        MEMBERS,
        f"{MEMBERS}, OPERATOR 1 <<< (pair, integer), FUNCTION 1 (pair, integer) cmp(pair, integer)",
    )
    there, back = converge(server, CLASS, f"{CLASS} {loose}", shared=TYPE)
    assert there == [
        (
            "ALTER OPERATOR FAMILY public.pairs USING btree"
            " ADD FUNCTION 1 (public.pair, integer) public.cmp(public.pair,integer)"
        ),
        (
            "ALTER OPERATOR FAMILY public.pairs USING btree"
            " ADD OPERATOR 1 public.<<< (public.pair, integer)"
        ),
    ]
    assert back == [
        "ALTER OPERATOR FAMILY public.pairs USING btree DROP FUNCTION 1 (public.pair, integer)",
        "ALTER OPERATOR FAMILY public.pairs USING btree DROP OPERATOR 1 (public.pair, integer)",
    ]
    assert converge(server, f"{CLASS} {loose}", inside, shared=TYPE) == ([], [])


def test_a_loose_member_becomes_another(server: Server) -> None:
    loose = f"{FAMILY} ALTER OPERATOR FAMILY pairs USING btree ADD OPERATOR 1 <<< (pair, pair);"
    converge(server, loose, loose.replace("<<<", ">>>"), shared=TYPE)
    converge(server, loose, CLASS, shared=TYPE)


def test_an_operator_that_orders(server: Server) -> None:
    member = """CREATE OPERATOR FAMILY points USING gist; ALTER OPERATOR FAMILY points USING gist
        ADD OPERATOR 15 <-> (point, point){};"""
    ordering = member.format(" FOR ORDER BY float_ops")
    converge(server, "", ordering)
    converge(server, member.format(" FOR SEARCH").replace("<->", "<<"), ordering)
    other = """CREATE OPERATOR FAMILY mine USING btree;"""
    converge(server, ordering, ordering.replace("float_ops", "mine"), shared=other)


def test_a_replaced_operator_takes_its_place_again(server: Server) -> None:
    class_ = CLASS.replace("OPERATOR 1 <<<", "OPERATOR 1 <<<, OPERATOR 5 >>>")
    other = TYPE.replace("FUNCTION = gt", "FUNCTION = lt")
    converge(server, f"{TYPE} {class_} {INDEXED}", f"{other} {class_} {INDEXED}")


def test_names_are_changed_in_place(server: Server) -> None:
    class_ = CLASS.replace("btree AS", "btree FAMILY pairs AS")
    old = class_.replace("CLASS pairs", 'CLASS "TwoInts"')
    new = class_.replace("CLASS pairs", "CLASS two_ints")
    assert converge(server, FAMILY + old, FAMILY + new, shared=TYPE).there == [
        'ALTER OPERATOR CLASS public."TwoInts" USING btree RENAME TO two_ints'
    ]


def test_comments_come_and_go(server: Server) -> None:
    comments = """COMMENT ON OPERATOR CLASS pairs USING btree IS 'c';
        COMMENT ON OPERATOR FAMILY pairs USING btree IS 'f';"""
    converge(server, CLASS, CLASS + comments, shared=TYPE)


def test_a_family_has_an_operator_once(server: Server) -> None:
    loose = f"{FAMILY} ALTER OPERATOR FAMILY pairs USING btree ADD OPERATOR 1 <<< (pair, pair);"
    there = converge(server, loose, loose.replace("OPERATOR 1", "OPERATOR 2"), shared=TYPE).there
    assert [each.split("btree ")[1].split()[0] for each in there] == ["DROP", "ADD"]
