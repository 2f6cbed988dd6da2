from gnkmigrate.demo.dump import comparable

ONE = r"""
--
-- PostgreSQL database dump
--
\restrict abc

CREATE TABLE public.a (
    x integer,
    y text DEFAULT ','::text
);

CREATE INDEX a_x ON public.a (x);
\unrestrict abc
"""
OTHER = r"""
\restrict def
CREATE TABLE public.a (
    y text DEFAULT ','::text,
    x integer
);
CREATE INDEX a_x ON public.a (x);
"""


def test_the_order_of_columns_and_the_marks_of_a_dump_make_no_difference() -> None:
    assert comparable(ONE) == comparable(OTHER)


def test_all_else_does() -> None:
    assert comparable(ONE) != comparable(ONE.replace("integer", "bigint"))
    assert comparable(ONE) != comparable(ONE.replace("(x)", "(y)"))
