"""pg_dump's text in a form in which equal schemas are equal texts."""

from collections.abc import Iterator, Sequence


def comparable(dump: str) -> str:
    """`dump` without comments and blank lines, and with each table's columns in their names' order.

    The order of columns is no part of a schema: a column that was built anew stands last, and
    PostgreSQL cannot move it. The words that mark each dump, so that it cannot be forged, go too.
    """
    lines = [
        line
        for line in dump.splitlines()
        if line and not line.startswith(("--", "\\restrict", "\\unrestrict"))
    ]
    return "\n".join(_sorted_columns(lines))


def _sorted_columns(lines: Sequence[str]) -> Iterator[str]:
    columns: list[str] | None = None
    for line in lines:
        if columns is None:
            yield line
            if line.startswith("CREATE TABLE ") and line.endswith("("):
                columns = []
        elif line.startswith(")"):
            yield from sorted(columns)
            yield line
            columns = None
        else:
            columns.append(line.removesuffix(","))
