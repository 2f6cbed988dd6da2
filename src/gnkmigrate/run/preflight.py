"""Asks the steps of a phase what speaks against it, before any of them runs."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NoReturn

import psycopg

from gnkmigrate.errors import PhaseRefused
from gnkmigrate.run import enum_labels, replication, rights, sharding
from gnkmigrate.run.called import called, is_plan
from gnkmigrate.run.events import Direction
from gnkmigrate.run.names import literal, quoted
from gnkmigrate.run.step import Refusal, Runnable, Step
from gnkmigrate.run.sync import view_place
from gnkmigrate.run.work import Work

_MAKES_NO_SENSE = (
    psycopg.ProgrammingError,
    psycopg.DataError,
    psycopg.IntegrityError,
    psycopg.NotSupportedError,
)


def refuse_if_anything_speaks_against(
    phase: Runnable, direction: Direction, steps: Sequence[Step], work: Work
) -> None:
    """Asks all steps, so that the user hears everything at once.

    Raises:
        PhaseRefused: with every reason, its rows and its remedy.
        PhaseFailed: somebody's lock was in the way of asking.
    """
    asking = replace(work, beside=steps)
    found = [
        *rights.refusals(work.connection, steps),
        *replication.refusals(work, phase, steps),
        *sharding.refusals(work, phase, steps),
        *_hanging(phase, steps, work),
        *(refusal for step in steps for refusal in enum_labels.refusal(step, work)),
        *(refusal for step in steps for refusal in _asked(step, asking, direction)),
    ]
    # Several steps may say the same of one table.
    refusals = [each for place, each in enumerate(found) if each not in found[:place]]
    if refusals:
        refuse(phase.name, direction, refusals)


def refuse(phase: str, direction: Direction, refusals: Sequence[Refusal]) -> NoReturn:
    """Says all that speaks against a phase.

    Raises:
        PhaseRefused: with every reason, its rows and its remedy.
    """
    doing = "upgrade" if direction == "up" else "downgrade"
    details: list[str] = []
    for refusal in refusals:
        details.append(refusal.message + (f" ({refusal.total})" if refusal.total else ""))
        details += [f"  {row}" for row in refusal.rows]
        if refusal.hint:
            details.append(f"  -> {refusal.hint}")
    raise PhaseRefused(
        f"{called(phase)} cannot {doing}; nothing was changed.",
        details=details,
        hint="Fix what is listed, then run the same command again."
        if is_plan(phase)
        else f"Fix what is listed, then: gnkmigrate {doing} --phase {phase}",
    )


def _hanging(phase: Runnable, steps: Sequence[Step], work: Work) -> Iterator[Refusal]:
    """What others have put on views of the old shape, each of which makes way for a moment."""
    going = {step.undoes for step in steps}
    turning = [step for step in phase.up_steps if step.cuts_over and step.name in going]
    tables = [table for step in turning for table in (*step.tables, step.archived) if table]
    for table in dict.fromkeys(tables):
        hanging = view_place.in_the_way(work, table)
        if hanging:
            yield Refusal(
                f"Other objects use the view of the old shape of {table}, which makes way.",
                hanging,
                len(hanging),
                "Drop them before; they are the old application's, and go with it.",
            )


def _missing(step: Step, work: Work) -> Sequence[Refusal]:
    """Tables of an upgrade's step that are not there, and that no earlier step names."""
    if not step.changes or any(each.prepares for each in (*work.earlier, step)):
        return ()
    named = "".join(map(repr, work.earlier))
    missing = [
        table
        for table in dict.fromkeys(step.tables)
        if table not in named
        and work.value(f"SELECT to_regclass({literal(quoted(table))}) IS NULL")
    ]
    return [
        Refusal(f"There is no table {table}.", hint="Look at the revision.") for table in missing
    ]


def _asked(step: Step, work: Work, direction: Direction) -> Sequence[Refusal]:
    """What a step has to say; that its question makes no sense here is an answer, too."""
    work.step = step.name

    def ask() -> Sequence[Refusal]:
        # Within --atomic a savepoint, so that the next step can be asked after an error.
        with work.connection.transaction(), work.words_of(step):
            return step.check(work) or (_missing(step, work) if direction == "up" else ())

    try:
        return work.attempt(ask, limited=False)
    except psycopg.errors.InsufficientPrivilege as error:
        return (
            Refusal(
                f'The check of "{step.name}" may not look: {error.diag.message_primary}.',
                hint="Have the role granted what it lacks, or connect as one that may.",
            ),
        )
    except _MAKES_NO_SENSE as error:
        return (
            Refusal(
                f'The check of "{step.name}" does not fit this database: '
                f"{error.diag.message_primary}.",
                hint="Correct the revision, or the tables, if they have another shape than it"
                " expects; gnkmigrate audit shows the differences.",
            ),
        )
