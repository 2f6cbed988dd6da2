"""Labels of enums, which nobody may use before the transaction that adds them is over.

PostgreSQL refuses the use, not the adding (manual: ALTER TYPE, Notes). So what is one transaction,
a step or a whole run, is asked beforehand whether its SQL names a label that it adds. What a text
does not show, such as a value that is computed, the statement itself says; see `stopped`.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from psycopg import errors

from gnkmigrate.errors import GnkMigrateError, PhaseFailed, PhaseRefused
from gnkmigrate.facts.statements import Statement, statements, tokens
from gnkmigrate.run.called import called, on_a_copy, way_on
from gnkmigrate.run.step import Refusal, Step
from gnkmigrate.run.work import Work

_WHY = "PostgreSQL lets nobody use a label before the transaction that adds it is over"
_ALONE = (
    f"{_WHY}: add it in a step of its own, or with op.get_context().autocommit_block() around "
    "op.execute()."
)

# A type that is made in the same transaction is another case, and a label that is there is none.
_IS_NEW = """
SELECT NOT EXISTS (SELECT FROM pg_catalog.pg_enum
                   WHERE enumtypid = pg_catalog.to_regtype(%(type)s) AND enumlabel = %(label)s)
FROM pg_catalog.pg_type
WHERE oid = pg_catalog.to_regtype(%(type)s)
"""


class _Use(NamedTuple):
    """A label that is used in the transaction that adds it.

    Attributes:
        label: the label, as SQL.
        type: the name of the enum, as it is written.
        added: the name of the step that adds it.
        used: the name of the step that uses it.
    """

    label: str
    type: str
    added: str
    used: str


def refusal(step: Step, work: Work) -> Sequence[Refusal]:
    """What speaks against a step that is one transaction: it uses a label that it adds."""
    return [
        Refusal(f'"{use.used}" adds the label {use.label} to {use.type} and uses it.', hint=_ALONE)
        for use in _too_early([step], work)
    ]


def require_none_too_early(names: Sequence[str], steps: Sequence[Step], work: Work) -> None:
    """Asks the steps of a run that is one transaction.

    Args:
        names: the phases whose steps they are.
        steps: all that the transaction runs, in order.
        work: the session.

    Raises:
        PhaseRefused: some use a label that others add; nothing was changed.
    """
    found = [
        f'"{use.used}" uses the label {use.label} that "{use.added}" adds to {use.type}'
        for use in _too_early(steps, work)
    ]
    if found:
        raise PhaseRefused(
            f"{called(', '.join(names))} cannot run in one transaction; nothing was changed.",
            details=found,
            hint=_on_a_copy(names[0]),
        )


def stopped(step: Step, work: Work, error: errors.UnsafeNewEnumValueUsage) -> GnkMigrateError:
    """What to raise instead of PostgreSQL's bare error."""
    said = error.diag.message_primary
    if work.atomic:
        message = f'A run of one transaction does not get past "{step.name}": {said}.'
        return PhaseRefused(message, hint=_on_a_copy(work.phase))
    message = f'{called(work.phase)}, step "{step.name}": {said}.'
    return PhaseFailed(message, details=[_ALONE], hint=way_on(work.phase, work.direction))


def _on_a_copy(name: str) -> str:
    return f"{_WHY}. {on_a_copy(name)} tries it on a copy, where each step has its own."


def _too_early(steps: Sequence[Step], work: Work) -> list[_Use]:
    found = dict.fromkeys(_uses(steps, work.parameters))
    with work.settings(search_path=work.project_path):
        return [use for use in found if _is_new(use, work)]


def _is_new(use: _Use, work: Work) -> bool:
    label = use.label[1:-1].replace("''", "'")
    row = work.connection.execute(_IS_NEW, {"type": use.type, "label": label}).fetchone()
    return bool(row and row[0])


def _uses(steps: Sequence[Step], parameters: Mapping[str, str]) -> Iterator[_Use]:
    """Every label that stands, as a text, in SQL that follows the statement that adds it."""
    added: dict[str, tuple[str, str]] = {}
    for step in steps:
        for text in step.script(parameters):
            for statement in statements(text):
                if adding := _adding(statement):
                    label, type_ = adding
                    added[label] = (type_, step.name)
                    continue
                for piece in tokens(text[statement.start : statement.end]):
                    if piece in added:
                        yield _Use(piece, *added[piece], step.name)


def _adding(statement: Statement) -> tuple[str, str] | None:
    """The label and the type of ALTER TYPE ... ADD VALUE; None for any other statement."""
    words, written = statement.words, statement.written
    if not statement.begins("ALTER", "TYPE") or "ADD" not in words:
        return None
    place = words.index("ADD")
    label = next((word for word in written[place:] if word.startswith("'")), None)
    if label is None or words[place + 1 : place + 2] != ("VALUE",):
        return None
    return label, ".".join(written[2:place])
