"""What speaks against a merge, asked before anything has changed."""

from collections.abc import Collection, Iterator, Sequence
from typing import TypeAlias

from gnkmigrate.facts.fact import Identity
from gnkmigrate.operations.merges import rights
from gnkmigrate.operations.merges.spec import Merge
from gnkmigrate.operations.parts import rewriting
from gnkmigrate.operations.renames.preflight import of_ours
from gnkmigrate.operations.renames.spec import Renaming
from gnkmigrate.run import dependents, relation
from gnkmigrate.run.batches import row_key
from gnkmigrate.run.kept import archive
from gnkmigrate.run.names import literal, quoted, split
from gnkmigrate.run.session import OURS
from gnkmigrate.run.step import Refusal
from gnkmigrate.run.sync import row_security
from gnkmigrate.run.sync.function_mentions import unchecked_functions
from gnkmigrate.run.work import Work

Pairs: TypeAlias = Sequence[tuple[str, str]]

_REFERENCES = """
SELECT pg_describe_object('pg_constraint'::regclass, oid, 0)
FROM pg_constraint
WHERE contype = 'f' AND conrelid = {referring}::regclass AND confrelid = {referred}::regclass
  AND convalidated AND NOT condeferrable
  AND ARRAY(SELECT format('%s %s', own.attname, other.attname)
            FROM unnest(conkey, confkey) AS pair (referring, referred)
            JOIN pg_attribute AS own ON own.attrelid = conrelid AND own.attnum = pair.referring
            JOIN pg_attribute AS other ON other.attrelid = confrelid
             AND other.attnum = pair.referred ORDER BY 1)
      = ARRAY(SELECT pair FROM unnest(ARRAY[{pairs}]::text[]) AS pair ORDER BY 1)
"""
# What PostgreSQL gives a value by itself, or what has none.
_COLUMNS = """
SELECT attname::text, attgenerated <> '' OR attidentity <> '',
       attnotnull AND NOT atthasdef AND attidentity = ''
FROM pg_attribute WHERE attrelid = {side}::regclass AND attnum > 0 AND NOT attisdropped
"""


def refusals(work: Work, said: Merge) -> list[Refusal]:
    """All that speaks against it, where a row of the side table belongs to one of the table."""
    return of_tables(work, said) or [
        *keyed(work, said),
        *lasting(work, said),
        *together(work, said),
    ]


def lasting(work: Work, said: Merge) -> list[Refusal]:
    """What may have come to speak against it by the time of its cutover."""
    return [*hanging(work, said), *rights.refusals(work, said), *hidden(work, said)]


def hidden(work: Work, said: Merge) -> list[Refusal]:
    """Rows of either table that row security hides from what works as its owner."""
    return [each for name in (said.side, said.table) for each in row_security.refusals(work, name)]


def of_tables(work: Work, said: Merge) -> list[Refusal]:
    """What is wrong with the tables themselves, so that no more can be asked."""
    for name in (said.side, said.table):
        if Identity("table", split(name)) not in work.facts:
            return [Refusal(f"{name} is not a table.", hint="Look at the revision.")]
    return list(of_ours(work, Renaming(said.side, said.archived))) or list(_columns(work, said))


def together(work: Work, said: Merge) -> Iterator[Refusal]:
    """What speaks against it however their rows belong together."""
    yield from _related(work, said)
    yield from archive.refusals(work, said.side)
    yield from _rewriting(work, said)


def _rewriting(work: Work, said: Merge) -> Iterator[Refusal]:
    found = relation.columns(work, said.side, [old for old, _ in said.columns])
    yield from rewriting.refusals(work, said.table, (str(each["type"]) for each in found.values()))


def _columns(work: Work, said: Merge) -> Iterator[Refusal]:
    query = _COLUMNS.format(side=literal(quoted(said.side)))
    found = {name: rest for name, *rest in work.connection.execute(query.encode()).fetchall()}
    going = [old for old, _ in said.columns]
    named = [*(old for old, _ in said.key), *said.telling, *going, *said.dropped]
    in_table = relation.columns(
        work, said.table, [*(new for _, new in said.key), *(new for _, new in said.columns)]
    )
    wrong = [
        *(f"{said.side} has no column {name}" for name in named if name not in found),
        *(f"{name} goes nowhere, and is not dropped" for name in found if name not in named),
        *(f"{said.table} has no column {new}" for _, new in said.key if new not in in_table),
        *(
            f"{said.table} has a column {new}"
            for _, new in said.columns
            if new in in_table and new not in said.leaving
        ),
        *(
            f"{name} is generated, or an identity: it can only be dropped"
            for name in going
            if name in found and found[name][0]
        ),
        *(
            f"{name} is NOT NULL without a default, and cannot be dropped"
            for name in said.dropped
            if name in found and found[name][1]
        ),
    ]
    if wrong:
        yield Refusal(
            f"Columns of {said.side} and {said.table} are not as the revision says.",
            wrong,
            len(wrong),
            "Say for each column of the side table where it goes, or that it is dropped.",
        )


def _related(work: Work, said: Merge) -> Iterator[Refusal]:
    for name in (said.side, said.table):
        payload = work.facts.facts[Identity("table", split(name))].payload
        if payload["partitioned_by"] or payload["is_partition"] or payload["inherits"]:
            yield Refusal(
                f"{name} shares its rows with other tables: it is partitioned, a partition, or"
                " inherits.",
                hint="Merge tables of their own: detach the partitions, or end the inheritance,"
                " before the phase.",
            )


def keyed(work: Work, said: Merge) -> Iterator[Refusal]:
    """A foreign key that is no key of the side table, or is not there."""
    names = {*(old for old, _ in said.key), *said.telling}
    if not any(names == {*key} for key in row_key.keys_of(work.facts, said.side)):
        yield Refusal(
            f"({', '.join(sorted(names))}) is no key of {said.side}: a row of {said.table} may have"
            " several there, or one may belong to none.",
            hint="Merge what has one row at most: NOT NULL, and UNIQUE at every moment.",
        )
    if not references(work, said.side, said.table, said.key):
        yield Refusal(
            f"No foreign key says that each row of {said.side} has one of {said.table}, from the"
            " moment at which it is written.",
            hint="Add it, valid and not deferrable: op.add_constraint, in an earlier revision.",
        )


def references(work: Work, referring: str, referred: str, pairs: Pairs) -> tuple[str, ...]:
    """The foreign key over just these columns, valid and not deferrable, as PostgreSQL says it.

    Args:
        work: the session.
        referring: "schema.table" that has it.
        referred: "schema.table" to which it refers.
        pairs: its columns, and those to which they refer.

    Returns:
        The same qualified, and as the session's search_path has it; nothing where there is none.
    """
    listed = ", ".join(literal(f"{one} {other}") for one, other in pairs)
    tables = {"referring": literal(quoted(referring)), "referred": literal(quoted(referred))}
    query = _REFERENCES.format(**tables, pairs=listed)
    with work.settings(search_path=OURS):
        found = work.execute(query).fetchall()
    return tuple(str(row[0]) for row in (*found, *work.execute(query).fetchall()))


def hanging(work: Work, said: Merge, carried: Collection[str] = ()) -> Iterator[Refusal]:
    """What uses the side table, and would go to the archive with it.

    Args:
        work: the session.
        said: the merge.
        carried: what may, as PostgreSQL says it.
    """
    found = dependents.dependents(work, said.side, policies_carried=True)
    others = [each for each in found if each not in carried]
    if others:
        yield Refusal(
            f"Other objects hang on {said.side} and would go to the archive with it.",
            others,
            len(others),
            "Drop them before, and make what the new shape wants after the phase.",
        )
    yield from unchecked_functions(
        work,
        f"Functions may use {said.side}, which the new shape does not have: their bodies have its"
        " name.",
        said.side,
    )
