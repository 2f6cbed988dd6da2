"""Tables that are written anew although nobody said so."""

from collections.abc import Iterator

from gnkmigrate.kinds.statement import Statement
from gnkmigrate.postgres.connection import Connection
from gnkmigrate.postgres.sql_files import query


class Files:
    """Watches the files of all tables from one statement to the next."""

    def __init__(self, session: Connection) -> None:
        self._session = session
        self._known = self._read()

    def rewritten(self, statement: Statement) -> tuple[str, ...]:
        """The tables that were written anew since, which the statement says nothing of."""
        before, self._known = self._known, self._read()
        anew = [oid for oid, file in self._known.items() if before.get(oid, file) != file]
        return tuple(self._unsaid(anew, statement)) if anew else ()

    def _unsaid(self, anew: list[int], statement: Statement) -> Iterator[str]:
        # No command that writes a table anew gives it another name: the one it has now will do.
        rows = self._session.execute(query("proof.sql", "rewritten"), {"tables": anew})
        for table, above in rows:
            said = statement.relation in ("", table, *above)
            if not (statement.rewrites and said):
                yield table

    def _read(self) -> dict[int, int]:
        """The number of each table's file, by the table's oid."""
        return dict(self._session.execute(query("proof.sql", "files")).fetchall())
