"""Which revisions may not change any more: SHA-256 sums kept beside them.

A revision that has run somewhere must stay as it is: a database's journal refuses an edited one,
and by then it has been merged. The file has the form of sha256sum(1), so `sha256sum --check`
in the folder of the revisions reads it as well.
"""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from gnkmigrate.errors import RevisionError
from gnkmigrate.run.revision import Phase

FILE_NAME = "checksums.txt"

_LINE = re.compile(r"([0-9a-f]{64}) [ *](.+)")


def checksum_file(migrations: Path) -> Path:
    """Where the sums are kept."""
    return migrations / "versions" / FILE_NAME


def read_checksums(file: Path) -> Mapping[str, str] | None:
    """The sums by file name; None where none are kept.

    Raises:
        RevisionError: the file is not in the form of sha256sum.
    """
    if not file.is_file():
        return None
    sums = {}
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
        found = _LINE.fullmatch(line)
        if found is None:
            raise RevisionError(
                f"{file}, line {number}, is no checksum.",
                hint="Take the file back from version control, or write it anew: "
                "gnkmigrate check --update-checksums",
            )
        sums[found[2]] = found[1]
    return sums


def write_checksums(file: Path, phases: Sequence[Phase]) -> None:
    """Keeps the sums of all revisions as they are now."""
    lines = [f"{phase.checksum}  {phase.file.name}\n" for phase in phases]
    file.write_text("".join(lines), encoding="utf-8")


def edited(sums: Mapping[str, str], phases: Sequence[Phase]) -> tuple[str, ...]:
    """What has happened to revisions whose sum is kept, a line each; new ones are none of it."""
    now = {phase.file.name: phase.checksum for phase in phases}
    return (
        *(
            f"{name} has been edited"
            for name in sorted(sums)
            if now.get(name, "") != sums[name] and name in now
        ),
        *(f"{name} is gone" for name in sorted(sums.keys() - now.keys())),
    )
