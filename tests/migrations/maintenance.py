"""A VACUUM in the way of a step, and a reader who must not have to wait behind both."""

import threading
import time
from dataclasses import replace

import psycopg

from gnkmigrate.run import events
from tests.migrations.project import Project


def turned_away(project: Project, step: str, *, vacuumed: str, read: str) -> list[str]:
    """Upgrades, and gives what a reader was told that waits for no lock longer than 1 ms.

    Args:
        project: where the upgrade runs.
        step: the name of the step that meets the vacuum; its first attempt must not get a lock.
        vacuumed: the table that it works on, quoted. What keeps it out is SHARE UPDATE EXCLUSIVE
            (manual, 13.3.1).
        read: the reader's query.
    """
    told: list[str] = []
    # An attempt is to wait for longer than the reader reads.
    limits = project.settings.limits.model_copy(update={"lock_timeout_ms": 5000})
    patient = replace(project, settings=project.settings.model_copy(update={"limits": limits}))

    with project.session() as vacuum, project.session() as reader:
        reader.execute("SET lock_timeout = '1ms'")

        def read_on() -> None:
            for _ in range(50):
                try:
                    reader.execute(read.encode())
                except psycopg.errors.LockNotAvailable as error:
                    told.append(str(error))
                time.sleep(0.001)

        reading = threading.Thread(target=read_on)

        def observe(event: events.Event) -> None:
            if isinstance(event, events.StepStarted) and event.step == step:
                vacuum.execute("BEGIN")
                vacuum.execute(f"LOCK TABLE {vacuumed} IN SHARE UPDATE EXCLUSIVE MODE".encode())
                reading.start()
            elif isinstance(event, events.LockAwaited):
                reading.join()
                vacuum.execute("COMMIT")

        patient.up(observe)
    return told
