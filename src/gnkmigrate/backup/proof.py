"""The proof of a backup: it is restored into a throwaway server, and all is compared."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from gnkmigrate.backup.contents import differences, read_contents
from gnkmigrate.backup.failure import RestoreFailed
from gnkmigrate.backup.load import load_on_copy
from gnkmigrate.backup.manifest import Manifest
from gnkmigrate.backup.progress import Observer, TransferProgress
from gnkmigrate.backup.target import OWNERLESS, missing_extensions, prepare
from gnkmigrate.diff.compare import compare
from gnkmigrate.facts.printing import as_restored
from gnkmigrate.facts.reading import read_snapshot
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.kinds import kind_of
from gnkmigrate.kinds.change import Change
from gnkmigrate.postgres.connection import DatabaseUrl, connect
from gnkmigrate.servers import Server, throwaway
from gnkmigrate.settings import ServerSettings

# What is set for a database and for roles in it belongs to the server, and is in no dump.
_SETTINGS = "pg_db_role_setting"

_ELSEWHERE = (
    "The backup itself is complete. Name a server that can take it in GNKMIGRATE_SERVER__URL, or "
    'use Docker: GNKMIGRATE_SERVER__PROVIDER=docker. Then try the backup with "--verify" again.'
)


def differences_after_restore(
    dump: Path,
    manifest: Manifest,
    facts: Snapshot,
    settings: ServerSettings,
    observe: Observer,
) -> tuple[str, ...]:
    """What is not the same in a restored copy, a line each; none when everything is.

    On a server of our own, owners and grants are restored, too, for roles that are made there.

    Args:
        dump: the dump, with the SHA-256 of its manifest.
        manifest: with a hash for each table.
        facts: the catalog that was dumped.
        settings: where the throwaway server comes from. It is always one of the same major
            version, so that both catalogs print alike.
        observe: receives the progress.

    Raises:
        ServerUnavailable: there is no throwaway server of that version.
        RestoreFailed: it does not take the dump.
    """
    same = settings.model_copy(update={"major": manifest.major})
    observe(TransferProgress("starting a throwaway server"))
    with throwaway(same) as server, server.database() as url:
        options = _prepare(server, url, manifest)
        tables = len(manifest.tables)
        try:
            load_on_copy(dump, server, url, tables, options=options, observe=observe)
        except RestoreFailed as error:
            raise RestoreFailed(
                f"The throwaway server does not take the backup {dump}, so it is not verified.",
                details=error.details,
                hint=_ELSEWHERE,
            ) from None
        observe(TransferProgress("comparing"))
        # A table is planned with the expressions of its indexes, which are anybody's.
        with server.carrier(url) as carrier, connect(carrier, read_only=True) as connection:
            contents = read_contents(connection, hashed=True)
        with connect(url, read_only=True) as connection:
            restored = read_snapshot(connection)
    changes = compare(as_restored(facts), as_restored(restored))
    return (
        *differences(manifest.contents, contents),
        *_described(_carried(changes, owners=not set(OWNERLESS) & set(options))),
    )


def _carried(changes: Sequence[Change], *, owners: bool) -> Iterator[Change]:
    """The changes of what a dump carries, each thing without what hangs on it where it is gone.

    Args:
        changes: all of them.
        owners: whether it was restored with owners and grants.
    """
    gone = {change.identity for change in changes if change.verb in {"add", "remove"}}
    for change in changes:
        kind = kind_of(change.kind)
        if kind.catalog == _SETTINGS or (kind.is_satellite and change.fact.parent in gone):
            continue
        if owners or kind.silence is None:
            yield change


def _prepare(server: Server, url: DatabaseUrl, manifest: Manifest) -> Sequence[str]:
    """Makes the roles that the dump names; on a user's own server they are left out instead."""
    with connect(url) as connection:
        if missing := missing_extensions(connection, manifest.extensions):
            raise RestoreFailed(
                f"The throwaway server lacks {_extensions(missing)} that the database uses, so "
                "the backup is not verified.",
                details=[f"extension {name}" for name in missing],
                hint=_ELSEWHERE,
            )
        return prepare(connection, server.provider, manifest.roles)


def _extensions(names: Sequence[str]) -> str:
    return "an extension" if len(names) == 1 else f"{len(names)} extensions"


def _described(changes: Iterable[Change]) -> Iterator[str]:
    for change in changes:
        match change.verb:
            case "add":
                yield f"{change.identity} is not in the live database"
            case "remove":
                yield f"{change.identity} was not restored"
            case "rename":
                was = change.before.identity if change.before else "?"
                yield f"{was} was restored as {change.identity}"
            case "alter":
                yield f"{change.identity} differs: {', '.join(change.differing)}"
