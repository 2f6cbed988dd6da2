"""Which tables were written anew, and which were read from end to end."""

import time
from collections.abc import Mapping
from dataclasses import dataclass

from gnkmigrate.postgres.connection import Connection
from gnkmigrate.postgres.sql_files import query

_QUICKLY_SEEN = 150000  # before that, statistics come by a process of their own, in their time
_PAUSE_S, _PATIENCE_S = 0.005, 5.0


@dataclass(frozen=True)
class Storage:
    """What there is to compare, by the oid of each table.

    Attributes:
        names: "schema.name".
        files: the number of its file.
        rows_read: how many rows have been read by going through all of them.
    """

    names: Mapping[int, str]
    files: Mapping[int, int]
    rows_read: Mapping[int, int]

    @classmethod
    def of(cls, session: Connection) -> "Storage":
        """As it is now, once the sessions of others have ended.

        Args:
            session: in autocommit, of a role that sees all.
        """
        if session.info.server_version >= _QUICKLY_SEEN:
            session.execute("SELECT pg_stat_force_next_flush()")
        _wait_for_others(session)
        found = session.execute(query("rehearsal.sql", "storage")).fetchall()
        read: dict[int, int] = dict(
            session.execute(query("check.other_tools.sql", "rows_read")).fetchall()
        )
        return cls(
            {oid: name for oid, name, _ in found}, {oid: file for oid, _, file in found}, read
        )

    def rewritten(self, now: "Storage") -> tuple[str, ...]:
        """Tables that were there before, and have another file now; by their names of before."""
        return tuple(
            sorted(
                name
                for oid, name in self.names.items()
                if now.files.get(oid, self.files[oid]) != self.files[oid]
            )
        )

    def read_through(self, now: "Storage") -> frozenset[str]:
        """Tables that were there before, of which all rows have been read since."""
        return frozenset(
            name
            for oid, name in self.names.items()
            if now.rows_read.get(oid, 0) > self.rows_read.get(oid, 0)
        )


def _wait_for_others(session: Connection) -> None:
    """A session's statistics are there when it is gone."""
    until = time.monotonic() + _PATIENCE_S
    others = query("check.other_tools.sql", "others")
    while session.execute(others).fetchone() != (0,) and time.monotonic() < until:
        time.sleep(_PAUSE_S)
