"""What the steps that change, or take back, the columns of one table have in common."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gnkmigrate import own
from gnkmigrate.phases import deferred, originals, shadow
from gnkmigrate.phases.conversion import Conversion
from gnkmigrate.phases.events import Direction
from gnkmigrate.phases.names import column, literal, quoted, split
from gnkmigrate.phases.own_names import own_name
from gnkmigrate.phases.residue import UNWRITTEN, WRITTEN
from gnkmigrate.phases.row_key import Columns, key_of
from gnkmigrate.phases.shadow import Shadow
from gnkmigrate.phases.work import Work

_SUBQUERY = re.compile(r"\bselect\b", re.IGNORECASE)


def _asks(conversion: Conversion) -> bool:
    """Whether it looks up values in tables; a text or a comment with that word does no harm."""
    return bool(_SUBQUERY.search(conversion.using + conversion.back))


@dataclass(frozen=True)
class Reshaping:
    """What the steps of one table have in common.

    Attributes:
        table: "schema.table".
        key: the columns that tell rows apart, by their names before the phase; none: the table's
            key.
        conversions: the columns' changes.
        direction: which columns are being built: the new ones ("up") or the old ones.
    """

    table: str
    key: Columns
    conversions: tuple[Conversion, ...]
    direction: Direction

    @property
    def name(self) -> str:
        """The step of the exchange, in both directions."""
        return f"columns of {self.table}"

    @property
    def which(self) -> str:
        return f"{'new' if self.direction == 'up' else 'old'} columns of {self.table}"

    @property
    def function(self) -> str:
        name = own_name(f"{self.direction}_", *split(self.table))
        return f"{own.JOURNAL}.{column(name)}"

    def shadows(self, work: Work) -> tuple[Shadow, ...]:
        make = shadow.upward if self.direction == "up" else shadow.downward
        return make(work, self.table, self.key_now(work), self.conversions)

    def old_key(self, work: Work) -> Columns:
        """The columns of the key by their names before the phase."""
        return self.key or tuple(work.recall(self._key_memory) or key_of(work, self.table, ()))

    def new_key(self, work: Work) -> Columns:
        """The same by their names after it."""
        after = {change.column: change.new_name for change in self.conversions}
        return tuple(after.get(name, name) for name in self.old_key(work))

    def key_now(self, work: Work) -> Columns:
        """The same by their names until the exchange."""
        return self.old_key(work) if self.direction == "up" else self.new_key(work)

    def remember(self, work: Work) -> None:
        """Keeps, before anything changes, how the columns were declared, and which are the key."""
        shadow.remember(work, self.table, self.conversions)
        work.remember(self._key_memory, list(self.old_key(work)))
        if self._keeps(work):
            work.execute(WRITTEN)

    def _keeps(self, work: Work) -> bool:
        return any(built.residue is not None for built in self.shadows(work))

    def forget(self, work: Work) -> None:
        """Forgets it once the columns are back."""
        for change in self.conversions:
            work.forget(shadow.memory_key(self.table, change))
        work.forget(self._key_memory)
        if not work.value("SELECT EXISTS (SELECT FROM gnkmigrate.memory WHERE key ~ '^key of ')"):
            work.execute(UNWRITTEN)

    def follow_originals(self, work: Work, key: Columns) -> None:
        """Lets the originals that are kept of this table follow its rows, by a key's names now."""
        if self._keeps(work):
            work.execute(originals.follow(self.table, key))

    def leave_originals(self, work: Work) -> None:
        """Ends that, unless another phase keeps originals of the table as well."""
        query = "SELECT EXISTS (SELECT FROM gnkmigrate.memory WHERE key = %s AND phase <> %s)"
        ((others,),) = work.connection.execute(query, (self._key_memory, work.phase)).fetchall()
        deferred.ask(work.connection)  # rows have been written, and no trigger is dropped before
        if others:
            work.execute(originals.follow(self.table, self.old_key(work)))
        else:
            work.execute(originals.leave(self.table))

    @property
    def _key_memory(self) -> str:
        return f"key of {self.table}"

    @property
    def renames(self) -> Mapping[str, str]:
        """The columns by their names before the exchange, and what they are called after it."""
        up = {change.column: change.new_name for change in self.conversions}
        return up if self.direction == "up" else {after: before for before, after in up.items()}

    def of(self, name: str) -> tuple[Conversion, ...]:
        """The conversion of the old column `name`."""
        return tuple(change for change in self.conversions if change.column == name)

    def required(self, work: Work) -> Sequence[str]:
        """The columns, by their names before the exchange, that will be NOT NULL."""
        built = [each.name for each in self.shadows(work) if each.not_null]
        return [*built, *(before for before, _ in self.kept_required(work))]

    def kept_required(self, work: Work) -> Sequence[tuple[str, str]]:
        """Those of them whose values stay, by their names before and after the exchange."""
        found = shadow.remembered(work, self.table, self.conversions)
        kept = [
            change
            for change in self.conversions
            if not shadow.rewrites(change, found[change.column])
        ]
        if self.direction == "up":
            return [
                (change.column, change.new_name)
                for change in kept
                if change.not_null and not found[change.column]["not_null"]
            ]
        return [
            (change.new_name, change.column)
            for change in kept
            if found[change.column]["not_null"] and not change.not_null
        ]

    def redeclare(self, work: Work) -> Sequence[str]:
        """Statements for the columns whose values stay: default, nullability, name."""
        found = shadow.remembered(work, self.table, self.conversions)
        kept = [
            change
            for change in self.conversions
            if not shadow.rewrites(change, found[change.column])
        ]
        table = quoted(self.table)
        statements = []
        for change in kept:
            up = self.direction == "up"
            before = found[change.column]
            name, to = change.column, change.new_name
            if not up:
                name, to = to, name
            default = change.default if up else before["default"]
            not_null = change.not_null if up else before["not_null"]
            set_default = "DROP DEFAULT" if default is None else f"SET DEFAULT {default}"
            statements.append(f"ALTER TABLE {table} ALTER COLUMN {column(name)} {set_default}")
            if not not_null:
                statements.append(f"ALTER TABLE {table} ALTER COLUMN {column(name)} DROP NOT NULL")
            if name != to:
                statements.append(
                    f"ALTER TABLE {table} RENAME COLUMN {column(name)} TO {column(to)}"
                )
        return statements

    def is_online(self, work: Work) -> bool:
        """Whether this run has chosen to build columns beside the others."""
        return work.recall(f"building {self.which}") is not None

    def choose(self, work: Work) -> bool:
        """Builds beside where the table is large; a small one is rewritten in an instant.

        ALTER TABLE takes no subquery for that (manual, ALTER TABLE, USING).
        """
        limit = work.limits.rewrite_rows
        few = f"SELECT FROM {quoted(self.table)} LIMIT {limit + 1}"
        if not any(map(_asks, self.conversions)) and (
            work.atomic or work.value(f"SELECT count(*) FROM ({few}) AS counted") <= limit
        ):
            return False
        work.remember(f"building {self.which}", True)
        return True

    def forget_originals(self, work: Work) -> None:
        """Deletes what the phase has kept of this table's old values."""
        work.execute(
            "DELETE FROM gnkmigrate.residue"
            f" WHERE phase = {literal(work.phase)} AND relation = {literal(self.table)}"
        )

    def forget_choice(self, work: Work) -> None:
        work.forget(f"building {self.which}")
