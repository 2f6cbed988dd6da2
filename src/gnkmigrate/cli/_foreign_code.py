"""Says before the start which code of others will run with the rights of whoever migrates."""

from collections.abc import Sequence

import typer

from gnkmigrate.cli import _context
from gnkmigrate.postgres.connection import Connection
from gnkmigrate.run.foreign_code import require_no_code
from gnkmigrate.settings import Settings
from gnkmigrate.text.escape import printable


def look_at_foreign_code(
    context: typer.Context, connection: Connection, found: Sequence[str], project: Settings
) -> None:
    """Lists it where it is trusted, and refuses it where it is not.

    Args:
        context: the command's.
        connection: the session.
        found: what there is of it.
        project: the settings, flags included.

    Raises:
        PhaseRefused: there is some, and nobody has said that it may run.
    """
    if not project.trust_triggers:
        require_no_code(connection, found)
    if not found:
        return
    console = _context.stderr(context)
    console.print("Code of roles with fewer rights runs with yours (--trust-triggers):")
    for line in found:
        console.print(f"  {printable(line)}", soft_wrap=True)
