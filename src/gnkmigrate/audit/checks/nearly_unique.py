"""A column that is called what names one thing, has nearly no value twice, and may have any twice.

Such as an e-mail address, a user name or a serial number without a unique key: what the
application takes for granted is true of these rows, and nothing keeps it so. Judged by the
statistics of the last ANALYZE, for tables of a thousand rows and more; where rows have the same
value, they are counted, on large tables in a sample.

Sources: PostgreSQL manual, 5.5.3 (unique constraints); pg_stats (n_distinct).
"""

from collections.abc import Iterator, Sequence
from typing import Any

from gnkmigrate.audit.check import Observation, Question, ServerCheck
from gnkmigrate.audit.checks._access import Access, accesses, key_columns
from gnkmigrate.audit.checks._names import plain
from gnkmigrate.audit.checks._rows import beside as query
from gnkmigrate.audit.checks._rows import only, row_key
from gnkmigrate.audit.checks._server import answers, is_own, require_statistics
from gnkmigrate.audit.describe import object_of
from gnkmigrate.audit.finding import Severity
from gnkmigrate.audit.obstacle import Obstacle
from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.postgres.connection import Connection
from gnkmigrate.postgres.quoting import beside, identifier, qualified
from gnkmigrate.text.secret import looks_secret

ROWS = 1000
SIZE = ROWS * 28  # bytes: what so many rows take that hold nothing
SHARE = 0.95  # of the values that are no other row's
# What a thing is called by, without underscores; "code" and "number" are too often of many.
_NAMES = frozenset(
    ("email", "emailaddress", "username", "login", "slug", "sku", "isbn", "ean", "iban", "vin",
     "serialnumber", "ordernumber", "invoicenumber", "licensenumber", "handle", "uuid", "guid")
)  # fmt: skip


def find(connection: Connection, question: Question) -> Iterator[Observation]:
    live = question.live
    named = [each for each in live.of_kind("column") if plain(each.identity.name) in _NAMES]
    known: dict[tuple[str, ...], Any] = (
        {
            (row.schema, row.relation, row.name): row
            for row in answers(connection, question, "nearly_unique", rows=ROWS, share=SHARE)
        }
        if named
        else {}
    )
    found = False
    for column in named:
        schema, table, name = column.identity.path
        row = known.get(column.identity.path)
        if row is not None and is_own(question, schema, table):
            keys = (access for access in accesses(live, Identity("table", (schema, table))))
            if not any(access.unique and _has(access.keys, name) for access in keys):
                found = True
                primary = key_columns(live, Identity("table", (schema, table))) or ()
                yield _observation(column, row.share, question, primary)
    if not found:
        require_statistics(connection, question, named, size=SIZE)


def _has(keys: Sequence[str], name: str) -> bool:
    """Whether a column is among the keys, or in an expression there."""
    return any(identifier(name) in key for key in keys)


def _observation(
    column: Fact, share: int, question: Question, primary: Sequence[str]
) -> Observation:
    schema, table, name = column.identity.path
    index = beside(f"{table}_{name}", "_key")
    create = f"CREATE UNIQUE INDEX CONCURRENTLY {identifier(index)}"
    replaced = _replaced(column, question.live)
    return Observation(
        object_of(column),
        f"Nearly every value of column {object_of(column).label(question.default_schema)} is "
        "there once, but nothing keeps it so.",
        evidence={"values that are there once, of 100": share},
        fix=(
            f"{create} ON {qualified(schema, table)} ({identifier(name)})",
            *(each.drop for each in replaced),
        ),
        undo=(
            *(statement for each in replaced for statement in each.again(question.live)),
            f"DROP INDEX CONCURRENTLY {qualified(schema, index)}",
        ),
        obstacle=_duplicates(column, primary, question.live),
    )


def _replaced(column: Fact, live: Snapshot) -> list[Access]:
    """The plain indexes of the column alone, for which the unique one does as well."""
    schema, table, name = column.identity.path
    return [
        access
        for access in accesses(live, Identity("table", (schema, table)))
        if access.columns == (identifier(name),)
        and access.method == "btree"
        and access.whole
        and not (access.included or access.is_constraint or access.is_share)
        and not access.fact.value("clustered")
    ]


def _duplicates(column: Fact, primary: Sequence[str], live: Snapshot) -> Obstacle:
    schema, table, name = column.identity.path
    alone, value = only(live, Identity("table", (schema, table))), identifier(name)
    relation = alone + qualified(schema, table)

    def listing(part: str) -> str:
        return query("duplicate_value").format(
            key=row_key(primary),
            parts=value,
            rows=f"{relation} AS live{part}",
            given=f"{value} IS NOT NULL",
        )

    return Obstacle(
        Identity("table", (schema, table)),
        listing,
        one="One row has a value that another has as well.",
        many="COUNT rows have a value that another has as well.",
        repair="",
        hidden=any(map(looks_secret, primary)),
    )


CHECK = ServerCheck(
    id="GNK-S052",
    slug="nearly-unique",
    title="What names one thing is unique",
    category="structure",
    severity=Severity.LOW,
    impact="Two rows with one name get in, and whoever looks for it finds either.",
    recommendation="Declare it unique; where it is meant to be there twice, accept the finding.",
    privileges=("SELECT on the tables, else their statistics are hidden",),
    find=find,
)
