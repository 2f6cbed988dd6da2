"""The whole migration on a copy: there and back and there again, before it is done for real.

`clone` copies the live database, `course` runs the stages on the copy and compares `moment`s,
`checklist` says what that proves and what it does not; `document` and `markdown` write it down.
"""

from gnkmigrate.rehearsal.clone import CloneFailed
from gnkmigrate.rehearsal.course import Listener, rehearse
from gnkmigrate.rehearsal.outcome import PhaseRun, Rehearsal, Stage
from gnkmigrate.rehearsal.sample import Selection

__all__ = ["CloneFailed", "Listener", "PhaseRun", "Rehearsal", "Selection", "Stage", "rehearse"]
