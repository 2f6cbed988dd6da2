"""What a plan comes to: its numbers, in words."""

from collections.abc import Sequence
from dataclasses import dataclass

from gnkmigrate.kinds.statement import Statement
from gnkmigrate.text.numbers import counted


@dataclass(frozen=True)
class Summary:
    """A plan in numbers.

    Attributes:
        statements: how many there are.
        rewrites: how many of them write a whole table anew.
        scans: how many read a whole table under their lock, rewrites among them.
        outside_transaction: how many must run on their own.
        loses_data: what is lost, each once.
    """

    statements: int
    rewrites: int
    scans: int
    outside_transaction: int
    loses_data: tuple[str, ...]

    def __str__(self) -> str:
        parts = [counted(self.statements, "statement")]
        if self.rewrites:
            parts.append(f"{counted(self.rewrites, 'table rewrite')}")
        if self.loses_data:
            parts.append(f"{counted(len(self.loses_data), 'loss', 'losses')} of data")
        return ", ".join(parts) + "."


def summarise(statements: Sequence[Statement]) -> Summary:
    """The numbers of a plan."""
    return Summary(
        statements=len(statements),
        rewrites=sum(statement.rewrites for statement in statements),
        scans=sum(statement.scans for statement in statements),
        outside_transaction=sum(not statement.transactional for statement in statements),
        loses_data=tuple(dict.fromkeys(each.loses_data for each in statements if each.loses_data)),
    )


def effects(statement: Statement) -> tuple[str, ...]:
    """What a statement does to others while it runs, in a few words each."""
    notes = []
    if statement.lock:
        notes.append(f"{statement.lock} lock on {statement.relation}")
    notes += [f"{lock} lock on {relation}" for relation, lock in statement.beside]
    if statement.rewrites:
        notes.append("rewrites the table")
    elif statement.scans:
        notes.append("reads the whole table")
    if not statement.transactional:
        notes.append("outside a transaction")
    if statement.is_several:
        notes.append("several commands in one transaction")
    return tuple(notes)
