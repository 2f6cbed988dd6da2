"""What other programs read of the documentation: the manual page, and an assistant's skill."""

import re
import shlex
import shutil
import subprocess
from types import ModuleType

import pytest
import yaml
from typer.main import get_command

from gnkmigrate.cli import application
from tests.support import ROOT, module_of

SKILL = (ROOT / "docs" / "SKILL.md").read_text()
TYPED = re.findall(r"(?:^    |`)(gnkmigrate [a-z][^`\n]*)", SKILL, re.MULTILINE)


@pytest.fixture(scope="module")
def manual() -> ModuleType:
    return module_of(ROOT / "docs" / "manual.py")


def test_the_manual_page_is_as_the_commands_say(manual: ModuleType) -> None:
    assert manual.FILE.read_text() == manual.text(), "run: python docs/manual.py"


def test_it_has_every_command_and_option(manual: ModuleType) -> None:
    text = manual.text()
    for name, command in get_command(application()).commands.items():  # type: ignore[attr-defined]
        assert f"\n.SS {name}" in text
        if not hasattr(command, "commands"):
            section = text.partition(f"\n.SS {name} ")[2].partition("\n.S")[0]
            spelled = [option for each in command.params for option in each.opts[:1]]
            escaped = [each.replace("-", "\\-") for each in spelled if each.startswith("-")]
            assert [each for each in escaped if each not in section] == []


@pytest.mark.skipif(not shutil.which("groff"), reason="groff is not installed")
def test_it_is_in_the_form_that_man_reads(manual: ModuleType) -> None:
    command = [str(shutil.which("groff")), "-man", "-ww", "-Tutf8", "-P-cbou", manual.FILE]
    shown = subprocess.run(command, check=True, capture_output=True, text=True)
    assert shown.stderr == ""
    assert "EXIT STATUS" in shown.stdout


def test_the_skill_says_what_it_is_for() -> None:
    _, head, body = SKILL.split("---\n", 2)
    said = yaml.safe_load(head)
    assert said["name"] == "gnkmigrate"
    assert len(said["description"]) < 1024  # what assistants take
    assert len(body.splitlines()) < 100


@pytest.mark.parametrize("line", sorted(set(TYPED) - {"gnkmigrate COMMAND --help"}))
def test_the_commands_of_the_skill_are_there(line: str) -> None:
    _, name, *arguments = shlex.split(line)
    command = get_command(application()).commands[name]  # type: ignore[attr-defined]
    known = {option for each in command.params for option in each.opts}
    assert {each for each in arguments if each.startswith("-")} <= known


def test_there_are_some() -> None:
    assert len(TYPED) > 10
