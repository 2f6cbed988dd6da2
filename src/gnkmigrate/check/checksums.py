"""Which revisions may not change any more: SHA-256 sums kept beside them.

A revision that has run somewhere must stay as it is: a database's journal refuses an edited one,
and by then it has been merged. The file has the form of sha256sum(1), so `sha256sum --check`
in the folder of the revisions reads it as well. Where a revision makes what the target declares,
the target's files are among them.
"""

import hashlib
import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from gnkmigrate.errors import RevisionError
from gnkmigrate.facts.files import read_scripts
from gnkmigrate.run.phase import Phase
from gnkmigrate.run.revision import TARGETS

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


def write_checksums(file: Path, phases: Sequence[Phase], target: Path) -> None:
    """Keeps the sums of all revisions as they are now, and of what they take from the target.

    Args:
        file: where to.
        phases: the revisions.
        target: the project's, for those for which none is kept.

    Raises:
        RevisionError: a revision takes what it makes from a target that is no file.
        SchemaError: a target cannot be read.
    """
    sums = {phase.file.name: phase.checksum for phase in phases}
    for phase in phases:
        for path, checksum in _declared(phase, target).items():
            sums[os.path.relpath(path, file.parent)] = checksum
    lines = [f"{checksum}  {name}\n" for name, checksum in sums.items()]
    file.write_text("".join(lines), encoding="utf-8")


def edited(sums: Mapping[str, str], phases: Sequence[Phase], target: Path) -> tuple[str, ...]:
    """What has happened to revisions whose sum is kept, a line each; new ones are none of it.

    Raises:
        RevisionError: a revision takes what it makes from a target that is no file.
        SchemaError: a target cannot be read.
    """
    now = {phase.file.name: phase.checksum for phase in phases}
    of_revisions = {name: kept for name, kept in sums.items() if os.sep not in name}
    # What the target said then may be said by another file now.
    of_targets = {kept for name, kept in sums.items() if os.sep in name}
    return (
        *(
            f"{name} has been edited"
            for name in sorted(of_revisions)
            if now.get(name, "") != sums[name] and name in now
        ),
        *(f"{name} is gone" for name in sorted(of_revisions.keys() - now.keys())),
        *(
            f"{phase.file.name} makes what {path.name} declares, which has been edited: "
            f"keep that file as it was in {TARGETS}"
            for phase in phases
            if phase.file.name in sums
            for path, checksum in _declared(phase, target).items()
            if checksum not in of_targets
        ),
    )


def _declared(phase: Phase, target: Path) -> Mapping[Path, str]:
    """The sums of the files that say what a revision makes; none where it says so itself."""
    if not any(step.of_target for step in phase.up_steps):
        return {}
    source = phase.target or target
    if not source.exists():
        raise RevisionError(
            f"{phase.file.name} makes what the target declares, and {target.name} is no file of "
            "which a checksum can be kept.",
            hint=f"Keep the SQL of what it makes in {TARGETS}, under the revision's name.",
        )
    files = [script.path for script in read_scripts(source)] if source.is_dir() else [source]
    return {file: hashlib.sha256(file.read_bytes()).hexdigest() for file in files}
