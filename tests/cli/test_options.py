"""Values of options that are none: said in our words, with exit code 2."""

import pytest
from typer.main import get_command

from gnkmigrate.cli import application
from gnkmigrate.cli._placing import in_front
from tests.cli.conftest import Command


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("audit", "--format", "pdf"), "'--format' / '-f': 'pdf' is not one of 'terminal', "),
        (("check", "--format", "pdf"), "'--format' / '-f': 'pdf' is not one of 'text', "),
        (("rehearse", "--unmapped", "drop"), "'--unmapped': 'drop' is not one of 'fail', "),
        (("upgrade", "--overflow", "drop"), "'--overflow': 'drop' is not one of 'fail', "),
        (("--log-format", "xml", "status"), "'--log-format': 'xml' is not one of 'text', "),
    ],
)
def test_a_value_that_is_not_one_of_the_choices(
    gnkmigrate: Command, arguments: tuple[str, ...], message: str
) -> None:
    ran = gnkmigrate(None, *arguments)
    assert ran.exit_code == 2
    assert f"Error: Invalid value for {message}" in ran.stderr
    assert "Value error" not in ran.output


@pytest.mark.parametrize(
    "arguments",
    [
        ("status", "--url", "host=/nowhere"),
        ("status", "--quiet", "--url=host=/nowhere"),
        ("audit", "--only", "structure", "--url", "host=/nowhere", "-v"),
        ("--url", "host=/nowhere", "fleet", "status", "--targets", "none.csv", "--quiet"),
    ],
)
def test_options_of_all_commands_may_stand_after_the_command(
    gnkmigrate: Command, arguments: tuple[str, ...]
) -> None:
    assert "No such option" not in gnkmigrate(None, *arguments).output


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        (["audit", "--url", "x", "-d", "-q"], ["--url", "x", "-q", "audit", "-d"]),
        (["-v", "audit", "--url=x"], ["-v", "--url=x", "audit"]),
        (["--config", "audit", "status", "-q"], ["--config", "audit", "-q", "status"]),
        (["diff", "--", "--url", "x"], ["diff", "--", "--url", "x"]),
        (["audit", "--url"], ["audit", "--url"]),
        (["--url", "x"], ["--url", "x"]),
        (["nothing", "--url", "x"], ["nothing", "--url", "x"]),
    ],
)
def test_they_are_read_as_if_they_stood_before_it(typed: list[str], read: list[str]) -> None:
    assert in_front(get_command(application()), typed) == read
