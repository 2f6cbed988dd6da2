"""gnkmigrate revision, as a user types it."""

from pathlib import Path

import pytest

from gnkmigrate.postgres.connection import DatabaseUrl
from gnkmigrate.servers import Server
from tests.cli.conftest import Command
from tests.support import execute


def test_the_gap_becomes_a_phase(
    gnkmigrate: Command,
    server: Server,
    database: DatabaseUrl,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    execute(database, "CREATE TABLE t (id int PRIMARY KEY, n text)")
    (tmp_path / "target.sql").write_text("CREATE TABLE t (id int PRIMARY KEY, n varchar(9))")
    (tmp_path / "gnkmigrate.toml").write_text('target = "target.sql"\n')
    versions = tmp_path / "migrations" / "versions"
    versions.mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GNKMIGRATE_SERVER__PROVIDER", "url")
    monkeypatch.setenv("GNKMIGRATE_SERVER__URL", server.url.conninfo)

    planned = gnkmigrate(database, "plan")
    assert "gnkmigrate revision -m TEXT" in planned.stderr
    assert gnkmigrate(database, "revision").exit_code == 2
    written = gnkmigrate(database, "revision", "-m", "Short n")
    assert written.stdout == f"wrote {versions / '0001_short_n.py'}\n"
    assert written.stderr == "Next: gnkmigrate check, then gnkmigrate upgrade --dry-run\n"
    assert 'op.shortened("n", 9)' in (versions / "0001_short_n.py").read_text()
    refused = gnkmigrate(database, "revision", "-m", "Once more")
    assert refused.exit_code == 2
    assert "short_n: pending" in refused.stderr
    assert gnkmigrate(database, "upgrade", "--yes").exit_code == 0
    nothing = gnkmigrate(database, "revision", "-m", "Once more")
    assert (nothing.exit_code, nothing.stdout) == (
        0,
        "Nothing to do: the database is as the target says.\n",
    )
    assert [file.name for file in versions.glob("*.py")] == ["0001_short_n.py"]
