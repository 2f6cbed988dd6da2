"""The cutover of a split, and the way back: names and triggers change, and no row is touched."""

from gnkmigrate.phases import in_step, legacy, relation
from gnkmigrate.phases.column_pair import keep_as_they_are, kept_name, release
from gnkmigrate.phases.exchange import not_null_check
from gnkmigrate.phases.index_copy import indexes_of
from gnkmigrate.phases.names import column
from gnkmigrate.phases.reshaping import set_default
from gnkmigrate.phases.splits import sync
from gnkmigrate.phases.splits.sides import Sides
from gnkmigrate.phases.work import Work


def cut_over(work: Work, sides: Sides) -> None:
    """The link takes its name, and the columns are kept under names of ours."""
    spec, after = sides.split, sides.cut_over()
    names = [change.column for change in spec.columns]
    indexes = indexes_of(work, spec.table, names)
    _lock(work, sides)
    work.execute(in_step.DEFAULTS)
    statements = [sync.drop_triggers(spec)]
    for change, default in zip(spec.columns, sync.defaults(after), strict=True):
        old = column(change.column)
        statements += [
            _altered(sides, f"RENAME COLUMN {old} TO {after.old(change)}"),
            _altered(sides, f"ALTER COLUMN {after.old(change)} SET DEFAULT {default}"),
            _altered(sides, f"ALTER COLUMN {after.old(change)} DROP NOT NULL"),
        ]
    statements.append(_altered(sides, f"RENAME COLUMN {sides.link} TO {after.link}"))
    if spec.not_null:
        check = column(not_null_check(spec.built_link))
        statements += [
            _altered(sides, f"ALTER COLUMN {after.link} SET NOT NULL"),
            _altered(sides, f"DROP CONSTRAINT {check}"),
        ]
    statements += [index.renamed(spec.table, index.kept) for index in indexes]
    work.remember(f"{spec.memory}, indexes", {index.kept: index.name for index in indexes})
    foreign_key = (
        f"ADD CONSTRAINT {column(spec.foreign_key)} FOREIGN KEY ({after.link})"
        f" REFERENCES {sides.entity} ({sides.key}) {spec.actions} NOT VALID"
    )
    statements.append(_altered(sides, foreign_key))
    next_key = sides.next_key(work)
    statements += [sync.functions(after, next_key), sync.triggers(after), sync.lead(after)]
    work.execute(";\n".join(statements))
    keep_as_they_are(work, spec.table, spec.name, [spec.link])
    names = [spec.key, *(change.new_name for change in spec.columns)]
    keep_as_they_are(work, spec.entity, spec.name, names)
    legacy.show_kept(
        work,
        spec.table,
        {
            change.column: (kept_name(change.column), _shown_default(sides, change.column))
            for change in spec.columns
        },
    )


def cut_back(work: Work, sides: Sides) -> None:
    """The columns take their names again, and the link goes."""
    spec, after = sides.split, sides.cut_over()
    kept = indexes_of(work, spec.table, [kept_name(change.column) for change in spec.columns])
    originals = work.recall(f"{spec.memory}, indexes") or {}
    _lock(work, sides)
    statements = [
        sync.lead_no_more(spec),
        sync.drop_triggers(spec),
        sync.drop_ways_back(sides),
        _altered(sides, f"DROP COLUMN {after.link}"),
    ]
    for change in spec.columns:
        before, name = sides.before[change.column], column(change.column)
        statements += [
            _altered(sides, f"RENAME COLUMN {after.old(change)} TO {name}"),
            _altered(sides, f"ALTER COLUMN {name} {set_default(before['default'])}"),
        ]
        if before["not_null"]:
            check = column(not_null_check(kept_name(change.column)))
            statements += [
                _altered(sides, f"ALTER COLUMN {name} SET NOT NULL"),
                _altered(sides, f"DROP CONSTRAINT {check}"),
            ]
    statements += [
        index.renamed(spec.table, originals[index.name])
        for index in kept
        if index.name in originals
    ]
    work.execute(";\n".join(statements))
    legacy.show_reverted(work, spec.table, [kept_name(change.column) for change in spec.columns])
    work.forget(f"{spec.memory}, indexes")
    release(work, spec.table, spec.name)
    release(work, spec.entity, spec.name)
    in_step.drop_unused(work)


def _lock(work: Work, sides: Sides) -> None:
    """Locks the table, and its view first, as the view's clients do; then the entity."""
    relation.keep_maintenance_out(work, sides.table, sides.entity)
    legacy.hide(work, sides.split.table)
    work.execute(f"LOCK TABLE {sides.table} IN ACCESS EXCLUSIVE MODE")
    work.execute(f"LOCK TABLE {sides.entity} IN SHARE ROW EXCLUSIVE MODE")


def _altered(sides: Sides, action: str) -> str:
    return f"ALTER TABLE {sides.table} {action}"


def _shown_default(sides: Sides, name: str) -> str:
    before = sides.before[name]
    return str(before["default"]) if before["default"] is not None else legacy.null(before["type"])
