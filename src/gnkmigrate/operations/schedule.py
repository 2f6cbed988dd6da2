"""op.schedule: what the clock calls, where the extension pg_cron is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from gnkmigrate.run.names import literal, quoted
from gnkmigrate.run.recorder import operation
from gnkmigrate.run.step import Refusal, Step
from gnkmigrate.run.work import Work

_INSTALLED = "SELECT EXISTS (SELECT FROM pg_catalog.pg_extension WHERE extname = 'pg_cron')"
_AS_ANOTHER = "cron.schedule_in_database(text,text,text,text,text,boolean)"


def _is_installed(work: Work) -> bool:
    return bool(work.value(_INSTALLED))


@operation("schedule")
@dataclass(frozen=True)
class Schedule(Step):
    """Has pg_cron call something again and again, as the owner of a table and with no more rights.

    Where pg_cron is not installed in this database nothing is made: cron or systemd calls it then.
    On the way back the job goes, whatever it has become since.

    Attributes:
        job: its name, such as "shop-retention".
        times: when it runs, as cron writes it, such as "17 3 * * *", in the zone `cron.timezone`.
        command: the SQL, with qualified names.
        like: "schema.table" whose owner it runs as.
    """

    outlives_contract: ClassVar[bool] = True

    job: str
    times: str
    command: str
    like: str

    @property
    def name(self) -> str:
        return f"job {self.job}"

    @property
    def reverse(self) -> Sequence[Step]:
        return (Unschedule(self.job),)

    def check(self, work: Work) -> Sequence[Refusal]:
        if not _is_installed(work):
            return ()
        if work.value(f"SELECT to_regprocedure({literal(_AS_ANOTHER)}) IS NULL"):
            message = "The extension pg_cron is older than 1.4: no job runs as another role."
            return (Refusal(message, hint="ALTER EXTENSION pg_cron UPDATE, or a newer package."),)
        if work.value(f"SELECT EXISTS (SELECT FROM cron.job WHERE jobname = {literal(self.job)})"):
            message = f"There is a job {self.job} already."
            return (Refusal(message, hint="Take another name, or unschedule that one."),)
        return ()

    def run(self, work: Work) -> int:
        if _is_installed(work):
            job, times, command = map(literal, (self.job, self.times, self.command))
            number = work.value(
                f"SELECT cron.schedule_in_database({job}, {times}, {command},"
                " current_database()::text, pg_get_userbyid(relowner)::text, true)"
                f" FROM pg_class WHERE oid = {literal(quoted(self.like))}::regclass"
            )
            work.remember(self.name, int(number))
        return 0

    def script(self, parameters: Mapping[str, str]) -> Sequence[str]:
        del parameters
        return (f"-- {self.times}: {self.command}; by pg_cron, where it is installed",)


@dataclass(frozen=True)
class Unschedule(Step):
    """The job goes, where one was made and is still there."""

    job: str

    @property
    def name(self) -> str:
        return f"job {self.job}"

    def run(self, work: Work) -> int:
        number = work.recall(self.name)
        if number is not None and _is_installed(work):
            work.execute(f"SELECT cron.unschedule(jobid) FROM cron.job WHERE jobid = {int(number)}")
        work.forget(self.name)
        return 0

    def script(self, parameters: Mapping[str, str]) -> Sequence[str]:
        del parameters
        return (f"SELECT cron.unschedule({literal(self.job)})",)
