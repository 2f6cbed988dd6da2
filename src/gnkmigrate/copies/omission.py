"""A dump without some of its extensions, for a server that does not have them."""

import re
import subprocess
from collections.abc import Sequence
from pathlib import Path

from gnkmigrate.servers.client_programs import on_file, program, started

# A line of pg_restore --list: "2; 3079 16385 EXTENSION - citext", and the extension's comment.
_ENTRY = re.compile(r"^\d+; \d+ \d+ (?:EXTENSION - |COMMENT - EXTENSION )(?P<name>\S+)\s*$")


def omitting(dump: Path, major: int, extensions: Sequence[str]) -> Sequence[str]:
    """Options of pg_restore that leave extensions out; what needs them then fails to load.

    Args:
        dump: in pg_dump's custom format; the list of what is loaded is put beside it.
        major: the server's major version.
        extensions: their names.
    """
    if not extensions:
        return ()
    call = on_file(program("pg_restore", major), ["--list", str(dump)])
    with started(call, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as listing:
        lines = [line.decode() for line in listing.stdout or ()]
    kept = dump.with_suffix(".list")
    kept.write_text("".join(line for line in lines if not _names(line, extensions)))
    return (f"--use-list={kept}",)


def _names(line: str, extensions: Sequence[str]) -> bool:
    entry = _ENTRY.match(line)
    return entry is not None and entry["name"] in extensions
