"""What became of the pairs: kept as JSON, told as a table."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path

from tests.corpus.pairs import Direction

WIDTH = 200


class Verdict(StrEnum):
    CONVERGED = "converged"
    LOAD_FAILED = "load failed"  # nothing is known of the planner
    PLAN_FAILED = "plan failed"
    NOT_EMPTY = "not empty"
    SCRIPT_FAILED = "script failed"
    DIFFERS = "differs"
    DUMP_DIFFERS = "dump differs"
    BROKEN = "broken"  # reading the result, or the runner itself


@dataclass(frozen=True)
class Outcome:
    """What became of a pair in one direction.

    Attributes:
        id, source: the pair's.
        direction: in which it was tried.
        verdict: in a word or two.
        message: the error, or the first of what differs.
        script: the plan.
        dump_diff: from pg_dump's view of the result to that of the target.
        trace: where an error came from.
    """

    id: str
    source: str
    direction: Direction
    verdict: Verdict
    message: str = ""
    script: str = ""
    dump_diff: str = ""
    trace: str = ""

    @property
    def ran(self) -> bool:
        return self.verdict is not Verdict.LOAD_FAILED

    @property
    def failed(self) -> bool:
        return self.ran and self.verdict is not Verdict.CONVERGED

    @property
    def line(self) -> str:
        """The verdict and why, on one line that is not too long."""
        said = " | ".join(line.strip() for line in self.message.splitlines())
        return f"{self.verdict}: {said}"[:WIDTH]


def write_outcomes(file: Path, outcomes: Iterable[Outcome]) -> None:
    """Keeps all outcomes, also those of what converged."""
    file.write_text(json.dumps([asdict(each) for each in outcomes], indent=1) + "\n")


def read_failed(file: Path) -> frozenset[tuple[str, str]]:
    """The ids and directions of what failed, from a file of `write_outcomes`."""
    fine = {Verdict.CONVERGED, Verdict.LOAD_FAILED}
    return frozenset(
        (each["id"], each["direction"])
        for each in json.loads(file.read_text())
        if each["verdict"] not in fine
    )


def table(outcomes: Sequence[Outcome]) -> str:
    """By source, how many pairs there are and how many of them converged."""
    sources = sorted({each.source for each in outcomes})
    rows = [
        ("source", "pairs", "forward", "backward", "not run"),
        *(_row(name, [each for each in outcomes if each.source == name]) for name in sources),
        _row("all", outcomes),
    ]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(
            [row[0].ljust(widths[0]), *(map(str.rjust, row[1:], widths[1:]))],
        )
        for row in rows
    )


def _row(name: str, outcomes: Sequence[Outcome]) -> tuple[str, ...]:
    pairs = {each.id for each in outcomes}
    not_run = {each.id for each in outcomes if not each.ran}
    return (
        name,
        str(len(pairs)),
        *(_share([each for each in outcomes if each.direction is way]) for way in Direction),
        str(len(not_run)),
    )


def _share(outcomes: Iterable[Outcome]) -> str:
    """Of what ran."""
    ran = [each for each in outcomes if each.ran]
    converged = sum(not each.failed for each in ran)
    return f"{converged} of {len(ran)} {converged / len(ran):6.1%}" if ran else "-"


def listing(outcomes: Sequence[Outcome], *, show: bool) -> Iterator[str]:
    """A line for whatever did not converge: first what was not run, then what failed.

    Args:
        outcomes: all.
        show: with the script, the difference between the dumps and the error's origin.
    """
    reasons = {each.id: each.line for each in outcomes if not each.ran}
    yield from (f"{name}: {line}" for name, line in reasons.items())
    for each in outcomes:
        if each.failed:
            yield f"{each.id} {each.direction}: {each.line}"
            if show:
                yield from (
                    _indented(text) for text in (each.script, each.dump_diff, each.trace) if text
                )


def _indented(text: str) -> str:
    return "\n".join(f"    {line}".rstrip() for line in text.splitlines()) + "\n"
