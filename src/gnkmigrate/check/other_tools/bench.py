"""One migration on the copy: what it does, and what its own way back leaves."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from gnkmigrate.check.changed import changed
from gnkmigrate.check.other_tools import judging
from gnkmigrate.check.other_tools.locks import Account, strongest
from gnkmigrate.check.other_tools.measured import Measured, Problem, WayBack
from gnkmigrate.check.other_tools.rows_before import SCHEMA, Kept
from gnkmigrate.check.other_tools.snapshot import set_back
from gnkmigrate.check.other_tools.start import Copy
from gnkmigrate.check.other_tools.storage import Storage
from gnkmigrate.check.other_tools.tools import Migration, Tool, ToolFails
from gnkmigrate.facts.reading import read_snapshot
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.postgres.connection import Connection, connect
from gnkmigrate.settings import Settings

_LINES = 6  # of what a way back leaves


@dataclass
class Bench:
    """Where migrations are measured.

    Attributes:
        copy: the database.
        tool: whose migrations they are.
        account: of the locks that they take.
        settings: which schemas count.
        connected: a session with the copy, while there is one.
    """

    copy: Copy
    tool: Tool
    account: Account
    settings: Settings
    connected: Connection | None = None

    def measure(self, migration: Migration) -> Measured:
        """Runs a migration, and its way back, and says what both did."""
        name = migration.name
        facts = self.facts() if migration.has_way_back else None
        kept = Kept.of(self.session, self.tool.tables)
        before = Storage.of(self.session)
        self.account.locks.clear()
        self.account.refused = None
        started = time.monotonic()
        try:
            self.tool.up(name)
        except ToolFails as error:
            return Measured(name, time.monotonic() - started, problems=(self._failure(error),))
        seconds = time.monotonic() - started
        now = Storage.of(self.session)
        known = set(before.names.values())
        locks = tuple(
            each for each in strongest(self.account.locks) if self._counts(each.relation, known)
        )
        rewritten = tuple(each for each in before.rewritten(now) if each in kept.with_rows)
        read = frozenset(before.read_through(now)) & kept.with_rows
        problems = [
            *judging.of_locks(locks, rewritten, read),
            *judging.of_losses(kept.losses(self.session)),
        ]
        way_back: WayBack = "none"
        if facts is not None:
            way_back, left = self._take_back(name, facts, kept)
            problems += left
        return Measured(
            name, seconds, locks, rewritten, tuple(sorted(read)), way_back, tuple(problems)
        )

    def _counts(self, relation: str, known: set[str]) -> bool:
        """Whether a relation was there before, and is nobody's but the team's."""
        own = any(fnmatchcase(relation, pattern) for pattern in self.tool.tables)
        return relation in known and not own

    def _failure(self, error: ToolFails) -> Problem:
        text = error.message
        if self.account.refused:
            message, statement = self.account.refused
            text = f"{message}: {judging.shown(statement)}"
        return Problem("fails", f"fails: {text}")

    def _take_back(
        self, name: str, facts: Snapshot, kept: Kept
    ) -> tuple[WayBack, Sequence[Problem]]:
        """Its own way back, and what that leaves; afterwards the migration is done all the same."""
        with set_back(self.copy.server, self.copy.url, self.disconnect):
            self.account.refused = None
            try:
                self.tool.down(name)
            except ToolFails as error:
                text = f"the way back {self._failure(error).text}"
                return "fails", [Problem("way-back", text)]
            left = [*changed(facts, self.facts()), *kept.losses(self.session).lines]
        problems = [Problem("way-back", f"after the way back: {line}") for line in left[:_LINES]]
        if len(left) > _LINES:
            problems.append(Problem("way-back", f"and {len(left) - _LINES:,} lines more"))
        return "not whole" if problems else "whole", problems

    @property
    def session(self) -> Connection:
        """A session with the copy, which is made when it is needed."""
        if self.connected is None:
            self.connected = connect(self.copy.url)
        return self.connected

    def disconnect(self) -> None:
        """Ends its sessions with the copy."""
        self.account.disconnect()
        if self.connected is not None:
            self.connected.close()
        self.connected = None

    def facts(self) -> Snapshot:
        """The copy's schema, without what is the tool's own."""
        settings = self.settings
        tables = self.tool.tables
        # With the sequences of their keys.
        own = [*tables, *(f"{each}_id_seq" for each in tables), SCHEMA, f"{SCHEMA}.*"]
        return read_snapshot(
            self.session, ignore=[*settings.ignore, *own], schemas=settings.read_schemas
        )
