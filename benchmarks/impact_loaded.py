"""How many times as fast the project's queries are in the target, without its phases being run.

    python benchmarks/impact_loaded.py [--rows 1000000]

As impact.py, for sizes at which the phases take their time: the rows are written to the target's
tables by four statements. That is the new shape after `gnkmigrate contract`, with nothing kept.
"""

import argparse
from collections.abc import Iterator
from pathlib import Path

from psycopg import sql
from stall import ROOT

from gnkmigrate.demo import data
from gnkmigrate.facts.files import read_scripts
from gnkmigrate.facts.script import run_scripts
from gnkmigrate.impact.measuring import measure
from gnkmigrate.impact.outcome import QueryImpact
from gnkmigrate.impact.query import SHAPES, Query, Shape, load
from gnkmigrate.postgres.connection import Connection, DatabaseUrl, connect
from gnkmigrate.servers import throwaway
from gnkmigrate.settings import ServerSettings

QUERIES = ROOT / "audits" / "queries"
PATHS = {"before": ["old", "public"], "after": ["public"]}
TIMEOUT_S = 600


def load_both(url: DatabaseUrl, rows: int) -> None:
    """MineGNK as the report found it in the schema old, and the same rows in its target."""
    with connect(url, search_path=["public"]) as session:
        session.execute("SET session_replication_role = replica")
        run_scripts(session, read_scripts(ROOT / "schema" / "baseline.sql"), ("public",))
        data.fill(session, rows)
        session.execute("ALTER SCHEMA public RENAME TO old; CREATE SCHEMA public")
        for (extension,) in session.execute(
            "SELECT extname FROM pg_extension WHERE extnamespace = 'old'::regnamespace"
        ).fetchall():
            move = sql.SQL("ALTER EXTENSION {} SET SCHEMA public")
            session.execute(move.format(sql.Identifier(extension)))
        run_scripts(session, read_scripts(ROOT / "schema" / "target.sql"), ("public",))
        session.execute("SET search_path = public, pg_temp")
        run(session, Path(__file__).with_name("impact_target.sql"))
        run(session, QUERIES / "_after.sql")
        session.execute("VACUUM ANALYZE")


def run(session: Connection, file: Path) -> None:
    session.execute(file.read_text(encoding="utf-8").encode())


def measured(url: DatabaseUrl, query: Query) -> QueryImpact:
    found = {}
    for shape in (each for each in SHAPES if each in query.texts):
        with connect(url, search_path=PATHS[shape], read_only=True) as session:
            found[shape] = measure(session, query.texts[shape], TIMEOUT_S)
    return QueryImpact(query.name, found, {})


def line(query: QueryImpact) -> Iterator[str]:
    """Milliseconds before and after, the ratio, the ratio without requests, and the plan."""
    shapes: tuple[Shape, ...] = ("before", "after")
    times = [query.shapes[each].total_ms if each in query.shapes else None for each in shapes]
    yield f"{query.name:40}"
    for figure in (*times, query.ratio, query.ratio_here):
        yield f"{'-':>14}" if figure is None else f"{figure:14,.2f}"
    yield f"  {', '.join(query.shapes['after'].plan)}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    rows = parser.parse_args().rows
    with throwaway(ServerSettings(), 16) as server, server.database() as url:
        load_both(url, rows)
        for query in load(QUERIES):
            print("".join(line(measured(url, query))), flush=True)


if __name__ == "__main__":
    main()
