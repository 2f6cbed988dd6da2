"""The whole migration on a copy: there and back and there again, before it is done for real.

`trial` is all of it: `clone` copies the live database, `course` runs the stages on the copy and
compares `moment`s. `checklist` says what that proves and what it does not; `document`, `markdown`
and `html` write it down. proof/ runs a plan, instead of phases, on such a copy.
"""

from gnkmigrate.rehearsal.clone import CloneFailed
from gnkmigrate.rehearsal.outcome import PhaseRun, Rehearsal, Stage
from gnkmigrate.rehearsal.sample import Selection
from gnkmigrate.rehearsal.trial import Listener, rehearse

__all__ = ["CloneFailed", "Listener", "PhaseRun", "Rehearsal", "Selection", "Stage", "rehearse"]
