"""What a plan's own statements would run of others is asked about before the first of them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from gnkmigrate.errors import PhaseRefused
from gnkmigrate.kinds.statement import Statement
from gnkmigrate.postgres.connection import connect
from gnkmigrate.run.plan_code import code_of_plan
from gnkmigrate.servers import Server
from tests.apply.kept import kept
from tests.support import execute

TABLE = "CREATE TABLE t (id int PRIMARY KEY, n text);"
FUNCTION = """CREATE FUNCTION public.fits({0}) RETURNS {1} IMMUTABLE LANGUAGE plpgsql
    AS 'BEGIN RETURN {2}; END'; ALTER FUNCTION public.fits({0}) OWNER TO gnk_lesser;"""
FITS = FUNCTION.format("text", "boolean", "true")
MADE = FUNCTION.format("int", "int", "1")
# What the target declares, and the function that it calls.
DECLARED = {
    "a check": (TABLE.replace("n text", "n text CHECK (public.fits(n))"), FITS),
    "a default": (TABLE.replace(")", ", more int DEFAULT public.fits(3))", 1), MADE),
    "a generated column": (
        TABLE.replace("n text)", "n text, more int GENERATED ALWAYS AS (public.fits(id)) STORED)"),
        MADE,
    ),
    "a materialized view": (
        TABLE + "CREATE MATERIALIZED VIEW seen AS SELECT public.fits(id) FROM t;",
        MADE,
    ),
    "one over a view": (
        TABLE + "CREATE VIEW v AS SELECT public.fits(id) FROM t;"
        "CREATE MATERIALIZED VIEW seen AS SELECT * FROM v;",
        MADE,
    ),
    "a check of a domain": (
        "CREATE DOMAIN word AS text CHECK (public.fits(VALUE));"
        + TABLE.replace("n text", "n word"),
        FITS,
    ),
}


@pytest.fixture
def lesser(server: Server) -> Iterator[str]:
    execute(server.url, "CREATE ROLE gnk_lesser")
    yield "gnk_lesser"
    execute(server.url, "DROP ROLE gnk_lesser")


@pytest.mark.parametrize(("declared", "function"), DECLARED.values(), ids=DECLARED.keys())
def test_what_a_statement_evaluates_is_asked_about(
    server: Server, lesser: str, tmp_path: Path, declared: str, function: str
) -> None:
    rows = "INSERT INTO t VALUES (1, 'a')"
    with kept(server, function + TABLE, function + declared, tmp_path, rows) as it:
        with pytest.raises(PhaseRefused) as refused:
            it.apply()
        assert any(f"of {lesser}" in line for line in refused.value.details), refused.value.details
        it.apply(trusted=True)
        assert it.left() == []


def test_each_command_of_a_transaction_counts(server: Server, lesser: str) -> None:
    with server.database() as url:
        execute(url, FITS + TABLE)
        check = "ALTER TABLE public.t ADD CHECK (public.fits(n))"
        several = Statement(f"GRANT SELECT ON public.t TO {lesser};\n{check}", "", is_several=True)
        alone = Statement(f"GRANT SELECT ON public.t TO {lesser}", "")
        with connect(url) as session:
            assert code_of_plan(session, [alone], ()) == ()
            (line,) = code_of_plan(session, [several], ())
        assert line == f"function public.fits(text) of {lesser}"


def test_what_a_plan_merely_names_is_not(server: Server, lesser: str, tmp_path: Path) -> None:
    del lesser
    named = FITS + TABLE + "CREATE VIEW v AS SELECT public.fits(n) FROM t;"
    named += "COMMENT ON FUNCTION public.fits(text) IS 'it';"
    with kept(server, FITS + TABLE, named, tmp_path) as it:
        it.apply()
        assert it.left() == []
