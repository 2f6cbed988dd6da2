"""The phases on an empty copy: what each of them does to the schema, seen and not claimed."""

from gnkmigrate.facts.files import read_scripts
from gnkmigrate.facts.reading import read_snapshot
from gnkmigrate.facts.script import run_scripts
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.postgres.connection import connect
from gnkmigrate.run import runner
from gnkmigrate.run.revision import load_phases
from gnkmigrate.run.schema_history import SchemaHistory
from gnkmigrate.run.status import Request
from gnkmigrate.servers import Server
from gnkmigrate.settings import Settings


def run_phases(settings: Settings, server: Server) -> SchemaHistory | None:
    """Runs every phase on an empty copy of the baseline; None where it lacks either.

    Args:
        settings: the project.
        server: a throwaway server, on which a database is made and dropped.

    Raises:
        SchemaError: the baseline cannot be loaded.
        RevisionError: migrations/ cannot be read.
        PhaseRefused: a phase does not fit the baseline.
        PhaseFailed: a phase fails on it.
    """
    migrations = settings.path(settings.migrations)
    if settings.baseline is None or not (migrations / "versions").is_dir():
        return None
    phases = load_phases(migrations)
    if not phases:
        return None
    scripts = read_scripts(settings.path(settings.baseline))
    settings = settings.model_copy(update={"trust_triggers": True})  # on an empty copy
    with server.database() as url, connect(url, search_path=settings.schemas) as session:
        run_scripts(session, scripts, settings.schemas, makes_roles=server.is_ours)

        def snapshot() -> Snapshot:
            return read_snapshot(session, ignore=settings.ignore, schemas=settings.read_schemas)

        baseline = snapshot()
        after = []
        for phase in phases:
            runner.run(session, phases, "up", Request(phase=phase.name, atomic=True), settings)
            after.append((phase.name, snapshot()))
    return SchemaHistory(baseline, tuple(after))
