"""Rows that a fix would stop at: looked for before it is printed.

What a schema lacks can be said without a row; whether it can be added depends on them. Each
question is bounded, and so are all together: what there was no time for is said.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import psycopg

from gnkmigrate.audit.check import Observation
from gnkmigrate.audit.finding import Severity
from gnkmigrate.audit.obstacle import Obstacle
from gnkmigrate.audit.row_query import Bounds, Listed, ask, evidence, reason, told
from gnkmigrate.facts.fact import Identity
from gnkmigrate.postgres.connection import Connection

# How long one question, and all of them, may take.
_EACH_MS = 10_000
_ALL_S = 60.0


@dataclass(frozen=True)
class Look:
    """Looks whether rows are in the way of what observations propose.

    Attributes:
        connection: a session with the live database.
        bounds: how long one question may take.
        samples: live tables of which a part is enough, with the percentage.
        until: when there is no time for more, by the monotonic clock.
    """

    connection: Connection
    bounds: Bounds
    samples: Mapping[Identity, float] = field(default_factory=dict)
    until: float = field(default_factory=lambda: time.monotonic() + _ALL_S)

    def __call__(self, seen: Observation) -> Observation:
        """The observation with what the rows say."""
        obstacle = seen.obstacle
        if obstacle is None:
            return seen
        if time.monotonic() > self.until:
            return _unknown(seen, obstacle, "there was no time left")
        percent = self.samples.get(obstacle.table)
        try:
            listed = self._ask(obstacle.listing(_clause(percent)))
            seen = self._doubted(seen, listed, percent)
        except psycopg.Error as error:
            return _unknown(seen, obstacle, reason(error))
        if not listed.count or seen.obstacle is None:
            return seen
        facts = evidence(listed, obstacle.listing(""), hidden=obstacle.hidden)
        if percent is not None:
            facts["sample"] = f"{percent:.2g} % of {'.'.join(obstacle.table.path)}"
        if obstacle.repair:
            facts["proposed repair"] = obstacle.repair
        return replace(
            seen,
            message=f"{seen.message} {told(obstacle.message, listed)}",
            evidence={**seen.evidence, **facts},
            fix=obstacle.fix,
            undo=seen.undo if obstacle.fix else (),
            severity=obstacle.severity,
        )

    def _doubted(self, seen: Observation, listed: Listed, percent: float | None) -> Observation:
        """A guess beside the rows that agree with it; without an obstacle where it is wrong."""
        doubt = seen.obstacle.doubt if seen.obstacle else None
        if doubt is None:
            return seen
        agreeing = self._ask(doubt.agreeing(_clause(percent)))
        counted = {doubt.label: agreeing.count} if agreeing.complete else {}
        if listed.complete and agreeing.complete and doubt.is_wrong(agreeing.count, listed.count):
            return replace(
                seen,
                message=doubt.refuted,
                evidence={**counted, "rows that do not": listed.count},
                fix=(),
                undo=(),
                severity=Severity.INFO,
                obstacle=None,
            )
        return replace(seen, evidence={**seen.evidence, **counted})

    def _ask(self, listing: str) -> Listed:
        """What a listing gives in the time that one question has."""
        limit = min(self.bounds.statement_timeout_ms, _EACH_MS)
        return ask(self.connection, listing, replace(self.bounds, statement_timeout_ms=limit))


def _clause(percent: float | None) -> str:
    # Always the same part, so that two audits say the same.
    return "" if percent is None else f" TABLESAMPLE SYSTEM ({percent:g}) REPEATABLE (0)"


def _unknown(seen: Observation, obstacle: Obstacle, why: str) -> Observation:
    """What can be said where the rows could not be asked: only what works with any rows."""
    facts = {"rows": f"not looked at: {why}", "query": obstacle.listing("")}
    return replace(
        seen,
        evidence={**seen.evidence, **facts},
        fix=obstacle.fix,
        undo=seen.undo if obstacle.fix else (),
    )
