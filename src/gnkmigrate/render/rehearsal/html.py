"""A rehearsal as one page that needs nothing else: no script, no network, light and dark."""

from collections.abc import Iterator, Sequence
from html import escape

from gnkmigrate.rehearsal.checklist import checklist
from gnkmigrate.rehearsal.outcome import PhaseRun, Rehearsal, Stage
from gnkmigrate.render.parts.tables import html_table
from gnkmigrate.render.parts.view import View
from gnkmigrate.text.numbers import server_version, size

_STYLE = """
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { max-width: 75rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .3rem .6rem .3rem 0; }
tr { border-bottom: 1px solid color-mix(in srgb, currentColor 20%, transparent); }
.failed { font-weight: bold; }
"""


def render(rehearsal: Rehearsal, view: View) -> str:
    """The report; everything that comes from the database is escaped."""
    del view
    verdict = "Everything held." if rehearsal.passed else "Not everything held."
    version = server_version(rehearsal.server_version)
    rows = f"{rehearsal.rows:,} rows"
    if rehearsal.rows < rehearsal.live_rows:
        rows += f" of {rehearsal.live_rows:,}"
    copied = (
        f"{rehearsal.tables:,} tables, {rows}, of a database of {size(rehearsal.size)}, "
        f"on PostgreSQL {version} ({rehearsal.provider})."
    )
    title = f"Rehearsal on a copy of {escape(rehearsal.database)}"
    return "\n".join(
        (
            "<!doctype html>",
            f'<html lang="en"><head><meta charset="utf-8"><title>{title}</title>',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<style>{_STYLE}</style></head><body><main>",
            f"<h1>{title}</h1>",
            f"<p><strong>{verdict}</strong> {escape(copied)}</p>",
            "<h2>Stages</h2>",
            *html_table(("stage", "state", "time", "what"), [_stage(s) for s in rehearsal.stages]),
            *_problems(rehearsal),
            "<h2>Phases</h2>",
            *html_table(_HEAD, [_run(run) for run in rehearsal.runs]),
            "<h2>Verifications</h2>",
            *html_table(("phase", "claim", "result"), list(_verified(rehearsal))),
            "<h2>Before the upgrade</h2>",
            *html_table(
                ("point", "state", "why"), [(p.title, p.state, p.why) for p in checklist(rehearsal)]
            ),
            "</main></body></html>",
            "",
        )
    )


_HEAD = (
    "phase",
    "stage",
    "time",
    "rows",
    "strongest locks, longest hold",
    "rewritten",
    "grown",
    "WAL",
    "with all rows, about",
)


def _stage(stage: Stage) -> Sequence[str]:
    return stage.name, stage.state, f"{stage.seconds:.2f} s", stage.summary


def _problems(rehearsal: Rehearsal) -> Iterator[str]:
    for stage in rehearsal.stages:
        if stage.problems:
            yield f"<h3>What did not hold: {escape(stage.name)}</h3><ul>"
            yield from (f"<li>{escape(problem)}</li>" for problem in stage.problems)
            yield "</ul>"
            if stage.hint:
                yield f"<p>Next: {escape(stage.hint)}</p>"


def _run(run: PhaseRun) -> Sequence[str]:
    cost = run.cost
    locks = (f"{lock.relation} {lock.mode} {lock.longest * 1000:,.0f} ms" for lock in cost.locks)
    return (
        run.phase,
        run.round,
        f"{run.seconds:.2f} s",
        f"{run.rows:,}",
        "; ".join(locks),
        ", ".join(cost.rewritten),
        size(cost.grown),
        size(cost.wal),
        "" if run.estimate is None else f"{run.estimate:.0f} s",
    )


def _verified(rehearsal: Rehearsal) -> Iterator[Sequence[str]]:
    for run in rehearsal.of_round("upgrade"):
        for result in run.verified:
            state = "ok" if result.passed else "failed"
            yield run.phase, result.name, result.value if result.reports else state
