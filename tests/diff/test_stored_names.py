"""Which names of a printed query follow a rename."""

import pytest

from gnkmigrate.diff.stored_names import Role, name_of, roles, tokens


def _said(text: str, role: Role) -> list[str]:
    found = tokens(text)
    names = zip(map(name_of, found), roles(found), strict=True)
    return [name for name, found_role in names if name is not None and found_role is role]


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        ("(a > 1)", []),
        ("lower(a)", []),
        ("SELECT a FROM public.t", ["a"]),
        ('SELECT t.a, public.f(t.b) AS "F x" FROM public.t', ["a", "F x"]),
        ("SELECT DISTINCT ON (t.b) t.a FROM public.t", ["a"]),
        ("SELECT DISTINCT a, 1 AS one UNION ALL SELECT b, 2", ["a", "one", "b"]),
        ("(EXISTS ( SELECT x.a FROM public.t x WHERE (x.b = y)))", ["a", "x"]),
        ("( SELECT a FROM public.t LIMIT 1)", ["a"]),
        ("SELECT f.y AS y FROM public.f(1) f(y)", ["y", "f", "y"]),
        (
            "SELECT 1 AS one FROM public.f(1) f(y integer, z public.e)",
            ["one", "f", "y", "integer", "z"],
        ),
        ("WITH w AS (SELECT 1 AS x) SELECT x FROM w", ["w", "x", "x"]),
        ("FROM (public.t x(a, k) JOIN public.u USING (a))", ["x", "a", "k", "a"]),
        ("UPDATE public.t SET a = 1 RETURNING a, t.b", ["a", "b"]),
        ("USING btree (a) WHERE (b > 0)", []),
        ("FOREIGN KEY (a) REFERENCES public.t(b)", []),
    ],
)
def test_what_is_written_down_with_a_query(text: str, stored: list[str]) -> None:
    assert _said(text, Role.STORED) == stored


@pytest.mark.parametrize(
    ("text", "qualified"),
    [
        ("SELECT t.a FROM public.t", ["t", "a", "public", "t"]),
        ("('x'::public.e > x)", ["public", "e"]),
        ("a public.e", ["public", "e"]),
    ],
)
def test_what_is_beside_a_dot(text: str, qualified: list[str]) -> None:
    assert _said(text, Role.QUALIFIED) == qualified
