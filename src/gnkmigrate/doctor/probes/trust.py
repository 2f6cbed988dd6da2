"""Whether what has gnkmigrate's names is gnkmigrate's, and whose code a migration would run."""

from collections.abc import Iterator

from gnkmigrate.doctor.circumstances import Circumstances
from gnkmigrate.doctor.commands import CHANGING
from gnkmigrate.doctor.probe import Diagnosis, Probe
from gnkmigrate.run.foreign_code import foreign_code
from gnkmigrate.run.trust import look

_TABLES = """
SELECT format('%%I.%%I', nspname, relname)
FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
WHERE relkind IN ('r', 'p') AND nspname = ANY (%s)
ORDER BY 1
"""


def examine(circumstances: Circumstances) -> Iterator[Diagnosis]:
    session = circumstances.live
    found = look(session, writing=True)
    if found.planted:
        yield Diagnosis(
            "failed",
            "In the schema of gnkmigrate's journal there is what gnkmigrate has not made.",
            found.planted,
            "Find out who made it. Where nothing has been migrated yet: "
            "DROP SCHEMA gnkmigrate CASCADE; otherwise take away what is listed.",
            blocks=("status", "rehearse", "verify", *CHANGING),
        )
    if found.owned_by_others:
        yield Diagnosis(
            "failed",
            "What has gnkmigrate's names belongs to roles with other rights.",
            found.owned_by_others,
            "Connect as the owner that is named, with whom the upgrades began.",
        )
    tables = session.execute(_TABLES, (list(circumstances.schemas),)).fetchall()
    path = circumstances.settings.schemas
    others = foreign_code(session, [name for (name,) in tables], path)
    if others and not circumstances.settings.trust_triggers:
        yield Diagnosis(
            "warning",
            "Code of roles with fewer rights would run with those of this one.",
            others,
            "Connect as the owner of the tables, or read these functions and give upgrade and "
            "downgrade --trust-triggers, as far as they touch these tables.",
        )
    if not (found.planted or found.owned_by_others or others):
        yield Diagnosis("ok", "nobody's code runs with the rights of this role")


PROBE = Probe(65, "trust", examine, needs_database=True, blocks=CHANGING)
