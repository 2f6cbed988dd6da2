"""Rows that refer to an entity, in the overflow: there they know it by its identity.

After a rollback and another upgrade it may have another key, or another one may have its key.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from gnkmigrate.operations.links.spec import Linking
from gnkmigrate.operations.spill import Spill
from gnkmigrate.operations.take_back import TakeBack
from gnkmigrate.run.kept import content, overflow
from gnkmigrate.run.names import column, literal, quoted
from gnkmigrate.run.step import Refusal
from gnkmigrate.run.work import Work

_IDENTITY = "gnkmigrate_identity"
# Where the column goes that refers to the entity; which one a hanging table has, is asked.
REFERENCE = ":reference"
_REFERRING = """
SELECT attname::text FROM pg_catalog.pg_constraint
JOIN pg_catalog.pg_attribute ON attrelid = conrelid AND attnum = conkey[1]
WHERE contype = 'f' AND conrelid = to_regclass({table}) AND confrelid = to_regclass({entity})
ORDER BY conname LIMIT 1
"""


@dataclass(frozen=True)
class SpillReferring(Spill):
    """A spill of rows that refer to an entity; `where` may name the column as `:reference`.

    Attributes:
        entity: "schema.table".
        key: its key.
        identity: the columns that tell entities apart.
    """

    entity: str = ""
    key: str = ""
    identity: tuple[str, ...] = ()

    def check(self, work: Work) -> Sequence[Refusal]:
        return Spill.check(self._asked(work), work)

    def run(self, work: Work) -> int:
        """Keeps the rows; see Spill."""
        return Spill.run(self._asked(work), work)

    def _asked(self, work: Work) -> "SpillReferring":
        name = column(_reference(work, self.table, self.entity))
        return replace(self, where=self.where.replace(REFERENCE, f"spilled.{name}"))

    def _kept(self, work: Work) -> str:
        name = column(_reference(work, self.table, self.entity))
        identity = content.of("entity", self.identity)
        known = (
            f"(SELECT {identity} FROM {quoted(self.entity)} AS entity"
            f" WHERE entity.{column(self.key)} = spilled.{name})"
        )
        whole = overflow.kept_of(work, self.table, "spilled")
        return f"{whole} || jsonb_build_object({literal(_IDENTITY)}, {known})"


@dataclass(frozen=True)
class TakeReferringBack(TakeBack):
    """Takes them back, to the entity that has that identity now.

    Attributes:
        entity: "schema.table".
        entity_key: its key.
        identity: the columns that tell entities apart.
    """

    entity: str = ""
    entity_key: str = ""
    identity: tuple[str, ...] = ()

    def run(self, work: Work) -> int:
        if not overflow.held(work, self.table, self.reason):
            return 0
        name = _reference(work, self.table, self.entity)
        work.connection.execute(
            f"""
            UPDATE gnkmigrate.overflow AS kept
            SET content = kept.content || jsonb_build_object(
                {literal(name)}, format('%s', entity.{column(self.entity_key)}))
            FROM {quoted(self.entity)} AS entity
            WHERE kept.relation = {literal(self.table)} AND kept.reason = {literal(self.reason)}
              AND kept.content -> {literal(_IDENTITY)} = {content.of("entity", self.identity)}
            """.encode()
        )
        return super().run(work)


def _reference(work: Work, table: str, entity: str) -> str:
    """The column of a table that refers to the entity; "" where there is none."""
    asked = _REFERRING.format(table=literal(quoted(table)), entity=literal(quoted(entity)))
    return str(work.value(asked) or "")


def spill(said: Linking, table: str, reason: str, where: str, of: str) -> Spill:
    """The step that keeps such rows of a table."""
    shows = (*said.owner, said.reference) if table == said.table else ()
    return SpillReferring(
        reason, table, where, shows, of=of, entity=said.entity, key=said.key, identity=said.identity
    )


def take_back(said: Linking, table: str, reason: str) -> TakeBack:
    """The step that brings them back."""
    return TakeReferringBack(
        reason,
        table,
        key=(*said.owner, said.reference) if table == said.table else (),
        entity=said.entity,
        entity_key=said.key,
        identity=said.identity,
    )
