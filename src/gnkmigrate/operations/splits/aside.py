"""Old columns are put aside under names of ours, and take their own again; no row is touched."""

from collections.abc import Collection, Iterator, Sequence

from gnkmigrate.operations.parts import returning
from gnkmigrate.operations.splits.leaving import Leaving
from gnkmigrate.run import relation
from gnkmigrate.run.names import column
from gnkmigrate.run.step import Refusal
from gnkmigrate.run.sync import by_hand, legacy
from gnkmigrate.run.sync.column_pair import keep_as_they_are, kept_name, release
from gnkmigrate.run.sync.conversion import Conversion
from gnkmigrate.run.sync.exchange import not_null_check
from gnkmigrate.run.sync.index_copy import indexes_of
from gnkmigrate.run.sync.reshaping import set_default
from gnkmigrate.run.work import Work


def lock(work: Work, sides: Leaving) -> None:
    """Locks the table, and its view first, as the view's clients do; then the entity."""
    lock_table(work, sides, sides.entity)
    work.execute(f"LOCK TABLE {sides.entity} IN SHARE ROW EXCLUSIVE MODE")


def lock_table(work: Work, sides: Leaving, *others: str) -> None:
    """Locks the table alone; the others, quoted, are locked next."""
    relation.keep_maintenance_out(work, sides.table, *others)
    legacy.hide(work, sides.said.table)
    work.execute(f"LOCK TABLE {sides.table} IN ACCESS EXCLUSIVE MODE")


def put_aside(
    work: Work, sides: Leaving, defaults: Sequence[str], *, optional: bool = True
) -> list[str]:
    """Statements that give the columns names of ours, and their indexes.

    Args:
        work: the session.
        sides: before the cutover.
        defaults: SQL for the default of each column from then on, which tells it as ours.
        optional: whether they may be NULL from then on.
    """
    said, after = sides.said, sides.cut_over()
    indexes = indexes_of(work, said.table, [change.column for change in said.columns])
    work.remember(_indexes(sides), {index.kept: index.name for index in indexes})
    statements = []
    for change, default in zip(said.columns, defaults, strict=True):
        kept = after.old(change)
        statements += [
            altered(sides, f"RENAME COLUMN {column(change.column)} TO {kept}"),
            altered(sides, f"ALTER COLUMN {kept} SET DEFAULT {default}"),
            *((altered(sides, f"ALTER COLUMN {kept} DROP NOT NULL"),) if optional else ()),
        ]
    return statements + [index.renamed(said.table, index.kept) for index in indexes]


def give_back(work: Work, sides: Leaving, *, optional: bool = True) -> list[str]:
    """Statements that give the columns their own names again, and their indexes.

    Args:
        work: the session.
        sides: before the cutover.
        optional: whether they could be NULL; that those that may not are none, a CHECK has proven.
    """
    said, after = sides.said, sides.cut_over()
    kept = indexes_of(work, said.table, [kept_name(change.column) for change in said.columns])
    originals = work.recall(_indexes(sides)) or {}
    statements = []
    for change in said.columns:
        before, name = sides.before[change.column], column(change.column)
        statements += [
            altered(sides, f"RENAME COLUMN {after.old(change)} TO {name}"),
            altered(sides, f"ALTER COLUMN {name} {set_default(before['default'])}"),
        ]
        if before["not_null"] and optional:
            check = column(not_null_check(kept_name(change.column)))
            statements += [
                altered(sides, f"ALTER COLUMN {name} SET NOT NULL"),
                altered(sides, f"DROP CONSTRAINT {check}"),
            ]
    return statements + [
        index.renamed(said.table, originals[index.name])
        for index in kept
        if index.name in originals
    ]


def taken(work: Work, sides: Leaving, going: Collection[str] = ()) -> Iterator[Refusal]:
    """What has come under the names that `give_back` gives again.

    Args:
        work: the session.
        sides: the columns.
        going: names that are free again by then.
    """
    columns = [each.column for each in sides.said.columns if each.column not in going]
    indexes = {*(work.recall(_indexes(sides)) or {}).values()} - {*going}
    yield from returning.refusals(work, sides.said.table, columns, indexes)


def show(work: Work, sides: Leaving, why: str, own: Sequence[str], entity: Sequence[str]) -> None:
    """Shows the columns that were put aside, and notes those that triggers of ours name.

    Args:
        work: the session, in the transaction that put them aside.
        sides: the columns.
        why: the step.
        own: the table's columns that triggers name.
        entity: those of the entity.
    """
    said = sides.said
    keep_as_they_are(work, said.table, why, own)
    keep_as_they_are(work, said.entity, why, entity)
    show_kept(work, sides)


def show_kept(work: Work, sides: Leaving) -> None:
    """Shows the columns that were put aside."""
    said = sides.said
    names = [change.column for change in said.columns]
    shown = {name: (kept_name(name), _shown_default(sides, name)) for name in names}
    legacy.show_kept(work, said.table, shown)


def kept_pairs(columns: Sequence[Conversion]) -> by_hand.Pairs:
    """What columns are called once they are put aside, and what each is called in the entity."""
    return [(kept_name(change.column), change.new_name) for change in columns]


def view_of_kept(work: Work, sides: Leaving) -> list[by_hand.Face]:
    """The view that shows them, if there is one."""
    names = [(kept_name(change.column), change.column) for change in sides.said.columns]
    return by_hand.view(work, sides.said.table, names)


def show_no_more(work: Work, sides: Leaving, why: str) -> None:
    """Takes `show` back."""
    show_kept_no_more(work, sides)
    release(work, sides.said.table, why)
    release(work, sides.said.entity, why)


def show_kept_no_more(work: Work, sides: Leaving) -> None:
    """Takes `show_kept` back."""
    said = sides.said
    legacy.show_reverted(work, said.table, [kept_name(change.column) for change in said.columns])
    work.forget(_indexes(sides))


def altered(sides: Leaving, action: str) -> str:
    """The statement that alters the table."""
    return f"ALTER TABLE {sides.table} {action}"


def _indexes(sides: Leaving) -> str:
    return f"{sides.said.memory}, indexes"


def _shown_default(sides: Leaving, name: str) -> str:
    before = sides.before[name]
    return str(before["default"]) if before["default"] is not None else legacy.null(before["type"])
