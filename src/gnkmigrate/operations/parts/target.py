"""What the target declares, for operations that make it as it is declared there."""

from collections.abc import Sequence

from gnkmigrate.facts.fact import Identity
from gnkmigrate.plan.creation import Creation
from gnkmigrate.plan.creation import creation as creation_of
from gnkmigrate.run.step import Refusal
from gnkmigrate.run.work import Work

# Of these another name does as well.
_UNNAMED = frozenset({"constraint", "index", "default"})


def undeclared(work: Work, wanted: Sequence[Identity]) -> Sequence[Refusal]:
    """Refuses what the target lacks."""
    declared = work.target
    missing = [str(each) for each in wanted if each not in declared]
    if not missing:
        return ()
    return (
        Refusal(
            "The target does not declare what this phase makes as it is declared there.",
            missing,
            len(missing),
            "Where it did once, keep that target as migrations/targets/REVISION.sql; see "
            "docs/phases.md.",
        ),
    )


def creation(work: Work, wanted: Sequence[Identity]) -> Creation:
    """What makes these things, which the target declares."""
    return creation_of(work.target, wanted)


def lacking(work: Work, made: Creation) -> Sequence[Refusal]:
    """Refuses where what they need is not there, unless an earlier step may make it."""
    if any(step.prepares for step in work.earlier):
        return ()
    missing = sorted(
        str(each) for each in made.needed if each not in work.facts and each.kind not in _UNNAMED
    )
    if not missing:
        return ()
    message = "What the target declares here needs what is not there."
    return (Refusal(message, missing, len(missing), "Make it in an earlier step or phase."),)


def make(work: Work, made: Creation) -> None:
    """Runs the statements of a plan, in which nothing is a placeholder."""
    for statement in made.statements:
        sql = statement.sql
        # A setting holds for the step's transaction alone.
        local = f"SET LOCAL {sql.removeprefix('SET ')}" if sql.startswith("SET ") else sql
        work.connection.execute(local.encode())
