"""Asks the guards of later phases before the first phase runs, where the answer cannot change.

A phase that stops at its guard after an hour of others has cost that hour. What an earlier phase
changes may be what its guard asks about; such a guard is asked in its turn, and so is one whose
tables are not there yet.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

import psycopg

from gnkmigrate.run.events import Direction
from gnkmigrate.run.phase import Phase
from gnkmigrate.run.preflight import refuse
from gnkmigrate.run.step import Refusal, Step
from gnkmigrate.run.work import Work


def ask(phases: Sequence[Phase], direction: Direction, work: Work) -> None:
    """Asks those of all phases but the first, which asks its own.

    Args:
        phases: in the order in which they will run.
        direction: "up" or "down".
        work: the session, with the parameters.

    Raises:
        PhaseRefused: rows are in the way of a later phase.
        PhaseFailed: somebody's lock was in the way of asking.
    """
    changed: set[str] = set()
    for earlier, phase in pairwise(phases):
        changed |= {table for step in _steps(earlier, direction) for table in step.altered}
        path = phase.search_path or work.project_path
        asking = replace(work, phase=phase.name, authors_path=path)
        guards = [step for step in _steps(phase, direction) if step.guards]
        refusals = [found for step in guards for found in _asked(step, changed, asking)]
        if refusals:
            refuse(phase.name, direction, refusals)


def _steps(phase: Phase, direction: Direction) -> Sequence[Step]:
    return phase.up_steps if direction == "up" else phase.down_steps


def _asked(guard: Step, changed: set[str], work: Work) -> Sequence[Refusal]:
    work.step = guard.name

    def ask() -> Sequence[Refusal]:
        with work.connection.transaction(), work.words_of(guard):
            (plan,) = work.value(
                f"EXPLAIN (VERBOSE, FORMAT JSON) {guard.guards.strip().rstrip(';')}"
            )
            return () if changed & set(_tables(plan["Plan"])) else guard.check(work)

    try:
        return work.attempt(ask, limited=False)
    except (psycopg.ProgrammingError, psycopg.DataError):
        return ()  # the phases before make what it asks about; else it says so in its turn


def _tables(plan: dict[str, Any]) -> Iterator[str]:
    """The tables that a plan reads, "schema.table"."""
    if "Relation Name" in plan:
        yield f"{plan['Schema']}.{plan['Relation Name']}"
    for part in plan.get("Plans", ()):
        yield from _tables(part)
