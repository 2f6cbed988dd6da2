"""Small projects of other tools' users, and what running their migrations comes to."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from pathlib import Path
from textwrap import dedent
from typing import Any

from gnkmigrate.backup.progress import Observer
from gnkmigrate.check import CheckResult
from gnkmigrate.check.other_tools.measured import Measured
from gnkmigrate.check.other_tools.workflow import OthersOptions, check
from gnkmigrate.servers import Server
from gnkmigrate.settings import Settings


def write(folder: Path, files: Mapping[str, str]) -> Path:
    """Writes files by their paths in a folder; gives the folder."""
    for name, text in files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(dedent(text), encoding="utf-8")
    return folder


def ran(
    kind: str, folder: Path, server: Server, settings: Settings | None = None, **options: Any
) -> CheckResult:
    """A folder's migrations, run on a server that runs already."""
    return check(
        settings or Settings(root=folder),
        lambda: nullcontext(server),
        OthersOptions(kind, folder, **options),
        lambda _: None,
        _silently,
    )


@contextmanager
def _silently() -> Iterator[Observer]:
    yield lambda _: None


def measured(result: CheckResult) -> dict[str, Measured]:
    """What each migration came to, by its name."""
    return {each.name: each for each in result.migrations}


def faults(result: CheckResult) -> dict[str, list[str]]:
    """The sorts of what each migration did that nobody has allowed, by its name."""
    return {
        each.name: [problem.fault for problem in each.problems if not problem.allowed]
        for each in result.migrations
    }


def lines(result: CheckResult) -> str:
    """All that did not hold."""
    return "\n".join(line for point in result.points for line in point.problems)
