"""What speaks against a move, asked before anything has changed."""

from collections.abc import Iterator
from dataclasses import replace

from gnkmigrate.operations.moves import rights, sync
from gnkmigrate.operations.moves.spec import Move
from gnkmigrate.operations.moves.sync import is_complete
from gnkmigrate.operations.parts import making
from gnkmigrate.operations.preflight import expressions
from gnkmigrate.operations.splits.leaving import Leaving
from gnkmigrate.operations.splits.preflight import of_columns, there
from gnkmigrate.run import relation
from gnkmigrate.run.batches import row_key
from gnkmigrate.run.batches.row_key import key_of, listed
from gnkmigrate.run.rows import listed as listed_rows
from gnkmigrate.run.step import Refusal
from gnkmigrate.run.sync.convertible import unfit_rows
from gnkmigrate.run.work import Work


def refusals(work: Work, said: Move) -> list[Refusal]:
    """All that speaks against it; rows are looked at once the columns are what they should be."""
    found = [*there(work, said.table, said.entity), *of_columns(work, said)]
    if found:
        return found
    sides = Leaving.found(work, said)
    asked = [
        *_key(work, said),
        *_types(said, sides),
        *_parts(work, said),
        *rights.refusals(work, said),
    ]
    return asked or list(_made(work, said, sides)) or list(_rows(work, said, sides))


def lasting(work: Work, said: Move) -> list[Refusal]:
    """What may have come to speak against it by the time of its cutover."""
    return [*of_columns(work, said), *rights.refusals(work, said)]


def _made(work: Work, said: Move, sides: Leaving) -> Iterator[Refusal]:
    """What PostgreSQL says of the side table, and of a row of it."""
    model = replace(sides, said=replace(said, entity=making.MADE))
    values = [change.new_name for change in said.declared]
    statements = [
        sync.create(said, model, key_types(work, said)),
        *making.a_row(said.new, [*said.own_key, *values], keyed=True),
    ]
    yield from making.refusals(work, said.table, said.entity, statements)


def _key(work: Work, said: Move) -> Iterator[Refusal]:
    names = tuple(before for before, _ in said.key)
    keys = row_key.keys_of(work.facts, said.table)
    if not any(set(names) == set(each) for each in keys):
        others = " or ".join(f"({', '.join(each)})" for each in keys)
        yield Refusal(
            f"({', '.join(names)}) is no key of {said.table}, to which the side table could refer.",
            hint=f"Name a key of it: {others}.",
        )


def _types(said: Move, sides: Leaving) -> Iterator[Refusal]:
    """Parts of different types cannot share a column."""
    for name in said.names:
        types = {part.value: sides.type_of(said.of(part, name)) for part in said.parts}
        if len(set(types.values())) > 1:
            listed_types = [f"{value}: {type_}" for value, type_ in types.items()]
            yield Refusal(
                f"The parts of {said.entity} have other types for {name}.",
                listed_types,
                len(listed_types),
                "Give each the same type on the way, such as with op.cast.",
            )


def _parts(work: Work, said: Move) -> Iterator[Refusal]:
    """What the parts are called has to be of the type of the column that tells them apart."""
    prepared = any(step.prepares for step in work.earlier)
    for part in said.parts if said.part else ():
        error = expressions.refused(work, f"SELECT {said.value(part)}")
        if error is not None and not (prepared and isinstance(error, expressions.MISSING)):
            yield Refusal(
                f'The part "{part.value}" cannot be found by {said.entity}.{said.part}, which is'
                f" {said.part_type}: {error.diag.message_primary}.",
                hint="Give part_type another type, or the part another name.",
            )


def _rows(work: Work, said: Move, sides: Leaving) -> Iterator[Refusal]:
    """Rows that the new shape cannot hold."""
    key = key_of(work, said.table, ())
    # Whether a NULL is allowed is a question of those rows alone that say anything.
    optional = [replace(change, not_null=False) for change in said.columns]
    yield from unfit_rows(work, said.table, key, optional)
    for part in said.parts:
        needed = [change.column for change in part.columns if change.not_null]
        shown = f"{listed(key, 'asked')}, {sides.old_values('asked', part.columns)}"
        query = (
            f"SELECT {shown} FROM {sides.table} AS asked"
            f" WHERE {sides.is_present('asked', part.columns)}"
            f" AND NOT ({is_complete(sides, part, 'asked')})"
        )
        total, rows = listed_rows(work, query) if needed else (0, ())
        if total:
            yield Refusal(
                f"Rows of {said.table} have no value in {', '.join(needed)}, which {said.entity}"
                " wants.",
                rows,
                total,
                "Complete them, or set all the columns that move to NULL.",
                query,
            )


def key_types(work: Work, said: Move) -> list[str]:
    """The types of the columns of the table's key, as SQL."""
    found = relation.columns(work, said.table, [before for before, _ in said.key])
    return [str(found[before]["type"]) for before, _ in said.key]
