"""The old table, the entity and the link as they are in the database, and SQL for their values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from gnkmigrate import own_objects
from gnkmigrate.operations.links.spec import Linking
from gnkmigrate.run import relation
from gnkmigrate.run.names import column, literal, quoted
from gnkmigrate.run.session import OURS
from gnkmigrate.run.sync import type_operators
from gnkmigrate.run.sync.alike import alike
from gnkmigrate.run.sync.conversion import ALWAYS, COLUMN, Conversion
from gnkmigrate.run.work import Work

# What is unique at every moment, over all rows and plain columns; the primary key comes first.
_UNIQUE = """
SELECT array_agg(attname::text ORDER BY place), bool_and(attnotnull)
FROM pg_catalog.pg_index
CROSS JOIN LATERAL unnest(indkey[0:indnkeyatts - 1]) WITH ORDINALITY AS key (number, place)
LEFT JOIN pg_catalog.pg_attribute ON attrelid = indrelid AND attnum = number
WHERE indrelid = %s::regclass AND indisunique AND indimmediate AND indisvalid AND indpred IS NULL
GROUP BY indexrelid, indisprimary, indnkeyatts
HAVING count(attname) = indnkeyatts
ORDER BY indisprimary DESC, indnkeyatts, 1
"""
_NEXT_KEY = """
SELECT coalesce(pg_get_expr(adbin, adrelid),
                format('nextval(%L::regclass)', pg_get_serial_sequence({entity}, attname)))
FROM pg_attribute LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
WHERE attrelid = {entity}::regclass AND attname = {key}
"""
# As defaults of columns name them. They are in the schema of the table whose they are, always.
_SEQUENCES = """
SELECT quote_literal(pg_class.oid::regclass), relname::text
FROM pg_depend JOIN pg_class ON pg_class.oid = objid AND relkind = 'S'
WHERE classid = 'pg_class'::regclass AND refclassid = 'pg_class'::regclass
  AND refobjid = %s::regclass AND refobjsubid > 0 AND deptype = 'a'
"""


@dataclass(frozen=True)
class Sides:
    """The three tables.

    Attributes:
        said: what the revision says.
        place: "schema.table" of the old table now.
        link: "schema.table" of the link now.
        columns: how the old table's are declared, as relation.columns says it.
        row_key: the old table's key.
        is_alone: whether an entity has one row of the old table at most, by a unique key of it.
        key_type: the type of the entity's key.
        next_key: SQL that gives a new row of the entity its key; "" before it is there.
        equalities: the operators of those of the old table's columns whose type has one of its own.
        identities: the operators by which values of the entity's identity are equal.
        sequences: those of the old table's columns, by the literal with which a default names one.
    """

    said: Linking
    place: str
    link: str
    columns: relation.Columns
    row_key: tuple[str, ...]
    is_alone: bool
    key_type: str
    next_key: str
    equalities: Mapping[str, str]
    identities: Mapping[str, str]
    sequences: Mapping[str, str]

    @classmethod
    def built(cls, work: Work, said: Linking) -> "Sides":
        """As they are until the link takes the old table's place."""
        return cls._found(work, said, said.table, said.staged)

    @classmethod
    def swapped(cls, work: Work, said: Linking) -> "Sides":
        """As they are from then on."""
        return cls._found(work, said, said.archived, said.table)

    @classmethod
    def _found(cls, work: Work, said: Linking, place: str, link: str) -> "Sides":
        names = relation.column_names(work, place)
        unique = work.connection.execute(_UNIQUE.encode(), (quoted(place),)).fetchall()
        keys = [tuple(found) for found, required in unique if required]
        identity = {change.column for change in said.identifying}
        entity = literal(quoted(said.entity))
        key, next_key = {}, ""
        if work.value(f"SELECT to_regclass({entity}) IS NOT NULL"):
            key = relation.columns(work, said.entity, [said.key])
            with work.settings(search_path=OURS):
                next_key = str(work.value(_NEXT_KEY.format(entity=entity, key=literal(said.key))))
        columns = relation.columns(work, place, names)
        identities = {
            change.new_name: type_operators.of_type(
                work, change.type or str(columns[change.column]["type"])
            )
            for change in said.identifying
        }
        with work.settings(search_path=OURS):
            found = work.connection.execute(_SEQUENCES, (quoted(place),)).fetchall()
        return cls(
            said=said,
            place=place,
            link=link,
            columns=columns,
            row_key=keys[0] if keys else (),
            is_alone=any(identity.issuperset(found) for found, _ in unique),
            key_type=str(key[said.key]["type"]) if key else "",
            next_key=next_key,
            equalities=type_operators.of_columns(work, place),
            identities=identities,
            sequences=dict(found),
        )

    def after_swap(self) -> "Sides":
        """What they are going to be once the link has taken the old table's place."""
        columns = {
            name: {**declared, "default": self._archived(declared["default"])}
            for name, declared in self.columns.items()
        }
        return replace(self, place=self.said.archived, link=self.said.table, columns=columns)

    def _archived(self, default: str | None) -> str | None:
        """A default once the sequences have gone to the archive with their table."""
        for named, name in self.sequences.items():
            there = literal(quoted(f"{own_objects.ARCHIVE}.{name}"))
            default = default and default.replace(f"{named}::regclass", f"{there}::regclass")
        return default

    def before_swap(self) -> "Sides":
        """What they are going to be once the old table is in its place again."""
        return replace(self, place=self.said.table, link=self.said.staged)

    @property
    def old(self) -> str:
        """The old table, quoted."""
        return quoted(self.place)

    @property
    def rows(self) -> str:
        """The link table, quoted."""
        return quoted(self.link)

    @property
    def entity(self) -> str:
        return quoted(self.said.entity)

    @property
    def ref(self) -> str:
        return column(self.said.reference)

    @property
    def key(self) -> str:
        return column(self.said.key)

    def type_of(self, change: Conversion) -> str:
        """The type of a new column, as SQL."""
        return change.type or str(self.columns[change.column]["type"])

    def settings(self, changes: Sequence[Conversion]) -> list[tuple[str, Sequence[str]]]:
        """Each new column's name, and the options of the one that it comes from."""
        return [(each.new_name, self.columns[each.column]["options"]) for each in changes]

    def old_type(self, change: Conversion) -> str:
        return str(self.columns[change.column]["type"])

    def row_keys(self, row: str) -> str:
        """The key of a row of the old table, as a list."""
        return ", ".join(f"{row}.{column(name)}" for name in self.row_key)

    def new_value(self, row: str, change: Conversion) -> str:
        """What a new column has for a row of the old table."""
        return change.converted(f"{row}.{column(change.column)}")

    def new_values(self, row: str, changes: Sequence[Conversion]) -> str:
        return ", ".join(self.new_value(row, change) for change in changes)

    def old_value(self, value: str, change: Conversion, otherwise: str = "NULL") -> str:
        """What the old column has for a value of the new one, or else where it can hold none."""
        back = change.reverted(value, self.old_type(change))
        if change.holds != ALWAYS:
            back = f"CASE WHEN {change.holds.replace(COLUMN, value)} THEN {back} END"
        if self.columns[change.column]["not_null"] and otherwise != "NULL":
            return f"coalesce({back}, {otherwise})"
        return back

    def otherwise(self, change: Conversion) -> str:
        """What a new row of the old shape has where the new column's value has no place in it."""
        default = self.columns[change.column]["default"]
        return change.fallback or (str(default) if default is not None else "NULL")

    def is_link(self, row: str, *, refers: bool = True) -> str:
        """The condition that a row of the old table is a link.

        Args:
            row: its alias.
            refers: False before the old table has a reference.
        """
        needed = [column(change.column) for change in self.said.owners]
        owned = [f"{row}.{name} IS NOT NULL" for name in (*needed, *([self.ref] if refers else ()))]
        return f"({' AND '.join((f'{self.said.is_row(row)} IS TRUE', *owned))})"

    def is_identified(self, row: str) -> str:
        """The condition that a row of the old table says which entity it is about."""
        values = [self.new_value(row, change) for change in self.said.identifying]
        return f"({' AND '.join(f'({value}) IS NOT NULL' for value in values)})"

    def is_entity_of(self, row: str, entity: str = "entity") -> str:
        """The condition that a row of the entity is what a row of the old table is about."""
        return " AND ".join(
            type_operators.equal(
                f"{entity}.{column(change.new_name)}",
                self.new_value(row, change),
                self.identities[change.new_name],
                self.type_of(change),
            )
            for change in self.said.identifying
        )

    def has_key(self, row: str, other: str) -> str:
        """The condition that two rows of the old table have the same key."""
        return type_operators.all_equal(
            [f"{row}.{column(name)}" for name in self.row_key],
            [f"{other}.{column(name)}" for name in self.row_key],
            [self.equalities.get(name, type_operators.EQUAL) for name in self.row_key],
        )

    def owners(self, row: str) -> list[str]:
        """The owner in a row of the old table."""
        return [f"{row}.{column(change.column)}" for change in self.said.owners]

    def link_owners(self, row: str) -> list[str]:
        """The owner in a link."""
        return [f"{row}.{column(name)}" for name in self.said.owner]

    def pair(self, row: str) -> list[str]:
        """The owner and the reference in a row of the old table."""
        return [*self.owners(row), f"{row}.{self.ref}"]

    def link_pair(self, row: str) -> list[str]:
        """The same in a link."""
        return [*self.link_owners(row), f"{row}.{self.ref}"]

    def are_same(self, ones: Sequence[str], others: Sequence[str]) -> str:
        """The condition that two owners are one, or two such pairs."""
        own_objects = [
            self.equalities.get(change.column, type_operators.EQUAL) for change in self.said.owners
        ]
        return type_operators.all_equal(ones, others, [*own_objects, type_operators.EQUAL])

    @property
    def link_key(self) -> str:
        """The columns of the link's key, as a list."""
        return ", ".join(map(column, (*self.said.owner, self.said.reference)))

    @property
    def payload(self) -> list[str]:
        """The other columns of the link."""
        said = self.said
        return [column(change.new_name) for change in (*said.carried, *said.new_links)]

    def payload_of(self, row: str) -> list[str]:
        """What these have for a row of the old table."""
        said = self.said
        return [
            *(self.new_value(row, change) for change in said.carried),
            *(f"{row}.{column(change.new_name)}" for change in said.new_links),
        ]

    def link_of(self, row: str) -> str:
        """What a link has for a row of the old table, as a list in the order of `link_columns`."""
        return ", ".join((*self.pair(row), *self.payload_of(row)))

    @property
    def link_columns(self) -> str:
        """The link's columns as a list."""
        return ", ".join((self.link_key, *self.payload))

    def said_alike(self, one: str, other: str, changes: Sequence[Conversion]) -> str:
        """The condition that two rows of the old table have the same in these columns."""
        sides = [", ".join(f"{row}.{column(c.column)}" for c in changes) for row in (one, other)]
        return alike(*sides) if changes else "true"
