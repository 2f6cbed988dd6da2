"""What was measured as a Markdown page."""

from collections.abc import Iterator, Sequence

from gnkmigrate.impact import wording
from gnkmigrate.impact.outcome import Impact
from gnkmigrate.text.escape import code, markdown


def render(impact: Impact) -> str:
    """The report, with a newline at its end."""
    lines = [
        f"# What queries cost in {code(impact.database)}",
        "",
        markdown(wording.basis(impact)),
        "",
        *_table(wording.QUERY_HEAD, [wording.query_row(each) for each in impact.queries]),
        "",
    ]
    for query in impact.queries:
        lines += [f"**{markdown(query.name)}**", ""]
        lines += [f"- {markdown(remark)}" for remark in wording.remarks(query)]
        lines += [""]
    if impact.indexes:
        rows = [wording.index_row(each) for each in impact.indexes]
        lines += ["## Indexes", "", *_table(wording.INDEX_HEAD, rows), ""]
        lines += [f"- {markdown(line)}" for line in wording.useless(impact)]
    return "\n".join(lines).rstrip() + "\n"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    for row in rows:
        yield f"| {' | '.join(map(markdown, row))} |"
