"""A rehearsal as a Markdown page."""

from collections.abc import Iterator, Sequence

from gnkmigrate.rehearsal.checklist import Point, checklist
from gnkmigrate.rehearsal.outcome import PhaseRun, Rehearsal, Round, Stage
from gnkmigrate.render.parts.tables import markdown_table
from gnkmigrate.render.parts.view import View
from gnkmigrate.text.escape import code, markdown
from gnkmigrate.text.numbers import counted, server_version, size

_ROUNDS: tuple[Round, ...] = ("upgrade", "downgrade", "upgrade again")


def render(rehearsal: Rehearsal, view: View) -> str:
    """The report, with a newline at its end."""
    del view
    verdict = "Everything held." if rehearsal.passed else "Not everything held."
    version = server_version(rehearsal.server_version)
    copied = f"{rehearsal.tables:,} tables, {rehearsal.rows:,} rows, {size(rehearsal.size)}"
    lines = [
        f"# Rehearsal on a copy of {code(rehearsal.database)}",
        "",
        f"**{verdict}** {copied}, on PostgreSQL {version} ({rehearsal.provider}).",
        "",
        "## Stages",
        "",
        *markdown_table(
            ("stage", "state", "time", "what"), [_stage(each) for each in rehearsal.stages]
        ),
        *_problems(rehearsal),
        "",
        "## Phases",
        "",
        *_phases(rehearsal),
        "",
        "## Before the upgrade",
        "",
        *(_point(point) for point in checklist(rehearsal)),
    ]
    return "\n".join(lines) + "\n"


def _stage(stage: Stage) -> Sequence[str]:
    return stage.name, stage.state, f"{stage.seconds:.2f} s", markdown(stage.summary)


def _problems(rehearsal: Rehearsal) -> Iterator[str]:
    for stage in rehearsal.stages:
        if stage.problems:
            yield from ("", f"### What did not hold: {stage.name}", "")
            yield from (f"- {markdown(problem)}" for problem in stage.problems)
            if stage.hint:
                yield from ("", f"Next: {markdown(stage.hint)}")


def _phases(rehearsal: Rehearsal) -> Iterator[str]:
    if not rehearsal.runs:
        yield "None was run to its end."
        return
    runs = {(run.phase, run.round): run for run in rehearsal.runs}
    rows = [
        (code(name), *(_cell(runs.get((name, each))) for each in _ROUNDS))
        for name in rehearsal.phases
    ]
    yield from markdown_table(("phase", *_ROUNDS), rows)
    yield from ("", "## What the phases cost others", "")
    head = ("phase", "stage", "strongest locks, longest hold", "rewritten", "grown", "WAL")
    estimated = any(run.estimate is not None for run in rehearsal.runs)
    yield from markdown_table(
        (*head, "with all rows, about") if estimated else head,
        [_cost(run, estimated=estimated) for run in rehearsal.runs],
    )
    for run in rehearsal.of_round("upgrade"):
        if run.verified:
            yield from ("", f"### {markdown(run.phase)}", "")
            for result in run.verified:
                value = f": {markdown(result.value)}" if result.reports else ""
                mark = "note" if result.reports else "ok" if result.passed else "failed"
                yield f"- {mark}: {markdown(result.name)}{value}"


def _cell(run: PhaseRun | None) -> str:
    if run is None:
        return "not run"
    return f"{run.seconds:.2f} s, {counted(run.rows, 'row')}"


def _cost(run: PhaseRun, *, estimated: bool) -> Sequence[str]:
    cost = run.cost
    locks = "; ".join(
        f"{code(lock.relation)} {lock.mode} {lock.longest * 1000:,.0f} ms" for lock in cost.locks
    )
    cells = (
        code(run.phase),
        run.round,
        locks or "none",
        ", ".join(map(code, cost.rewritten)) or "none",
        size(cost.grown),
        size(cost.wal),
    )
    if not estimated:
        return cells
    return *cells, "" if run.estimate is None else f"{run.estimate:.0f} s"


def _point(point: Point) -> str:
    mark = "x" if point.state == "ok" else " "
    return f"- [{mark}] {markdown(point.title)}: {point.state} ({markdown(point.why)})"
