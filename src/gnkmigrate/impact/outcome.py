"""What was measured, as values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from gnkmigrate.impact.query import Head, Shape

Basis: TypeAlias = Literal["measured", "statistics", "hypothetical"]

_LEAST_MS = 0.001  # what EXPLAIN shows


@dataclass(frozen=True)
class Measured:
    """One query in one shape.

    Attributes:
        plan: its scans and joins, from the top down, in words.
        cost: the planner's estimate of the whole, in its own units.
        buffers: pages of 8 kB that it touched; None where it was not run.
        rows: how many it gave.
        times_ms: how long each timed run took, planning left out; or the one that was estimated.
        indexes: those that it used, "schema.index".
        head: what the head of its file says.
        basis: "measured"; or estimated, by a call's mean in "statistics", or by "hypothetical"
            indexes, and by the planner's costs.
    """

    plan: Sequence[str]
    cost: float
    buffers: int | None
    rows: int
    times_ms: Sequence[float]
    indexes: frozenset[str]
    head: Head
    basis: Basis = "measured"

    @property
    def is_estimated(self) -> bool:
        return self.basis != "measured"

    @property
    def median_ms(self) -> float:
        ordered = sorted(self.times_ms)
        return ordered[len(ordered) // 2]

    @property
    def requests(self) -> float:
        """Requests to another service that go with it."""
        return self.rows * self.head.requests_a_row

    @property
    def total_ms(self) -> float:
        """With these requests, one after the other."""
        return self.median_ms + self.requests * self.head.request_ms


@dataclass(frozen=True)
class QueryImpact:
    """A query in each shape in which it was asked.

    Attributes:
        name: what it is called.
        shapes: what was measured.
        failures: what PostgreSQL said, where it did not run.
    """

    name: str
    shapes: Mapping[Shape, Measured]
    failures: Mapping[Shape, str]

    @property
    def is_estimated(self) -> bool:
        """Whether any of its figures is."""
        return any(found.is_estimated for found in self.shapes.values())

    @property
    def ratio(self) -> float | None:
        """How many times as fast it is afterwards; None where it is not there in both."""
        if len(self.shapes) < 2:  # noqa: PLR2004 - before and after
            return None
        return self.shapes["before"].total_ms / max(self.shapes["after"].total_ms, _LEAST_MS)

    @property
    def ratio_here(self) -> float | None:
        """The same without requests to other services."""
        if self.ratio is None:
            return None
        return self.shapes["before"].median_ms / max(self.shapes["after"].median_ms, _LEAST_MS)

    @property
    def saved_s_a_day(self) -> float | None:
        """Seconds that all calls of a day save together; None where nobody knows how many."""
        calls = next((each.head.calls_a_day for each in self.shapes.values()), None)
        if calls is None or self.ratio is None:
            return None
        return calls * (self.shapes["before"].total_ms - self.shapes["after"].total_ms) / 1000


@dataclass(frozen=True)
class IndexImpact:
    """An index after the phases.

    Attributes:
        name: "schema.index".
        table: "schema.table".
        is_new: whether it was not there before.
        is_constraint: whether a key or another constraint needs it, asked or not.
        size: bytes.
        used_by: names of the queries that use it.
        write_us: microseconds that it adds to the writing of a row; None where that was not
            measured.
        serves_key: whether it is the one by which a foreign key's rows are found.
    """

    name: str
    table: str
    is_new: bool
    is_constraint: bool
    size: int
    used_by: Sequence[str]
    write_us: float | None
    serves_key: bool = False

    @property
    def is_useless(self) -> bool:
        """Whether it is new, no query uses it, and no constraint needs it."""
        return self.is_new and not (self.used_by or self.is_constraint or self.serves_key)


@dataclass(frozen=True)
class Impact:
    """All that was measured.

    Attributes:
        database: the live database, without a password.
        server_version: server_version_num.
        place: "copy" or "live".
        rows: of the copy's tables; 0 where nothing was copied.
        phases: those that were run between the two measurements.
        queries: by name.
        indexes: of the tables that the queries read, by table and name.
        remark: why something was not even estimated; "" where nothing is left to say.
    """

    database: str
    server_version: int
    place: str
    rows: int
    phases: Sequence[str]
    queries: Sequence[QueryImpact]
    indexes: Sequence[IndexImpact]
    remark: str = ""

    @property
    def useless(self) -> Sequence[IndexImpact]:
        """New indexes that no query uses and no constraint needs."""
        return [each for each in self.indexes if each.is_useless]

    @property
    def basis(self) -> Literal["measured", "estimated", "both"]:
        """What stands behind the figures of all queries."""
        found = {each.is_estimated for query in self.queries for each in query.shapes.values()}
        if found == {True}:
            return "estimated"
        return "both" if True in found else "measured"

    @property
    def has_failures(self) -> bool:
        return any(query.failures for query in self.queries)
