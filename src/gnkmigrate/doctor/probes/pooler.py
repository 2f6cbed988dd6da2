"""Whether a connection pooler stands in between."""

from collections.abc import Iterator

from gnkmigrate.doctor.circumstances import Circumstances
from gnkmigrate.doctor.probe import Diagnosis, Probe
from gnkmigrate.postgres.pooler import is_pooled


def examine(circumstances: Circumstances) -> Iterator[Diagnosis]:
    """One that shares sessions was refused when the connection was made."""
    if is_pooled(circumstances.live):
        yield Diagnosis("ok", "a connection pooler in between, which keeps our session to us")
    else:
        yield Diagnosis("ok", "no connection pooler in between")


PROBE = Probe(50, "pooler", examine, needs_database=True)
