"""The exchange: new columns take the places of old ones, or these take them back, in a moment.

The statements touch no row and ask nothing: whoever runs them holds the table's strongest lock.
"""

from dataclasses import dataclass

from gnkmigrate.run import relation
from gnkmigrate.run.names import column, literal, quoted
from gnkmigrate.run.own_names import own_name
from gnkmigrate.run.session import OURS
from gnkmigrate.run.sync import building, legacy, shadow_columns
from gnkmigrate.run.sync.carried_keys import Replaced, foreign_keys, sequences_go_over
from gnkmigrate.run.sync.column_pair import ColumnPair, remember_kept
from gnkmigrate.run.sync.index_copy import indexes_of
from gnkmigrate.run.sync.privileges import grants_on
from gnkmigrate.run.sync.reshaping import Reshaping, set_default
from gnkmigrate.run.template import render
from gnkmigrate.run.work import Work


def not_null_check(required: str) -> str:
    """The name of the CHECK that stands in for NOT NULL until the exchange."""
    return own_name("gnkmigrate_not_null_", required)


def lock(spec: Reshaping, work: Work) -> None:
    """Locks the table, and its view first, as the view's clients do; then those tied to it."""
    legacy.hide(work, spec.table)
    tables = ", ".join(map(quoted, (spec.table, *spec.others)))
    work.execute(f"LOCK TABLE {tables} IN ACCESS EXCLUSIVE MODE")


def exchange(spec: Reshaping, work: Work) -> str:
    """Statements that give the new columns their names; the old ones stay, under names of ours."""
    relation.keep_maintenance_out(work, quoted(spec.table))
    table, pairs = spec.table, spec.pairs(work)
    statements: list[str] = []
    if pairs:
        work.execute(shadow_columns.DEFAULTS)
        remember_kept(work, table, pairs)
        with work.settings(search_path=OURS):
            work.execute(shadow_columns.make_ways_back(table, work.phase, pairs))
        indexes = indexes_of(work, table, [pair.change.column for pair in pairs])
        carried = [each for pair in pairs for each in _carried(work, table, pair)]
        keys = _keys(spec, work, [_replaced(pair) for pair in pairs])
        statements += keys.released
        statements.append(building.drop_trigger(table, spec.building).strip().rstrip(";"))
        for pair, default in zip(
            pairs, shadow_columns.defaults(table, work.phase, pairs), strict=True
        ):
            statements += _keep(table, pair, default)
        statements += [_renamed(table, pair.built, pair.change.new_name) for pair in pairs]
        spec.remember_indexes(work, {index.kept: index.name for index in indexes})
        primary = [index for index in indexes if index.primary]
        others = [index for index in indexes if not index.primary]
        statements += [index.renamed(table, index.kept) for index in others]
        statements += [each for index in others for each in index.adopt(table)]
        statements += [
            _altered(table, pair.change.new_name, _default(work, pair)) for pair in pairs
        ]
        together = shadow_columns.keep_in_step(work, table, pairs)
        statements += [*carried, *(_filled(work, each) for each in together)]
    statements += spec.redeclare(work)
    for before, after in spec.newly_required(work):
        statements += _set_not_null(table, before, after)
    if pairs:
        statements += [each for index in primary for each in index.adopt(table)]
        statements += keys.held
    return _script(statements)


def exchange_back(spec: Reshaping, work: Work) -> str:
    """Statements that drop the new columns and give the old ones their names back."""
    relation.keep_maintenance_out(work, quoted(spec.table))
    table, pairs = spec.table, spec.pairs(work)
    statements: list[str] = []
    if pairs:
        names = [pair.change.new_name for pair in pairs]
        indexes = indexes_of(work, table, names)
        kept = indexes_of(work, table, [pair.kept for pair in pairs])
        keys = _keys(spec, work, [_replaced_back(pair) for pair in pairs])
        statements += [*shadow_columns.leave(table, work.phase, pairs), *keys.released]
        dropped = ", ".join(f"DROP COLUMN {column(name)}" for name in names)
        statements.append(f"ALTER TABLE {quoted(table)} {dropped}")
        for pair in pairs:
            default = set_default(pair.before["default"])
            statements.append(_renamed(table, pair.kept, pair.change.column))
            statements.append(_altered(table, pair.change.column, default))
        originals = spec.remembered_indexes(work)
        primary = spec.remembered_primary(work)
        statements += [
            index.renamed(table, originals[index.name])
            for index in kept
            if index.name in originals and originals[index.name] != primary
        ]
        added = [index for index in indexes if index.name not in originals.values()]
        statements += [each for index in added for each in index.adopt(table)]
    statements += spec.redeclare_back(work)
    for before, after in spec.required_again(work):
        statements += _set_not_null(table, before, after)
    if pairs:
        statements += [
            f"ALTER TABLE {quoted(table)} ADD CONSTRAINT {column(primary)}"
            f" PRIMARY KEY USING INDEX {column(index.name)}"
            for index in kept
            if primary is not None and originals.get(index.name) == primary
        ]
        statements += keys.held
    return _script(statements)


@dataclass(frozen=True)
class _Keys:
    """What happens to keys and sequences before columns change their names, and afterwards."""

    released: list[str]
    held: list[str]


def _keys(spec: Reshaping, work: Work, columns: list[Replaced]) -> _Keys:
    if spec.tied is None:
        return _Keys([], [])
    names = [each.before for each in columns]
    foreign = foreign_keys(work, spec.table, names)
    spec.remember_foreign_keys(work, foreign)
    released = [key.dropped for key in foreign]
    for index in indexes_of(work, spec.table, names):
        if index.primary:
            spec.remember_primary(work, index.name)
            dropped = f"DROP CONSTRAINT {column(index.name)}"
            released.append(f"ALTER TABLE {quoted(spec.table)} {dropped}")
    leaving, arriving = sequences_go_over(work, spec.table, columns)
    return _Keys(released + leaving, arriving + [key.added for key in foreign])


def _replaced(pair: ColumnPair) -> Replaced:
    return Replaced(pair.change.column, pair.old_type, pair.change.new_name, pair.change.type)


def _replaced_back(pair: ColumnPair) -> Replaced:
    return Replaced(pair.change.new_name, pair.change.type, pair.change.column, pair.old_type)


def _script(statements: list[str]) -> str:
    return "\n;\n".join(statements)  # a default may end with a comment


def _filled(work: Work, text: str) -> str:
    """What a revision says, with its placeholders filled in; what the database says has none."""
    return render(text, work.parameters)


def _default(work: Work, pair: ColumnPair) -> str:
    said = pair.change.default
    if pair.is_given_out and pair.before["identity"]:
        return "DROP DEFAULT"
    if said is None or not pair.change.redeclares:
        return set_default(said)
    return set_default(_filled(work, said))


def _keep(table: str, pair: ColumnPair, default: str) -> list[str]:
    return [
        _renamed(table, pair.change.column, pair.kept),
        _altered(table, pair.kept, f"SET DEFAULT {default}"),
        _altered(table, pair.kept, "DROP NOT NULL"),
    ]


def _renamed(table: str, before: str, after: str) -> str:
    return f"ALTER TABLE {quoted(table)} RENAME COLUMN {column(before)} TO {column(after)}"


def _altered(table: str, name: str, action: str) -> str:
    return f"ALTER TABLE {quoted(table)} ALTER COLUMN {column(name)} {action}"


def _set_not_null(table: str, before: str, after: str) -> tuple[str, str]:
    """Declares what a CHECK has proven; only now, since PostgreSQL 18 names it for the column."""
    check = column(not_null_check(before))
    return (
        _altered(table, after, "SET NOT NULL"),
        f"ALTER TABLE {quoted(table)} DROP CONSTRAINT {check}",
    )


def _carried(work: Work, table: str, pair: ColumnPair) -> list[str]:
    """Statements that give the new column the comment and the grants of the old one."""
    on, old, new = quoted(table), pair.change.column, pair.change.new_name
    statements = grants_on(work, on, old, on, new)
    comment = work.value(
        "SELECT col_description(attrelid, attnum) FROM pg_attribute"
        f" WHERE attrelid = {literal(on)}::regclass AND attname = {literal(old)}"
    )
    if comment is not None:
        statements.append(f"COMMENT ON COLUMN {on}.{column(new)} IS {literal(comment)}")
    return statements
