"""`gnkmigrate typeorm migrations`: each phase becomes a TypeORM migration of plain SQL."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from gnkmigrate.errors import OrmError, SettingsError
from gnkmigrate.orm.typeorm import naming
from gnkmigrate.orm.typeorm.files import write
from gnkmigrate.orm.typeorm.migration import MARK, Named, render
from gnkmigrate.orm.typeorm.recording.course import record
from gnkmigrate.orm.typeorm.recording.replay import try_out
from gnkmigrate.run.phase import Phase
from gnkmigrate.run.revision import load_phases
from gnkmigrate.servers import throwaway
from gnkmigrate.settings import Settings

_STEP_MS = 1000


@dataclass(frozen=True)
class WrittenMigrations:
    """What was written.

    Attributes:
        files: in the order of the phases.
        stale: files of an earlier time that were not written now, and are still there.
        one_way: phases that cannot be taken back, with those before them.
    """

    files: tuple[str, ...]
    stale: tuple[str, ...]
    one_way: tuple[str, ...]


def write_migrations(
    settings: Settings, folder: Path, progress: Callable[[str], None]
) -> WrittenMigrations:
    """Writes a migration for each phase, once its SQL was tried by itself.

    Args:
        settings: the project, which has a baseline.
        folder: where to.
        progress: told what is being done.

    Raises:
        OrmError: there is no phase, one cannot be written as plain SQL, or the folder cannot be
            written.
        SettingsError: the project has no baseline, or names phases that are not there.
        RevisionError: the revisions cannot be read.
        SchemaError, ServerUnavailable: the baseline cannot be loaded.
    """
    if settings.baseline is None:
        raise SettingsError(
            "The project declares no baseline, so there is nothing to run the phases on.",
            hint="Set `baseline` in gnkmigrate.toml to the schema before the first revision; "
            "gnkmigrate init --from-url writes it.",
        )
    phases = load_phases(settings.path(settings.migrations))
    if not phases:
        raise OrmError(
            f"There is no revision in {settings.migrations}.",
            hint='gnkmigrate revision -m "what it does" writes one.',
        )
    named = _named(settings, phases)
    with throwaway(settings.server) as server:
        recorded = record(server, settings, phases, progress)
        try_out(server, settings, phases, recorded, progress)
    files = {f"{each.file}.ts": render(each, recorded) for each in named}
    stale = write(folder, files, MARK)
    lasting = tuple(phase.name for phase in phases if (phase.name, "down") not in recorded.ways)
    return WrittenMigrations(tuple(files), stale, lasting)


def _named(settings: Settings, phases: tuple[Phase, ...]) -> tuple[Named, ...]:
    given = settings.typeorm
    unknown = sorted(given.names.keys() - {phase.name for phase in phases})
    if unknown:
        raise SettingsError(
            f"[typeorm.names] names phases that are not there: {', '.join(unknown)}.",
            hint=f"There are {', '.join(phase.name for phase in phases)}.",
        )
    used: set[str] = set()
    times = count(given.first, _STEP_MS)
    return tuple(
        Named(
            phase, naming.free(given.names.get(phase.name, naming.pascal(phase.name)), used), time
        )
        for phase, time in zip(phases, times, strict=False)
    )
