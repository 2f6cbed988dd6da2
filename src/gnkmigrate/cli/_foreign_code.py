"""Says before the start which code of others will run with the rights of whoever migrates."""

from collections.abc import Sequence

import typer

from gnkmigrate.cli import _context
from gnkmigrate.postgres.connection import Connection
from gnkmigrate.run.foreign_code import foreign_code, require_trust
from gnkmigrate.settings import Settings
from gnkmigrate.text.escape import printable


def look_at_foreign_code(
    context: typer.Context, connection: Connection, tables: Sequence[str], project: Settings
) -> None:
    """Lists it where it is trusted, and refuses it where it is not.

    Args:
        context: the command's.
        connection: the session.
        tables: those that will be written or changed, quoted.
        project: the settings, flags included.

    Raises:
        PhaseRefused: there is some, and nobody has said that it may run.
    """
    require_trust(connection, tables, project.schemas, trusted=project.trust_triggers)
    found = foreign_code(connection, tables, project.schemas) if project.trust_triggers else ()
    if not found:
        return
    console = _context.stderr(context)
    console.print("Code of roles with fewer rights runs with yours (--trust-triggers):")
    for line in found:
        console.print(f"  {printable(line)}", soft_wrap=True)
