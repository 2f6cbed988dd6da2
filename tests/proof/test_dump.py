"""How pg_dump's text comes apart, so that equal schemas are equal pieces."""

import pytest

from gnkmigrate.proof.dump import OWNER, Piece, difference, pieces, statements

END = "--\n-- PostgreSQL database dump complete\n--\n\n"


def dump(*entries: tuple[str, str, str]) -> str:
    """A dump of entries, each its type, its name and its text."""
    body = "".join(
        f"--\n-- Name: {name}; Type: {type_}; Schema: public; Owner: me\n--\n\n{text}\n\n\n"
        for type_, name, text in entries
    )
    return f"SET statement_timeout = 0;\n\n{body}{END}"


ITEM = """CREATE TABLE public.item (
    id integer NOT NULL,
    name text DEFAULT 'a,
    b'::text
);"""


def test_the_order_of_columns_is_no_difference() -> None:
    other = ITEM.replace(",\n    name text DEFAULT 'a,\n    b'::text\n", "\n").replace(
        "(\n    id", "(\n    name text DEFAULT 'a,\n    b'::text,\n    id"
    )
    assert other != ITEM
    assert statements(dump(("TABLE", "item", ITEM))) == statements(dump(("TABLE", "item", other)))


def test_an_owner_is_a_piece_of_its_own() -> None:
    owned = f"{ITEM}\n\n\nALTER TABLE public.item OWNER TO me;"
    found = list(pieces(dump(("TABLE", "item", owned))))
    assert [each[:3] for each in found] == [(OWNER, "public", "item"), ("TABLE", "public", "item")]
    assert found[0].text == "ALTER TABLE public.item OWNER TO me;"
    assert str(found[1]) == "TABLE public.item"


def test_the_order_of_privileges_is_no_difference() -> None:
    grants = ["GRANT SELECT ON TABLE public.item TO a;", "GRANT UPDATE ON TABLE public.item TO b;"]
    one, other = ("\n".join(each) for each in (grants, grants[::-1]))
    entry = ("ACL", "TABLE item")
    assert statements(dump((*entry, one))) == statements(dump((*entry, other))) == grants


def test_the_lines_of_a_body_stay_in_their_order() -> None:
    one = "CREATE FUNCTION public.f() RETURNS int\n    AS $$\nSELECT 1;\n\nSELECT 2;\n$$;"
    other = one.replace("SELECT 1;\n\nSELECT 2;", "SELECT 2;\n\nSELECT 1;")
    texts = [statements(dump(("FUNCTION", "f()", each))) for each in (one, other)]
    assert texts[0] == [one]
    assert difference(*texts).splitlines()[2:] != []
    assert difference(texts[0], texts[0]) == ""


def test_a_table_is_of_the_access_method_that_was_set_before_it() -> None:
    text = f"SET default_table_access_method = columnar;\n\n{ITEM}"
    (found,) = pieces(dump(("TABLE", "item", text)))
    assert found.text.endswith("\n-- USING columnar")
    (usual,) = pieces(dump(("TABLE", "item", text.replace("columnar", "heap"))))
    assert usual == Piece("TABLE", "public", "item", usual.text)
    assert "USING" not in usual.text


def test_what_was_cut_off_is_no_dump() -> None:
    with pytest.raises(ValueError, match="has no end"):
        statements(dump(("TABLE", "item", ITEM)).replace(END, ""))
