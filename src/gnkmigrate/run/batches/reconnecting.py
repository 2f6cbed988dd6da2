"""Work that outlasts its session: where one is lost, another takes over."""

import time
from collections.abc import Callable
from typing import TypeVar

from gnkmigrate.errors import ConnectionFailed, ConnectionLost, RunnerBusy
from gnkmigrate.postgres.connection import Connection
from gnkmigrate.run import events

Result = TypeVar("Result")

_FIRST_PAUSE_S = 0.2
_LONGEST_PAUSE_S = 5.0


def persistently(
    open_session: Callable[[], Connection],
    act: Callable[[Connection], Result],
    within_s: float,
    observe: events.Observer = events.ignore,
) -> Result:
    """Acts, and with a new session again where the last one was lost.

    A commit whose answer was lost needs no guess: the step and its journal entry were one
    transaction, so the journal says whether it is done.

    Args:
        open_session: connects anew.
        act: what to do; it goes on where the journal says.
        within_s: how long a new session is sought.
        observe: told of every attempt.

    Raises:
        ConnectionLost: no new session in that time.
    """
    lost: ConnectionLost | None = None
    deadline = 0.0
    pause = _FIRST_PAUSE_S
    while True:
        try:
            with open_session() as connection:
                return act(connection)
        except ConnectionLost as error:
            lost, pause = error, _FIRST_PAUSE_S
            deadline = time.monotonic() + within_s
        except (ConnectionFailed, RunnerBusy):
            # The server may be restarting, or our own lost session not be gone yet.
            if lost is None:
                raise
        if time.monotonic() + pause > deadline:
            raise lost
        observe(events.Reconnecting(lost.message, pause))
        time.sleep(pause)
        pause = min(pause * 2, _LONGEST_PAUSE_S)
