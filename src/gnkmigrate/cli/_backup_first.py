"""The backup that `upgrade --backup` makes before the first phase runs."""

import typer

from gnkmigrate.backup import BackupFailed, create_backup
from gnkmigrate.cli._transfer import transfer_progress
from gnkmigrate.errors import PhaseRefused, ServerUnavailable
from gnkmigrate.postgres.connection import DatabaseUrl
from gnkmigrate.run.events import BackupMade
from gnkmigrate.settings import Settings


def back_up(context: typer.Context, url: DatabaseUrl, project: Settings) -> BackupMade:
    """Saves the whole database into the project's folder of backups.

    Raises:
        PhaseRefused: there is no backup, and so no phase was run.
    """
    try:
        with transfer_progress(context) as observe:
            made = create_backup(url, project, observe=observe)
    except (BackupFailed, ServerUnavailable) as error:
        hint = error.hint.replace("--output", "--backup-dir")
        raise PhaseRefused(
            f"Nothing was changed, since no backup could be made: {error.message}",
            details=error.details,
            hint=f"{hint} Or go without --backup.",
        ) from error
    return BackupMade(str(made.file), made.manifest.size, made.manifest.sha256)
