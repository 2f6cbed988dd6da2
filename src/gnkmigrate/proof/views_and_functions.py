"""Whether every view and every function still answers."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql

from gnkmigrate.postgres.connection import Connection
from gnkmigrate.postgres.quoting import qualified
from gnkmigrate.postgres.sql_files import query
from gnkmigrate.proof.plan_claims import Path, Said

_ALL_OF = sql.SQL("SELECT * FROM {} LIMIT 0")
_IS_SOUND = sql.SQL("SELECT {}(%s::oid)")


@dataclass(frozen=True)
class Answers:
    """What views and functions answer.

    Attributes:
        silent: those that do not, and why.
        filled: of the materialized views, whether each has been filled.
    """

    silent: Mapping[Path, str]
    filled: Mapping[Path, bool]


NO_ANSWERS = Answers({}, {})


def read_answers(session: Connection) -> Answers:
    """Asks every view and every function.

    A view is planned, but not run; a function is looked at as CREATE FUNCTION does it, with
    check_function_bodies on and its own settings.

    Args:
        session: with the search path that the functions expect.
    """
    views = session.execute(query("proof.sql", "views")).fetchall()
    filled: dict[Path, bool] = {
        (schema, name): has for schema, name, has in views if has is not None
    }
    silent: dict[Path, str] = {}
    for schema, name, has in views:
        if has is not False:
            silent[schema, name] = _refusal(session, _ALL_OF.format(sql.Identifier(schema, name)))
    for schema, name, oid, *validator, settings in session.execute(
        query("proof.sql", "functions")
    ).fetchall():
        asked = _IS_SOUND.format(sql.Identifier(*validator))
        silent[schema, name] = _refusal(session, asked, (oid,), settings)
    return Answers({path: why for path, why in silent.items() if why}, filled)


def compare_answers(before: Answers, now: Answers, wanted: Answers, said: Said) -> Iterator[str]:
    """What has answered and does not any more, a line each.

    Args:
        before: what there was.
        now: what there is.
        wanted: what there is in the target, which may be silent itself.
        said: what the plan says.
    """
    excused = {said.now(*path) for path in before.silent} | wanted.silent.keys()
    for path, why in now.silent.items():
        if path not in excused:
            yield f"{qualified(path[0])}.{path[1]}: {why}"
    for path, filled in before.filled.items():
        if filled and now.filled.get(said.now(*path)) is False:
            yield f"{qualified(*path)}: the materialized view has been emptied"


def _refusal(
    session: Connection,
    statement: sql.Composed,
    parameters: Sequence[Any] = (),
    settings: Sequence[tuple[str, str]] = (),
) -> str:
    """What PostgreSQL has against a question; "" for nothing. It leaves nothing behind."""
    try:
        with session.transaction(force_rollback=True):
            session.execute("SET LOCAL check_function_bodies = on")
            for setting in settings:
                session.execute("SELECT set_config(%s, %s, true)", setting)
            session.execute(statement, parameters)
    except psycopg.Error as error:
        return error.diag.message_primary or str(error)
    return ""
