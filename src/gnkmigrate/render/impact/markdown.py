"""What was measured as a Markdown page."""

from gnkmigrate.impact import wording
from gnkmigrate.impact.outcome import Impact
from gnkmigrate.render.parts.tables import markdown_table
from gnkmigrate.render.parts.view import View
from gnkmigrate.text.escape import code, markdown


def render(impact: Impact, view: View) -> str:
    """The report, with a newline at its end."""
    del view
    lines = [
        f"# What queries cost in {code(impact.database)}",
        "",
        markdown(wording.basis(impact)),
        "",
        *markdown_table(
            wording.QUERY_HEAD,
            [[*map(markdown, wording.query_row(each))] for each in impact.queries],
        ),
        "",
    ]
    for query in impact.queries:
        lines += [f"**{markdown(query.name)}**", ""]
        lines += [f"- {markdown(remark)}" for remark in wording.remarks(query)]
        lines += [""]
    if impact.indexes:
        rows = [[*map(markdown, wording.index_row(each))] for each in impact.indexes]
        lines += ["## Indexes", "", *markdown_table(wording.INDEX_HEAD, rows), ""]
        lines += [f"- {markdown(line)}" for line in wording.useless(impact)]
    return "\n".join(lines).rstrip() + "\n"
