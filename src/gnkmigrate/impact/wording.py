"""What was measured in the words of a report, of whatever format."""

from collections.abc import Iterator, Sequence

from gnkmigrate.impact.measuring import TIMED, WARM_UPS
from gnkmigrate.impact.outcome import Impact, IndexImpact, Measured, QueryImpact
from gnkmigrate.rehearsal.room import in_words

QUERY_HEAD = ("query", "before", "after", "ratio", "pages before", "after")
INDEX_HEAD = ("index", "table", "size", "a row's writing", "used by")
_EXACT_MS = 10
_EXACT_TIMES = 10


def basis(impact: Impact) -> str:
    """What stands behind the figures."""
    times = f"the median of {TIMED} runs after {WARM_UPS} that do not count"
    if impact.place == "live":
        return f"Measured on the live database, {times}."
    phases = ", ".join(impact.phases) or "none is pending"
    return (
        f"Measured on a copy with {impact.rows:,} rows, {times}. "
        f"Phases between before and after: {phases}."
    )


def milliseconds(value: float) -> str:
    """A time as people compare it."""
    return f"{value:,.2f} ms" if value < _EXACT_MS else f"{value:,.0f} ms"


def times(ratio: float) -> str:
    """How many times as fast, no more exact than a measurement is."""
    return f"{ratio:,.2f}" if ratio < _EXACT_TIMES else f"{ratio:,.0f}"


def query_row(query: QueryImpact) -> Sequence[str]:
    """A line of QUERY_HEAD."""
    before, after = query.shapes.get("before"), query.shapes.get("after")
    return (
        query.name,
        _time(query, "before", before),
        _time(query, "after", after),
        "" if query.ratio is None else times(query.ratio),
        "" if before is None else f"{before.buffers:,}",
        "" if after is None else f"{after.buffers:,}",
    )


def _time(query: QueryImpact, shape: str, found: Measured | None) -> str:
    if found is not None:
        return milliseconds(found.total_ms)
    return "fails" if shape in query.failures else ""


def index_row(index: IndexImpact) -> Sequence[str]:
    """A line of INDEX_HEAD."""
    users = ", ".join(index.used_by)
    if not users:
        users = "a constraint" if index.is_constraint else "nothing here"
    cost = "" if index.write_us is None else f"+{index.write_us:,.1f} µs"
    table = index.table.removeprefix("public.")
    return index.name.partition(".")[2], table, in_words(index.size), cost, users


def remarks(query: QueryImpact) -> Iterator[str]:
    """What a figure does not say: other services, plans, failures, what it comes to."""
    for shape, found in query.shapes.items():
        if found.requests:
            yield (
                f"{shape}: {milliseconds(found.median_ms)} here and {found.requests:,.0f} requests "
                f"to another service, of {found.head.request_ms:g} ms each as the query's file says"
            )
    if query.ratio_here is not None and any(found.requests for found in query.shapes.values()):
        yield f"without these requests it is {times(query.ratio_here)} times as fast"
    plans = {shape: "; ".join(found.plan) for shape, found in query.shapes.items()}
    if len(set(plans.values())) == 1 and len(plans) > 1:
        yield f"plan, the same: {next(iter(plans.values()))}"
    else:
        yield from (f"plan {shape}: {plan}" for shape, plan in plans.items())
    yield from (f"fails {shape}: {why}" for shape, why in query.failures.items())
    if query.saved_s_a_day is not None:
        saved = query.saved_s_a_day
        yield f"all calls of a day: {abs(saved):,.1f} s {'less' if saved >= 0 else 'more'}"


def useless(impact: Impact) -> Iterator[str]:
    """New indexes that nothing asked for here."""
    found = impact.useless
    if found:
        names = ", ".join(each.name.partition(".")[2] for each in found)
        yield (
            f"No query here uses {names}. They take {in_words(sum(each.size for each in found))}, "
            "and a part of every write."
        )
