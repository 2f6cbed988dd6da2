"""A rehearsal of one phase, of which the audit found something."""

from dataclasses import replace

from gnkmigrate.rehearsal.measure import Cost, Lock
from gnkmigrate.rehearsal.outcome import PhaseRun, Rehearsal, Stage
from gnkmigrate.render import renderer
from gnkmigrate.render.parts.view import View
from gnkmigrate.run.events import Verified

LOCKS = tuple(Lock(f"public.{name}", "AccessExclusiveLock", 0.012) for name in ("<b>", *"xyz"))
REHEARSAL = Rehearsal(
    database="me@here/shop",
    server_version=160004,
    provider="embedded",
    size=12_000,
    tables=1,
    rows=1_200,
    live_rows=1_200,
    masked=(),
    phases=("prices",),
    stages=(
        Stage("copy", "ok", "1 table, 1,200 rows", 0.5),
        Stage("upgrade", "ok", "1 phase run", 1.5),
        Stage("audit", "failed", "", 0.1, ("Table <b> is missing.",), "Look at it."),
        Stage("downgrade", "not reached"),
    ),
    runs=(
        PhaseRun(
            "prices",
            "upgrade",
            1_200,
            1.25,
            Cost(LOCKS, ("public.<b>",), 8192, 4096),
            verified=(Verified("prices", "no price is lost", True, "0"),),
        ),
    ),
)


def shown(format_: str, rehearsal: Rehearsal = REHEARSAL) -> str:
    return renderer("rehearsal", format_)(rehearsal, View())


def test_a_terminal() -> None:
    head, _, rest = shown("terminal").partition("\nbefore the upgrade\n")
    assert head == (
        "A copy of me@here/shop (12.0 kB) on PostgreSQL 16.4, embedded\n"
        "\n"
        "copy\n"
        "  ok     1 table, 1,200 rows (0.50 s)\n"
        "\n"
        "upgrade\n"
        "  ok     1 phase run (1.50 s)\n"
        "         prices     1,200 rows    1.25 s  1 verification\n"
        "           AccessExclusiveLock on public.<b> for 0.01 s\n"
        "           AccessExclusiveLock on public.x for 0.01 s\n"
        "           AccessExclusiveLock on public.y for 0.01 s\n"
        "           and 1 more tables locked against writers, for less\n"
        "           rewritten: public.<b>\n"
        "\n"
        "audit\n"
        "  FAILED Table <b> is missing. (0.10 s)\n"
        "         next: Look at it.\n"
        "\n"
        "downgrade\n"
        "         not reached\n"
    )
    assert "  FAILED The result is the declared target: audit: failed\n" in rest
    assert rest.endswith("\n\nNot everything held.\n")


def test_nothing_is_pending() -> None:
    idle = replace(REHEARSAL, phases=(), runs=(), stages=REHEARSAL.stages[:1])
    assert "No phase is pending.\n" in shown("terminal", idle)


def test_a_page_escapes_what_comes_from_the_database() -> None:
    page = shown("html")
    assert "<b>" not in page
    assert "public.&lt;b&gt; AccessExclusiveLock" in page
    assert "What did not hold: audit" in page


def test_markdown_says_what_a_phase_cost() -> None:
    assert "`public.<b>` AccessExclusiveLock 12 ms" in shown("markdown")
    assert "with all rows, about" not in shown("markdown")


def test_a_sample_gives_an_estimate() -> None:
    run = replace(REHEARSAL.runs[0], estimate=70)
    sampled = replace(REHEARSAL, live_rows=70_000, runs=(run,))
    assert "with all rows, about" in shown("markdown", sampled)
    assert "           with all rows about 1 min 10 s\n" in shown("terminal", sampled)
    assert "1,200 rows of 70,000" in shown("html", sampled)
