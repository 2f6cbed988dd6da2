"""op.add_constraint, op.name_constraint, op.replace_foreign_key, and their ways back.

A constraint is found by what it constrains, never by a guessed name.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from gnkmigrate.phases import relation
from gnkmigrate.phases.names import column, quoted
from gnkmigrate.phases.recorder import operation
from gnkmigrate.phases.step import Refusal, Step
from gnkmigrate.phases.work import Work


def _add(table: str, name: str, definition: str) -> str:
    """Without reading the table: new rows are checked from now on, the old ones on VALIDATE."""
    not_valid = "" if definition.endswith("NOT VALID") else " NOT VALID"
    return f"ALTER TABLE {quoted(table)} ADD CONSTRAINT {column(name)} {definition}{not_valid}"


def _drop(table: str, name: str) -> str:
    return f"ALTER TABLE {quoted(table)} DROP CONSTRAINT IF EXISTS {column(name)}"


def _validate(table: str, name: str) -> str:
    return f"ALTER TABLE {quoted(table)} VALIDATE CONSTRAINT {column(name)}"


def _rename(table: str, old: str, new: str) -> str:
    return f"ALTER TABLE {quoted(table)} RENAME CONSTRAINT {column(old)} TO {column(new)}"


def _exists(work: Work, table: str, name: str) -> bool:
    return name in {found for found, _ in relation.constraints(work, table, "")}


def _found(work: Work, table: str, definition: str) -> Sequence[Refusal]:
    """Refuses unless exactly one constraint of the table begins with this definition."""
    names = [name for name, _ in relation.constraints(work, table, definition)]
    if len(names) == 1:
        return ()
    return (
        Refusal(
            f"{table} has {len(names)} constraints {definition}, and one is expected.",
            names,
            len(names),
            "gnkmigrate audit shows its constraints; mend them by hand first.",
        ),
    )


@operation("add_constraint")
@dataclass(frozen=True)
class AddConstraint(Step):
    """Adds a foreign key or CHECK: NOT VALID first, validated in a later transaction.

    VALIDATE reads the table under SHARE UPDATE EXCLUSIVE, so that writers go on (PostgreSQL
    manual, ALTER TABLE, Notes).

    Attributes:
        table: "schema.table".
        constraint: its name.
        definition: as after ADD CONSTRAINT name.
    """

    transactional: ClassVar[bool] = False

    table: str
    constraint: str
    definition: str

    @property
    def name(self) -> str:
        return f"constraint {self.constraint}"

    @property
    def tables(self) -> Sequence[str]:
        return (self.table,)

    def run(self, work: Work) -> int:
        if not _exists(work, self.table, self.constraint):
            add = _add(self.table, self.constraint, self.definition)
            work.attempt(lambda: work.execute(add))
        work.attempt(lambda: work.execute(_validate(self.table, self.constraint)))
        return 0

    def script(self, parameters: Mapping[str, str]) -> Sequence[str]:
        del parameters
        add = _add(self.table, self.constraint, self.definition)
        return (add, _validate(self.table, self.constraint))


@operation("drop_added_constraint")
@dataclass(frozen=True)
class DropAddedConstraint(Step):
    """Takes add_constraint back."""

    table: str
    constraint: str

    @property
    def name(self) -> str:
        return f"constraint {self.constraint}"

    @property
    def tables(self) -> Sequence[str]:
        return (self.table,)

    def run(self, work: Work) -> int:
        work.execute(_drop(self.table, self.constraint))
        return 0

    def script(self, parameters: Mapping[str, str]) -> Sequence[str]:
        del parameters
        return (_drop(self.table, self.constraint),)


@operation("name_constraint")
@dataclass(frozen=True)
class NameConstraint(Step):
    """Gives a constraint its declared name, and remembers the one it had.

    Attributes:
        table: "schema.table".
        definition: what it is, as pg_get_constraintdef prints it: "UNIQUE (email)".
        constraint: its name from now on.
    """

    table: str
    definition: str
    constraint: str

    @property
    def name(self) -> str:
        return f"constraint {self.constraint}"

    @property
    def tables(self) -> Sequence[str]:
        return (self.table,)

    def check(self, work: Work) -> Sequence[Refusal]:
        return _found(work, self.table, self.definition)

    def run(self, work: Work) -> int:
        ((found, _),) = relation.constraints(work, self.table, self.definition)
        work.remember(self.name, found)
        if found != self.constraint:
            work.execute(_rename(self.table, found, self.constraint))
        return 0

    def script(self, parameters: Mapping[str, str]) -> Sequence[str]:
        del parameters
        found = f'the name of "{self.definition}"'
        return (_rename(self.table, found, self.constraint),)


@operation("restore_constraint_name")
@dataclass(frozen=True)
class RestoreConstraintName(Step):
    """Takes name_constraint back."""

    table: str
    constraint: str

    @property
    def name(self) -> str:
        return f"constraint {self.constraint}"

    @property
    def tables(self) -> Sequence[str]:
        return (self.table,)

    def run(self, work: Work) -> int:
        original = work.recall(self.name)
        if original is not None and original != self.constraint:
            work.execute(_rename(self.table, self.constraint, original))
        work.forget(self.name)
        return 0

    def script(self, parameters: Mapping[str, str]) -> Sequence[str]:
        del parameters
        return (_rename(self.table, self.constraint, "the name it had"),)


@operation("replace_foreign_key")
@dataclass(frozen=True)
class ReplaceForeignKey(Step):
    """Exchanges a foreign key for one with other actions, without a moment of neither.

    Attributes:
        table: "schema.table".
        references: what stays: "FOREIGN KEY (user_id) REFERENCES public.users(id)".
        constraint: the name from now on.
        actions: what changes: "ON DELETE CASCADE".
    """

    transactional: ClassVar[bool] = False

    table: str
    references: str
    constraint: str
    actions: str

    @property
    def name(self) -> str:
        return f"constraint {self.constraint}"

    @property
    def tables(self) -> Sequence[str]:
        return (self.table,)

    def check(self, work: Work) -> Sequence[Refusal]:
        return _found(work, self.table, self.references)

    def run(self, work: Work) -> int:
        work.attempt(lambda: self._exchange(work))
        work.attempt(lambda: work.execute(_validate(self.table, self.constraint)))
        return 0

    def _exchange(self, work: Work) -> None:
        ((found, definition),) = relation.constraints(work, self.table, self.references)
        wanted = found == self.constraint and self.actions in definition
        if wanted and work.recall(self.name) is not None:
            return  # exchanged already, before an interruption
        work.remember(self.name, {"name": found, "definition": definition})
        work.execute(_drop(self.table, found))
        work.execute(_add(self.table, self.constraint, self._definition))

    @property
    def _definition(self) -> str:
        return f"{self.references} {self.actions}".strip()

    def script(self, parameters: Mapping[str, str]) -> Sequence[str]:
        del parameters
        note = f"-- in one transaction: drop the foreign key {self.references}, and"
        add = _add(self.table, self.constraint, self._definition)
        return (f"{note}\n{add}", _validate(self.table, self.constraint))


@operation("restore_foreign_key")
@dataclass(frozen=True)
class RestoreForeignKey(Step):
    """Takes replace_foreign_key back."""

    transactional: ClassVar[bool] = False

    table: str
    constraint: str

    @property
    def name(self) -> str:
        return f"constraint {self.constraint}"

    @property
    def tables(self) -> Sequence[str]:
        return (self.table,)

    def run(self, work: Work) -> int:
        original = work.recall(self.name)
        if original is None:
            return 0
        work.attempt(lambda: self._exchange(work, original))
        if not original["definition"].endswith("NOT VALID"):
            work.attempt(lambda: work.execute(_validate(self.table, original["name"])))
        work.attempt(lambda: work.forget(self.name))
        return 0

    def _exchange(self, work: Work, original: Mapping[str, str]) -> None:
        found = dict(relation.constraints(work, self.table, ""))
        before = original["definition"].removesuffix(" NOT VALID")
        if found.get(original["name"], "").removesuffix(" NOT VALID") == before:
            return  # exchanged already, before an interruption
        work.execute(_drop(self.table, self.constraint))
        work.execute(_add(self.table, original["name"], original["definition"]))

    def script(self, parameters: Mapping[str, str]) -> Sequence[str]:
        del parameters
        return (
            f"-- and the remembered foreign key in its place\n{_drop(self.table, self.constraint)}",
        )
