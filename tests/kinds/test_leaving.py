"""What a child has by itself and what of its parents: only leaving them makes it its own."""

import pytest

from gnkmigrate.diff.beside import not_compared
from gnkmigrate.diff.compare import compare
from gnkmigrate.diff.rename_options import read_renames
from gnkmigrate.diff.renames import renamed_by
from gnkmigrate.kinds.change import Unplannable
from gnkmigrate.servers import Server
from tests.kinds.converge import converge, planned
from tests.plan.support import pair

A = "CREATE TABLE a (id integer, CONSTRAINT positive CHECK (id > 0));"
B = "CREATE TABLE b (size integer);"


def test_columns_become_its_own(server: Server) -> None:
    inherited, own = (
        "CREATE TABLE c () INHERITS (b);",
        "CREATE TABLE c (size integer) INHERITS (b);",
    )
    assert converge_there(server, B + inherited, B + own) == [
        "ALTER TABLE public.c NO INHERIT public.b",
        "ALTER TABLE public.c INHERIT public.b",
    ]


def test_columns_become_its_own_with_settings(server: Server) -> None:
    parent = "CREATE TABLE b (word text);"
    inherited = parent + "CREATE TABLE c () INHERITS (b);"
    changed = inherited + "ALTER TABLE c ALTER word SET STORAGE main, ALTER word SET STATISTICS 7;"
    own = (
        parent
        + """CREATE TABLE c (word text) INHERITS (b);
        ALTER TABLE c ALTER word SET STORAGE external, ALTER word SET STATISTICS 5;"""
    )
    converge_there(server, inherited, own)
    converge_there(server, changed, own)


def test_a_check_becomes_its_own_with_a_column(server: Server) -> None:
    inherited = "CREATE TABLE c () INHERITS (a, b);"
    own = """CREATE TABLE c (id integer, size integer, CONSTRAINT positive CHECK (id > 0))
        INHERITS (a, b);"""
    there = converge_there(server, A + B + inherited, A + B + own)
    assert all(" INHERIT public." in each for each in there)
    changed = A.replace("id > 0", "id > 5") + B
    converge_there(server, changed + inherited, A + B + own)


def test_a_parent_that_has_the_column_of_its_own_parent(server: Server) -> None:
    middle = B + "CREATE TABLE m () INHERITS (b);"
    inherited, own = (
        "CREATE TABLE c () INHERITS (m);",
        "CREATE TABLE c (size integer) INHERITS (m);",
    )
    assert len(converge_there(server, middle + inherited, middle + own)) == 2


def test_the_order_of_the_parents_stays(server: Server) -> None:
    inherited = "CREATE TABLE c () INHERITS (b, d);"
    own = "CREATE TABLE c (size integer, day date) INHERITS (b, d);"
    parents = B + "CREATE TABLE d (day date);"
    converge_there(server, parents + inherited, parents + own)


def test_the_order_of_the_parents_changes(server: Server) -> None:
    parents = B + "CREATE TABLE d (day date);"
    own = "CREATE TABLE c (size integer, day date) INHERITS ({});"
    converge(server, parents + own.format("b, d"), parents + own.format("d, b"))


def test_more_would_become_its_own(server: Server) -> None:
    old, new = "CREATE TABLE c () INHERITS (a);", "CREATE TABLE c (id integer) INHERITS (a);"
    with pytest.raises(Unplannable, match=r"but not constraint public\.c\.positive"):
        planned(server, A + old, A + new)


@pytest.mark.parametrize(
    ("own", "kept"),
    [
        ("CREATE TABLE c (id integer) INHERITS (a);", {"column": ("public.c.id",)}),
        (
            "CREATE TABLE c (CONSTRAINT positive CHECK (id > 0)) INHERITS (a);",
            {"constraint": ("public.c.positive",)},
        ),
        (
            "CREATE TABLE c ();",
            {"column": ("public.c.id",), "constraint": ("public.c.positive",)},
        ),
    ],
)
def test_what_stays_its_own_is_told(
    server: Server, own: str, kept: dict[str, tuple[str, ...]]
) -> None:
    with pair(server, A + own, A + "CREATE TABLE c () INHERITS (a);") as given:
        found = not_compared(given.source, given.target)
    assert {each.kind: each.names for each in found if "inherits" in each.reason} == kept
    assert not any(each.on_purpose for each in found)


@pytest.mark.parametrize(
    ("renamed", "said"),
    [
        ("table public.a = b", A.replace(" a ", " b ") + "CREATE TABLE c () INHERITS (b);"),
        ("table public.c = d", A + "CREATE TABLE d () INHERITS (a);"),
        ("column public.a.id = no", A.replace("id", "no") + "CREATE TABLE c () INHERITS (a);"),
    ],
)
def test_nothing_is_told_where_a_family_has_other_names(
    server: Server, renamed: str, said: str
) -> None:
    with pair(server, A + "CREATE TABLE c () INHERITS (a);", said) as given:
        changes = compare(given.source, given.target, read_renames([renamed]))
        assert not_compared(given.source, given.target, renamed_by(changes)) == ()


def test_what_a_partition_has_is_its_parent_s(server: Server) -> None:
    parent = "CREATE TABLE p (id integer) PARTITION BY RANGE (id);"
    joined = "CREATE TABLE c PARTITION OF p DEFAULT;"
    with pair(server, parent + "CREATE TABLE c (id integer);", parent + joined) as given:
        assert not_compared(given.source, given.target) == ()


def test_a_child_that_has_all_by_itself_is_joined(server: Server) -> None:
    parent = A.replace("id integer", "id bigint NOT NULL, note text DEFAULT 'x'")
    joined = """CREATE TABLE c (id bigint NOT NULL, note text, CONSTRAINT positive CHECK (id > 0));
        ALTER TABLE c INHERIT a;"""
    apart = "CREATE TABLE c (id integer, note text, CONSTRAINT positive CHECK (id > 0));"
    converge(server, parent + apart, parent + joined)


def test_a_part_goes_from_parent_and_child(server: Server) -> None:
    parent = "CREATE TABLE z (id integer, note text, CONSTRAINT positive CHECK (id > 0));"
    child = """CREATE TABLE c (note text, id integer, CONSTRAINT positive CHECK (id > 0))
        INHERITS (z);"""
    less = "CREATE TABLE z (id integer); CREATE TABLE c (id integer) INHERITS (z);"
    converge(server, parent + child, less)


def test_a_part_goes_with_the_parent_that_has_it_too(server: Server) -> None:
    old = "CREATE TABLE c (size integer) INHERITS (b);"
    with pytest.raises(Unplannable, match=r"column public\.c\.size goes, .* has it of public\.b"):
        planned(server, B + old, B + "CREATE TABLE c ();")


@pytest.mark.parametrize(
    ("parent", "child"),
    [
        ("CREATE TABLE p (a integer{});", "CREATE TABLE c ({}) INHERITS (p);"),
        (
            "CREATE TABLE p (a integer{}) PARTITION BY LIST (a);",
            "CREATE TABLE c PARTITION OF p DEFAULT; ALTER TABLE c ADD {};",
        ),
    ],
)
def test_a_check_of_one_name_passes_from_child_to_parent(
    server: Server, parent: str, child: str
) -> None:
    own = parent.format("") + child.format("CONSTRAINT k CHECK (a > 5)")
    plain = child.format("").replace(" ALTER TABLE c ADD ;", "")
    of_parent = parent.format(", CONSTRAINT k CHECK (a > 0)") + plain
    ways = converge(server, own, of_parent)
    assert ways.there[0] == "ALTER TABLE public.c DROP CONSTRAINT k"
    assert ways.back[0] == "ALTER TABLE public.p DROP CONSTRAINT k"


CHECKED = "CREATE TABLE p (a integer, CONSTRAINT k CHECK (a > {}){});"
CHECKED_TOO = "CREATE TABLE c (CONSTRAINT k CHECK (a > {})) INHERITS (p);"
INHERITS = "CREATE TABLE c () INHERITS (p);"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (
            CHECKED.format(0, " NO INHERIT") + CHECKED_TOO.format(5),
            CHECKED.format(0, "") + INHERITS,
        ),
        # Both have it, and it is another one for both.
        (CHECKED.format(5, "") + CHECKED_TOO.format(5), CHECKED.format(0, "") + INHERITS),
        (
            CHECKED.format(5, "") + CHECKED_TOO.format(5),
            CHECKED.format(0, "") + CHECKED_TOO.format(0),
        ),
    ],
)
def test_a_check_of_one_name_is_another_one_above(server: Server, old: str, new: str) -> None:
    converge(server, old, new)


def test_a_check_passes_from_one_parent_to_another(server: Server) -> None:
    first, second = "CREATE TABLE p (a integer{});", "CREATE TABLE q (a integer{});"
    child, check = "CREATE TABLE c () INHERITS (p, q);", ", CONSTRAINT k CHECK (a > {})"
    converge(
        server,
        first.format(check.format(0)) + second.format("") + child,
        first.format("") + second.format(check.format(5)) + child,
    )


def converge_there(server: Server, old: str, new: str) -> list[str]:
    """Only there: what a table has by itself it does not lose again."""
    return converge(server, old, new, back=False).there


def test_defaults_go_with_the_columns_of_a_parent(server: Server) -> None:
    parent = "CREATE TABLE p (id integer, size integer DEFAULT 2);"
    there = converge_there(
        server,
        f"{parent} CREATE TABLE c (own integer) INHERITS (p);",
        f"{parent} CREATE TABLE c (id integer, own integer);",
    )
    assert there == [
        "ALTER TABLE public.c NO INHERIT public.p",
        "ALTER TABLE public.c DROP COLUMN size",
    ]


def test_a_check_of_a_parent_that_stays(server: Server) -> None:
    """It goes with the parent's, while the table joins another parent."""
    check = "CREATE TABLE a (id integer, CONSTRAINT positive CHECK (id > 0){});"
    rest = "CREATE TABLE m () INHERITS (a); CREATE TABLE c (size integer) INHERITS (a, m);"
    converge(
        server,
        check.format("") + rest + "ALTER TABLE c NO INHERIT m;",
        check.format(" NO INHERIT") + rest,
    )


@pytest.mark.parametrize("before", ["", " NO INHERIT"])
def test_a_check_comes_from_above_once_a_table_has_left(server: Server, before: str) -> None:
    """It has one of that name by itself afterwards."""
    above = "CREATE TABLE a (id integer{}); CREATE TABLE m () INHERITS (a);"
    check = ", CONSTRAINT positive CHECK (id > 0)"
    converge_there(
        server,
        above.format(check + before if before else "") + "CREATE TABLE c () INHERITS (m);",
        above.format(check) + f"CREATE TABLE c (id integer{check});",
    )
