"""The client programs of PostgreSQL that backup, restore and the proofs run."""

from collections.abc import Iterator

from gnkmigrate.doctor.circumstances import Circumstances
from gnkmigrate.doctor.commands import PROGRAMS
from gnkmigrate.doctor.probe import Diagnosis, Probe
from gnkmigrate.errors import ServerUnavailable
from gnkmigrate.servers.client_programs import program

_NAMES = ("pg_dump", "pg_restore")


def examine(circumstances: Circumstances) -> Iterator[Diagnosis]:
    try:
        found = [str(program(name, circumstances.major)) for name in _NAMES]
    except ServerUnavailable as error:
        yield Diagnosis("warning", error.message, error.details, error.hint, blocks=PROGRAMS)
        return
    yield Diagnosis("ok", f"for PostgreSQL {circumstances.major}: {', '.join(found)}")


PROBE = Probe(110, "tools", examine)
