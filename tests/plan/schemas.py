"""Generated schemas as SQL: tables that refer to each other, with all that a table may have."""

from collections.abc import Sequence
from dataclasses import dataclass

from hypothesis import strategies as st

from gnkmigrate.postgres.quoting import identifier

TABLES = ("account", "Order", "order item")
COLUMNS = ("id", "parent", "isOpen", "kind", "note")
LABELS = (("new", "Old"), ("new", "it's", "Old"), ("Old", "new"), ("it's", "new", "Old"))

# Types with a default that each takes, and a check that it passes.
TYPES = (
    ("integer", "7", "{} > 0"),
    ("bigint", "7", "{} > 0"),
    ("numeric(8,2)", "1.5", "{} > 0"),
    ("text", "'x'", "{} <> ''"),
    ("varchar(20)", "'x'", "{} IN ('x', 'y')"),
    ("timestamp", "now()", "{} > '2000-01-01'"),
    ("timestamptz", "now()", "{} > '2000-01-01'"),
    ("kind", "'new'", "{} <> 'Old'"),
    ("kind[]", "'{{new}}'", "{} <> '{{}}'"),
    ("boolean", "true", "{} IS NOT NULL"),
)


@dataclass(frozen=True)
class Column:
    name: str
    type: tuple[str, str, str]
    not_null: bool
    default: bool
    check: bool

    def sql(self) -> str:
        name = identifier(self.name)
        parts = [name, self.type[0]]
        parts += [f"DEFAULT {self.type[1]}"] if self.default else []
        parts += ["NOT NULL"] if self.not_null else []
        parts += [f"CHECK ({self.type[2].format(name)})"] if self.check else []
        return " ".join(parts)


@dataclass(frozen=True)
class Table:
    name: str
    columns: tuple[Column, ...]
    key: bool
    index: str
    view: bool
    parent: str
    on_delete: str
    trigger: bool
    comment: str

    def sql(self) -> str:
        name = identifier(self.name)
        parts = [f"number {'serial' if self.key else 'integer'}", "parent_number integer"]
        parts += [column.sql() for column in self.columns]
        statements = [f"CREATE TABLE {name} ({', '.join(parts)})"]
        if self.key:
            statements.append(f"ALTER TABLE {name} ADD PRIMARY KEY (number)")
        if self.index and self.columns:
            keys = ", ".join(identifier(column.name) for column in self.columns[:2])
            statements.append(f"CREATE {self.index} INDEX ON {name} ({keys})")
        if self.view:
            view = identifier(f"{self.name} view")
            statements.append(f"CREATE VIEW {view} AS SELECT * FROM {name} WHERE number > 0")
        if self.trigger:
            statements.append(
                f"CREATE TRIGGER stamp BEFORE UPDATE ON {name} "
                "FOR EACH ROW EXECUTE FUNCTION stamp()"
            )
        if self.comment:
            statements.append(f"COMMENT ON TABLE {name} IS '{self.comment}'")
        return ";".join(statements)


@dataclass(frozen=True)
class Schema:
    labels: tuple[str, ...]
    tables: tuple[Table, ...]
    security: str

    def sql(self) -> str:
        labels = ", ".join("'" + label.replace("'", "''") + "'" for label in self.labels)
        function = "CREATE FUNCTION stamp() RETURNS trigger LANGUAGE plpgsql"
        statements = [
            f"CREATE TYPE kind AS ENUM ({labels})",
            f"{function} {self.security} AS 'BEGIN RETURN NEW; END'",
            *(table.sql() for table in self.tables),
            *self.foreign_keys(),
        ]
        return ";".join(statements)

    def foreign_keys(self) -> Sequence[str]:
        keyed = {table.name for table in self.tables if table.key}
        return [
            f"ALTER TABLE {identifier(table.name)} ADD FOREIGN KEY (parent_number) "
            f"REFERENCES {identifier(table.parent)} {table.on_delete}"
            for table in self.tables
            if table.parent in keyed
        ]


columns = st.builds(Column, st.sampled_from(COLUMNS), st.sampled_from(TYPES), *(st.booleans(),) * 3)
tables = st.builds(
    Table,
    name=st.sampled_from(TABLES),
    columns=st.lists(columns, max_size=4, unique_by=lambda column: column.name).map(tuple),
    key=st.booleans(),
    index=st.sampled_from(["", " ", "UNIQUE"]),
    view=st.booleans(),
    parent=st.sampled_from(TABLES),
    on_delete=st.sampled_from(["", "ON DELETE CASCADE", "DEFERRABLE"]),
    trigger=st.booleans(),
    comment=st.sampled_from(["", "one", "two"]),
)
schemas = st.builds(
    Schema,
    labels=st.sampled_from(LABELS),
    tables=st.lists(tables, max_size=3, unique_by=lambda table: table.name).map(tuple),
    security=st.sampled_from(["", "SECURITY DEFINER"]),
)
