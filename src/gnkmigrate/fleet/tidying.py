"""Memory of a worker that has one database after another: it stays that of a few.

What an audit leaves behind refers to itself, so that Python's garbage collector has to find it; but
reading a catalog keeps that out of the way (collector.py), and with it the count of what is new.
"""

import gc
import time
from dataclasses import dataclass

_TIMES = 20


@dataclass
class Tidying:
    """Looks for garbage now and then, and spends a twentieth of the process's time on it.

    Attributes:
        due: when to look again, in seconds of processor time of this process.
    """

    due: float = 0.0

    def now_and_then(self) -> None:
        """Looks for garbage where it is time to."""
        started = time.process_time()
        if started >= self.due:
            gc.collect()
            ended = time.process_time()
            self.due = ended + (ended - started) * _TIMES
