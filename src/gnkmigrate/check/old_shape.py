"""What an application that knows the old shape sees: each table's rows, before and after."""

from collections.abc import Iterator

from gnkmigrate.check.table_rows import Row, Rows, unlike


def differences(before: Rows, views: Rows, schema: str) -> Iterator[str]:
    """What the views show otherwise than the tables did, a line each.

    Columns that only the views have do not count. `schema` is that of the views.
    """
    for name in sorted(before.keys() & views.keys()):
        columns = {column for row in before[name] for column in row}
        shown: list[Row] = [{column: row.get(column) for column in columns} for row in views[name]]
        yield from unlike(f"{schema}.{name}", before[name], shown)
