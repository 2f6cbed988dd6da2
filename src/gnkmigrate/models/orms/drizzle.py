"""Drizzle: the SQL that `drizzle-kit export` writes, of "drizzle:FILE" or of its own settings."""

from gnkmigrate.models.running import Into, run, run_sql

SOURCES = frozenset({".ts", ".js", ".mts", ".mjs", ".cts", ".cjs", ".json"})
_NEEDS = "See that `npx drizzle-kit export` works there: npm install --save-dev drizzle-kit"


def write(name: str, into: Into) -> None:
    """Creates what the schema declares.

    Args:
        name: the schema's file or files, as for drizzle-kit; "" takes drizzle.config.ts.
        into: the database, and where node_modules is.

    Raises:
        SchemaError: drizzle-kit is not there, or fails.
    """
    given = ["--dialect=postgresql", f"--schema={name}"] if name else []
    script = run(["npx", "--no-install", "drizzle-kit", "export", *given], into, _NEEDS)
    run_sql(script, into, "drizzle-kit")
