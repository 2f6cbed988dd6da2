"""The workflows and the examples for CI call commands that exist, with options that they have."""

import re
import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

from gnkmigrate.cli import application
from gnkmigrate.servers import Server
from tests.support import ROOT, execute_file

PAGE = (ROOT / "docs" / "ci.md").read_text()
ACTION = ROOT / "action.yml"
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
EXAMPLES = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)


def texts(value: Any) -> Iterator[str]:
    """Every text of a YAML document."""
    match value:
        case str():
            yield value
        case dict():
            for each in value.values():
                yield from texts(each)
        case list():
            for each in value:
                yield from texts(each)
        case _:
            pass


def commands() -> Iterator[str]:
    """Every line that calls gnkmigrate: of the action, the workflows, and the page."""
    documents = [yaml.safe_load(file.read_text()) for file in (ACTION, *WORKFLOWS)]
    documents += [yaml.safe_load(example) for example in EXAMPLES]
    lines = [
        line for document in documents for text in texts(document) for line in text.split("\n")
    ]
    lines += re.findall(r"^    (gnkmigrate .*)$", PAGE, re.MULTILINE)
    for line in dict.fromkeys(line.strip() for line in lines):
        if line.startswith("gnkmigrate "):
            yield line


COMMANDS = list(commands())


def test_there_are_some() -> None:
    assert len(EXAMPLES) == 3
    assert sum(" check" in line for line in COMMANDS) >= 4
    assert sum(" audit" in line for line in COMMANDS) >= 2


@pytest.mark.parametrize("line", COMMANDS)
def test_it_runs(
    line: str, server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "shop"
    shutil.copytree(ROOT / "examples" / "prices", folder)
    monkeypatch.chdir(folder)
    values = {
        "GNKMIGRATE_SERVER__PROVIDER": "url",
        "GNKMIGRATE_SERVER__URL": server.url.conninfo,
        "CONFIG": "gnkmigrate.toml",
        "FAIL_ON": "never",
        "REPORTS": str(tmp_path),
    }
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    command = line.partition(" || ")[0].partition(" > ")[0]
    for name, value in values.items():
        command = command.replace(f"${name}", value)
    _, *arguments = shlex.split(command)
    with server.database() as url:
        execute_file(url, folder / "schema" / "baseline.sql")
        monkeypatch.setenv("DATABASE_URL", url.conninfo)
        ran = CliRunner().invoke(application(), arguments)
    assert ran.exit_code in {0, 1}, ran.output
    written = re.findall(r"--write \w+=(\S+)", command.replace('"', ""))
    assert all(Path(file).is_file() for file in written)


@pytest.mark.parametrize("name", ["check", "audit"])
def test_the_action_says_what_came_of_it(name: str) -> None:
    """Every value that a step asks of another one is one that it gives."""
    action = yaml.safe_load(ACTION.read_text())
    steps = {step["id"]: step for step in action["runs"]["steps"] if "id" in step}
    assert f"steps.{name}.outputs.code" in action["outputs"][name]["value"]
    assert 'echo "code=$code" >> "$GITHUB_OUTPUT"' in steps[name]["run"]


def test_the_inputs_of_the_action_are_all_used_and_all_there() -> None:
    text = ACTION.read_text()
    inputs = set(yaml.safe_load(text)["inputs"])
    assert set(re.findall(r"inputs\.([a-z-]+)", text)) == inputs
    example = yaml.safe_load(EXAMPLES[0])["jobs"]["migrations"]["steps"][1]["with"]
    assert set(example) <= inputs


def test_no_script_has_an_expression_in_it() -> None:
    """What an input says is never part of a script, only of its environment."""
    steps = yaml.safe_load(ACTION.read_text())["runs"]["steps"]
    assert not [step for step in steps if "${{" in step.get("run", "")]
    assert all(step.get("shell") == "bash" for step in steps if "run" in step)
