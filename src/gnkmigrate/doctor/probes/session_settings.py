"""Settings of the server, the role or the database that would get in the way."""

from collections.abc import Iterator
from importlib import resources

from gnkmigrate.connection import PINNED_SETTINGS
from gnkmigrate.doctor.circumstances import Circumstances
from gnkmigrate.doctor.probe import Diagnosis, Probe

# What ends long sessions and transactions. Those that every session of ours sets back are no harm.
_LIMITS = ("idle_session_timeout", "transaction_timeout")


def examine(circumstances: Circumstances) -> Iterator[Diagnosis]:
    declared = circumstances.settings.source_timezone
    pinned = {name for name, _ in PINNED_SETTINGS}
    names = ["TimeZone", *(name for name in _LIMITS if name not in pinned)]
    statement = (resources.files(__package__) / "session_settings.sql").read_bytes()
    rows = circumstances.live.execute(
        statement, {"names": names, "source_timezone": declared}
    ).fetchall()
    found = {name: value for name, value, matters in rows if matters}
    zone = found.pop("TimeZone", None)
    if zone is not None:
        yield Diagnosis(
            "warning",
            f"New sessions write local times of {zone}, and source_timezone says {declared}.",
            hint="If the application wrote its timestamps with that setting, put it into "
            f'gnkmigrate.toml: source_timezone = "{zone}"',
        )
    for name, value in found.items():
        yield Diagnosis(
            "warning",
            f"{name} is {value} ms: sessions that take longer are ended by the server.",
            hint=f"ALTER ROLE ... SET {name} = 0 for the role that migrates.",
        )
    if not found and zone is None:
        yield Diagnosis("ok", f"new sessions write local times of {declared}, as declared")


PROBE = Probe(70, "settings", examine, needs_database=True)
