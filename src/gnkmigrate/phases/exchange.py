"""The exchange: columns that were built beside others take their places, in a moment."""

from gnkmigrate.phases import legacy, relation, shadow
from gnkmigrate.phases.index_copy import indexes_of
from gnkmigrate.phases.names import column, literal, quoted
from gnkmigrate.phases.own_names import own_name
from gnkmigrate.phases.privileges import grants_on
from gnkmigrate.phases.reshaping import Reshaping
from gnkmigrate.phases.shadow import Shadow
from gnkmigrate.phases.template import render
from gnkmigrate.phases.work import Work


def not_null_check(required: str) -> str:
    """The name of the CHECK that stands in for NOT NULL until the exchange."""
    return own_name("gnkmigrate_not_null_", required)


def exchange(spec: Reshaping, work: Work) -> str:
    """Statements that drop the replaced columns and give their names to the new ones.

    They touch no row. Nothing is left to ask once the table is locked.
    """
    table, shadows = quoted(spec.table), spec.shadows(work)
    sources = [built.source for built in shadows]
    indexes = indexes_of(work, spec.table, sources) if sources else ()
    statements = []
    if shadows:
        statements += [
            f"DROP TRIGGER {shadow.TRIGGER} ON {table}",
            f"DROP FUNCTION {spec.function}()",
            f"ALTER TABLE {table} " + ", ".join(f"DROP COLUMN {column(each)}" for each in sources),
        ]
    for built in shadows:
        statements.append(
            f"ALTER TABLE {table} RENAME COLUMN {column(built.name)} TO {column(built.target)}"
        )
    actions = [
        f"ALTER COLUMN {column(built.target)} SET DEFAULT {render(built.default, work.parameters)}"
        for built in shadows
        if built.default is not None
    ]
    for built in shadows:
        if built.not_null:
            actions += _set_not_null(built.target, not_null_check(built.name))
    statements += [f"ALTER TABLE {table} {action}" for action in actions]
    statements += [each for index in indexes for each in index.adopt(spec.table)]
    statements += [each for built in shadows for each in _carried(work, spec, built)]
    statements += spec.redeclare(work)
    for before, after in spec.kept_required(work):
        statements += [
            f"ALTER TABLE {table} {action}"
            for action in _set_not_null(after, not_null_check(before))
        ]
    return "\n;\n".join(statements)  # a default may end with a comment


def _set_not_null(name: str, check: str) -> tuple[str, str]:
    """Declares what a CHECK has proven; only now, since PostgreSQL 18 names it for the column."""
    return f"ALTER COLUMN {column(name)} SET NOT NULL", f"DROP CONSTRAINT {column(check)}"


def _carried(work: Work, spec: Reshaping, built: Shadow) -> list[str]:
    """Statements that give a column the comment and the grants of the one that it replaces."""
    table = quoted(spec.table)
    statements = grants_on(work, table, built.source, built.target)
    comment = work.value(
        "SELECT col_description(attrelid, attnum) FROM pg_attribute"
        f" WHERE attrelid = {literal(table)}::regclass AND attname = {literal(built.source)}"
    )
    if comment is not None:
        on = f"COLUMN {table}.{column(built.target)}"
        statements.append(f"COMMENT ON {on} IS {literal(comment)}")
    if spec.direction == "down":
        (before,) = shadow.remembered(work, spec.table, spec.of(built.target)).values()
        alter = f"ALTER TABLE {table} ALTER COLUMN {column(built.target)}"
        statements += [f"{alter} {option}" for option in before["options"]]
    return statements


def locked(spec: Reshaping, work: Work) -> str:
    """Locks the table and its view, and gives the statements of the exchange; "" for a rewrite.

    Under the lock everybody waits: what can be asked before it is.
    """
    table = quoted(spec.table)
    relation.keep_maintenance_out(work, table)
    exchanging = exchange(spec, work) if spec.is_online(work) else ""
    legacy.hide(work, spec.table)
    work.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
    return exchanging
