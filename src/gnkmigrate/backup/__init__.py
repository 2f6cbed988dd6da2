"""Backups of a whole live database, and the way back.

`create` has pg_dump write a dump and notes in a manifest beside it what is in there, as of the
same snapshot; `verify` proves it on a throwaway server; `restore` loads it and compares.
"""

from gnkmigrate.backup.create import Backup, create_backup
from gnkmigrate.backup.failure import BackupFailed, RestoreFailed, RestoreRefused
from gnkmigrate.backup.restore import Restored, RestorePlan, plan_restore, run_restore

__all__ = [
    "Backup",
    "BackupFailed",
    "RestoreFailed",
    "RestorePlan",
    "RestoreRefused",
    "Restored",
    "create_backup",
    "plan_restore",
    "run_restore",
]
