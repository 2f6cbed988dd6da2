"""Transactions prepared for two-phase commit: no session has them, and they keep their locks."""

from dataclasses import dataclass

from gnkmigrate.postgres.quoting import literal


@dataclass(frozen=True)
class PreparedTransaction:
    """One that holds a lock (manual, PREPARE TRANSACTION; pg_prepared_xacts).

    Attributes:
        gid: what it was called when it was prepared.
        owner: whose it is.
        database: where it has to be ended.
        since: when it was prepared, as text.
    """

    gid: str
    owner: str
    database: str
    since: str

    @property
    def name(self) -> str:
        return f"prepared transaction {literal(self.gid)}"

    @property
    def about(self) -> str:
        """Whose it is, since when, and what ends it."""
        gid = literal(self.gid)
        return (
            f"{self.owner}, since {self.since}; COMMIT PREPARED {gid} or ROLLBACK PREPARED {gid}"
            f" in the database {self.database} ends it"
        )

    def __str__(self) -> str:
        return f"{self.name} ({self.about})"
