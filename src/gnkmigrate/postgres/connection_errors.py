"""What a server's answer on connecting means, and what to do about it.

Answers are told apart by their SQLSTATE where libpq passes one on, and else by their text
(https://www.postgresql.org/docs/16/errcodes-appendix.html).
"""

import re
from typing import NamedTuple

import psycopg

from gnkmigrate.errors import ConnectionFailed, ConnectionRejected
from gnkmigrate.text.redaction import redact


class _Explanation(NamedTuple):
    """What an answer on connecting means: its SQLSTATE or text, and what we say."""

    state: str
    pattern: str
    message: str
    hint: str


_REJECTIONS = (
    _Explanation(
        "28P01",
        "password authentication failed",
        "The password for {url} was not accepted.",
        "Check the user and the password in --url, DATABASE_URL, PGPASSWORD or ~/.pgpass.",
    ),
    _Explanation(
        "28000",
        "no pg_hba.conf entry",
        "The server does not let this user in from here ({url}).",
        "Ask for a line in its pg_hba.conf, or try another host, user or sslmode.",
    ),
    _Explanation(
        "3D000",
        "database .* does not exist",
        "The database of {url} does not exist.",
        "Check its name: psql -l lists the databases of a server.",
    ),
    _Explanation(
        "42501",
        "permission denied for database",
        "The user of {url} may not connect to the database.",
        "Ask its owner for GRANT CONNECT ON DATABASE, or connect as another role.",
    ),
    _Explanation(
        "28000",
        "role .* does not exist",
        "The user of {url} does not exist.",
        "Check the user in --url, DATABASE_URL or PGUSER.",
    ),
    _Explanation(
        "",
        "fe_sendauth: no password supplied",
        "The server of {url} asks for a password and none was given.",
        "Put it in the URL, in PGPASSWORD or in ~/.pgpass.",
    ),
    _Explanation(
        "",
        "(invalid port number|invalid integer value .* for connection option .?port)",
        "The port of {url} is not a number from 1 to 65535.",
        "Correct it in --url, DATABASE_URL or PGPORT.",
    ),
    _Explanation(
        "",
        "definition of service .* not found",
        "The service of {url} is not defined.",
        "Check pg_service.conf (PGSERVICEFILE).",
    ),
)
_PASSING = (
    _Explanation(
        "",
        "(could not translate host name|failed to resolve host|Name or service not known)",
        "The host of {url} is unknown.",
        "Check the host name in --url, DATABASE_URL or PGHOST.",
    ),
    _Explanation(
        "53300",
        "too many (clients|connections)",
        "The server of {url} has no connection left.",
        "Wait, or close idle connections, and try again.",
    ),
    _Explanation(
        "53100",
        "(No space left on device|could not write init file)",
        "The server of {url} has no room left on its disk.",
        "Make room there and try again.",
    ),
    _Explanation(
        "57P03",
        "the database system is (starting up|shutting down|in recovery)",
        "The server of {url} is starting or stopping.",
        "Try again in a moment.",
    ),
    _Explanation(
        "",
        "(Connection refused|No such file or directory|No route to host)",
        "Nothing answers at {url}.",
        "Is it running, and are host and port right? See --url, DATABASE_URL; gnkmigrate doctor.",
    ),
    _Explanation(
        "",
        "(timeout|timed out)",
        "The server of {url} did not answer within 10 seconds.",
        "Check host, port and firewall.",
    ),
)


def explained(url: str, error: psycopg.OperationalError) -> ConnectionFailed:
    """What to say where no session is to be had.

    Args:
        url: the database's address, without a secret.
        error: the driver's.
    """
    text = str(error)
    for kind, explanations in ((ConnectionRejected, _REJECTIONS), (ConnectionFailed, _PASSING)):
        for state, pattern, message, hint in explanations:
            if (state and error.sqlstate == state) or re.search(pattern, text):
                return kind(message.format(url=url), hint=hint)
    return ConnectionFailed(
        f"No connection to {url}: {redact(text).strip()}",
        hint="gnkmigrate doctor shows what is reachable from here.",
    )
