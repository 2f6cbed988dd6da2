"""`gnkmigrate typeorm migrations`: each phase becomes a TypeORM migration of plain SQL."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from gnkmigrate.errors import NotPlainSql, OrmError, SettingsError
from gnkmigrate.orm.typeorm import naming
from gnkmigrate.orm.typeorm.files import write
from gnkmigrate.orm.typeorm.migration import MARK, Named, render
from gnkmigrate.orm.typeorm.recording.replay import try_out
from gnkmigrate.orm.typeorm.recording.workflow import Recorded, record
from gnkmigrate.run.phase import Phase, core_of, find_phase, needed_by
from gnkmigrate.run.revision import load_all_phases
from gnkmigrate.servers import Server, throwaway
from gnkmigrate.settings import Settings

_STEP_MS = 1000


@dataclass(frozen=True)
class WrittenMigrations:
    """What was written.

    Attributes:
        files: in the order of the phases.
        stale: files of an earlier time that were not written now, and are still there.
        one_way: phases that cannot be taken back, with those before them.
        left: optional phases of the settings that are not written, each with the reason.
    """

    files: tuple[str, ...]
    stale: tuple[str, ...]
    one_way: tuple[str, ...]
    left: Mapping[str, str] = field(default_factory=dict)


def write_migrations(
    settings: Settings, folder: Path, progress: Callable[[str], None]
) -> WrittenMigrations:
    """Writes a migration for each phase, once its SQL was tried by itself.

    The optional phases that the settings name come after the core; one that is no plain SQL is left
    out, and said.

    Args:
        settings: the project, which has a baseline.
        folder: where to.
        progress: told what is being done.

    Raises:
        OrmError: there is no phase, or the folder cannot be written.
        NotPlainSql: one of the core cannot be written so.
        SettingsError: the project has no baseline, or names phases that are not there.
        PhaseRefused: there is no optional phase of a name in the settings.
        RevisionError: the revisions cannot be read.
        SchemaError, ServerUnavailable: the baseline cannot be loaded.
    """
    if settings.baseline is None:
        raise SettingsError(
            "The project declares no baseline, so there is nothing to run the phases on.",
            hint="Set `baseline` in gnkmigrate.toml to the schema before the first revision; "
            "gnkmigrate init --from-url writes it.",
        )
    known = load_all_phases(settings.path(settings.migrations))
    if not core_of(known):
        raise OrmError(
            f"There is no revision in {settings.migrations}.",
            hint='gnkmigrate revision -m "what it does" writes one.',
        )
    _require_known(settings, known)
    with throwaway(settings.server) as server:
        phases, recorded, left = _recorded(server, settings, known, progress)
    named = _named(settings, phases)
    files = {f"{each.file}.ts": render(each, recorded) for each in named}
    stale = write(folder, files, MARK)
    lasting = tuple(phase.name for phase in phases if (phase.name, "down") not in recorded.ways)
    return WrittenMigrations(tuple(files), stale, lasting, left)


def _recorded(
    server: Server, settings: Settings, known: Sequence[Phase], progress: Callable[[str], None]
) -> tuple[Sequence[Phase], Recorded, Mapping[str, str]]:
    """The phases that can be written, what they send, and why others cannot."""
    chosen = _chosen(settings, known)
    left = {phase.name: reason for phase in chosen if (reason := _impossible(phase))}
    while True:
        phases = [phase for phase in chosen if not _lacks(phase, left, known)]
        try:
            recorded = record(server, settings, phases, progress)
            try_out(server, settings, phases, recorded, progress)
        except NotPlainSql as error:
            if not find_phase(known, error.phase).optional:
                raise
            left[error.phase] = ": ".join((error.reason.rstrip("."), *error.details[:1]))
            progress(f"Phase {error.phase} is left out.")
        else:
            return phases, recorded, left


def _chosen(settings: Settings, known: Sequence[Phase]) -> Sequence[Phase]:
    """The core, and then the optional phases of the settings, each with what it needs before."""
    found = list(core_of(known))
    for name in settings.optional_phases:
        wanted = find_phase(known, name)
        needed = needed_by(wanted, known)
        found += [
            phase
            for phase in known
            if (phase is wanted or phase.revision in needed) and phase not in found
        ]
    return found


def _impossible(phase: Phase) -> str:
    """Why a phase need not even be tried; "" where it does."""
    if any(step.needs_key for step in (*phase.up_steps, *phase.down_steps)):
        return "its statements need the encryption key, which belongs into no file."
    if phase.after_contract:
        return "it comes after gnkmigrate contract, which is no migration."
    return ""


def _lacks(phase: Phase, left: Mapping[str, str], known: Sequence[Phase]) -> bool:
    """Whether it is left out itself, or needs a phase that is."""
    needed = needed_by(phase, known)
    return phase.name in left or any(find_phase(known, name).revision in needed for name in left)


def _require_known(settings: Settings, phases: Sequence[Phase]) -> None:
    unknown = sorted(settings.typeorm.names.keys() - {phase.name for phase in phases})
    if unknown:
        raise SettingsError(
            f"[typeorm.names] names phases that are not there: {', '.join(unknown)}.",
            hint=f"There are {', '.join(phase.name for phase in phases)}.",
        )


def _named(settings: Settings, phases: Sequence[Phase]) -> tuple[Named, ...]:
    given = settings.typeorm
    used: set[str] = set()
    times = count(given.first, _STEP_MS)
    return tuple(
        Named(
            phase, naming.free(given.names.get(phase.name, naming.pascal(phase.name)), used), time
        )
        for phase, time in zip(phases, times, strict=False)
    )
