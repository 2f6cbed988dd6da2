"""Tables that are written anew although nobody said so."""

from collections.abc import Iterator
from typing import NamedTuple

from gnkmigrate.connection import Connection
from gnkmigrate.facts.query import query
from gnkmigrate.kinds.statement import Statement


class File(NamedTuple):
    """Where the rows of a table are.

    Attributes:
        table: "schema.name", quoted where SQL needs it.
        number: of the file.
        parents: what the table inherits from or is a partition of.
    """

    table: str
    number: int
    parents: list[str]


class Files:
    """Watches the files of all tables from one statement to the next."""

    def __init__(self, session: Connection) -> None:
        self._session = session
        self._known = self._read()

    def rewritten(self, statement: Statement) -> tuple[str, ...]:
        """The tables that were written anew since, which the statement says nothing of."""
        before, self._known = self._known, self._read()
        return tuple(self._unsaid(before, statement))

    def _unsaid(self, before: dict[int, File], statement: Statement) -> Iterator[str]:
        for oid, file in self._known.items():
            old = before.get(oid)
            if old is None or old.number == file.number:
                continue
            names = {old.table, file.table, *old.parents, *file.parents}
            if not statement.rewrites or (statement.relation and statement.relation not in names):
                yield file.table

    def _read(self) -> dict[int, File]:
        rows = self._session.execute(query("proof.sql", "files"))
        return {oid: File(*rest) for oid, *rest in rows}
