"""What went wrong, in words for whoever has to act on it, and as an exit code.

It loads nothing else: it is there when a command is stopped while modules are being loaded.
"""

from dataclasses import dataclass

# Exit codes: what was asked for was found; a person must change something; later it may succeed.
FOUND = 1
FAILED = 2
LATER = 3


@dataclass(frozen=True)
class Failure:
    """What went wrong.

    Attributes:
        message: what happened, and to which object.
        details: the rows, objects or lines that it is about.
        hint: what to type or change next; "" where nothing can be said.
        exit_code: FOUND for what the command was asked to find, LATER for what may succeed later
            as it is, else FAILED.
    """

    message: str
    details: tuple[str, ...] = ()
    hint: str = ""
    exit_code: int = FAILED
