"""Which statements of a run change something, and which ask whether it may go on."""

import re

from gnkmigrate.postgres.quoting import dollar_quoted

# Stands for the number of a run until the statement is written.
RUN = 9_007_199_254_740_993
_NUMBER_OF_RUN = "(SELECT max(number) FROM gnkmigrate.run)"

_READ_TEXT = """
    SELECT WITH VALUES TABLE SHOW SET RESET EXPLAIN PREPARE EXECUTE DEALLOCATE DECLARE FETCH CLOSE
    BEGIN COMMIT SAVEPOINT RELEASE ROLLBACK
"""
_READS = frozenset(_READ_TEXT.split())
_FIRST = re.compile(r"(?:\s|--[^\n]*\n|/\*.*?\*/)*(\w+)", re.DOTALL)
_NAME = r"[\w.\"]+"
_WRITES = re.compile(
    rf"\bINSERT\s+INTO\s+{_NAME}|\bDELETE\s+FROM\s+{_NAME}|\bMERGE\s+INTO\s+{_NAME}"
    rf"|\bUPDATE\s+(?:ONLY\s+)?{_NAME}(?:\s+(?:AS\s+)?\w+)?\s+SET\b|\bsetval\s*\(",
    re.IGNORECASE,
)
_LISTED = re.compile(r"SELECT count\(\*\) FROM \(.*\) AS listed\s*", re.DOTALL)
# What the last run left, by which others' changes are seen: not so when TypeORM has run.
_FACTS = re.compile(r"INSERT INTO gnkmigrate\.memory .*'\(all\)', 'facts'", re.DOTALL)
_FORGET_FACTS = "DELETE FROM gnkmigrate.memory WHERE phase = '(all)' AND key = 'facts'"
_JOURNAL = re.compile(r"gnkmigrate\.(?:run|step)\b")


def first_word(text: str) -> str:
    """The word that a statement begins with, in upper case; "" where it has none."""
    found = _FIRST.match(text)
    return found[1].upper() if found else ""


def changes(text: str) -> bool:
    """Whether a statement may change something; in doubt it does."""
    word = first_word(text)
    return bool(word) and (word not in _READS or (word != "PREPARE" and bool(_WRITES.search(text))))


def is_guard(text: str) -> bool:
    """Whether it counts the rows that stand in a phase's way (see run.rows.listed)."""
    return _LISTED.fullmatch(text) is not None


def is_bookkeeping(text: str) -> bool:
    """Whether it only counts: rows and runs, of which nothing else depends."""
    return _JOURNAL.search(text) is not None


def written(text: str) -> str:
    """A statement as it can be sent at another time."""
    if _FACTS.match(text):
        return _FORGET_FACTS
    return text.replace(str(RUN), _NUMBER_OF_RUN).strip().rstrip(";")


def guarding(query: str, phase: str, doing: str) -> str:
    """A statement that fails where a query counts rows in the way."""
    message = f"Rows are in the way of phase {phase}: gnkmigrate {doing} lists them"
    return "\n".join(
        [
            "DO $gnkmigrate_guard$",
            "DECLARE found bigint;",
            "BEGIN",
            f"EXECUTE {dollar_quoted(query.strip(), 'gnkmigrate_query')} INTO found;",
            "IF found > 0 THEN",
            f"RAISE EXCEPTION USING MESSAGE = {dollar_quoted(message, 'gnkmigrate_text')},",
            f"DETAIL = {dollar_quoted(query.strip(), 'gnkmigrate_query')};",
            "END IF;",
            "END $gnkmigrate_guard$",
        ]
    )


def unless_there(schema: str, statements: list[str]) -> str:
    """What makes a schema of ours, as one statement that does nothing where it is there."""
    script = ";\n".join(statements)
    return "\n".join(
        [
            "DO $gnkmigrate_make$",
            "BEGIN",
            f"IF to_regnamespace('{schema}') IS NULL THEN",
            f"EXECUTE {dollar_quoted(script, 'gnkmigrate_script')};",
            "END IF;",
            "END $gnkmigrate_make$",
        ]
    )
