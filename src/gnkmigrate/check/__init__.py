"""Whether the revisions do what they claim, asked for every commit and without a database.

`course` takes the baseline, with rows, through all phases and back on a throwaway server; `fill`
loads the baseline and its rows, which `generate` makes where the project has none; `checksums`
knows which revisions may not change any more, `expected` what the rows are to become, `old_shape`
what the old application is to see; `document` and `junit` write down what came of it.
"""

from gnkmigrate.check.outcome import CheckResult, Point
from gnkmigrate.check.workflow import CheckOptions, check

__all__ = ["CheckOptions", "CheckResult", "Point", "check"]
