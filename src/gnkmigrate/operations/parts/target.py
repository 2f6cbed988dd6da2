"""What the target declares, for operations that make it as it is declared there."""

from collections.abc import Sequence

from gnkmigrate.facts.fact import Identity
from gnkmigrate.plan.creation import Creation
from gnkmigrate.plan.creation import creation as creation_of
from gnkmigrate.run.step import Refusal
from gnkmigrate.run.work import Work

# Of these another name does as well.
_UNNAMED = frozenset({"constraint", "index", "default"})


def refusals(work: Work, wanted: Sequence[Identity]) -> Sequence[Refusal]:
    """Refuses what the target lacks, or what needs something that is not there."""
    missing = [str(each) for each in wanted if each not in work.target]
    if missing:
        message = "The target does not declare what this phase makes as it is declared there."
        hint = (
            "Where it did once, keep that target as migrations/targets/REVISION.sql; "
            "docs/phases.md says more."
        )
        return (Refusal(message, missing, len(missing), hint),)
    if any(step.prepares for step in work.earlier):
        return ()  # it may make it
    lacking = sorted(
        str(each)
        for each in creation(work, wanted).needed
        if each not in work.facts and each.kind not in _UNNAMED
    )
    if not lacking:
        return ()
    message = "What the target declares here needs what is not there."
    hint = "Make it in an earlier step or phase."
    return (Refusal(message, lacking, len(lacking), hint),)


def creation(work: Work, wanted: Sequence[Identity]) -> Creation:
    """What makes these things, all of which the target declares."""
    return creation_of(work.target, wanted)


def make(work: Work, made: Creation) -> None:
    """Runs the statements of a plan, in which nothing is a placeholder."""
    for sql in statements(made):
        work.connection.execute(sql.encode())


def statements(made: Creation) -> Sequence[str]:
    """Those of the plan; a setting holds for the transaction alone."""
    return [
        f"SET LOCAL {each.sql.removeprefix('SET ')}" if each.sql.startswith("SET ") else each.sql
        for each in made.statements
    ]
