"""What a run did, phase by phase: collected from its events, and written to stdout."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from rich.console import Console
from rich.text import Text

from gnkmigrate.render.parts.lines import write_hanging, write_line
from gnkmigrate.run import events
from gnkmigrate.text.escape import printable
from gnkmigrate.text.numbers import counted, duration, size


@dataclass
class PhaseOutcome:
    """What is known of one phase.

    Attributes:
        phase: its name.
        steps: steps that this direction of it has.
        done: steps that are through, those of an earlier run included.
        step: the step at work, or the last one.
        verified: results so far.
        finished: whether the phase is through.
        waits_before: the step of its cutover, before which it has stopped as it was asked to.
    """

    phase: str
    steps: int
    done: int
    step: str = ""
    rows: int = 0
    seconds: float = 0
    verified: list[events.Verified] = field(default_factory=list)
    finished: bool = False
    waits_before: str = ""


class Outcome:
    """An observer that puts together what becomes of each phase.

    Attributes:
        phases: the phases so far, in the order in which they were run.
    """

    def __init__(self) -> None:
        self.phases: list[PhaseOutcome] = []

    def __call__(self, event: events.Event) -> None:
        match event:
            case events.PhaseStarted():
                if self.unfinished is not None:
                    self.phases.pop()  # it starts again, with a new session
                self.phases.append(PhaseOutcome(event.phase, event.steps, event.done))
            case events.StepStarted():
                self.phases[-1].step = event.step
            case events.StepFinished():
                self.phases[-1].done += 1
                self.phases[-1].rows += event.rows
                self.phases[-1].seconds += event.seconds
            case events.Verified() if self.phases:
                self.phases[-1].verified.append(event)
            case events.PhaseFinished():
                last = self.phases[-1]
                last.finished, last.rows, last.seconds = True, event.rows, event.seconds
            case events.CutoverDeferred():
                self.phases[-1].waits_before = event.step
            case _:
                pass

    @property
    def unfinished(self) -> PhaseOutcome | None:
        """The phase that the run is in the middle of."""
        last = self.phases[-1] if self.phases else None
        return last if last and not (last.finished or last.waits_before) else None

    @property
    def place(self) -> str:
        """Where the run is, as part of a sentence; "" outside of a phase."""
        if self.unfinished is None:
            return ""
        step = f', step "{self.unfinished.step}"' if self.unfinished.step else ""
        return f" in phase {self.unfinished.phase}{step}"


class Told(Outcome):
    """An outcome that is written to stdout as it goes.

    Args:
        console: stdout.
        titles: what each phase is about.
        asked: whether somebody was asked, and shown locks and what has changed since the last run.
    """

    def __init__(self, console: Console, titles: Mapping[str, str], *, asked: bool) -> None:
        super().__init__()
        self._asked = asked
        self._console = console
        self._titles = titles

    def __call__(self, event: events.Event) -> None:
        super().__call__(event)
        match event:
            case events.TablesTouched():
                write_locks(self._console, event)
            case events.LocksAnnounced() if not self._asked:
                write_announced(self._console, event)
            case events.Drifted() if not self._asked:
                write_drift(self._console, event.changes)
            case events.BackupMade():
                text = f"Backup: {printable(event.file)} ({size(event.size)})"
                self._console.print(text, soft_wrap=True)
            case events.PhaseFinished() | events.CutoverDeferred():
                self._write(self.phases[-1])
            case _:
                pass

    def write_total(self, direction: events.Direction, *, dry_run: bool) -> None:
        """Writes what all phases together come to."""
        done = "done" if direction == "up" else "taken back"
        finished = sum(phase.finished for phase in self.phases)
        rows = counted(sum(phase.rows for phase in self.phases), "row")
        seconds = duration(sum(phase.seconds for phase in self.phases))
        self._console.print(f"{counted(finished, 'phase')} {done}: {rows}, {seconds}.")
        for phase in self.phases:
            if phase.waits_before:
                text = f"{phase.phase} is ready for its cutover: old and new are in step."
                self._console.print(text, soft_wrap=True)
        if dry_run:
            self._console.print("Everything was rolled back: the database is as it was.")

    def write_unfinished(self) -> None:
        """Writes the phase that something ended, as far as it came."""
        if self.unfinished is not None:
            self._write(self.unfinished)

    def _write(self, outcome: PhaseOutcome) -> None:
        title = self._titles.get(outcome.phase, "")
        self._console.print(Text(outcome.phase, style="bold"))
        if title:
            write_hanging(self._console, Text("  "), Text(title, style="dim"))
        steps = counted(outcome.steps, "step")
        if outcome.finished:
            text = f"{steps}, {counted(outcome.rows, 'row')}, {duration(outcome.seconds)}"
            write_line(self._console, "done", text)
        elif outcome.waits_before:
            text = f"{outcome.done} of {steps} done, stopped before: {outcome.waits_before}"
            write_line(self._console, "ready", text)
        else:
            text = f"{outcome.done} of {steps} done"
            write_line(self._console, "FAILED", f"{text}, stopped in: {outcome.step}")
        for result in outcome.verified:
            write_verified(self._console, result)
        self._console.print()


def write_verified(console: Console, result: events.Verified) -> None:
    """One verification: "ok" and the claim, "FAILED" and the rows, or "note" and the value."""
    if not result.passed:
        write_line(console, "FAILED", f"{result.name}: {result.value} against it")
        for row in result.rows:
            write_line(console, "", row)
    elif result.reports:
        write_line(console, "note", f"{result.name}: {result.value}")
    else:
        write_line(console, "ok", result.name)


def write_drift(console: Console, changes: Sequence[str]) -> None:
    """What others have changed since the last run."""
    console.print("Since the last run the schema has changed, by other hands:")
    for change in changes:
        console.print(f"  {printable(change)}", soft_wrap=True)
    console.print()


def write_announced(console: Console, announced: events.LocksAnnounced) -> None:
    """Which locks a phase takes, how strong they are, and for how long at most."""
    console.print(f"Locks of {announced.phase}, at most:")
    widths = [max(len(lock[place]) for lock in announced.locks) for place in (0, 1)]
    for table, mode, lasts in announced.locks:
        first = Text(f"  {printable(table):{widths[0]}}  {mode:{widths[1]}}  ")
        write_hanging(console, first, Text(lasts))
    console.print()


def write_locks(console: Console, touched: events.TablesTouched) -> None:
    """Which tables a dry run locks until it rolls back."""
    phases = ", ".join(touched.phases)
    console.print(f"Dry run of {phases}: carried out in one transaction, then rolled back.")
    if touched.tables:
        console.print("Until then these tables may be locked:")
    width = max((len(table) for table, _ in touched.tables), default=0)
    for table, rows in touched.tables:
        console.print(f"  {printable(table):{width}}  {counted(rows, 'row')}", soft_wrap=True)
    console.print()
