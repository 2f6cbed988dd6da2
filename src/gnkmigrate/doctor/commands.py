"""Which commands will work here, by what the probes have found out."""

from collections.abc import Sequence

from gnkmigrate.doctor.probe import Diagnosis

TITLE = "commands"

# By what they need.
CHANGING = ("upgrade", "downgrade", "contract")
DATABASE = ("audit", "plan", "rehearse", *CHANGING, "status", "verify", "backup", "snapshot")
READING_ROWS = ("rehearse", "verify", "backup")
REVISIONS = ("rehearse", "check", *CHANGING, "status", "verify")
PROGRAMS = ("rehearse", "backup", "restore")
THROWAWAY = ("audit", "plan", "rehearse", "check", "demo")
TARGET = ("audit", "plan", "rehearse", "check")

ALL = (*DATABASE, "restore", "check", "diff", "demo")


def workable(found: Sequence[Diagnosis]) -> Diagnosis:
    """The commands that will work and those that will not, with the probes that say why."""
    reasons = {
        command: sorted({each.title for each in found if command in each.blocks}) for command in ALL
    }
    blocked = [command for command in ALL if reasons[command]]
    working = ", ".join(command for command in ALL if not reasons[command])
    if not blocked:
        return Diagnosis("ok", f"will work: {working}", title=TITLE)
    causes = dict.fromkeys(tuple(reasons[command]) for command in blocked)
    details = tuple(
        f"{', '.join(command for command in blocked if tuple(reasons[command]) == cause)}"
        f": see {', '.join(cause)}"
        for cause in causes
    )
    return Diagnosis("warning", f"Will work: {working}. Will not work yet:", details, title=TITLE)
