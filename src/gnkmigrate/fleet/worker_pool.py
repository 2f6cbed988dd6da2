"""The workers: processes of this machine, or those of a Dask scheduler elsewhere.

Everything that Dask does is behind this door. It gives the work of a worker that dies to another,
up to three times for one target.
"""

import logging
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from gnkmigrate.errors import GnkMigrateError, SettingsError
from gnkmigrate.fleet.job_run import carry_out, failed
from gnkmigrate.fleet.result import Found, Result
from gnkmigrate.fleet.target import Target
from gnkmigrate.fleet.task import Order

if TYPE_CHECKING:
    from distributed import Client, Future, LocalCluster

_SCHEDULER_S = 10  # how long a scheduler is looked for
_WORKER_S = 30  # and how long a first worker of it
# Processes of this machine for one order: no web pages, and nothing that watches them all the time,
# which takes a tenth of a core (docs.dask.org, Configuration).
_UNWATCHED: Mapping[str, Any] = {
    "distributed.scheduler.http.routes": [],
    "distributed.worker.http.routes": [],
    "distributed.worker.profile.enabled": False,
    "distributed.scheduler.active-memory-manager.start": False,
    "distributed.admin.system-monitor.interval": "10s",
    "distributed.admin.tick.interval": "1s",
}


class SchedulerUnavailable(GnkMigrateError):
    """The scheduler does not answer, or has nobody to give work to."""

    passing = True


class WorkersUnavailable(GnkMigrateError):
    """Processes of this machine have not come up."""

    passing = True


class NoFittingWorker(GnkMigrateError):
    """None of the workers is one that can carry out the order."""


def workers_for(servers: int, jobs: int, targets: int) -> int:
    """How many processes this machine starts: as many as can be at work, within its means."""
    return max(1, min(servers * jobs, targets, max(4, 2 * (os.cpu_count() or 1))))


@contextmanager
def workers(
    scheduler: str | None, processes: int, tell: Callable[[str], None]
) -> Iterator["Workers"]:
    """Workers for as long as the block lasts.

    Args:
        scheduler: a Dask scheduler's address; None starts processes of this machine.
        processes: how many of these.
        tell: told of workers that do not fit.

    Raises:
        SettingsError: Dask is not installed.
        SchedulerUnavailable: the scheduler does not answer, or has no worker.
        WorkersUnavailable: the processes of this machine have not come up.
    """
    _require_installed()
    with _quiet():
        if scheduler is None:
            with _local(processes) as client:
                yield Workers(client, None)
        else:
            with _elsewhere(scheduler) as client:
                yield Workers(client, tell)


def _require_installed() -> None:
    try:
        import cryptography
        import distributed
    except ImportError as error:
        raise SettingsError(
            f"A fleet's workers are Dask's, and {error.name} is not installed.",
            hint='Install it with: pip install "gnkmigrate[fleet]"',
        ) from None
    del cryptography, distributed


@contextmanager
def _quiet() -> Iterator[None]:
    """Dask's log would repeat on stderr what the results say."""
    logger = logging.getLogger("distributed")
    level = logger.level
    logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        logger.setLevel(level)


@contextmanager
def _local(processes: int) -> Iterator["Client"]:
    """Processes of this machine; whoever else is logged in there has no certificate for them.

    Dask opens a web server in any case: here on loopback, with no page.
    """
    import dask
    from distributed import Client

    with dask.config.set(_UNWATCHED), _started(processes) as cluster, Client(cluster) as client:
        yield client


def _started(processes: int) -> "LocalCluster":
    from distributed import LocalCluster

    try:
        return LocalCluster(
            n_workers=processes,
            threads_per_worker=1,
            host="127.0.0.1",
            security=True,
            dashboard_address="127.0.0.1:0",
            memory_limit=0,
            silence_logs=logging.CRITICAL + 1,
        )
    except (OSError, RuntimeError, TimeoutError) as error:
        raise WorkersUnavailable(
            f"The workers of this machine did not start: {error}",
            hint="Run the same command again: nothing was begun. If memory is short, take fewer: "
            "--processes 1",
        ) from None


@contextmanager
def _elsewhere(scheduler: str) -> Iterator["Client"]:
    from distributed import Client

    try:
        client = Client(scheduler, timeout=_SCHEDULER_S, set_as_default=False)
    except (OSError, TimeoutError, ValueError) as error:
        raise SchedulerUnavailable(
            f"No Dask scheduler answers at {scheduler}: {str(error).strip() or 'no answer'}.",
            hint=f"Start it with: dask scheduler; workers: dask worker {scheduler} --nthreads 1",
        ) from None
    with client:
        try:
            client.wait_for_workers(1, timeout=_WORKER_S)
        except TimeoutError:
            raise SchedulerUnavailable(
                f"The scheduler at {scheduler} has no worker.",
                hint=f"Start some with: dask worker {scheduler} --nthreads 1",
            ) from None
        yield client


class Workers:
    """Gives orders to workers, and their results as they come."""

    def __init__(self, client: "Client", tell: Callable[[str], None] | None) -> None:
        from distributed import as_completed

        self._client = client
        self._tell = tell  # None: they are processes of ours, which fit
        self._verdicts: dict[str, str] = {}
        self._done = as_completed(loop=client.loop)
        self._asked: dict[str, Target] = {}

    def look_at(self, order: Order) -> None:
        """Sees which workers can carry out an order; those that cannot are told of.

        Raises:
            NoFittingWorker: none can.
        """
        if self._tell is not None and not self._fitting(order):
            raise NoFittingWorker(
                "No worker of the scheduler can carry out the order.",
                details=sorted(set(self._verdicts.values())),
                hint="Install the same gnkmigrate, and bring the project, to every worker.",
            )

    def ask(self, order: Order, target: Target, attempt: int = 0) -> None:
        """Has an order carried out for a target, by one worker after another if they die."""
        key = f"gnkmigrate-{order.run}-{attempt}-{target.name}"
        fitting = self._fitting(order) if self._tell is not None else []
        self._asked[key] = target
        self._done.add(
            self._client.submit(
                carry_out,
                order,
                target,
                key=key,
                pure=False,
                workers=fitting or None,
                allow_other_workers=bool(fitting),
            )
        )

    def places(self) -> int:
        """How many targets can be worked on at once: as many as there are threads of workers."""
        threads = self._client.nthreads()
        fitting = {address for address, verdict in self._verdicts.items() if not verdict}
        there = threads if self._tell is None else threads.keys() & fitting
        places: int = sum(threads[address] for address in there)
        return max(1, places)

    def next(self) -> tuple[Target, Result]:
        """The next result that comes, and its target."""
        future = next(self._done)
        target = self._asked.pop(str(future.key))
        return target, _result(target.name, future)

    def _fitting(self, order: Order) -> list[str]:
        """The addresses of workers that can carry out an order; new ones are asked first."""
        there = list(self._client.scheduler_info(n_workers=-1)["workers"])
        new = [address for address in there if address not in self._verdicts]
        for address, verdict in self._probed(new, order).items():
            self._verdicts[address] = verdict
            if verdict and self._tell is not None:
                self._tell(verdict)
        return [address for address in there if self._verdicts.get(address) == ""]

    def _probed(self, new: list[str], order: Order) -> Mapping[str, str]:
        if not new:
            return {}
        source = order.source
        asked = (source.config, source.flags, source.digest)
        try:
            said = self._client.run(_probe(), *asked, workers=new, on_error="return")
        except OSError as error:
            raise SchedulerUnavailable(
                f"The scheduler, or the connection to it, was lost: {error}.",
                hint="Run the same command again: what is done is not done twice.",
            ) from None
        return {
            address: _verdict(address, answer, order.version) for address, answer in said.items()
        }


def _probe() -> Callable[..., tuple[str, str]]:
    """What asks a worker for its gnkmigrate and what speaks against its project.

    It travels whole, and so does what it is given: the worker may have no gnkmigrate.
    """

    def probe(*source: Any) -> tuple[str, str]:
        from importlib import import_module

        order = import_module("gnkmigrate.fleet.task")
        return import_module("gnkmigrate").__version__, order.obstacle(order.Source(*source))

    return probe


def _verdict(address: str, answer: Any, wanted: str) -> str:
    """What speaks against a worker; "" where nothing does."""
    if isinstance(answer, ImportError | AttributeError):
        return f"The worker {address} has no gnkmigrate that knows fleets."
    if isinstance(answer, BaseException):
        return f"The worker {address} does not answer as it should: {answer}"
    version, obstacle = answer
    if version != wanted:
        return f"The worker {address} has gnkmigrate {version}, and not {wanted}."
    return f"The worker {address}: {obstacle}" if obstacle else ""


def _result(name: str, future: "Future[Result]") -> Result:
    if future.status == "finished":
        return future.result()
    return _unfinished(name, future.exception() if future.status == "error" else None)


def _unfinished(name: str, error: BaseException | None) -> Result:
    """The result of work that no worker came to the end of."""
    from distributed import KilledWorker

    if isinstance(error, KilledWorker):
        return Result(
            name,
            Found("failed", ""),
            error="Four workers have died at it, one after another.",
            hint="Try it alone, and look at the memory of the worker's machine.",
        )
    if isinstance(error, Exception):
        return failed(name, error)
    return Result(
        name,
        Found("failed for now", ""),
        error="The scheduler, or the connection to it, was lost.",
        hint="Run the same command again: what is done is not done twice.",
    )
