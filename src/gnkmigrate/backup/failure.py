"""What can go wrong with a backup, and what can be said about it."""

from gnkmigrate.errors import GnkMigrateError


class BackupFailed(GnkMigrateError):
    """There is no backup; nothing of it was left behind."""


class RestoreRefused(GnkMigrateError):
    """The backup or the database is not fit for a restore, and nothing was changed."""


class RestoreFailed(GnkMigrateError):
    """The restore stopped, and its one transaction was rolled back."""
