"""The extensions that the target declares, on the live server."""

from collections.abc import Iterator, Sequence

from psycopg import sql

from gnkmigrate.doctor.circumstances import Circumstances
from gnkmigrate.doctor.commands import CHANGING
from gnkmigrate.doctor.probe import Diagnosis, Probe
from gnkmigrate.errors import GnkMigrateError
from gnkmigrate.postgres.connection import Connection
from gnkmigrate.postgres.sql_files import query


def examine(circumstances: Circumstances) -> Iterator[Diagnosis]:
    names = _wanted(circumstances)
    if not names:
        return
    found = tuple(lacking(circumstances.live, names))
    yield from found
    if not found:
        yield Diagnosis("ok", f"the server has what the target asks for: {', '.join(names)}")


def lacking(session: Connection, names: Sequence[str]) -> Iterator[Diagnosis]:
    """What is wrong with these extensions on the server of a session."""
    statement = query("doctor.probes", "extensions")
    rows = session.execute(statement, {"names": list(names)}).fetchall()
    missing = [name for name, available, *_ in rows if not available]
    coming = [row for row in rows if row[1] and not row[2]]
    unlisted = [name for name, _, _, _, listed in coming if not listed]
    forbidden = [name for name, _, _, permitted, listed in coming if listed and not permitted]
    if missing:
        yield Diagnosis(
            "failed",
            f"The server does not have: {', '.join(missing)}.",
            hint="Install them on the database server; most are in the package of PostgreSQL's "
            "additional modules (postgresql-contrib).",
        )
    if unlisted:
        yield Diagnosis(
            "failed",
            f"The managed service does not allow: {', '.join(unlisted)}.",
            hint="Add them to its list (azure.extensions, rds.allowed_extensions).",
        )
    for name in forbidden:
        create = sql.SQL("CREATE EXTENSION {}").format(sql.Identifier(name)).as_string()
        yield Diagnosis(
            "failed", f"This role may not create {name}.", hint=f"Ask a superuser for: {create}"
        )


def _wanted(circumstances: Circumstances) -> list[str]:
    if not circumstances.settings.has_target:
        return []
    try:
        return [fact.identity.name for fact in circumstances.target.of_kind("extension")]
    except GnkMigrateError:
        return []  # the probe of the target has said why


PROBE = Probe(100, "extensions", examine, needs_database=True, blocks=CHANGING)
