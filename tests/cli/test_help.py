import subprocess
import sys

import pytest

from gnkmigrate.cli import application
from tests.cli.conftest import Command

COMMANDS = [
    command.name for command in application().registered_commands if command.name is not None
]
GROUPED = [
    f"{group.name} {command.name}"
    for group in application().registered_groups
    for command in (group.typer_instance.registered_commands if group.typer_instance else ())
]


@pytest.mark.parametrize("command", [*COMMANDS, *GROUPED])
def test_every_command_explains_itself_with_an_example(gnkmigrate: Command, command: str) -> None:
    shown = gnkmigrate(None, *command.split(), "--help")
    assert shown.exit_code == 0
    assert f"Usage: gnkmigrate {command}" in shown.stdout.replace(
        "Usage: root ", "Usage: gnkmigrate "
    )
    assert "Example: gnkmigrate " in shown.stdout


def test_the_list_of_commands_fits_a_terminal(gnkmigrate: Command) -> None:
    shown = gnkmigrate(None, "--help")
    assert shown.exit_code == 0
    assert all(len(line) <= 80 for line in shown.stdout.splitlines())
    for command in COMMANDS:
        assert f"\n  {command} " in shown.stdout


def test_the_list_of_commands_loads_nothing_heavy() -> None:
    program = (
        "import sys\n"
        "from gnkmigrate.cli import application\n"
        "application()\n"
        "print(*sorted({name.partition('.')[0] for name in sys.modules}))"
    )
    listed = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True
    )
    heavy = {"alembic", "jinja2", "psycopg", "pydantic", "rich", "sqlalchemy", "sqlglot"}
    assert heavy.isdisjoint(listed.stdout.split())


def test_the_version(gnkmigrate: Command) -> None:
    assert gnkmigrate(None, "--version").stdout.startswith("gnkmigrate 0.")


def test_a_command_that_does_not_exist(gnkmigrate: Command) -> None:
    refused = gnkmigrate(None, "upgarde")
    assert refused.exit_code == 2
    assert "upgrade" in refused.stderr
