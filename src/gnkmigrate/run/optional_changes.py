"""What optional phases have made of the schema, so that nobody takes it for a gap.

The target declares what every database of the project has. An optional phase goes beyond that, in
this database and not in others: what is different after it is noted in the journal, and whoever
compares with the target takes it as declared, as long as it is as the phase has left it.
"""

import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from gnkmigrate import __version__
from gnkmigrate.errors import PhaseRefused
from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.postgres.connection import Connection
from gnkmigrate.run import journal, journal_notes

if TYPE_CHECKING:  # a plan asks for what is noted, and does not load what runs phases
    from gnkmigrate.run.phase import Phase
    from gnkmigrate.run.work import Work

_HASH_DIGITS = 16


@contextmanager
def noted(phase: "Phase", work: "Work") -> Iterator[Callable[[], None]]:
    """The block in which an optional phase runs up; it gives what is called when that is done.

    What there was before is kept until then, so that a phase which stops in the middle and goes on
    later has made what it made in both runs. What it has made is noted in the transaction in which
    the journal says that it is done: else whoever is stopped between the two would have a gap.

    Raises:
        NoLock: somebody's lock is in the way of reading the schema.
    """
    connection = work.connection
    work = replace(work, phase=phase.name, direction="up", step="what is there before")
    # What was noted by a run that did not come to its first step may be out of date.
    begun = any(state.phase == phase.name for state in journal.steps(connection))
    fresh = not begun or journal_notes.recall(connection, phase.name, journal_notes.BEFORE) is None
    if fresh:
        before = work.attempt(lambda: _hashes(work), limited=False)
        journal_notes.note(connection, phase.name, journal_notes.BEFORE, before)

    try:
        yield lambda: _note(phase.name, work)
    except PhaseRefused:
        if fresh and not connection.closed:
            journal_notes.erase_note(connection, phase.name, journal_notes.BEFORE)
        raise


def _note(phase: str, work: "Work") -> None:
    """What the phase has made, instead of what was there before."""
    connection = work.connection
    before, now = journal_notes.recall(connection, phase, journal_notes.BEFORE), _hashes(work)
    earlier = journal_notes.recall(connection, phase, journal_notes.MADE) or {"facts": {}}
    # A way back that was given up half way has left some of it in place.
    made = {key: now.get(key) for key in earlier["facts"]}
    made.update(_changed(before, now))
    made_by = {"of": _circumstances(connection), "facts": dict(sorted(made.items()))}
    journal_notes.note(connection, phase, journal_notes.MADE, made_by)
    for key in (journal_notes.BEFORE, journal_notes.CUTOVER, journal_notes.COMPARISON):
        journal_notes.erase_note(connection, phase, key)


def _hashes(work: "Work") -> Mapping[str, str]:
    facts = work.read_facts(work.schemas, work.ignore)
    # Sorted, so that two runs on like databases send the same statement.
    return dict(sorted((_key(fact.identity), fact.hash[:_HASH_DIGITS]) for fact in facts))


def _key(identity: Identity) -> str:
    return json.dumps([identity.kind, *identity.path], ensure_ascii=False)


def _identity(key: str) -> Identity:
    kind, *path = json.loads(key)
    return Identity(kind, tuple(path))


def _changed(before: Mapping[str, str], now: Mapping[str, str]) -> Mapping[str, str | None]:
    """The hash of what is new or different; None for what is gone."""
    return {
        key: now.get(key)
        for key in sorted(before.keys() | now.keys())
        if before.get(key) != now.get(key)
    }


def _circumstances(connection: Connection) -> Sequence[object]:
    """What has to be the same for hashes of facts to be compared."""
    return [__version__, connection.info.server_version // 10_000]


def expected(target: Snapshot, live: Snapshot, connection: Connection) -> Snapshot:
    """The target, with what optional phases have made of this database.

    Args:
        target: what the project declares.
        live: the database's facts.
        connection: a session with it.

    Raises:
        PhaseRefused: the role may not read the journal.
    """
    noted_facts = _noted(connection)
    if not noted_facts:
        return target
    by_identity = {_identity(key): hash_ for key, hash_ in noted_facts.items()}
    facts = dict(target.facts)
    for identity, hash_ in by_identity.items():
        if hash_ is None and identity not in live:
            facts.pop(identity, None)
        elif _is_as_left(live.facts.get(identity), by_identity, live):
            facts[identity] = live.facts[identity]
    facts |= {fact.identity: fact for fact in _of_new_partitions(live, by_identity)}
    return replace(target, facts=MappingProxyType(facts))


def _is_as_left(fact: Fact | None, left: Mapping[Identity, str | None], live: Snapshot) -> bool:
    """Whether a phase has left it so, and what it lives in, where a phase has made that as well."""
    if fact is None:
        return False
    above: Fact | None = fact
    while above is not None and above.identity in left:
        if left[above.identity] not in {"", above.hash[:_HASH_DIGITS]}:
            return False
        above = live.facts.get(above.parent) if above.parent else None
    return True


def standing(connection: Connection) -> tuple[str, ...]:
    """The optional phases that have made something here."""
    return tuple(sorted(phase for phase, _ in journal_notes.notes(connection, journal_notes.MADE)))


def _of_new_partitions(live: Snapshot, made: Collection[Identity]) -> Iterator[Fact]:
    """Partitions that have come since, of tables that a phase has made, with all that is theirs."""
    of_them = {
        fact.parent
        for fact in live.of_kind("partition")
        if Identity("table", tuple(fact.payload["of"])) in made
    }
    for fact in live if of_them else ():
        above: Fact | None = fact
        while above is not None and above.identity not in of_them:
            above = live.facts.get(above.parent) if above.parent else None
        if above is not None:
            yield fact


def _noted(connection: Connection) -> Mapping[str, str | None]:
    """What was last noted of each fact: a hash, "" where that says nothing; None if it is gone."""
    notes = journal_notes.notes(connection, journal_notes.MADE)
    order = [run.phase for run in journal.runs(connection)]
    last = {phase: place for place, phase in enumerate(order)}
    found: dict[str, str | None] = {}
    for phase, _ in sorted(notes, key=lambda each: last.get(each[0], 0)):
        made = notes[phase, journal_notes.MADE]
        known = made["of"] == _circumstances(connection)
        for key, hash_ in made["facts"].items():
            found[key] = hash_ if known or hash_ is None else ""
    return found
