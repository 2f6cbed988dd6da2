"""The file of a revision: its name, its text, and what it may not replace."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from gnkmigrate.authoring.calls import Call, Text, quoted
from gnkmigrate.errors import RevisionError
from gnkmigrate.run.phase import Phase, core_of

_NUMBER = re.compile(r"(\d+)")
_WORDS = re.compile(r"\W+")
_LONGEST = 40

_TEXT = '''"""{title}"""

from gnkmigrate import op

revision = {revision}
down_revision = {down_revision}
phase = {phase}
search_path = "pg_catalog, pg_temp"

{constants}
@op.reversible
def upgrade() -> None:
{body}
'''


@dataclass(frozen=True)
class Naming:
    """What a new revision is called.

    Attributes:
        file: where it goes.
        revision: Alembic's id.
        down_revision: that of the last one there is; None for the first.
        phase: the name of its phase.
    """

    file: Path
    revision: str
    down_revision: str | None
    phase: str


def naming(message: str, phases: Sequence[Phase], migrations: Path) -> Naming:
    """The names of the next revision.

    Args:
        message: what it is about.
        phases: those that there are.
        migrations: the project's folder.

    Raises:
        RevisionError: the message says nothing, or a phase or a file of the name is there.
    """
    slug = _WORDS.sub("_", message.lower()).strip("_")[:_LONGEST].strip("_")
    if not slug:
        raise RevisionError(
            f'"{message}" has no word that could name a phase.',
            hint='Say what the revision does: gnkmigrate revision -m "prices in cents"',
        )
    if any(phase.name == slug for phase in phases):
        raise RevisionError(
            f'There is a phase "{slug}" already.', hint="Take another message with -m."
        )
    names = [text for phase in phases for text in (phase.file.name, phase.revision)]
    numbers = [int(found[1]) for name in names if (found := _NUMBER.match(name))]
    number = f"{max(numbers, default=0) + 1:04}"
    file = migrations / "versions" / f"{number}_{slug}.py"
    if file.exists():
        raise RevisionError(f"{file} is there already.", hint="Take another message with -m.")
    core = core_of(phases)
    return Naming(file, number, core[-1].revision if core else None, slug)


def text_of(message: str, named: Naming, calls: Sequence[Call]) -> str:
    """The whole file."""
    text = Text()
    body = "\n".join(map(text.of, calls))
    constants = text.declared()
    title = " ".join(message.split()).replace("\\", "\\\\").replace('"', "'")
    down = named.down_revision
    return _TEXT.format(
        title=f"{title[:1].upper()}{title[1:]}{'' if title.endswith('.') else '.'}",
        revision=quoted(named.revision),
        down_revision=None if down is None else quoted(down),
        phase=quoted(named.phase),
        constants=f"{constants}\n\n" if constants else "",
        body=body,
    )
