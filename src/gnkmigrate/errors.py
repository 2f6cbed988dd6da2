"""What can go wrong and what the user does about it.

GnkMigrateError
├── SettingsError        gnkmigrate.toml, the environment or a flag
├── ConnectionFailed     no session with the database, for now
│   └── ConnectionRejected   nor will there be one as things are
├── CatalogLocked        somebody's lock keeps a definition from being read
├── ConnectionLost       the session ended in the middle of the work
├── ServerUnavailable    no throwaway PostgreSQL to be had
├── SchemaError          a declared schema that PostgreSQL refuses
├── RevisionError        migrations/ cannot be read, or has been edited
├── PhaseRefused         a phase may not run now, and nothing was changed
├── PhaseFailed          a phase stopped in the middle; the journal knows where
│   ├── NoLock               somebody held a lock for longer than it was waited for
│   └── VerificationFailed   what a phase claims is not true
├── RunnerBusy           somebody else is migrating this database
├── OrmError             an application's entities or migrations cannot be read, made or run
├── DemoFailed           the demonstration did not end as it should
└── Interrupted          the user stopped the command
"""

from collections.abc import Sequence
from typing import ClassVar


class GnkMigrateError(Exception):
    """What happened, to which object, and what to do next. Never raised itself.

    Args:
        message: what happened and to which object, in one or two sentences.
        hint: what to type or change next; shown on a line of its own.
        details: the rows, objects or lines concerned; shown as a list.
    """

    # Whether the same command may succeed later, though nobody changes anything.
    passing: ClassVar[bool] = False

    def __init__(self, message: str, *, hint: str = "", details: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.details = tuple(details)


class SettingsError(GnkMigrateError):
    """A setting is missing, unknown or contradicts another."""


class ConnectionFailed(GnkMigrateError):
    """The database does not answer, or does not let us in."""

    passing = True


class ConnectionRejected(ConnectionFailed):
    """The server does not let us in, or is not one to work with: a person must change something."""

    passing = False


class CatalogLocked(GnkMigrateError):
    """A definition cannot be read while somebody changes it; the message names who does."""

    passing = True


class ConnectionLost(GnkMigrateError):
    """The session with the database ended while it was at work; the journal knows where."""

    passing = True


class ServerUnavailable(GnkMigrateError):
    """No provider can give a throwaway PostgreSQL server."""


class SchemaError(GnkMigrateError):
    """A schema file cannot be read or loaded."""


class RevisionError(GnkMigrateError):
    """The revisions in migrations/ are unreadable, ambiguous or edited."""


class PhaseRefused(GnkMigrateError):
    """A phase may not run now; the database is as it was."""


class PhaseFailed(GnkMigrateError):
    """A phase stopped in the middle; the journal knows where, and it can go on or back."""


class NoLock(PhaseFailed):
    """A lock was not to be had before the deadline; the message names who held it."""

    passing = True


class VerificationFailed(PhaseFailed):
    """A verification found rows that speak against what its phase claims."""


class RunnerBusy(GnkMigrateError):
    """Another runner works on this database."""

    passing = True


class OrmError(GnkMigrateError):
    """Entities or migrations of an application cannot be read, written or run."""


class NotPlainSql(OrmError):
    """A phase cannot be written as plain SQL.

    Args:
        phase: its name.
        reason: what follows "cannot be written as plain SQL: ".
    """

    def __init__(
        self, phase: str, reason: str, *, hint: str = "", details: Sequence[str] = ()
    ) -> None:
        message = f"Phase {phase} cannot be written as plain SQL: {reason}"
        super().__init__(message, hint=hint, details=details)
        self.phase = phase
        self.reason = reason


class DemoFailed(GnkMigrateError):
    """The demonstration did not end as it should: a defect of the program or of its files."""


class Interrupted(GnkMigrateError):
    """The user stopped the command; the message says where it stands."""
