"""The baseline with rows in it: where every trial of the phases starts from."""

from gnkmigrate.check.generate import generate
from gnkmigrate.facts.files import read_scripts
from gnkmigrate.facts.script import run_scripts
from gnkmigrate.postgres.connection import Connection
from gnkmigrate.proof.stage import Found
from gnkmigrate.settings import Settings
from gnkmigrate.text.numbers import counted


def fill(session: Connection, settings: Settings, rows: int, *, makes_roles: bool = False) -> Found:
    """Loads the baseline, and the project's rows or else generated ones.

    Args:
        session: with an empty database.
        settings: the project, which has a baseline.
        rows: how many to generate for each table; 0 for none at all.
        makes_roles: as for `run_scripts`.

    Raises:
        SchemaError: the baseline or its rows cannot be loaded.
    """
    if settings.baseline is not None:
        scripts = read_scripts(settings.path(settings.baseline))
        run_scripts(session, scripts, settings.schemas, makes_roles=makes_roles)
    if not rows:
        return Found("none asked for", ran=False)
    if settings.baseline_rows is not None:
        scripts = read_scripts(settings.path(settings.baseline_rows))
        run_scripts(session, scripts, settings.schemas)
        return Found(f"of {settings.baseline_rows}")
    made = generate(session, settings.schemas, settings.ignore, rows)
    none = f"; none fit into {', '.join(made.refused)}" if made.refused else ""
    return Found(f"{counted(made.rows, 'row')} generated in {counted(made.tables, 'table')}{none}")
