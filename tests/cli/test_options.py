"""Values of options that are none: said in our words, with exit code 2."""

import pytest

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
