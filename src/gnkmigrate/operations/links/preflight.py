"""What speaks against a table becoming an entity and a link, before anything has changed."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from gnkmigrate.facts.fact import Identity
from gnkmigrate.operations.links import making, row_preflight
from gnkmigrate.operations.links.sides import Sides
from gnkmigrate.operations.links.spec import Linking
from gnkmigrate.operations.links.spec import listed as names_of
from gnkmigrate.operations.parts import added
from gnkmigrate.operations.splits import preflight as splits
from gnkmigrate.postgres.quoting import qualified
from gnkmigrate.run import dependents, relation
from gnkmigrate.run.batches import row_key
from gnkmigrate.run.batches.row_key import listed as listed_columns
from gnkmigrate.run.names import literal, quoted, split
from gnkmigrate.run.rows import listed
from gnkmigrate.run.session import OURS
from gnkmigrate.run.step import Refusal
from gnkmigrate.run.sync import granted, row_disclosure, row_security
from gnkmigrate.run.sync.convertible import misplaced_columns, unfit_rows
from gnkmigrate.run.work import Work

_KINDS = """
SELECT relkind = 'p' OR relispartition OR EXISTS (
           SELECT FROM pg_catalog.pg_inherits WHERE oid IN (inhrelid, inhparent))
FROM pg_catalog.pg_class WHERE oid = {table}::regclass
"""
# Who owns the old table, of which the triggers of the other tables write the rows.
_OWNERS = """
SELECT DISTINCT format('%s belongs to %s', other.oid::regclass, pg_get_userbyid(other.relowner))
FROM pg_catalog.pg_class AS other, pg_catalog.pg_class AS old
WHERE other.oid = ANY (ARRAY[{tables}]::regclass[]) AND old.oid = {table}::regclass
  AND NOT (pg_has_role(other.relowner, old.relowner, 'USAGE')
           AND (other.oid <> ALL (ARRAY[{written}]::regclass[])
                OR pg_has_role(old.relowner, other.relowner, 'USAGE')))
ORDER BY 1
"""
_REFERRING = """
SELECT DISTINCT conrelid::regclass::text FROM pg_catalog.pg_constraint
WHERE contype = 'f' AND confrelid = {entity}::regclass
  AND conrelid <> ALL (ARRAY[{hanging}]::regclass[])
ORDER BY 1
"""
_FOREIGN_KEYS = """
SELECT conname::text, array_agg(attname::text)
FROM pg_catalog.pg_constraint
JOIN pg_catalog.pg_attribute ON attrelid = conrelid AND attnum = ANY (conkey)
WHERE contype = 'f' AND conrelid = {table}::regclass AND conparentid = 0
GROUP BY conname ORDER BY conname
"""


def of_entity(work: Work, said: Linking) -> list[Refusal]:
    """What speaks against the first half."""
    if Identity("table", split(said.table)) not in work.facts:
        return [Refusal(f"{said.table} is not a table.", hint="Look at the revision.")]
    asked = [*_of_columns(work, said), *row_key.refusals(work, said.table, ())]
    if asked:
        return asked
    asked += splits.there(work, said.table, said.entity) if said.made else _filled(work, said)
    sides = Sides.built(work, said)
    asked += [*_taken(sides), *_lost(sides), *_foreign_keys(work, sides)]
    asked += lasting(work, sides)
    return (
        asked
        or list(making.refusals(work, sides))
        or [
            *row_preflight.unfit(work, sides),
            *row_preflight.strangers(work, sides, said.owners, refers=False),
        ]
    )


def lasting(work: Work, sides: Sides) -> list[Refusal]:
    """What may have come to speak against it by the time of the swap."""
    said = sides.said
    asked = [
        *_owners(work, said),
        *row_security.shared(work, said.table, said.entity),
        *row_disclosure.refusals(work, said.table, (*said.columns, *said.links)),
    ]
    if not sides.is_alone:
        telling = [change.column for change in said.telling]
        identity = [change.column for change in said.identifying]
        asked += granted.telling_others(work, said.table, said.entity, identity, telling)
    return asked


def of_links(work: Work, said: Linking) -> list[Refusal]:
    """What speaks against the second half, where the first one is an earlier phase."""
    if any(said.table in step.tables and step.changes for step in work.earlier):
        return []
    absent = [name for name in said.added if not relation.columns(work, said.table, [name])]
    if absent:
        message = f"{said.table} lacks columns: {', '.join(absent)}."
        return [Refusal(message, hint="The phase that makes the entity comes first.")]
    sides = Sides.built(work, said)
    optional = [replace(change, not_null=False) for change in (*said.columns, *said.links)]
    return [
        *unfit_rows(work, said.table, sides.row_key, list(dict.fromkeys(optional))),
        *row_preflight.strangers(work, sides, (*said.links, *said.new_links)),
    ]


def of_way_back(work: Work, said: Linking) -> list[Refusal]:
    """What goes on using an entity's table that was made for it, and goes."""
    if not said.made or not relation.is_there(work, said.entity):
        return []
    ours = tuple(f" on table {qualified(*split(each))}" for each in (said.table, said.staged))
    hanging = [each for each in dependents.in_the_way(work, said.entity) if not each.endswith(ours)]
    message = f"Other objects use {said.entity}, which the old shape does not have."
    used = [Refusal(message, hanging, len(hanging), "Drop them before.")] if hanging else []
    return [*used, *added.columns(work, said.entity, said.entity_columns)]


def _owners(work: Work, said: Linking) -> Iterator[Refusal]:
    """Triggers run as the owner of their table, who has to have the rights on the other ones."""
    written = () if said.made else (said.entity,)
    asked = _OWNERS.format(
        tables=_literals((*written, *said.watched)),
        table=literal(quoted(said.table)),
        written=_literals(written),
    )
    with work.settings(search_path=OURS):
        others = [row[0] for row in work.execute(asked).fetchall()]
    if others:
        yield Refusal(
            f"Tables that are kept in step with {said.table} belong to somebody else.",
            others,
            len(others),
            "Let all of them have one owner, or one that is a member of the others.",
        )


def _literals(tables: Sequence[str]) -> str:
    return ", ".join(literal(quoted(table)) for table in tables)


def _of_columns(work: Work, said: Linking) -> Iterator[Refusal]:
    leaving = [replace(change, rename="") for change in (*said.columns, *said.links)]
    misplaced = misplaced_columns(work, said.table, list(dict.fromkeys(leaving)))
    if misplaced:
        yield misplaced
    if work.value(_KINDS.format(table=literal(quoted(said.table)))):
        yield Refusal(
            f"{said.table} is partitioned, a partition, or inherits.",
            hint="Make a table of its own of it before the phase.",
        )


def _filled(work: Work, said: Linking) -> Iterator[Refusal]:
    """An entity that is there has to be empty, and to have what the revision says."""
    wanted = [said.key, *(change.new_name for change in (*said.columns, *said.new))]
    absent = set(wanted) - set(relation.columns(work, said.entity, wanted))
    if absent:
        yield Refusal(f"{said.entity} lacks columns.", sorted(absent), len(absent))
        return
    asked = _REFERRING.format(
        entity=literal(quoted(said.entity)),
        hanging=_literals(said.hanging),
    )
    with work.settings(search_path=OURS):
        others = [row[0] for row in work.execute(asked).fetchall()]
    if others:
        message = f"Other tables refer to {said.entity}: their rows would go with its rows."
        yield Refusal(message, others, len(others), "Name them in `hanging`.")
    query = f"SELECT {listed_columns(said.identity)} FROM {quoted(said.entity)}"
    total, found = listed(work, query)
    if total:
        yield Refusal(
            f"{said.entity} has rows already that do not come from {said.table}.",
            found,
            total,
            "Remove them; the new application may write there once the links have taken over.",
        )


def _taken(sides: Sides) -> Iterator[Refusal]:
    taken = [name for name in sides.said.added if name in sides.columns]
    if taken:
        yield Refusal(
            f"{sides.said.table} already has columns of the link: {', '.join(taken)}.",
            hint="Somebody may have migrated by hand, or they need other names.",
        )
    key = sides.said.key_from
    if key and (key not in sides.columns or key not in sides.row_key):
        yield Refusal(f"{key} is no key of {sides.said.table}, so that no entity can take it.")
    elif key and (sides.columns[key]["default"] is None and key not in sides.said.fallback):
        yield Refusal(
            f"{key} of {sides.said.table} has no default, which a row needs whose key is taken.",
            hint="Give it one, or say its value in `fallback`.",
        )
    elif key and sides.key_type not in {"", sides.columns[key]["type"]}:
        found = sides.columns[key]["type"]
        yield Refusal(
            f"{key} of {sides.said.table} is {found}, and the entity's key is {sides.key_type}.",
            hint="Somebody may have migrated by hand: compare with `gnkmigrate audit`.",
        )


def _lost(sides: Sides) -> Iterator[Refusal]:
    """Columns that a new row of the old shape would need a value in, and has none."""
    said = sides.said
    owned = {change.column for change in said.owners}
    sure = {
        change.column
        for change in (*said.returning, *said.carried)
        if change.not_null or change.new_name in said.identity or change.fallback
    }
    known = {*owned, *sure, *said.fallback, said.key_from}
    lost = [
        name
        for name, declared in sides.columns.items()
        if declared["not_null"]
        and declared["default"] is None
        and not declared["identity"]
        and name not in known
    ]
    if lost:
        yield Refusal(
            f"A row that the new application makes would have no value in columns of {said.table}"
            f" that are NOT NULL: {', '.join(lost)}.",
            hint="Say it in `fallback`, or map them to a column that is NOT NULL.",
        )


def _foreign_keys(work: Work, sides: Sides) -> Iterator[Refusal]:
    """Those of the old table have to go on as those of the new ones."""
    said = sides.said
    links = {change.column: change.new_name for change in said.links}
    named = [set(names_of(names)) for names in said.references]
    kept = {change.column for change in (*said.columns, *said.links)}
    asked = _FOREIGN_KEYS.format(table=literal(quoted(said.table)))
    for name, columns in work.execute(asked).fetchall():
        if not kept.issuperset(columns):
            message = f"Foreign key {name} of {said.table} has columns that no new table has."
            yield Refusal(message, hint="Drop it before the phase.")
        elif links.keys() >= set(columns) and {links[each] for each in columns} not in named:
            message = f"Foreign key {name} of {said.table}: the revision does not say what the"
            yield Refusal(f"{message} link refers to.", hint="Say it in `references`.")
