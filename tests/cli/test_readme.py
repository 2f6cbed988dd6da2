"""The README's commands on a database of one's own, run as they stand there."""

import os
import pty
import re
import shlex
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from gnkmigrate.postgres.connection import DatabaseUrl
from tests.cli.test_terminal import _read
from tests.shop import DATABASE, REVISION, WANTED
from tests.support import CLOSE_PUBLIC, ROOT, execute, rows

README = (ROOT / "README.md").read_text()
URL = "postgresql://me@localhost/shop"
INSTALL = "pip install ."
# The day on which a version's support ends is no matter of the README's.
LENIENT = '[[rule]]\ncheck = "end-of-life"\nseverity = "low"\n'
SECTION = README.partition("## Use it on a database of your own\n")[2].partition("\n## ")[0]


def typed(text: str) -> list[str]:
    """The commands of a text: its indented lines, without comments."""
    lines = re.findall(r"^    (\S.*)$", text, re.MULTILINE)
    return [line.partition(" #")[0].rstrip() for line in lines]


def exit_codes(commands: Sequence[str], folder: Path, url: DatabaseUrl) -> dict[str, int]:
    """Runs commands in one shell on a terminal, where somebody says yes; their exit codes."""
    codes = folder / "codes"
    script = ["set +e"]
    for line in commands:
        command = line.replace(URL, shlex.quote(url.conninfo))
        script += [command, f"echo $? >> {shlex.quote(str(codes))}"]
    ours, theirs = pty.openpty()
    os.write(ours, b"y\n" * len(commands))
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    foreign = ("PG", "DATABASE_URL")
    environment = {name: each for name, each in os.environ.items() if not name.startswith(foreign)}
    process = subprocess.Popen(
        ["/bin/sh", "-c", "\n".join(script)],
        cwd=folder,
        env={**environment, "PATH": path},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    with process:
        shown = "".join(_read(ours))
    os.close(ours)
    found = codes.read_text().split()
    codes.unlink()
    assert len(found) == len(commands), shown
    return dict(zip(commands, map(int, found), strict=True))


def test_a_database_of_ones_own(database: DatabaseUrl, tmp_path: Path) -> None:
    execute(database, f"{CLOSE_PUBLIC}; {DATABASE}")
    beginning, _, phases = SECTION.partition("Write the phases as revisions")
    start, look = beginning.partition("Edit `schema/target.sql`")[::2]
    assert INSTALL in typed(start)
    commands = [command for command in typed(start) if command != INSTALL]
    project, environment = tmp_path / "shop", [f"export DATABASE_URL={URL}"]

    assert set(exit_codes(commands, tmp_path, database).values()) == {0}

    (project / "audits" / "severity.toml").write_text(LENIENT)
    target = project / "schema" / "target.sql"
    target.write_text(target.read_text() + WANTED)
    looked = exit_codes([*environment, *typed(look)], project, database)
    assert looked.pop("gnkmigrate plan") == 1  # there is something to do
    assert set(looked.values()) == {0}

    (project / "migrations" / "versions" / "0001_prices.py").write_text(REVISION)
    ran = exit_codes([*environment, *typed(phases)], project, database)
    assert set(ran.values()) == {0}
    assert "gnkmigrate upgrade" in ran
    assert "gnkmigrate downgrade" in ran
    assert rows(database, "SELECT count(*) FROM gnkmigrate.run") == [(2,)]
    assert rows(database, "SELECT to_regclass('product_price_idx')") == [(None,)]
