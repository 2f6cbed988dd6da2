"""What speaks against hiding deleted rows: each a reason with its rows and its remedy."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from gnkmigrate import own_objects
from gnkmigrate.run.batches.row_key import KEYLESS, keys_of
from gnkmigrate.run.names import literal, quoted
from gnkmigrate.run.step import Refusal
from gnkmigrate.run.work import Work

_NO_NULLS = re.compile(r"\bNULLS\s+NOT\s+DISTINCT\b", re.IGNORECASE)
_ON_DELETE = 8  # of pg_trigger.tgtype (pg_trigger.h)

_KIND = "SELECT relkind::text, relrowsecurity FROM pg_class WHERE oid = to_regclass({table})"
_IN_STEP = f"""
SELECT EXISTS (SELECT FROM pg_trigger JOIN pg_proc ON pg_proc.oid = tgfoid
               WHERE tgrelid = {{table}}::regclass
                 AND pronamespace = to_regnamespace('{own_objects.JOURNAL}'))
"""
_UNIQUE = """
SELECT named.relname::text FROM pg_index JOIN pg_class AS named ON named.oid = indexrelid
WHERE indrelid = {table}::regclass AND indisunique AND NOT indisprimary AND indpred IS NULL
UNION ALL
SELECT conname::text FROM pg_constraint WHERE conrelid = {table}::regclass AND contype = 'x'
ORDER BY 1
"""
# Of a key that the application writes itself, a deleted row would keep the values taken.
_GIVEN_OUT = """
SELECT EXISTS (
    SELECT FROM pg_index JOIN pg_attribute ON attrelid = indrelid AND attnum = ANY (indkey)
    WHERE indrelid = {table}::regclass AND indisprimary AND (atthasdef OR attidentity <> '')
) OR NOT EXISTS (SELECT FROM pg_index WHERE indrelid = {table}::regclass AND indisprimary)
"""
_FIRING = f"""
SELECT tgname::text FROM pg_trigger
WHERE tgrelid = {{table}}::regclass AND NOT tgisinternal AND tgenabled <> 'D'
  AND tgtype & {_ON_DELETE} <> 0
ORDER BY 1
"""
_RELATED = """
SELECT inhrelid::regclass::text FROM pg_inherits JOIN pg_class AS heir ON heir.oid = inhrelid
WHERE inhparent = {table}::regclass AND NOT heir.relispartition
UNION ALL
SELECT inhparent::regclass::text FROM pg_inherits WHERE inhrelid = {table}::regclass
ORDER BY 1
"""
_BLIND = """
SELECT DISTINCT coalesce(rolname, 'PUBLIC')::text
FROM pg_class CROSS JOIN LATERAL aclexplode(relacl) LEFT JOIN pg_roles ON pg_roles.oid = grantee
JOIN pg_index ON indrelid = pg_class.oid AND indisprimary
CROSS JOIN LATERAL unnest(indkey::smallint[]) AS part
WHERE pg_class.oid = {table}::regclass AND privilege_type = 'DELETE' AND grantee <> relowner
  AND NOT has_column_privilege(coalesce(rolname, 'public'), pg_class.oid, part, 'SELECT')
ORDER BY 1
"""
_DEFERRED = """
SELECT conname::text FROM pg_constraint
WHERE conrelid = {table}::regclass AND condeferrable ORDER BY 1
"""
# PostgreSQL 14 has no such column.
_ONE_NULL = """
SELECT conname::text FROM pg_constraint JOIN pg_index ON indexrelid = conindid
WHERE conrelid = {table}::regclass AND to_jsonb(pg_index) @> '{{"indnullsnotdistinct": true}}'
ORDER BY 1
"""


@dataclass(frozen=True)
class Asked:
    """A table whose deleted rows are to be hidden.

    Attributes:
        work: the session.
        table: "schema.table".
        view: "schema.name" of the view.
        replaced: UNIQUE constraints in whose place there is an index, with its columns.
        unfired: triggers on DELETE that need not fire.
    """

    work: Work
    table: str
    view: str
    replaced: Mapping[str, str]
    unfired: Sequence[str]

    def value(self, query: str) -> object:
        return self.work.value(query.format(table=literal(quoted(self.table))))

    def names(self, query: str) -> list[str]:
        found = self.work.execute(query.format(table=literal(quoted(self.table))))
        return [row[0] for row in found.fetchall()]

    @cached_property
    def there(self) -> tuple[str, bool] | None:
        """What sort of relation it is, and whether it has row security."""
        query = _KIND.format(table=literal(quoted(self.table)))
        found: tuple[str, bool] | None = self.work.execute(query).fetchone()
        return found


def refusals(asked: Asked) -> Iterator[Refusal]:
    """All that speaks against it."""
    if asked.there is None:
        yield Refusal(f"There is no table {asked.table}.", hint="Correct the revision.")
        return
    yield from _of_relations(asked)
    yield from _of_keys(asked)
    for query, counts, message, hint in _NAMED:
        if names := [name for name in asked.names(query) if counts(asked, name)]:
            yield Refusal(message.format(asked.table), names, len(names), hint)


def _of_relations(asked: Asked) -> Iterator[Refusal]:
    kind, secured = asked.there or ("", False)
    if kind not in "rp":
        yield Refusal(f"{asked.table} is no table.", hint="Name the table itself.")
    if asked.work.value(f"SELECT to_regclass({literal(quoted(asked.view))}) IS NOT NULL"):
        message = f"There is something called {asked.view} already."
        yield Refusal(message, hint="Take another name.")
    if secured:
        message = f"{asked.table} has row security, which a DELETE through the view would not ask."
        hint = "Delete softly in the application, or without row security."
        yield Refusal(message, hint=hint)


def _of_keys(asked: Asked) -> Iterator[Refusal]:
    if not keys_of(asked.work.facts, asked.table):
        yield Refusal(f"{asked.table} has no key.", hint=KEYLESS)
    if not asked.value(_GIVEN_OUT):
        message = f"A deleted row of {asked.table} keeps its key, which the application makes."
        hint = "Give rows a key of their own, an identity, and let the other be unique."
        yield Refusal(message, hint=hint)
    if asked.replaced and asked.value(_IN_STEP):
        message = f"An old shape finds rows of {asked.table} by what is unique."
        yield Refusal(message, hint="Run gnkmigrate contract before.")


def _allows_nulls(asked: Asked, name: str) -> bool:
    return name in asked.replaced and not _NO_NULLS.search(asked.replaced[name])


# What a query names, which of it counts, what is wrong with it, and what to do.
_NAMED: Sequence[tuple[str, Callable[[Asked, str], bool], str, str]] = (
    (
        _UNIQUE,
        lambda asked, name: name not in asked.replaced,
        "A deleted row of {} would keep its place in unique indexes.",
        'Say what takes their place: unique={"t_a_key": ("t_a_live", "(a)")}.',
    ),
    (
        _FIRING,
        lambda asked, name: name not in asked.unfired,
        "Triggers on DELETE of {} would not fire through the view.",
        'Where they need not, say so: op.soft_delete(..., unfired=("name",)).',
    ),
    (
        _RELATED,
        lambda _, __: True,
        "{} shares rows with tables by inheritance, or is a partition.",
        "Delete softly in a table of its own, or in the partitioned table.",
    ),
    (
        _BLIND,
        lambda _, __: True,
        "Roles that may not read {} could not delete through the view.",
        "GRANT SELECT, or REVOKE DELETE.",
    ),
    (
        _DEFERRED,
        lambda asked, name: name in asked.replaced,
        "Constraints of {} wait for the end of a transaction; no index does.",
        "Let them be checked at once before: ALTER TABLE ... ALTER CONSTRAINT ...",
    ),
    (
        _ONE_NULL,
        _allows_nulls,
        "Constraints of {} allow NULL once.",
        'Write so of the index as well: "(a) NULLS NOT DISTINCT".',
    ),
)
