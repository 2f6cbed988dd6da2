"""Runs the tests on every PostgreSQL, and on every Python that is here: python -m tests.matrix.

The first Python is this one, with every major version; each other Python runs with PostgreSQL 16.
The result is a table in Markdown on stdout, as docs/compatibility.md has it; what pytest says goes
to stderr. Exit code 1 when a test failed.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as ET

from gnkmigrate.servers.versions import VERSIONS

ROOT = Path(__file__).parents[1]
PYTHONS = ("3.11", "3.12", "3.13")
USUAL_MAJOR = 16

# Where one PostgreSQL can differ from another: what is read, compared, planned, run, saved.
SHORT = (
    "tests/facts",
    "tests/kinds",
    "tests/diff",
    "tests/plan",
    "tests/operations",
    "tests/run",
    "tests/backup",
    "tests/migrations/test_dry_run.py",
    "tests/migrations/test_legacy.py",
    "tests/migrations/test_round_trip.py",
    "tests/copies/test_sample.py",
    # Long, and about sessions and memory.
    "--ignore=tests/operations/test_backfill.py",
    "--ignore=tests/run/batches/test_memory.py",
    "--ignore=tests/run/batches/test_reconnecting.py",
    "--ignore=tests/run/test_standby.py",
)


@dataclass(frozen=True)
class Combination:
    """A Python and the PostgreSQL that its tests run on."""

    python: Path
    major: int


@dataclass(frozen=True)
class Outcome:
    """What pytest counted.

    Attributes:
        combination: of Python and PostgreSQL.
        version: the Python's, such as "3.12.1".
        passed, failed, skipped: tests.
        seconds: of the whole run.
    """

    combination: Combination
    version: str
    passed: int
    failed: int
    skipped: int
    seconds: float

    @property
    def row(self) -> str:
        server = VERSIONS[self.combination.major].removesuffix(".0")
        counts = f"{self.passed} | {self.failed} | {self.skipped} | {self.seconds:.0f} s"
        return f"| {server} | {self.version} | {counts} |"


HEADER = """\
| PostgreSQL | Python | passed | failed | skipped | time |
|---|---|---|---|---|---|"""


def find_python(version: str) -> Path | None:
    """A Python of a version, such as "3.12": this one, on the PATH, or one of pyenv's."""
    if sys.version_info[:2] == tuple(map(int, version.split("."))):
        return Path(sys.executable)
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    named = shutil.which(f"python{version}")
    found = [*([Path(named)] if named else []), *pyenv.glob(f"versions/{version}.*/bin/python")]
    return next((path for path in found if _version(path).startswith(f"{version}.")), None)


def _version(python: Path) -> str:
    """Nothing where it does not run, as a shim for a version that is not installed."""
    program = "import platform; print(platform.python_version())"
    answer = subprocess.run(
        [python, "-c", program], check=False, capture_output=True, text=True, cwd="/"
    )
    return answer.stdout.strip()


def environment(python: Path, folder: Path) -> Path:
    """A Python that has everything installed: this one, or one in a new virtual environment."""
    if python == Path(sys.executable):
        return python
    made = folder / _version(python)
    pip = [str(made / "bin" / "python"), "-m", "pip", "install", "--quiet"]
    pip += ["--disable-pip-version-check"]
    for command in (
        [str(python), "-m", "venv", str(made)],
        [*pip, "--requirement", str(ROOT / "requirements.txt")],
        [*pip, "--no-deps", "--no-build-isolation", "--editable", str(ROOT)],
    ):
        subprocess.run(command, check=True, stdout=sys.stderr)
    return made / "bin" / "python"


def combinations(majors: Sequence[int], pythons: Sequence[str]) -> Iterator[Combination]:
    """Every major with this Python, then every other Python with the usual major."""
    this = Path(sys.executable)
    yield from (Combination(this, major) for major in majors)
    for version in pythons:
        python = find_python(version)
        if python is None:
            print(f"There is no Python {version} here: left out.", file=sys.stderr)  # noqa: T201
        elif python != this:
            yield Combination(python, USUAL_MAJOR)


def run(combination: Combination, arguments: Sequence[str], folder: Path) -> Outcome:
    """Runs pytest and counts."""
    python, major = environment(combination.python, folder), combination.major
    report = folder / "report.xml"
    report.unlink(missing_ok=True)
    started = time.monotonic()
    subprocess.run(
        [python, "-m", "pytest", "--quiet", f"--junitxml={report}", *arguments],
        check=False,
        cwd=ROOT,
        stdout=sys.stderr,
        env={**os.environ, "GNKMIGRATE_TEST_MAJOR": str(major)},
    )
    seconds = time.monotonic() - started
    version = _version(combination.python)
    if not report.exists():
        return Outcome(combination, version, 0, 1, 0, seconds)
    suites = list(ET.parse(report).iter("testsuite"))  # noqa: S314 - pytest wrote it
    tests, failures, errors, skipped = (
        sum(int(suite.attrib[name]) for suite in suites)
        for name in ("tests", "failures", "errors", "skipped")
    )
    failed = failures + errors
    return Outcome(combination, version, tests - failed - skipped, failed, skipped, seconds)


def main() -> int:
    """Returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--short", action="store_true", help="only where versions can differ")
    parser.add_argument("--majors", type=int, nargs="*", default=list(VERSIONS))
    parser.add_argument("--pythons", nargs="*", default=PYTHONS)
    parser.add_argument("rest", nargs="*", metavar="PYTEST_ARGUMENT", help="after --")
    given = parser.parse_args()
    arguments = given.rest or ["--numprocesses=auto"]
    print(HEADER)  # noqa: T201
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        for combination in combinations(given.majors, given.pythons):
            short = SHORT if given.short else ()
            outcome = run(combination, [*arguments, *short], Path(folder))
            print(outcome.row, flush=True)  # noqa: T201
            failed += outcome.failed
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
