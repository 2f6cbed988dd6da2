"""What a shell completes: names of phases and of checks.

Somebody waits with a finger on the key: files are looked at, nothing of theirs is run or loaded,
and where there is no project, or none that can be read, there is nothing to complete. Names come
without descriptions, since Typer would load Rich to write these.
"""

import ast
import tomllib
from collections.abc import Iterator
from contextlib import suppress
from importlib import resources
from pathlib import Path

import typer

from gnkmigrate.text.front_matter import split

_FILE_NAME = "gnkmigrate.toml"
_UNREADABLE = (OSError, ValueError, SyntaxError)  # TOML and UTF-8 that are none are ValueErrors


def phases(context: typer.Context) -> list[str]:
    """The phases of the project, in the order of their files; Typer takes those that fit."""
    folder = _folder(context, "migrations")
    return [*_phases(folder / "versions"), *_phases(folder / "optional")]


def checks(context: typer.Context) -> list[str]:
    """The checks by name, and the project's own by id."""
    return [*_checks(), *_own_checks(_folder(context, "audits") / "checks")]


def _folder(context: typer.Context, setting: str) -> Path:
    """The folder that a setting names, which is called as the setting is where nothing is said."""
    file = Path(context.find_root().params.get("config") or _nearest(Path.cwd()))
    try:
        said = tomllib.loads(file.read_text("utf-8")).get(setting, setting)
    except _UNREADABLE:
        said = setting
    return file.parent / str(said)


def _nearest(start: Path) -> Path:
    """The settings file of this folder or one above, as gnkmigrate.settings_file finds it."""
    files = (folder / _FILE_NAME for folder in (start, *start.parents))
    return next((file for file in files if file.is_file()), Path(_FILE_NAME))


def _phases(versions: Path) -> Iterator[str]:
    for file in sorted(versions.glob("*.py")):
        with suppress(*_UNREADABLE):
            said = dict(_constants(ast.parse(file.read_text("utf-8"))))
            if name := said.get("phase", said.get("revision")):
                yield name


def _constants(module: ast.Module) -> Iterator[tuple[str, str]]:
    """The texts that a module gives names to."""
    for node in module.body:
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        value = getattr(node, "value", None)
        if isinstance(value, ast.Constant) and isinstance(value.value, str):
            yield from ((each.id, value.value) for each in targets if isinstance(each, ast.Name))


def _checks() -> list[str]:
    """A check's module is called as the check is."""
    files = (resources.files("gnkmigrate.audit") / "checks").iterdir()
    names = [file.name for file in files if file.name.endswith(".py")]
    return sorted(
        name.removesuffix(".py").replace("_", "-") for name in names if not name.startswith("_")
    )


def _own_checks(folder: Path) -> list[str]:
    found = []
    for file in folder.glob("*.sql"):
        with suppress(*_UNREADABLE):
            said = tomllib.loads(split(file.read_text("utf-8"))[0])
            found.append(str(said.get("id", file.stem)))
    return sorted(found)
