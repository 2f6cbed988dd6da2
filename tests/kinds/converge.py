"""The way from one schema to another and back, judged by pg_dump, which knows nothing of ours."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

from gnkmigrate.diff.applying import applicable
from gnkmigrate.diff.beside import not_compared
from gnkmigrate.diff.compare import compare
from gnkmigrate.diff.renames import NO_RENAMES, Renames
from gnkmigrate.facts.objects import object_changes
from gnkmigrate.facts.reading import read_snapshot
from gnkmigrate.facts.snapshot import Snapshot, Unread
from gnkmigrate.kinds.statement import Statements
from gnkmigrate.plan.arrival import counted
from gnkmigrate.plan.planner import plan
from gnkmigrate.plan.undo import arrived_at
from gnkmigrate.postgres.connection import DatabaseUrl, connect
from gnkmigrate.proof.dump import difference, statements
from gnkmigrate.render.parts.script import write_script
from gnkmigrate.servers import Server
from tests.corpus.bench import Bench, Databases, loaded
from tests.corpus.pairs import Pair

_BODIES = "SET check_function_bodies = off"


class Ways(NamedTuple):
    """What was run.

    Attributes:
        there: the statements from the old schema to the new one.
        back: those the other way round.
    """

    there: list[str]
    back: list[str]


def converge(
    server: Server,
    old: str,
    new: str,
    *,
    shared: str = "",
    roles: Sequence[str] = (),
    back: bool = True,
    renames: Renames = NO_RENAMES,
) -> Ways:
    """Makes a database of `old` one of `new`, and that one again one of `old`.

    Each time gnkmigrate sees no difference afterwards, and neither does pg_dump with owners and
    privileges.

    Args:
        server: where, as a superuser.
        old: the SQL of one schema.
        new: that of the other.
        shared: SQL that both begin with.
        roles: what both name; made first where they are missing, and dropped at the end.
        back: whether there is a way back.
        renames: what has another name in the new schema.
    """
    with _pair(server, shared + old, shared + new, roles) as (bench, databases):
        assert databases.kept is not None
        there = _lead(bench, databases.old, databases.new, renames)
        inverse = renames.inverse()
        return Ways(there, _lead(bench, databases.new, databases.kept, inverse) if back else [])


def planned(
    server: Server,
    old: str,
    new: str,
    *,
    roles: Sequence[str] = (),
    renames: Renames = NO_RENAMES,
) -> Statements:
    """The statements that would make a database of `old` one of `new`."""
    with _pair(server, old, new, roles) as (_, databases):
        source, target = _read(databases.old), _read(databases.new)
        return plan(compare(source, target, renames), source, target)


def differing(server: Server, old: str, new: str) -> set[tuple[str, str]]:
    """The kinds and attributes in which two schemas differ."""
    with _pair(server, old, new, ()) as (_, databases):
        changes = compare(_read(databases.old), _read(databases.new))
        return {(each.kind, attribute) for each in changes for attribute in each.differing}


def omitted(server: Server, old: str, new: str) -> Sequence[Unread]:
    """What a comparison of two schemas says nothing about."""
    with _pair(server, old, new, ()) as (_, databases):
        return not_compared(_read(databases.old), _read(databases.new))


@contextmanager
def _pair(
    server: Server, old: str, new: str, roles: Sequence[str]
) -> Iterator[tuple[Bench, Databases]]:
    bench = Bench.of(server)
    pair = Pair("", "", old, new, tuple(roles), differ=True)
    with loaded(bench, pair, keep=True) as databases:
        yield bench, databases


def _lead(bench: Bench, live: DatabaseUrl, wanted: DatabaseUrl, renames: Renames) -> list[str]:
    source, target = _read(live), _read(wanted)
    changes = compare(source, target, renames)
    made = plan(changes, source, target)
    script = ";\n".join(each.sql for each in made)
    problem = bench.run_script(live, write_script(made, "old", "new")) if made else ""
    assert problem == "", script
    now, known = _read(live), applicable(renames, source, target)
    left = [f"{each.verb} {each.identity}" for each in compare(now, target)]
    assert left == [], script
    # By these `apply` knows whether somebody else has changed something meanwhile.
    arrived = arrived_at(source, target, known)
    assert object_changes(counted(arrived, ()), counted(now, ())) == [], script
    assert difference(statements(bench.dump(live)), statements(bench.dump(wanted))) == "", script
    return [each.sql for each in made if each.sql != _BODIES]


def _read(url: DatabaseUrl) -> Snapshot:
    with connect(url, read_only=True) as connection:
        return read_snapshot(connection)
