"""The session with the live database."""

from collections.abc import Iterator

from gnkmigrate.doctor.circumstances import Circumstances
from gnkmigrate.doctor.commands import CHANGING, DATABASE
from gnkmigrate.doctor.probe import Diagnosis, Probe
from gnkmigrate.servers import versions

_LEFT_OUT = "What needs the database was left out."


def examine(circumstances: Circumstances) -> Iterator[Diagnosis]:
    if circumstances.session is None:
        yield _without(circumstances)
        return
    info = circumstances.session.info
    row = circumstances.session.execute(
        "SELECT current_user, rolsuper FROM pg_roles WHERE rolname = current_user"
    ).fetchone()
    role, superuser = row or ("unknown", False)
    version = f"{info.server_version // 10000}.{info.server_version % 10000}"
    kind = ", a superuser" if superuser else ""
    if versions.is_newer(info.server_version):
        yield Diagnosis(
            "warning",
            f"PostgreSQL {info.server_version // 10000} is newer than what this gnkmigrate knows, "
            f"{versions.OLDEST} to {versions.NEWEST}: it looks, and changes nothing.",
            hint="Install a newer gnkmigrate.",
            blocks=CHANGING,
        )
    yield Diagnosis(
        "ok",
        f"{circumstances.url}, PostgreSQL {version}, as {role}{kind} "
        f"({circumstances.milliseconds:.0f} ms to connect)",
    )


def _without(circumstances: Circumstances) -> Diagnosis:
    if not circumstances.named:
        return Diagnosis(
            "warning",
            f"No database is named. {_LEFT_OUT}",
            hint="Name one with --url, DATABASE_URL, url in gnkmigrate.toml, or PGHOST and so on.",
            blocks=DATABASE,
        )
    refusal = circumstances.refusal
    message = refusal.message if refusal else "There is no session."
    hint = refusal.hint if refusal else ""
    return Diagnosis("failed", f"{message} {_LEFT_OUT}", hint=hint)


PROBE = Probe(30, "connection", examine, blocks=DATABASE)
