"""A password that is planted in every spelling of an address is found nowhere afterwards."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

import pytest
from psycopg import conninfo, sql

from gnkmigrate.cli._stderr import guard
from gnkmigrate.postgres.connection import DatabaseUrl
from tests.cli.conftest import Command
from tests.support import ROOT, execute, rows

# One that has to be escaped in a URL, and one that need not be.
PLANTED = "pl4nted/s3cr3t@home?x#y"
PLAIN = "pl4nted-s3cr3t"
PARTS = ("pl4nted", "s3cr3t")
ROLE = "gnk_with_password"

COMMANDS = (
    ("doctor",),
    ("--verbose", "audit", "--fail-on", "never"),
    ("audit", "--format", "json", "--fail-on", "never"),
    ("audit", "--format", "html", "--output", "{folder}/audit.html", "--fail-on", "never"),
    ("plan", "--format", "json", "--output", "{folder}/plan.json"),
    ("snapshot", "--output", "{folder}/facts.json"),
    ("status", "--format", "json"),
    ("--verbose", "upgrade", "--dry-run"),
    ("--log-format", "json", "upgrade", "--yes", "--backup", "--backup-dir", "{folder}"),
    ("verify", "--format", "json"),
    ("downgrade", "--all", "--yes"),
    ("apply", "{folder}/plan.json", "--dry-run"),
    ("contract", "--yes"),
    ("tune", "--pause"),
)


@pytest.fixture
def planted(report: DatabaseUrl) -> Iterator[DatabaseUrl]:
    """The database as a superuser who has that password."""
    role = sql.Identifier(ROLE).as_string()
    execute(report, f"CREATE ROLE {role} SUPERUSER LOGIN PASSWORD '{PLANTED}'")
    yield DatabaseUrl(conninfo.make_conninfo(report.conninfo, user=ROLE, password=PLANTED))
    execute(report, f"REASSIGN OWNED BY {role} TO CURRENT_USER; DROP ROLE {role}")


def spellings(url: DatabaseUrl) -> dict[str, str]:
    """Every way to write an address."""
    given = conninfo.conninfo_to_dict(url.conninfo)
    host, port, name = quote(str(given["host"]), safe=""), given["port"], given["dbname"]
    password = quote(str(given["password"]), safe="")
    rest = f"{ROLE}:{password}@{host}:{port}/{name}"
    return {
        "libpq": f"postgresql://{rest}",
        "short": f"postgres://{rest}",
        "SQLAlchemy": f"postgresql+psycopg://{rest}",
        "parameters": f"postgresql:///{name}?host={host}&port={port}&user={ROLE}"
        f"&password={password}",
        "keywords": url.conninfo,
    }


def clean(text: str, where: str) -> None:
    found = [part for part in PARTS if part in text]
    assert not found, f"{where} shows {found}: {text[:2000]}"


def test_no_command_shows_or_writes_it(
    gnkmigrate: Command, planted: DatabaseUrl, tmp_path: Path
) -> None:
    for arguments in COMMANDS:
        filled = [argument.format(folder=tmp_path) for argument in arguments]
        clean(gnkmigrate(planted, *filled).output, " ".join(arguments))
    files = [file for file in tmp_path.rglob("*") if file.is_file()]
    assert {file.suffix for file in files} >= {".html", ".json", ".dump"}
    for file in files:
        clean(file.read_bytes().decode(errors="replace"), file.name)
    for table in ("run", "step", "memory", "overflow"):
        clean(str(rows(planted, f"SELECT to_jsonb(kept) FROM gnkmigrate.{table} AS kept")), table)
    assert rows(planted, "SELECT count(*) > 0 FROM gnkmigrate.run") == [(True,)]


@pytest.mark.parametrize("spelling", ["libpq", "short", "SQLAlchemy", "parameters", "keywords"])
def test_it_is_read_and_hidden_in_every_spelling(
    gnkmigrate: Command, planted: DatabaseUrl, spelling: str
) -> None:
    written = spellings(planted)[spelling]
    for arguments in (
        ("--url", written, "--verbose", "status"),
        ("diff", written, written),
        ("--url", written, "plan", "--target", written),
    ):
        ran = gnkmigrate(None, *arguments)
        assert ran.exit_code == 0, ran.output
        clean(ran.output, arguments[0])
    elsewhere = written.replace("5432", "5433")
    for arguments in (("--url", elsewhere, "status"), ("diff", elsewhere, "schema/target.sql")):
        ran = gnkmigrate(None, *arguments)
        assert ran.exit_code in {2, 3}
        clean(ran.output, arguments[0])


@pytest.mark.parametrize(
    "mistyped",
    [
        "postgresql://me:pl4nted@s3cr3t@127.0.0.1:1/db",
        "postgresql://me:pl4nted/s3cr3t@127.0.0.1:1/db",
        "postgresql://me:pl4nted?s3cr3t@127.0.0.1:1/db",
        "postgresql://me:x?pl4nted@s3cr3t@127.0.0.1:1/db",
        "postgresql://me:x#pl4nted s3cr3t@127.0.0.1:1/db",
        "postgresql://me:pl4nted%s3cr3t@127.0.0.1:1/db",
        "postgresql://me:pl4nted:s3cr3t@127.0.0.1:nan/db",
        "postgresql:/me:pl4nteds3cr3t@127.0.0.1:1/db",
        "posgresql://me:pl4nteds3cr3t@127.0.0.1:1/db",
        "me:pl4nteds3cr3t@127.0.0.1:1/db",
        "me:pl4nted@s3cr3t@127.0.0.1:1/db",
        "postgresql//me:pl4nted/s3cr3t@127.0.0.1:1/db",
        "postgresql;//me:pl4nteds3cr3t@127.0.0.1:1/db",
        "host=127.0.0.1 port=1 password='pl4nted s3cr3t",
        "host=127.0.0.1 port=1 password=pl4nted\\ s3cr3t user",
        "postgresql://127.0.0.1:1/db?password=pl4nted&s3cr3t",
    ],
)
@pytest.mark.parametrize("place", ["--url", "diff", "command", "file"])
def test_a_mistyped_address_is_not_repeated(mistyped: str, place: str, tmp_path: Path) -> None:
    (tmp_path / "gnkmigrate.toml").write_text(f"url = '''{mistyped}'''\nservers = 3\n")
    arguments = {
        "--url": ["--url", mistyped, "status"],
        "diff": ["diff", mistyped, str(ROOT / "schema" / "target.sql")],
        "command": [mistyped],
        "file": ["--config", str(tmp_path / "gnkmigrate.toml"), "status"],
    }[place]
    ran = subprocess.run(
        [sys.executable, "-m", "gnkmigrate", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode in {2, 3}, ran.stderr
    assert "Traceback" not in ran.stderr
    clean(ran.stdout + ran.stderr, place)


def test_what_goes_to_stderr_is_redacted_and_never_fails(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with (tmp_path / "said").open("w") as stream:
        monkeypatch.setattr(sys, "stderr", stream)
        guard()
        sys.stderr.writelines(["a postgresql://me:pl4nted@host/db\n", "PGPASSWORD=s3cr3t\n"])
        assert not sys.stderr.isatty()
        sys.stderr.flush()
    clean((tmp_path / "said").read_text(), "stderr")
    with suppress(OSError), Path("/dev/full").open("w") as stream:
        monkeypatch.setattr(sys, "stderr", stream)
        guard()
        assert sys.stderr.write("x" * 100_000) == 100_000
        sys.stderr.flush()
        monkeypatch.undo()
