"""What the last rehearsal that was kept has proven: audits/rehearsal.json.

It speaks of the revisions that it ran. Once one of them is another, it proves nothing any more.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import BaseModel, ValidationError

from gnkmigrate.errors import SettingsError
from gnkmigrate.validation import not_utf8, problems

if TYPE_CHECKING:
    from gnkmigrate.run.phase import Phase

FILE_NAME = "rehearsal.json"


class Kept(BaseModel, extra="forbid", frozen=True):
    """A rehearsal.

    Attributes:
        time: when it came to its end.
        database: the address of the database that was copied.
        phases: the phases that were tried, in order.
        revisions: the checksum of each of the project's revisions, by the phase's name.
        stages: how each stage ended, by name: "ok", "failed", "not reached".
    """

    time: datetime
    database: str
    phases: tuple[str, ...]
    revisions: Mapping[str, str]
    stages: Mapping[str, str]

    def against(self, stages: Sequence[str], phases: "Sequence[Phase]") -> Iterator[str]:
        """Why these stages are not proven for the project as it is now; nothing where they are."""
        now = checksums(phases)
        changed = [name for name in now if self.revisions.get(name) != now[name]]
        if changed:
            yield f"rehearsed before {', '.join(changed)} changed"
        for stage in stages:
            state = self.stages.get(stage, "no stage of a rehearsal")
            if state != "ok":
                yield f"{stage}: {state}"


def checksums(phases: "Sequence[Phase]") -> Mapping[str, str]:
    """Of the core's revisions: an optional one is tried only where it is named."""
    return {phase.name: phase.checksum for phase in phases if not phase.optional}


def read(file: Path, name: str) -> Kept | None:
    """The rehearsal that was kept; None where there is none.

    Args:
        file: where it is.
        name: what to call it.

    Raises:
        SettingsError: it cannot be read.
    """
    if not file.exists():
        return None
    try:
        return Kept.model_validate_json(file.read_text(encoding="utf-8"))
    except UnicodeDecodeError as error:
        raise not_utf8(file, error) from None
    except ValidationError as error:
        raise SettingsError(
            f"{name} is not a rehearsal that was kept.",
            details=problems(error),
            hint="gnkmigrate rehearse --keep writes it anew.",
        ) from error
