"""One order to a fleet from beginning to end: the list is read, divided, and carried out."""

import os
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from gnkmigrate.errors import SettingsError
from gnkmigrate.fleet import rows
from gnkmigrate.fleet.listing import Listing, listed
from gnkmigrate.fleet.result import Summary
from gnkmigrate.fleet.rollout import Course, Observer, Tally, run, summarised
from gnkmigrate.fleet.target import parted
from gnkmigrate.fleet.target_order import Shard, canaries, waves
from gnkmigrate.fleet.task import Command, Order, Source
from gnkmigrate.fleet.worker_pool import workers, workers_for
from gnkmigrate.postgres.connection import DatabaseUrl
from gnkmigrate.settings import Settings, live_url


@dataclass(frozen=True)
class Choice:
    """Which databases, and how they have their turns.

    Attributes:
        targets: a file that lists them.
        query: SQL that lists them, asked of the live database.
        schemas: patterns of the live database's schemas, where each is a tenant.
        jobs: how many databases of one server are worked on at once.
        shard: "I/N", or "N" with I from JOB_COMPLETION_INDEX; None for the whole list.
        canary: names or shares of those that go first.
        group_by: the label whose values have their turns one after another.
        max_failures: after so many no other is begun.
        on: a Dask scheduler's address; None for processes of this machine.
        processes: how many of these at most.
    """

    targets: Path | None = None
    query: str | None = None
    schemas: tuple[str, ...] = ()
    jobs: int = 4
    shard: str | None = None
    canary: tuple[str, ...] = ()
    group_by: str | None = None
    max_failures: int | None = None
    on: str | None = None
    processes: int | None = None


@dataclass(frozen=True)
class Fleet:
    """The databases of a choice.

    Attributes:
        listing: those of this part.
        course: how they have their turns.
        shard: the part, such as "3/7"; "" for all.
        choice: what they come from.
    """

    listing: Listing
    course: Course
    shard: str
    choice: Choice

    @property
    def servers(self) -> int:
        """How many servers they are on."""
        return len({each.server for each in self.listing.placed})


def assembled(choice: Choice, settings: Settings, given: str | None) -> Fleet:
    """The databases that a choice is about.

    Args:
        choice: which.
        settings: the project's.
        given: --url, where --query and --schemas look.

    Raises:
        SettingsError: there is no list, or it cannot be read, or what is said of it does not fit.
        ConnectionFailed: no session with the database of --query or --schemas.
    """
    shard = Shard.parse(choice.shard) if choice.shard else Shard()
    whole = listed(_rows(choice, settings, given), elsewhere=choice.on is not None)
    listing = shard.share(whole)
    names = [each.target.name for each in whole.placed]
    first = canaries(listing.placed, choice.canary, names)
    course = Course(waves(listing.placed, first, choice.group_by), choice.jobs, choice.max_failures)
    part = f"{shard.number}/{shard.of}" if choice.shard else ""
    return Fleet(listing, course, part, choice)


def _rows(choice: Choice, settings: Settings, given: str | None) -> tuple[rows.Row, ...]:
    if choice.targets is not None:
        return rows.of_file(choice.targets)
    url = live_url(settings, given)
    if choice.query is not None:
        return rows.of_query(url, choice.query, trusted=settings.trust_triggers)
    if len(settings.schemas) != 1:
        raise SettingsError(
            f"The project has the schemas {', '.join(settings.schemas)}; a tenant's schema can "
            "stand for one alone.",
            hint="Give each tenant a database, or name the one schema in gnkmigrate.toml.",
        )
    found = rows.of_schemas(url, choice.schemas, settings.schemas[0])
    return tuple(replace(row, url=_by_name(url, given)) for row in found)


def _by_name(url: DatabaseUrl, given: str | None) -> str:
    """The live database's address; one with a password by the variable that it comes from."""
    secret = parted(url)[1]
    by_variable = secret and not given and os.environ.get("DATABASE_URL")
    return "$DATABASE_URL" if by_variable else url.conninfo


def carried_out(
    command: Command,
    source: Source,
    request: Any,
    fleet: Fleet,
    observe: Observer,
    tell: Callable[[str], None],
) -> Summary:
    """Carries a command out for a fleet.

    Args:
        command: which.
        source: the project.
        request: what the command was told, as its job takes it.
        fleet: for whom.
        observe: told of each result as it comes.
        tell: told of workers that do not fit.

    Raises:
        SettingsError: Dask is not installed.
        SchedulerUnavailable: the scheduler does not answer.
        NoFittingWorker: no worker can carry it out.
    """
    started, tally, stopped = time.monotonic(), Tally(), ""
    choice, listing = fleet.choice, fleet.listing
    order = Order(command, source, request, secrets.token_hex(4), choice.jobs)
    if listing.placed:
        number = choice.processes or workers_for(fleet.servers, choice.jobs, len(listing.placed))
        with listing.lent(), workers(choice.on, number, tell) as ours:
            stopped = run(ours, order, fleet.course, tally, observe)
    return summarised(
        order,
        listing,
        tally,
        stopped=stopped,
        shard=fleet.shard,
        group_by=choice.group_by,
        started=started,
    )
