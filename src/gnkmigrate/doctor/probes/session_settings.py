"""The one setting of the role or the database that matters: every other is set by our sessions."""

from collections.abc import Iterator

from gnkmigrate.doctor.circumstances import Circumstances
from gnkmigrate.doctor.probe import Diagnosis, Probe
from gnkmigrate.postgres.sql_files import query


def examine(circumstances: Circumstances) -> Iterator[Diagnosis]:
    declared = circumstances.settings.source_timezone
    statement = query("doctor.probes", "session_settings")
    found = circumstances.live.execute(statement, {"source_timezone": declared}).fetchone()
    if found is None:
        yield Diagnosis("ok", f"new sessions write local times of {declared}, as declared")
        return
    (zone,) = found
    yield Diagnosis(
        "warning",
        f"New sessions write local times of {zone}, and source_timezone says {declared}.",
        hint="If the application wrote its timestamps with that setting, put it into "
        f'gnkmigrate.toml: source_timezone = "{zone}"',
    )


PROBE = Probe(70, "settings", examine, needs_database=True)
