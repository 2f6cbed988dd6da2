"""Whether the server can be written to."""

from collections.abc import Iterator

from gnkmigrate.doctor.circumstances import Circumstances
from gnkmigrate.doctor.commands import CHANGING
from gnkmigrate.doctor.probe import Diagnosis, Probe


def examine(circumstances: Circumstances) -> Iterator[Diagnosis]:
    row = circumstances.live.execute("SELECT pg_is_in_recovery()").fetchone()
    if row and row[0]:
        yield Diagnosis(
            "warning",
            "The server is a standby: it can be audited, but nothing can be written to it.",
            hint="For upgrade, downgrade and apply, give the primary's address with --url.",
            blocks=CHANGING,
        )
    else:
        yield Diagnosis("ok", "the server is a primary")


PROBE = Probe(40, "standby", examine, needs_database=True)
