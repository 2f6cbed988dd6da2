"""A plan proven on a copy of the live database, by observers that know nothing of planning.

Every statement runs, and writes no table anew of which it does not say so; pg_dump says the same of
the copy and of a database made from the target; every row and value is there that the plan does not
name; every key column gets a next value; every view and function answers that did before.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace

from psycopg.conninfo import make_conninfo

from gnkmigrate.copies.clone import Clone, Transfer, clone
from gnkmigrate.copies.sample import EVERYTHING, Selection
from gnkmigrate.diff.compare import compare
from gnkmigrate.errors import GnkMigrateError
from gnkmigrate.facts.reading import read_snapshot
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.kinds import kind_of
from gnkmigrate.kinds.change import Change
from gnkmigrate.plan.planned import Planned
from gnkmigrate.plan.proof import Proof
from gnkmigrate.postgres.connection import Connection, DatabaseUrl, connect
from gnkmigrate.postgres.quoting import identifier
from gnkmigrate.postgres.sql_files import query
from gnkmigrate.proof.acting_role import act_as, bring_roles, bring_settings
from gnkmigrate.proof.differences import looked_at, shown, unlike
from gnkmigrate.proof.not_covered import not_compared, remarks
from gnkmigrate.proof.objection import Objection, object_to
from gnkmigrate.proof.observer import Observer, Place, Seen
from gnkmigrate.proof.ownership import Open
from gnkmigrate.proof.plan_claims import Said
from gnkmigrate.proof.run_on_copy import run_statements
from gnkmigrate.proof.scope import Scope
from gnkmigrate.proof.target import Wanted, target_database
from gnkmigrate.proof.target_reached import unlike_target
from gnkmigrate.proof.views_and_functions import NO_ANSWERS
from gnkmigrate.run.rights import missing_rights
from gnkmigrate.run.rows_in_the_way import HINT, rows_in_the_way
from gnkmigrate.settings import Settings


def _untold(step: str) -> None:
    del step


def prove(
    planned: Planned,
    settings: Settings,
    live: DatabaseUrl,
    transfer: Transfer,
    selection: Selection = EVERYTHING,
    begin: Callable[[str], None] = _untold,
    *,
    script: bool = False,
) -> Proof:
    """Runs a plan on a copy, each statement in a transaction of its own, as psql does.

    Args:
        planned: the plan.
        settings: the project; its server settings say where the copy is made.
        live: the database that the plan is for, to which nothing is done but reading.
        transfer: gives the observer of the copying.
        selection: which of its rows the copy has.
        begin: told what is done next: copy, statements, comparison.
        script: whether they find names as in the script for psql.

    Raises:
        NotProven: a statement fails or does more than it says, the result is not the target, or
            something is not there any more, or does not work, that should.
        ConnectionFailed: no session with the live database, or with the target.
        SchemaError: the target cannot be loaded.
        ServerUnavailable: no throwaway server of its major version.
        NoRoom: a disk is too small.
        CloneFailed: there can be no copy.
    """
    _refuse_what_goes_beyond(planned)
    if not planned.statements:
        begin("comparison")
        return _prove_same(planned, settings, live)
    begin("copy")
    with _bench(planned, settings, live, transfer, selection, script=script) as bench:
        lacking = _lacking(planned, settings, live, bench.copy, selection)
        role = _acting(planned, bench)
        observer = _observer(planned, settings, bench)
        _require_no_rows(planned, bench.session)
        begin("statements")
        seconds = run_statements(bench.session, planned.statements, bench.observing)
        begin("comparison")
        left = looked_at(compare(_read(bench.observing, settings), planned.target), bench.copy)
        left = [each for each in left if each not in lacking]
        kept = _require_arrival(planned, bench, observer, left, role)
    copy = bench.copy
    return Proof(
        seconds,
        copy.rows,
        copy.live_rows,
        copy.server.version,
        copy.server.provider,
        tuple(not_compared(planned, copy, lacking, bench.wanted)),
        tuple(remarks(planned, copy, kept.converted, bench.refused)),
    )


def _refuse_what_goes_beyond(planned: Planned) -> None:
    if planned.beyond:
        raise GnkMigrateError(
            "The live database has optional phases, of which the target declares nothing: "
            f"{', '.join(planned.beyond)}.",
            hint="Prove the plan before they run, or take them back first: gnkmigrate downgrade "
            f"--phase {planned.beyond[-1]}",
        )


@dataclass(frozen=True)
class _Bench:
    """A copy on which a plan is run, and the target beside it.

    Attributes:
        copy: of the live database.
        scope: what of it is compared.
        wanted: a database made from the target; None where that is a snapshot.
        session: runs the statements.
        observing: looks on.
        refused: what the live database's role may not do of what the plan does.
    """

    copy: Clone
    scope: Scope
    wanted: Wanted | None
    session: Connection
    observing: Connection
    refused: Sequence[str]


@contextmanager
def _bench(
    planned: Planned,
    settings: Settings,
    live: DatabaseUrl,
    transfer: Transfer,
    selection: Selection,
    *,
    script: bool,
) -> Iterator[_Bench]:
    with ExitStack() as stack:
        copy = stack.enter_context(clone(settings, live, transfer, selection))
        scope = replace(Scope.of(settings, selection.without), owners=copy.owners)
        made = target_database(planned.target_source, settings, scope, copy.server.major)
        wanted = stack.enter_context(made)
        path = planned.circumstances.search_path
        session = stack.enter_context(
            _as_psql(copy.url, path) if script else connect(copy.url, search_path=path)
        )
        observing = stack.enter_context(connect(copy.url, search_path=path))
        _require_own_roles(planned, copy)
        with connect(live, read_only=True) as asking:
            bring_roles(asking, session, copy.server)
            bring_settings(asking, copy.url)
            refused = missing_rights(asking, planned.rights)
        yield _Bench(copy, scope, wanted, session, observing, refused)


def _as_psql(copy: DatabaseUrl, path: Sequence[str]) -> Connection:
    """A session whose own path is the plan's, with names found as the script for psql has them."""
    given = ", ".join(map(identifier, path)).replace("\\", r"\\").replace(" ", r"\ ")
    url = DatabaseUrl(make_conninfo(copy.conninfo, options=f"-c search_path={given}"))
    session = connect(url, search_path=path)
    session.execute(query("postgres", "script_path"))
    return session


def _acting(planned: Planned, bench: _Bench) -> str:
    """The role as which the statements run; "" for the copy's own."""
    if not bench.copy.owners:
        return ""
    return act_as(bench.session, planned.source.role, bench.copy.server)


def _observer(planned: Planned, settings: Settings, bench: _Bench) -> Observer:
    copy, zone = bench.copy, settings.source_timezone
    place = Place(bench.observing, copy.url, copy.server.major, bench.scope, zone)
    said = Said.by(planned.changes, planned.statements, planned.hints.pairs, planned.source)
    return Observer.at(place, said)


def _require_arrival(
    planned: Planned, bench: _Bench, observer: Observer, left: Sequence[Change], role: str
) -> Seen:
    """What the observer says of the copy now.

    Raises:
        NotProven: it is not the target, or something is not there any more that should be.
    """
    wanted = bench.wanted
    open_ = _left_open(planned, wanted, role)
    dumped = observer.unlike_target(wanted, open_) if wanted is not None else ()
    kept = observer.look_again(wanted.answers if wanted else NO_ANSWERS)
    message = "The plan runs on a copy of the live database, but does not make it the target."
    object_to(unlike(message, left, dumped), *kept.objections)
    return kept


def _prove_same(planned: Planned, settings: Settings, live: DatabaseUrl) -> Proof:
    """An empty plan, for which nothing has to be copied.

    Raises:
        NotProven: pg_dump does not say the same of the live database and of the target.
    """
    version = planned.source.server_version
    scope = Scope.of(settings)
    with target_database(planned.target_source, settings, scope, version // 10000) as wanted:
        dumped: Sequence[str] = ()
        if wanted is not None:
            open_ = _left_open(planned, wanted, planned.source.role)
            dumped = unlike_target(live, wanted, None, open_)
        message = "The plan is empty, but the live database is not as the target says."
        object_to(unlike(message, (), dumped))
        provider = wanted.server.provider if wanted is not None else ""
    return Proof(
        (),
        0,
        0,
        version,
        provider,
        tuple(not_compared(planned, None, (), wanted)),
        tuple(remarks(planned, None, ())),
    )


def _require_no_rows(planned: Planned, session: Connection) -> None:
    """Asks the copy what `apply` asks.

    Raises:
        NotProven: a statement would stop at rows.
    """
    message = "The plan would stop at rows that are there."
    object_to(Objection(message, rows_in_the_way(session, planned.statements), HINT))


def _left_open(planned: Planned, wanted: Wanted | None, role: str) -> Open | None:
    if wanted is None or not wanted.loader:
        return None
    return Open(wanted.loader, role, planned.target.unstated)


def _read(session: Connection, settings: Settings) -> Snapshot:
    return read_snapshot(session, ignore=settings.ignore, schemas=settings.read_schemas)


def _lacking(
    planned: Planned, settings: Settings, live: DatabaseUrl, copy: Clone, selection: Selection
) -> Sequence[Change]:
    """What the copy does not have of the live database, since no dump carries it.

    Raises:
        NotProven: the live database is not what the plan was made for any more.
    """
    with connect(copy.url, read_only=True) as session:
        copied = _read(session, settings)
    lacking = looked_at(compare(copied, planned.source), copy)
    if lacking and not selection.without:
        with connect(live, read_only=True) as session:
            changed = compare(planned.source, _read(session, settings))
        object_to(
            Objection(
                "The copy is not what the plan was made for: the live database has changed.",
                shown(changed),
                "Make the plan again when nobody else changes it.",
            )
        )
    object_to(
        Objection(
            "The copy does not hold what the live database holds, so that nothing can be proven "
            "on it.",
            copy.differences,
            "Try again when nobody else writes to it.",
        )
    )
    return lacking


def _require_own_roles(planned: Planned, copy: Clone) -> None:
    """Refuses to change roles on a server of the user's, where they would stay.

    Raises:
        NotProven: the plan does.
    """
    of_server = [change for change in planned.changes if kind_of(change.kind).of_server]
    object_to(
        Objection(
            "The plan changes roles, which belong to a server: on the one in "
            "GNKMIGRATE_SERVER__URL that would stay.",
            [] if copy.server.is_ours else shown(of_server),
            "Have the copy on a server that is thrown away: GNKMIGRATE_SERVER__PROVIDER=embedded",
        )
    )
