"""Planned statements as the text of a step, and the tables that they touch."""

from collections.abc import Sequence

from gnkmigrate.errors import GnkMigrateError
from gnkmigrate.facts.fact import Identity
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.kinds.statement import Statement
from gnkmigrate.postgres.quoting import names_in
from gnkmigrate.run.template import placeholders


class NotWritable(GnkMigrateError):
    """No operation of a revision does what the plan would do."""


def script(statements: Sequence[Statement], title: str) -> str:
    """Statements as one text for op.step.

    Raises:
        NotWritable: one cannot run inside a transaction, or looks as if it had parameters.
    """
    outside = [each.sql for each in statements if not (each.transactional or _adds_label(each))]
    if outside:
        raise NotWritable(
            f'"{title}" takes statements that cannot run inside a transaction.',
            details=outside,
            hint="Do it with gnkmigrate plan and apply, and write the rest afterwards.",
        )
    text = ";\n".join(_local(each.sql) for each in statements)
    found = placeholders(text)
    if found:
        raise NotWritable(
            f'"{title}" has SQL that a revision would take for parameters.',
            details=found,
            hint="Do it with gnkmigrate plan and apply, and write the rest afterwards.",
        )
    return text


def _adds_label(statement: Statement) -> bool:
    """A label may be added in a transaction, and used once that is over (manual, ALTER TYPE)."""
    return statement.sql.startswith("ALTER TYPE ") and " ADD VALUE " in statement.sql


def _local(sql: str) -> str:
    """A setting holds for the step's transaction alone."""
    return f"SET LOCAL {sql.removeprefix('SET ')}" if sql.startswith("SET ") else sql


def touched(statements: Sequence[Statement], before: Snapshot) -> tuple[str, ...]:
    """The tables that are there and that statements lock."""
    named = [
        relation
        for each in statements
        for relation in (each.relation, *(other for other, _ in each.beside))
        if relation
    ]
    paths = [names_in(relation) for relation in dict.fromkeys(named)]
    return tuple(".".join(path) for path in paths if Identity("table", path) in before)
