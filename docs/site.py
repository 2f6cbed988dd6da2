"""What MkDocs is told besides mkdocs.yml: two pages that are made from what is there already."""

import re
from pathlib import Path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from typer.testing import CliRunner

from gnkmigrate.cli import application

ROOT = Path(__file__).parents[1]


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Adds the README as the first page, and a reference of all commands."""
    files.append(File.generated(config, "index.md", content=first_page()))
    files.append(File.generated(config, "reference.md", content=reference()))
    return files


def first_page() -> str:
    """The README with its links as they are from docs/."""
    return re.sub(r"\]\(docs/", "](", (ROOT / "README.md").read_text())


def reference() -> str:
    """The help of every command, in the order of `gnkmigrate --help`."""
    app = application()
    names = [command.name for command in app.registered_commands if command.name]
    parts = ["# Reference", "", "What `--help` says.", "", "## gnkmigrate", *_help(app)]
    for name in names:
        parts += ["", f"## {name}", *_help(app, name)]
    for group in app.registered_groups:
        for command in group.typer_instance.registered_commands if group.typer_instance else ():
            parts += ["", f"## {group.name} {command.name}", *_help(app, group.name, command.name)]
    return "\n".join(parts)


def _help(app: Any, *command: Any) -> list[str]:
    shown = CliRunner(env={"COLUMNS": "100"}).invoke(
        app, [*command, "--help"], prog_name="gnkmigrate"
    )
    return ["", "```text", shown.stdout.strip(), "```"]
