"""How many schema pairs the engine takes from one to the other: python benchmarks/corpus.py FILE.

FILE holds one JSON object a line: `id`, `source` (where the pair is from), `old_sql`, `new_sql`,
`roles` (created first) and `differ` (false: the plan must be empty). Both schemas are loaded into
databases of a throwaway server; the plan from the one to the other is applied to a third, and that
is read back. Converged means that no difference is left.
"""

import argparse
import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg import conninfo
from psycopg.sql import SQL, Identifier

from gnkmigrate.diff.compare import compare
from gnkmigrate.errors import GnkMigrateError
from gnkmigrate.facts.reading import read_snapshot
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.kinds.statement import Statement
from gnkmigrate.plan.planner import plan
from gnkmigrate.postgres.connection import Connection, DatabaseUrl, connect
from gnkmigrate.servers import Server, throwaway
from gnkmigrate.servers.binaries import binaries
from gnkmigrate.settings import ServerSettings


@dataclass(frozen=True)
class Outcome:
    """What became of one pair; `problem` is empty when it converged."""

    id: str
    source: str
    problem: str
    statements: tuple[Statement, ...] = ()


def main() -> int:
    """Runs the pairs and prints the share that converged, by source."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--major", type=int, default=16, help="PostgreSQL's major version")
    parser.add_argument("--only", default="", help="pairs whose id contains this")
    parser.add_argument("--offline", action="store_true", help="plain statements")
    parser.add_argument("--quiet", action="store_true", help="show the shares alone")
    parser.add_argument("--verbose", action="store_true", help="show every problem and its plan")
    given = parser.parse_args()
    pairs = [json.loads(line) for line in given.file.read_text().splitlines()]
    wanted = [pair for pair in pairs if given.only in pair["id"]]
    with throwaway(ServerSettings(), given.major) as server:
        outcomes = [outcome_of(server, pair, online=not given.offline) for pair in wanted]
    for outcome in outcomes if not given.quiet else ():
        print_problem(outcome, verbose=given.verbose)
    print_shares(outcomes)
    return 0 if all(not outcome.problem for outcome in outcomes) else 1


def print_problem(outcome: Outcome, *, verbose: bool) -> None:
    """What went wrong, and with which plan."""
    if outcome.problem:
        print(f"{outcome.id}: {outcome.problem}")
        for statement in outcome.statements if verbose else ():
            print(f"    {statement.sql};")


def outcome_of(server: Server, pair: dict[str, Any], *, online: bool) -> Outcome:
    """Loads both sides, plans, applies, reads back."""
    statements: tuple[Statement, ...] = ()
    problem = ""
    with tidied(server), server.database() as old, server.database() as new:
        try:
            create_roles(server, pair["roles"])
            source, target = (
                loaded(server, url, pair[side])
                for url, side in ((old, "old_sql"), (new, "new_sql"))
            )
            changes = compare(source, target)
            statements = plan(changes, source, target, online=online)
            if not changes and pair["differ"]:
                problem = "unseen: no kind of fact that is read differs"
            if changes and not pair["differ"]:
                problem = f"differs although it should not: {changes[0].identity}"
            run_statements(old, statements)
            left = compare(read(old), target)
            if left:
                problem = "left: " + ", ".join(f"{each.verb} {each.identity}" for each in left[:3])
        except psycopg.Error as error:
            problem = f"{type(error).__name__}: {error.diag.message_primary or error}"
        except GnkMigrateError as error:
            problem = f"{error.message} {', '.join(error.details)}"
        finally:
            drop_subscriptions(old)
            drop_subscriptions(new)
    return Outcome(pair["id"], pair["source"], problem, statements)


@contextmanager
def tidied(server: Server) -> Iterator[None]:
    """Afterwards the server has the roles that it had before."""
    with connect(server.url) as connection:
        before = roles_of(connection)
    yield
    with connect(server.url) as connection:
        left = sorted(roles_of(connection) - before)
        if left:
            names = SQL(", ").join(Identifier(role) for role in left)
            connection.execute(SQL("DROP ROLE {}").format(names))


def roles_of(connection: Connection) -> set[str]:
    """The roles of a server."""
    return {name for (name,) in connection.execute("SELECT rolname FROM pg_roles")}


def create_roles(server: Server, roles: Iterable[str]) -> None:
    """The roles that a pair names."""
    with connect(server.url) as connection:
        for role in roles:
            connection.execute(SQL("CREATE ROLE {}").format(Identifier(role)))


def drop_subscriptions(url: DatabaseUrl) -> None:
    """A database with a subscription cannot be dropped."""
    with connect(url) as connection:
        names = connection.execute(
            "SELECT subname FROM pg_subscription JOIN pg_database AS database "
            "ON database.oid = subdbid WHERE datname = current_database()"
        ).fetchall()
        for (name,) in names:
            for action in ("DISABLE", "SET (slot_name = NONE)"):
                connection.execute(SQL("ALTER SUBSCRIPTION {} " + action).format(Identifier(name)))
            connection.execute(SQL("DROP SUBSCRIPTION {}").format(Identifier(name)))


def loaded(server: Server, url: DatabaseUrl, sql: str) -> Snapshot:
    """The facts of a database after `sql`."""
    with connect(url, search_path=["public"]) as connection:
        try:
            connection.execute(sql.encode())
        except psycopg.errors.ActiveSqlTransaction:
            # CREATE INDEX CONCURRENTLY among others: psql sends them one by one.
            run_psql(server, url, sql)
    return read(url)


def run_psql(server: Server, url: DatabaseUrl, sql: str) -> None:
    """Runs a script with the server's own psql."""
    program = (server.binaries or binaries(server.version // 10000)) / "psql"
    options = ["--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1"]
    given = conninfo.conninfo_to_dict(url.conninfo)
    environment = {**os.environ, "PGPASSWORD": str(given.pop("password", None) or "")}
    target = conninfo.make_conninfo("", **given)
    subprocess.run([program, *options, target], input=sql, text=True, env=environment, check=True)


def read(url: DatabaseUrl) -> Snapshot:
    """The facts of a database."""
    with connect(url, read_only=True) as connection:
        return read_snapshot(connection)


def run_statements(url: DatabaseUrl, statements: Iterable[Statement]) -> None:
    """Runs a plan, each statement in a transaction of its own."""
    with connect(url) as connection:
        for statement in statements:
            try:
                connection.execute(statement.sql.encode())
            except psycopg.Error as error:
                error.add_note(statement.sql)
                raise


def print_shares(outcomes: Iterable[Outcome]) -> None:
    """The share that converged, by source and in all."""
    outcomes = list(outcomes)
    tried = Counter(outcome.source for outcome in outcomes)
    converged = Counter(outcome.source for outcome in outcomes if not outcome.problem)
    unseen = Counter(each.source for each in outcomes if each.problem.startswith("unseen"))
    for source, count in [*sorted(tried.items()), ("all", tried.total())]:
        good = converged.total() if source == "all" else converged[source]
        blind = unseen.total() if source == "all" else unseen[source]
        share = good / count if count else 1
        print(f"{source:20} {good:4} of {count:4}  {share:6.1%}  ({blind} differ unseen)")


if __name__ == "__main__":
    sys.exit(main())
