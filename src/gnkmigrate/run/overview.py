"""Where all phases stand in one database, and what is kept there until contract."""

from collections.abc import Sequence
from dataclasses import dataclass

from gnkmigrate.postgres.connection import DatabaseUrl, connect
from gnkmigrate.run.kept.contract import Remnant, kept
from gnkmigrate.run.phase import Phase
from gnkmigrate.run.status import PhaseStatus, status


@dataclass(frozen=True)
class Overview:
    """What `gnkmigrate status` shows.

    Attributes:
        database: its address, without a password.
        server_version: server_version_num.
        phases: in their order, optional ones last.
        kept: what is there until contract.
    """

    database: str
    server_version: int
    phases: tuple[PhaseStatus, ...]
    kept: Sequence[Remnant]


def overview(url: DatabaseUrl, phases: Sequence[Phase]) -> Overview:
    """Asks the journal, and looks for what is kept.

    Raises:
        ConnectionFailed: no session with the database.
        RevisionError: the journal knows a phase that migrations/ has not.
    """
    with connect(url, read_only=True) as connection:
        return Overview(
            str(url),
            connection.info.server_version,
            status(connection, phases),
            kept(connection),
        )
