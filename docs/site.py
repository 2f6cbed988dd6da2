"""What MkDocs needs besides mkdocs.yml: pages that are made from what is there already."""

import re
from pathlib import Path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from typer.testing import CliRunner

from gnkmigrate.cli import application

ROOT = Path(__file__).parents[1]
# Files of the root as pages, which a host of repositories wants there.
FROM_ROOT = {
    "README.md": "index.md",
    "CONTRIBUTING.md": "contributing.md",
    "SECURITY.md": "vulnerabilities.md",
    "CHANGELOG.md": "changelog.md",
}


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Adds the pages of the root, and a reference of all commands."""
    for name, page in FROM_ROOT.items():
        files.append(File.generated(config, page, content=from_root(name)))
    files.append(File.generated(config, "reference.md", content=reference()))
    return files


def from_root(name: str) -> str:
    """A page of the root with its links as they are from docs/."""
    text = re.sub(r"\]\(docs/", "](", (ROOT / name).read_text())
    for file, page in FROM_ROOT.items():
        text = text.replace(f"]({file})", f"]({page})")
    return text


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
