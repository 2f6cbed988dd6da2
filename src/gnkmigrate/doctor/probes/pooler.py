"""Whether a connection pooler stands in between."""

from collections.abc import Iterator

from gnkmigrate.doctor.circumstances import Circumstances
from gnkmigrate.doctor.probe import Diagnosis, Probe


def examine(circumstances: Circumstances) -> Iterator[Diagnosis]:
    """A pooler gives its clients a process number of its own, for the cancel requests it relays."""
    told = circumstances.live.info.backend_pid
    row = circumstances.live.execute("SELECT pg_backend_pid()").fetchone()
    if row and row[0] == told:
        yield Diagnosis("ok", "no connection pooler in between")
        return
    yield Diagnosis(
        "warning",
        "A connection pooler seems to stand between here and the server.",
        hint="Give the server's own address to upgrade and downgrade: they need one session "
        "throughout, for their lock and settings, which transaction pooling does not keep.",
    )


PROBE = Probe(50, "pooler", examine, needs_database=True)
