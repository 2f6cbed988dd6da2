"""What was measured in the words of a report, of whatever format."""

from collections.abc import Iterator, Sequence

from gnkmigrate.impact.measuring import TIMED, WARM_UPS
from gnkmigrate.impact.outcome import Impact, IndexImpact, Measured, QueryImpact
from gnkmigrate.text.numbers import size

QUERY_HEAD = ("query", "before", "after", "ratio", "pages before", "after")
INDEX_HEAD = ("index", "table", "size", "a row's writing", "used by")
_NONE = "none is pending"
_EXACT_MS = 10
_EXACT_TIMES = 10
_SLOWER = 0.7  # as far as one can tell from a measurement


_ESTIMATES = {
    "statistics": "estimated: what a call takes is the mean in pg_stat_statements, times what the "
    "planner's cost becomes; its values are not known, so it was not run",
    "hypothetical": "estimated: by the planner's cost with indexes that are not there yet (hypopg)",
}


def basis(impact: Impact) -> str:
    """What stands behind the figures."""
    where = "the live database" if impact.place == "live" else f"a copy with {impact.rows:,} rows"
    times = f"the median of {TIMED} runs after {WARM_UPS} that do not count"
    said = [f"Measured on {where}, {times}."]
    if impact.basis == "estimated":
        said = [f"Estimated on {where}; no query was run."]
    elif impact.basis == "both":
        said += ["What begins with ~ is estimated."]
    if impact.place == "copy":
        said += [f"Phases between before and after: {', '.join(impact.phases) or _NONE}."]
    return " ".join((*said, impact.remark)).rstrip()


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
        "" if query.ratio is None else f"{_about(query)}{times(query.ratio)}",
        _pages(before),
        _pages(after),
    )


def _about(found: QueryImpact | Measured) -> str:
    return "~" if found.is_estimated else ""


def _pages(found: Measured | None) -> str:
    return "" if found is None or found.buffers is None else f"{found.buffers:,}"


def _time(query: QueryImpact, shape: str, found: Measured | None) -> str:
    if found is not None:
        return f"{_about(found)}{milliseconds(found.total_ms)}"
    return "fails" if shape in query.failures else ""


def index_row(index: IndexImpact) -> Sequence[str]:
    """A line of INDEX_HEAD."""
    users = ", ".join(index.used_by)
    if not users:
        needed = "a constraint" if index.is_constraint else "a foreign key"
        users = "nothing here" if not (index.is_constraint or index.serves_key) else needed
    cost = "" if index.write_us is None else f"+{index.write_us:,.1f} µs"
    table = index.table.removeprefix("public.")
    return index.name.partition(".")[2], table, size(index.size), cost, users


def remarks(query: QueryImpact) -> Iterator[str]:
    """What a figure does not say: other services, plans, failures, what it comes to."""
    for shape, found in query.shapes.items():
        if found.requests:
            yield (
                f"{shape}: {milliseconds(found.median_ms)} here and {found.requests:,.0f} requests "
                f"to another service, of {found.head.request_ms:g} ms each as the query's file says"
            )
    for kind in sorted({found.basis for found in query.shapes.values() if found.is_estimated}):
        shapes = [shape for shape, found in query.shapes.items() if found.basis == kind]
        yield f"{', '.join(shapes)}: {_ESTIMATES[kind]}"
    if query.ratio is not None and query.ratio < _SLOWER:
        yield f"slower afterwards: it takes {times(1 / query.ratio)} times as long"
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
        yield (
            f"all calls of a day: {_about(query)}{abs(saved):,.1f} s "
            f"{'less' if saved >= 0 else 'more'}"
        )


def useless(impact: Impact) -> Iterator[str]:
    """New indexes that nothing asked for here."""
    found = impact.useless
    if found:
        names = ", ".join(each.name.partition(".")[2] for each in found)
        yield (
            f"Useless here, since no query uses them: {names}. They take "
            f"{size(sum(each.size for each in found))}, and a part of every write."
        )
