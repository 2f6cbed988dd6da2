"""What a statement would run of others, as far as its text tells.

The text is ours, with expressions that PostgreSQL has printed: every name has its schema but those
of PostgreSQL's own (the session's search_path is pg_catalog).
"""

from collections.abc import Mapping

import psycopg

from gnkmigrate.run.names_in_sql import called, mentioned


class CodeOfOthers(psycopg.NotSupportedError):
    """A query that was not asked: planning or running it would run somebody else's functions."""


def require_none(text: str, avoided: Mapping[str, str], calls: Mapping[str, str]) -> None:
    """Stops a query that would run code of others.

    Args:
        text: the query.
        avoided: names of relations and types that it must not name, whichever schema it means.
        calls: functions and operators that it must not call, as "schema.name".

    Raises:
        CodeOfOthers: it does.
    """
    for name in sorted(avoided.keys() & mentioned(text)) if avoided else ():
        raise CodeOfOthers(f"code of others would run by reading {name}: {avoided[name]}")
    for name in sorted(calls.keys() & {*called(text, ("pg_catalog",))}) if calls else ():
        raise CodeOfOthers(f"code of others would run with your rights: {calls[name]}")
