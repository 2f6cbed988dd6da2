"""op.audit_log: who changed what, in a table that is only added to."""

from collections.abc import Mapping, Sequence

from gnkmigrate.errors import RevisionError
from gnkmigrate.operations.audit_logs import log as sql
from gnkmigrate.operations.audit_logs.changes import LogChanges
from gnkmigrate.operations.audit_logs.spec import Logged
from gnkmigrate.operations.expect import ExpectAbsent
from gnkmigrate.operations.parts import months
from gnkmigrate.operations.sql_step import SqlStep, no_place
from gnkmigrate.operations.take_back import TakeBack
from gnkmigrate.run.names import literal, quoted, split
from gnkmigrate.run.recorder import operation
from gnkmigrate.run.step import Step
from gnkmigrate.text.secret import NOT_SHOWN


@operation("audit_log")
def audit_log(
    tables: Sequence[str],
    log: str,
    setting: str = "app.user_id",
    secret: Mapping[str, Sequence[str]] | None = None,
    ignored: Mapping[str, Sequence[str]] | None = None,
    shown: Mapping[str, Sequence[str]] | None = None,
    ahead: int = 3,
) -> tuple[Step, ...]:
    """Logs every change of some tables: when, which row, which columns, before and after, and who.

    The log belongs to the role that migrates, and is only added to: UPDATE, DELETE and TRUNCATE are
    refused. It is partitioned by month; `log_ahead(months)`, a procedure of the log's name, makes
    those to come, and what has none goes to a default partition. Who it was says a setting of the
    session, `SET app.user_id = '...'`, and in any case the role, and the one that has connected.

    Values of columns whose names look secret (password, token, key and the like), or that are
    generated of such, are never logged, but that they changed. A downgrade is refused while the log
    has rows, or keeps them with --spill, and the next upgrade brings them back.

    Args:
        tables: "schema.table" of each; all of them belong to one role, and have a key.
        log: "schema.name" of the log.
        setting: the setting that says who the user of the application is.
        secret: for each table further columns whose values are not logged.
        ignored: for each table columns that are not mentioned, such as generated ones.
        shown: for each table columns whose names look secret and whose values are not.
        ahead: for how many months after this one there are partitions.

    Raises:
        RevisionError: no table is given, or columns of another.
    """
    lists = [given or {} for given in (secret, ignored, shown)]
    strangers = sorted({name for given in lists for name in given} - set(tables))
    if not tables or strangers:
        raise RevisionError(
            f"op.audit_log names columns of {', '.join(strangers)}, which it does not log."
            if strangers
            else "op.audit_log is for no table.",
            hint='Write op.audit_log(("public.users",), "public.audit_log").',
        )
    schema, name = split(log)
    rest, guard, write, makes = (
        quoted(f"{schema}.{name}_{word}") for word in ("rest", "guard", "write", "ahead")
    )
    body = months.ahead(log, '"at"', rest=rest, timed=True)
    made = sql.TABLE.format(log=quoted(log), rest=rest, ahead=makes, body=body, months=ahead)
    only = sql.APPEND_ONLY.format(guard=guard, log=quoted(log))
    writes = sql.WRITE.format(
        write=write, log=quoted(log), pattern=literal(NOT_SHOWN), setting=literal(setting)
    )
    logged = tuple(
        Logged(table, *(tuple(given.get(table, ())) for given in lists)) for table in tables
    )
    return (
        ExpectAbsent((log, f"{schema}.{name}_rest")),
        SqlStep(
            f"table {log}",
            made,
            back=f"DROP TABLE {quoted(log)}; DROP PROCEDURE {makes}(integer)",
            creates=(log,),
        ),
        TakeBack(no_place(log), log, key=()),
        SqlStep(
            f"{log} is only added to",
            only,
            back=f"DROP TRIGGER append_only ON {quoted(log)};"
            f" DROP TRIGGER append_only_truncate ON {quoted(log)}; DROP FUNCTION {guard}()",
        ),
        LogChanges(log, logged, writes, f"{write}()"),
    )
