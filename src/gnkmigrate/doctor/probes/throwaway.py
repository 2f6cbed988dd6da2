"""Where a throwaway server comes from: it is started, as other commands would."""

import time
from collections.abc import Iterator

from gnkmigrate.doctor.circumstances import Circumstances
from gnkmigrate.doctor.commands import THROWAWAY
from gnkmigrate.doctor.probe import Diagnosis, Probe
from gnkmigrate.servers.confinement import is_confining


def examine(circumstances: Circumstances) -> Iterator[Diagnosis]:
    """Starts one; the first time, this fetches the programs.

    Raises:
        ServerUnavailable: there is none; its details have each provider's reason.
    """
    started = time.monotonic()
    server = circumstances.server
    seconds = time.monotonic() - started
    version = f"{server.version // 10000}.{server.version % 10000}"
    yield Diagnosis("ok", f"{server.provider}, PostgreSQL {version}, ready in {seconds:.1f} s")
    if server.provider == "embedded" and not is_confining():
        yield Diagnosis(
            "ok",
            "The system cannot confine it (Landlock), so the scripts that it loads may do what "
            "their user may.",
            hint="See docs/throwaway-servers.md before checking scripts that are not trusted.",
        )
    session = circumstances.session
    if session is not None and session.info.server_version // 10000 != server.major:
        live = session.info.server_version // 10000
        yield Diagnosis(
            "warning",
            f"The throwaway server is PostgreSQL {server.major} and the live one {live}, which "
            "print some definitions differently.",
            hint=f"Set major = {live} under [server] in gnkmigrate.toml, or leave it unset.",
        )


PROBE = Probe(80, "throwaway", examine, blocks=THROWAWAY)
