"""What speaks against a merge, asked before anything has changed."""

from collections.abc import Iterator

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
from gnkmigrate.run.step import Refusal
from gnkmigrate.run.sync import row_security
from gnkmigrate.run.sync.mentions import unchecked_functions
from gnkmigrate.run.work import Work

_REFERENCES = """
SELECT conname::text
FROM pg_constraint
WHERE contype = 'f' AND conrelid = {side}::regclass AND confrelid = {table}::regclass
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
    """All that speaks against it."""
    for name in (said.side, said.table):
        if Identity("table", split(name)) not in work.facts:
            return [Refusal(f"{name} is not a table.", hint="Look at the revision.")]
    kept = list(of_ours(work, Renaming(said.side, said.archived)))
    if kept:
        return kept
    columns = list(_columns(work, said))
    if columns:
        return columns
    return [
        *_related(work, said),
        *_key(work, said),
        *_hanging(work, said),
        *rights.refusals(work, said),
        *row_security.refusals(work, said.side),
        *row_security.refusals(work, said.table),
        *archive.refusals(work, said.side),
        *_rewriting(work, said),
    ]


def _rewriting(work: Work, said: Merge) -> Iterator[Refusal]:
    found = relation.columns(work, said.side, [old for old, _ in said.columns])
    yield from rewriting.refusals(work, said.table, (str(each["type"]) for each in found.values()))


def _columns(work: Work, said: Merge) -> Iterator[Refusal]:
    query = _COLUMNS.format(side=literal(quoted(said.side)))
    found = {name: rest for name, *rest in work.connection.execute(query.encode()).fetchall()}
    going = [old for old, _ in said.columns]
    named = [*(old for old, _ in said.key), *going, *said.dropped]
    in_table = relation.columns(
        work, said.table, [*(new for _, new in said.key), *(new for _, new in said.columns)]
    )
    wrong = [
        *(f"{said.side} has no column {name}" for name in named if name not in found),
        *(f"{name} goes nowhere, and is not dropped" for name in found if name not in named),
        *(f"{said.table} has no column {new}" for _, new in said.key if new not in in_table),
        *(f"{said.table} has a column {new}" for _, new in said.columns if new in in_table),
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


def _key(work: Work, said: Merge) -> Iterator[Refusal]:
    names = {old for old, _ in said.key}
    if not any(names == {*key} for key in row_key.keys_of(work.facts, said.side)):
        yield Refusal(
            f"({', '.join(sorted(names))}) is no key of {said.side}: a row of {said.table} may have"
            " several there, or one may belong to none.",
            hint="Merge what has one row at most: NOT NULL, and UNIQUE at every moment.",
        )
    pairs = ", ".join(literal(f"{old} {new}") for old, new in said.key)
    given = {"side": literal(quoted(said.side)), "table": literal(quoted(said.table))}
    if not work.execute(_REFERENCES.format(**given, pairs=pairs)).fetchall():
        yield Refusal(
            f"No foreign key says that each row of {said.side} has one of {said.table}, from the"
            " moment at which it is written.",
            hint="Add it, valid and not deferrable: op.add_constraint, in an earlier revision.",
        )


def _hanging(work: Work, said: Merge) -> Iterator[Refusal]:
    hanging = dependents.dependents(work, said.side, policies_carried=True)
    if hanging:
        yield Refusal(
            f"Other objects hang on {said.side} and would go to the archive with it.",
            hanging,
            len(hanging),
            "Drop them before, and make what the new shape wants after the phase.",
        )
    yield from unchecked_functions(
        work,
        f"Functions may use {said.side}, which the new shape does not have: their bodies have its"
        " name.",
        said.side,
    )
