"""Memory of a worker that has one database after another: it stays that of one.

What an audit leaves behind refers to itself, so that Python's garbage collector has to find it; but
reading a catalog keeps that out of the way (collector.py), and with it the count of what is new.
"""

import gc
from dataclasses import dataclass

_GROWN = 1.1


@dataclass
class Tidying:
    """Looks for garbage when the process has grown by a tenth since it was last looked for.

    Attributes:
        size: bytes of the process after that.
    """

    size: float = 0.0

    def when_grown(self) -> None:
        """Looks for garbage where it is worth it: a look takes as long as a small database."""
        import psutil

        process = psutil.Process()
        if process.memory_info().rss > self.size * _GROWN:
            gc.collect()
            self.size = process.memory_info().rss
