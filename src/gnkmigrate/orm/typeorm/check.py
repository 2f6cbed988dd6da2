"""`gnkmigrate typeorm check`: what a team's own entities make, beside the target."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from gnkmigrate.audit.finding import Finding
from gnkmigrate.audit.gap import fold
from gnkmigrate.audit.gap_findings import gap_finding
from gnkmigrate.audit.repair import Repair
from gnkmigrate.diff.beside import not_compared
from gnkmigrate.diff.renames import NO_RENAMES
from gnkmigrate.diff.settling import leave_open, settled
from gnkmigrate.facts.reading import read_snapshot
from gnkmigrate.facts.snapshot import Snapshot, Unread
from gnkmigrate.facts.stated import as_script
from gnkmigrate.models.typeorm_team import Team, build, compiled, team_of
from gnkmigrate.orm.typeorm.aside import set_aside
from gnkmigrate.orm.typeorm.entities import load_target
from gnkmigrate.orm.typeorm.model import Limit
from gnkmigrate.orm.typeorm.reading import read
from gnkmigrate.postgres.connection import connect
from gnkmigrate.servers import throwaway
from gnkmigrate.settings import Settings

# What TypeORM keeps for itself, in the schema that it works in.
_BOOKKEEPING = ("*.typeorm_metadata", "*.migrations", "*.migrations_id_seq")
_ADVICE = "Declare it in the entities as the target does, or change the target."


@dataclass(frozen=True)
class Checked:
    """What came of a comparison.

    Attributes:
        entities: the names of the team's.
        version: of the team's TypeORM.
        findings: what differs, the most severe first.
        limits: what TypeORM has no word for and the entities therefore lack; no finding.
        not_compared: what nobody has looked at.
    """

    entities: tuple[str, ...]
    version: str
    findings: tuple[Finding, ...]
    limits: tuple[Limit, ...]
    not_compared: tuple[Unread, ...]


def check_entities(
    settings: Settings, source: str | None, folder: Path, progress: Callable[[str], None]
) -> Checked:
    """Compares the schema that TypeORM makes of a team's entities with the target.

    Args:
        settings: the project's.
        source: the target, if not the settings'.
        folder: the team's entities, as TypeScript or JavaScript.
        progress: told what is being done.

    Raises:
        OrmError: Node.js or TypeORM is missing, or the entities do not compile or are refused.
        SchemaError, ConnectionFailed, ServerUnavailable: the target cannot be read.
    """
    team = team_of(folder)
    target = load_target(settings, source)
    with TemporaryDirectory(prefix="gnkmigrate-") as room:
        progress(f"Compiling the entities in {folder}.")
        javascript = compiled(team, Path(room))
        progress(f"Making their schema with TypeORM {team.typeorm.version}.")
        names, made = _made(team, javascript, settings, target)
    changes, _ = settled(made, target, NO_RENAMES, leave_open)
    limits = read(target).all_limits
    aside = set_aside(changes, limits, target)
    gaps = fold([change for change in changes if change not in aside], made, target)
    default_schema = settings.schemas[0] if settings.schemas else "public"
    found = [gap_finding(gap, made, target, default_schema, Repair()) for gap in gaps]
    lacking = {change.identity for change in aside}
    return Checked(
        tuple(names),
        team.typeorm.version,
        tuple(sorted((replace(each, recommendation=_ADVICE) for each in found), key=_order)),
        tuple(limit for limit in limits if limit.identity in lacking),
        not_compared(made, target),
    )


def _order(finding: Finding) -> tuple[object, ...]:
    return finding.order


def _made(
    team: Team, javascript: Path, settings: Settings, target: Snapshot
) -> tuple[Sequence[str], Snapshot]:
    """The schema of the entities, read back from a throwaway database."""
    major = target.server_version // 10000
    with throwaway(settings.server, major) as server, server.database() as url:
        loader = server.as_loader(url)
        names = build(team, javascript, loader, own_uuids=_has_own_uuids(target))
        with connect(loader) as connection:
            ignore = [*settings.ignore, *_BOOKKEEPING]
            snapshot = read_snapshot(connection, ignore=ignore)
    return names, as_script(snapshot, server.superuser)


def _has_own_uuids(target: Snapshot) -> bool:
    """Whether uuids come from gen_random_uuid(), for which TypeORM has to be told "pgcrypto"."""
    made = Counter(fact.payload["expression"] for fact in target.of_kind("default"))
    theirs = sum(count for text, count in made.items() if text.endswith("uuid_generate_v4()"))
    return made["gen_random_uuid()"] > theirs
