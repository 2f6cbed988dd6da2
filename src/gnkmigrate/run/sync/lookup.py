"""Where texts are looked up whatever their case, with an index for as long as many are asked about.

A phase makes such an index on the table itself (operations/parts/folding.py), but what speaks
against a phase is asked before it begins: of a hundred thousand texts and ten thousand rows each
pair would be compared. So the rows are copied beside an index, for as long as that takes, where
there are more than a few.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from gnkmigrate.run.names import literal
from gnkmigrate.run.work import Work

_COPY = "pg_temp.gnkmigrate_named"
_MAKE = f"""
CREATE TEMPORARY TABLE gnkmigrate_named AS SELECT {{key}}, {{by}} FROM {{table}};
CREATE INDEX ON {_COPY} ({{key}});
CREATE INDEX ON {_COPY} ({{by}});
CREATE INDEX ON {_COPY} (lower({{by}}::text));
ANALYZE {_COPY}
"""
# Few rows are compared as fast, and what is asked of the table itself can be asked again elsewhere.
_MANY_BYTES = 16 * 1024
_COPIES = """
SELECT has_database_privilege(current_database(), 'TEMPORARY')
       AND pg_relation_size(to_regclass({table})) > {bytes}
"""


@dataclass(frozen=True)
class Lookup:
    """A table in which texts are looked up whatever their case: FROM table AS named.

    Attributes:
        table: its qualified name, quoted.
        key: the column that is found, quoted.
        by: the column that the text says, quoted.
    """

    table: str
    key: str
    by: str


@contextmanager
def indexed(work: Work, lookup: Lookup | None) -> Iterator[Callable[[str], str]]:
    """Gives what has SQL read the copy instead, until the block ends.

    Args:
        work: in a transaction.
        lookup: None where nothing is looked up so.
    """
    if lookup is None or not work.value(
        _COPIES.format(table=literal(lookup.table), bytes=_MANY_BYTES)
    ):
        yield lambda text: text
        return
    make = _MAKE.format(table=lookup.table, key=lookup.key, by=lookup.by)
    with work.connection.transaction(force_rollback=True):
        work.execute(make)
        there, here = f"FROM {lookup.table} AS named ", f"FROM {_COPY} AS named "
        yield lambda text: text.replace(there, here)
