"""One plan of a project from beginning to end: the database and the target are read here."""

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from gnkmigrate.diff.applying import quietly, without_effect
from gnkmigrate.diff.rename_options import known_renames
from gnkmigrate.diff.renames import NO_RENAMES, Renames, renamed_by
from gnkmigrate.diff.settling import Decide, refuse, settled
from gnkmigrate.facts.reading import read_snapshot
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.facts.source import DeclaresNothing, Load, load_schema, nothing_beside
from gnkmigrate.kinds.statement import Statements
from gnkmigrate.plan.planned import Circumstances, Planned
from gnkmigrate.plan.planner import Planner
from gnkmigrate.plan.rights import Right
from gnkmigrate.plan.roles import missing_roles
from gnkmigrate.postgres.connection import DatabaseUrl, connect, own_path
from gnkmigrate.run import optional_changes
from gnkmigrate.run.plan_code import code_of_plan
from gnkmigrate.settings import Settings
from gnkmigrate.settings_fit import require_fitting
from gnkmigrate.text.redaction import redact


def plan_project(
    settings: Settings,
    url: DatabaseUrl,
    target: str | None,
    *,
    online: bool = True,
    renames: Renames = NO_RENAMES,
    decide: Decide = refuse,
    tell: Callable[[str], None] = quietly,
    load: Load = load_schema,
) -> Planned:
    """The plan that takes the live database to the project's target.

    Args:
        settings: the project's.
        url: the live database; it is only read.
        target: a URL, a .sql file, a folder, a snapshot or models; None takes the settings' target.
        online: keep locks short on what others use, at the price of more statements.
        renames: what the user says of renames, beyond the settings'.
        decide: asked about renames that are likely, where data would be lost otherwise.
        tell: told what of `renames` applies to nothing, of roles that the server lacks, and of
            code of others that the plan would run.
        load: gives the target's facts.

    Raises:
        ConnectionFailed: no session with the database.
        SchemaError: the target cannot be loaded.
        ServerUnavailable: there is no server to load it into.
        Unplannable: no statements close one of the differences.
        RenameUnclear: what the settings say of renames cannot be understood.
        PossibleRename: one is likely, and nobody says whether it is one.
    """
    hints = known_renames(settings.renames, renames)
    sides = _read(settings, url, target, load)
    for line in without_effect(renames, sides.live, sides.target, "the live database"):
        tell(line)
    changes, hints = settled(sides.live, sides.target, hints, decide)
    planner = Planner(
        sides.live,
        sides.target,
        online=online,
        source_timezone=settings.source_timezone,
        renamed=renamed_by(changes),
    )
    statements, rights = planner.plan_with_rights(changes)
    for line in _missing_roles(url, rights):
        tell(line)
    code = _code_of_others(url, statements, sides.search_path)
    for line in code:
        tell(f"Code of a role with fewer rights runs with those of whoever runs the plan: {line}")
    return Planned(
        statements,
        sides.live,
        sides.target,
        str(url),
        _name(sides.source),
        _circumstances(settings, sides, online=online),
        sides.source,
        changes,
        hints,
        rights,
        sides.beyond,
        code,
    )


@dataclass(frozen=True)
class _Sides:
    """What a plan is between.

    Attributes:
        live: the live database's facts.
        target: the target's, with what optional phases have made of it there.
        source: the target as it was given, which may hold a password.
        search_path: where the live database's statements find names.
        beyond: optional phases that are in force there.
    """

    live: Snapshot
    target: Snapshot
    source: str
    search_path: tuple[str, ...]
    beyond: tuple[str, ...]


def _read(settings: Settings, url: DatabaseUrl, target: str | None, load: Load) -> _Sides:
    with connect(url, read_only=True) as connection:
        require_fitting(connection, settings)
        path = settings.schemas if settings.read_schemas else own_path(connection)
        live = read_snapshot(
            connection,
            ignore=settings.ignore,
            schemas=settings.read_schemas,
            roles=settings.roles,
        )
        source = target or settings.target_source
        try:
            loaded = load(source, settings, live.server_version // 10000)
        except DeclaresNothing as error:
            loaded = nothing_beside(live, error)
        loaded = optional_changes.expected(loaded, live, connection)
        return _Sides(live, loaded, source, path, optional_changes.standing(connection))


def _missing_roles(url: DatabaseUrl, rights: Sequence[Right]) -> Iterator[str]:
    """Roles that the plan names and the server lacks, where it names any."""
    if any(right.privilege == "ROLE" for right in rights):
        with connect(url, read_only=True) as connection:
            yield from missing_roles(connection, rights)


def _code_of_others(
    url: DatabaseUrl, statements: Statements, schemas: Sequence[str]
) -> tuple[str, ...]:
    if not statements:
        return ()
    with connect(url, read_only=True) as connection:
        return code_of_plan(connection, statements, schemas)


def _circumstances(settings: Settings, sides: _Sides, *, online: bool) -> Circumstances:
    return Circumstances(
        search_path=sides.search_path,
        schemas=settings.read_schemas,
        ignore=settings.ignore,
        roles=settings.roles,
        online=online,
        source_timezone=settings.source_timezone,
    )


def _name(target: str) -> str:
    return os.path.relpath(target) if Path(target).exists() else redact(target)
