"""The key as a run has it: in the session, as a parameter, and never in a text."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import psycopg

from gnkmigrate.errors import PhaseRefused
from gnkmigrate.operations.encryption.spec import Encryption
from gnkmigrate.run.names import quoted
from gnkmigrate.run.session import SETTABLE
from gnkmigrate.run.step import Refusal
from gnkmigrate.run.work import Work

# By which a key is known to be the right one.
KNOWN = "gnkmigrate"
_PGCRYPTO = """
SELECT quote_ident(nspname) FROM pg_extension
JOIN pg_namespace ON pg_namespace.oid = extnamespace WHERE extname = 'pgcrypto'
"""


def pgcrypto_of(work: Work) -> str:
    """The quoted schema of pgcrypto; "" where it is not installed."""
    return str(work.value(_PGCRYPTO) or "")


@contextmanager
def with_key(work: Work, spec: Encryption) -> Iterator[None]:
    """Gives the session the key, as a parameter, so that no statement has it in its text."""
    given = "SELECT set_config(%s, %s, false)"
    work.connection.execute(given, (spec.setting, work.load_key()))
    try:
        yield
    finally:
        if work.connection.info.transaction_status in SETTABLE:
            work.connection.execute(given, (spec.setting, ""))


def wrong_key(work: Work, spec: Encryption) -> Sequence[Refusal]:
    """Refuses a key that is missing, or another than that with which the values are encrypted."""
    try:
        key = work.load_key()
    except PhaseRefused as error:
        return (Refusal(error.message, hint=error.hint),)
    pgcrypto = pgcrypto_of(work)
    query = f"SELECT {pgcrypto}.pgp_sym_decrypt(known, %s) FROM {quoted(spec.check_table)}"
    try:
        with work.connection.transaction(force_rollback=True):
            found = work.connection.execute(query.encode(), (key,)).fetchone()
    except psycopg.errors.ExternalRoutineInvocationException:
        found = None
    if found is not None and found[0] == KNOWN:
        return ()
    message = f"The key is not the one with which {spec.table} is encrypted."
    return (Refusal(message, hint="Take the right one; nobody can read the values without it."),)
