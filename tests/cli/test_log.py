"""What a command prints, in the log of a CI job: no line of it is a command there."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from gnkmigrate.cli import application
from gnkmigrate.cli._log_console import LogConsole
from gnkmigrate.postgres.connection import DatabaseUrl
from tests.cli.conftest import Command
from tests.support import execute

RAISES = """
    RAISE EXCEPTION E'no\\n::error::pwned ##[error]pwned'
        USING DETAIL = E'\\n  ::add-mask::a', HINT = E'\\n::set-output name=a::b';
"""


def commands(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.lstrip().startswith("::") or "##[" in line]


def test_a_message_of_the_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("target.sql").write_text(f"DO $$ BEGIN {RAISES} END $$;")
    result = CliRunner().invoke(application(), ["diff", "target.sql", "target.sql"])
    assert result.exit_code == 2
    assert ": :error::pwned ## [error]pwned" in result.stderr
    assert commands(result.output) == []


def test_a_message_in_the_journal(gnkmigrate: Command, report: DatabaseUrl) -> None:
    gnkmigrate(report, "upgrade", "--yes", "--phase", "tables")
    error = r"E'no\n::error::pwned\n ##[error]pwned'"
    execute(report, f"UPDATE gnkmigrate.run SET state = 'failed', error = {error}")
    shown = gnkmigrate(report, "status")
    assert "\n: :error::pwned\n ## [error]pwned\n" in shown.stdout
    assert commands(shown.output) == []


def test_a_refusal_of_the_server_while_phases_run(gnkmigrate: Command, report: DatabaseUrl) -> None:
    gnkmigrate(report, "upgrade", "--yes", "--phase", "tables")
    execute(
        report,
        "CREATE FUNCTION refuse() RETURNS event_trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN {RAISES} END $$;"
        "CREATE EVENT TRIGGER refuse ON ddl_command_start EXECUTE FUNCTION refuse()",
    )
    upgraded = gnkmigrate(report, "upgrade", "--yes", "--trust-triggers")
    assert ": :error::pwned" in upgraded.output
    assert commands(upgraded.output) == []


def test_a_line_that_wrapping_begins(capsys: pytest.CaptureFixture[str]) -> None:
    LogConsole(width=4).print("aaaa::a::")
    assert capsys.readouterr().out == "aaaa\n: :a:\n:\n"
