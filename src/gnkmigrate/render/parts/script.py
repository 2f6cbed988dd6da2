"""A plan as a SQL script for psql, with what each statement does as comments."""

from collections.abc import Iterator, Sequence

from gnkmigrate.diff.omitted import told
from gnkmigrate.facts.snapshot import Unread
from gnkmigrate.kinds.statement import Statement
from gnkmigrate.plan.proof import Proof
from gnkmigrate.plan.summary import effects, summarise
from gnkmigrate.text.escape import visible

# What the role or the database may have set otherwise, so that the text means what it says.
# https://www.postgresql.org/docs/16/runtime-config-client.html
_SETTINGS = (
    "SET client_encoding = 'UTF8';",
    "SET standard_conforming_strings = on;",
    "SET default_transaction_read_only = off;",
    "SET default_tablespace = '';",
    "SET default_table_access_method = heap;",
)


def write_script(
    statements: Sequence[Statement],
    source: str,
    target: str,
    proof: Proof | None = None,
    omitted: Sequence[Unread] = (),
) -> str:
    """The script.

    Each statement, or several between BEGIN and COMMIT, is a transaction of its own: what is added
    in one is validated in another, so that no strong lock outlasts its moment.

    Args:
        statements: in the order in which they run.
        source: what the script changes, in words.
        target: what it makes of it, in words.
        proof: what running it on a copy has shown.
        omitted: what the script knows nothing of.
    """
    lines = [
        f"-- From {source} to {target}: {summarise(statements)}",
        "-- Run with: psql --set ON_ERROR_STOP=1 --file FILE, not in a single transaction.",
        *(f"-- {line}" for line in told(omitted)),
        *([f"-- {proof}"] if proof else []),
        *(("", *_SETTINGS) if statements else ()),
    ]
    for statement in statements:
        sql = f"BEGIN;\n{statement.sql};\nCOMMIT" if statement.is_several else statement.sql
        lines += ["", *_comments(statement), f"{sql};"]
    return "\n".join(_commented(line) if line.startswith("--") else line for line in lines) + "\n"


def _comments(statement: Statement) -> Iterator[str]:
    yield f"-- {statement.reason}"
    notes = effects(statement)
    if notes:
        yield f"-- {', '.join(notes)}"
    if statement.loses_data:
        yield f"-- LOSES DATA: {statement.loses_data}"


def _commented(line: str) -> str:
    """A comment that stays one: a name may hold a line break."""
    return visible(line)
