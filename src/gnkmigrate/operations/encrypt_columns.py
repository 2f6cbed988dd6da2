"""op.encrypt_columns: values that are in the database only as who has the key can read them."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import ClassVar

import psycopg
from psycopg.pq import TransactionStatus

from gnkmigrate.errors import PhaseFailed, PhaseRefused, RevisionError
from gnkmigrate.facts.fact import Identity
from gnkmigrate.kinds import locks
from gnkmigrate.operations.backfill import Backfill
from gnkmigrate.operations.create_view import CreateView
from gnkmigrate.operations.expect import ExpectAbsent
from gnkmigrate.operations.parts.whole import bare, owner_of
from gnkmigrate.operations.preflight.triggers import fired_after
from gnkmigrate.operations.verify import Verify
from gnkmigrate.postgres.quoting import beside
from gnkmigrate.run import dependents, lock_announcement, relation
from gnkmigrate.run.lock_announcement import Span, TableLock
from gnkmigrate.run.names import column, literal, quoted, split
from gnkmigrate.run.recorder import operation
from gnkmigrate.run.step import Refusal, Step
from gnkmigrate.run.sync import privileges
from gnkmigrate.run.work import Work

_SETTABLE = {TransactionStatus.IDLE, TransactionStatus.INTRANS}
# By which a key is known to be the right one.
_KNOWN = "gnkmigrate"
_PGCRYPTO = """
SELECT quote_ident(nspname) FROM pg_extension
JOIN pg_namespace ON pg_namespace.oid = extnamespace WHERE extname = 'pgcrypto'
"""
_STATE = """
SELECT wanted.name,
       CASE WHEN attnum IS NULL THEN 'is not there'
            WHEN format_type(atttypid, NULL) NOT IN ('text', 'character varying') THEN 'is no text'
            WHEN attnotnull THEN 'is NOT NULL'
            WHEN attgenerated <> '' THEN 'is generated'
            WHEN EXISTS (SELECT FROM pg_constraint
                         WHERE conrelid = attrelid AND attnum = ANY (conkey))
                THEN 'is in a constraint'
            WHEN EXISTS (SELECT FROM pg_depend JOIN pg_index ON objid = indexrelid
                         WHERE classid = 'pg_class'::regclass AND refobjid = attrelid
                           AND refobjsubid = attnum)
                THEN 'is in an index'
            -- Before PostgreSQL 15 it is the column that depends on what generates its values.
            WHEN EXISTS (SELECT FROM pg_depend JOIN pg_attrdef ON adrelid = refobjid
                         WHERE refclassid = 'pg_class'::regclass AND refobjid = attrelid
                           AND refobjsubid = attnum AND adnum <> attnum
                           AND ((classid, objid) = ('pg_attrdef'::regclass, pg_attrdef.oid)
                                OR (classid, objid, objsubid)
                                   = ('pg_class'::regclass, adrelid, adnum)))
                THEN 'is in a generated column'
            WHEN EXISTS (SELECT FROM pg_attribute AS kept WHERE kept.attrelid = attribute.attrelid
                         AND kept.attname = 'gnkmigrate_kept_' || attribute.attname)
                THEN 'has its old values beside it until contract'
       END
FROM unnest({names}::text[]) AS wanted (name)
LEFT JOIN pg_attribute AS attribute
    ON attrelid = to_regclass({table}) AND attname = wanted.name AND NOT attisdropped
"""

_BY_COLUMN = """
SELECT EXISTS (SELECT FROM pg_attribute, aclexplode(attacl)
               WHERE attrelid = {table}::regclass AND NOT attisdropped
                 AND privilege_type = 'SELECT')
"""

_FUNCTION = """
CREATE TABLE {check} (known bytea NOT NULL);
REVOKE ALL ON {check} FROM PUBLIC;
CREATE FUNCTION {function}() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $encrypt$
DECLARE
    key constant text := nullif(current_setting({setting}, true), '');
BEGIN
    IF {written} THEN
        IF key IS NULL THEN
            RAISE EXCEPTION USING ERRCODE = 'insufficient_privilege',
                MESSAGE = {missing}, HINT = {hint};
        END IF;
        PERFORM {pgcrypto}.pgp_sym_decrypt(known, key) FROM {check};
{encrypts}
    END IF;
    RETURN NEW;
END $encrypt$;
REVOKE ALL ON FUNCTION {function}() FROM PUBLIC
"""

# What is written to the encrypted column itself has to be of the same key. A cast makes it the
# extension's own function in any case: another one for varchar may be anybody's.
_ENCRYPT = """
        IF NEW.{plain} IS NOT NULL THEN
            NEW.{hidden} := {pgcrypto}.pgp_sym_encrypt(NEW.{plain}::text, key);
            NEW.{plain} := NULL;
        ELSIF NEW.{hidden} IS DISTINCT FROM OLD.{hidden} THEN
            PERFORM {pgcrypto}.pgp_sym_decrypt(NEW.{hidden}, key);
        END IF;
"""
_WRITTEN = "NEW.{plain} IS NOT NULL OR NEW.{hidden} IS DISTINCT FROM OLD.{hidden}"

_ROTATE = """
CREATE PROCEDURE {rotate}() LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $rotate$
DECLARE
    old_key constant text := current_setting({setting});
    new_key constant text := current_setting({new_setting});
BEGIN
    IF length(new_key) < 16 THEN
        RAISE EXCEPTION 'the new key could be guessed';
    END IF;
    LOCK TABLE {table} IN SHARE ROW EXCLUSIVE MODE;
    PERFORM {pgcrypto}.pgp_sym_decrypt(known, old_key) FROM {check};
    UPDATE {check} SET known = {pgcrypto}.pgp_sym_encrypt({known}, new_key);
    PERFORM set_config({setting}, new_key, true);  -- by which the trigger knows what is written
    UPDATE {table} SET {values};
    PERFORM set_config({setting}, old_key, true);
END $rotate$
"""


@operation("encrypt_columns")
def encrypt_columns(
    table: str,
    columns: Mapping[str, str],
    view: str,
    setting: str = "app.encryption_key",
    rotate: str = "",
) -> tuple[Step, ...]:
    """Encrypts text columns with pgcrypto; the key is in the sessions that need it alone.

    Each column gets one beside it that has the encrypted value, and is NULL itself from then on.
    Whoever writes a text to it has set the key, `SET app.encryption_key = '...'`; else, or with a
    wrong one, the write fails. Who has set it reads through the view. The phase takes the key from
    GNKMIGRATE_ENCRYPTION_KEY, or from a command of the settings, and hands it over as a parameter.

    `CALL rotate()` writes everything with another key, which is in `app.encryption_key_new`.

    Args:
        table: "schema.table".
        columns: each text column, which may be NULL, with the name of the encrypted one.
        view: "schema.name" of the view that shows what is encrypted.
        setting: the session's setting with the key.
        rotate: "schema.name" of the procedure; "" for none.

    Raises:
        RevisionError: no column is given.
    """
    if not columns:
        raise RevisionError(f"op.encrypt_columns for {table} names no column.")
    spec = Encryption(table, tuple(columns.items()), view, setting, rotate)
    plain = " OR ".join(f"{column(name)} IS NOT NULL" for name in columns)
    return (
        ExpectAbsent((view, spec.check_table)),
        AddEncrypted(spec),
        EncryptRows(spec),
        Encrypting(spec),
        Verify(
            f"no value of {', '.join(columns)} in {table} can be read without the key",
            f"SELECT count(*) AS readable FROM {quoted(table)} WHERE {plain} HAVING count(*) > 0",
        ),
        DecryptedView(view, "", spec=spec),
    )


@dataclass(frozen=True)
class Encryption:
    """What is encrypted where.

    Attributes:
        table: "schema.table".
        columns: each with the encrypted one.
        view: "schema.name".
        setting: the session's setting with the key.
        rotate: "schema.name" of a procedure, or "".
    """

    table: str
    columns: tuple[tuple[str, str], ...]
    view: str
    setting: str
    rotate: str

    @property
    def check_table(self) -> str:
        return f"{self.view}_key"

    @property
    def function(self) -> str:
        return quoted(f"{self.view}_encrypt")

    @property
    def trigger_name(self) -> str:
        """Behind all others: what they make of a value is encrypted."""
        return beside(f"zz_{split(self.view)[1]}", "_encrypt")

    @property
    def trigger(self) -> str:
        return column(self.trigger_name)

    @property
    def plain(self) -> Sequence[str]:
        return [name for name, _ in self.columns]


def _pgcrypto(work: Work) -> str:
    """The quoted schema of pgcrypto; "" where it is not installed."""
    return str(work.value(_PGCRYPTO) or "")


@contextmanager
def _with_key(work: Work, spec: Encryption) -> Iterator[None]:
    """Gives the session the key, as a parameter, so that no statement has it in its text."""
    given = "SELECT set_config(%s, %s, false)"
    work.connection.execute(given, (spec.setting, work.load_key()))
    try:
        yield
    finally:
        if work.connection.info.transaction_status in _SETTABLE:
            work.connection.execute(given, (spec.setting, ""))


def _wrong_key(work: Work, spec: Encryption) -> Sequence[Refusal]:
    """Refuses a key that is missing, or another than that with which the values are encrypted."""
    try:
        key = work.load_key()
    except PhaseRefused as error:
        return (Refusal(error.message, hint=error.hint),)
    pgcrypto = _pgcrypto(work)
    query = f"SELECT {pgcrypto}.pgp_sym_decrypt(known, %s) FROM {quoted(spec.check_table)}"
    try:
        with work.connection.transaction(force_rollback=True):
            found = work.connection.execute(query.encode(), (key,)).fetchone()
    except psycopg.errors.ExternalRoutineInvocationException:
        found = None
    if found is not None and found[0] == _KNOWN:
        return ()
    message = f"The key is not the one with which {spec.table} is encrypted."
    return (Refusal(message, hint="Take the right one; nobody can read the values without it."),)


@dataclass(frozen=True)
class _Of(Step):
    """A step of an encryption."""

    outlives_contract: ClassVar[bool] = True
    needs_key: ClassVar[bool] = True

    spec: Encryption

    @property
    def tables(self) -> Sequence[str]:
        return (self.spec.table,)

    def script(self, parameters: Mapping[str, str]) -> Sequence[str]:
        del parameters
        return (f"-- {self.name}; its SQL needs the key",)


class AddEncrypted(_Of):
    """The columns come, and what knows whether a key is the right one."""

    prepares: ClassVar[bool] = True

    @property
    def name(self) -> str:
        return f"encrypted columns of {self.spec.table}"

    @property
    def reverse(self) -> Sequence[Step]:
        return (DropEncrypted(self.spec),)

    def check(self, work: Work) -> Sequence[Refusal]:
        spec = self.spec
        if not _pgcrypto(work):
            message = "The extension pgcrypto is not installed."
            return (Refusal(message, hint='op.create_extension("pgcrypto") before.'),)
        names = f"ARRAY[{', '.join(map(literal, spec.plain))}]"
        asked = _STATE.format(names=names, table=literal(quoted(spec.table)))
        wrong = [f"{name} {what}" for name, what in work.execute(asked).fetchall() if what]
        there = not any(each.endswith("is not there") for each in wrong)
        wrong += dependents.dependents(work, spec.table, spec.plain) if there else []
        if wrong:
            message = f"Columns of {spec.table} cannot be encrypted."
            hint = "What is encrypted is in no index, no constraint, and nobody else's."
            return (Refusal(message, wrong, len(wrong), hint),)
        later = fired_after(work.facts, Identity("table", split(spec.table)), spec.trigger_name)
        if later:
            message = f"Triggers of {spec.table} would fire after the one that encrypts."
            hint = f"Give them names that sort before {spec.trigger_name}: ALTER TRIGGER ..."
            return (Refusal(message, later, len(later), hint),)
        try:
            work.load_key()
        except PhaseRefused as error:
            return (Refusal(error.message, hint=error.hint),)
        return ()

    def run(self, work: Work) -> int:
        spec, pgcrypto = self.spec, _pgcrypto(work)
        table, check, owner = quoted(spec.table), quoted(spec.check_table), ""
        owner = owner_of(work, spec.table)
        encrypts = "\n".join(
            _ENCRYPT.format(plain=column(plain), hidden=column(hidden), pgcrypto=pgcrypto)
            for plain, hidden in spec.columns
        )
        work.execute(
            _FUNCTION.format(
                check=check,
                function=spec.function,
                setting=literal(spec.setting),
                written=" OR ".join(
                    _WRITTEN.format(plain=column(plain), hidden=column(hidden))
                    for plain, hidden in spec.columns
                ),
                missing=literal(f"{spec.setting} is not set: nothing is stored unencrypted"),
                hint=literal(f"SET {spec.setting} to the key."),
                pgcrypto=pgcrypto,
                encrypts=encrypts,
            )
        )
        work.execute(f"ALTER TABLE {check} OWNER TO {owner}")
        work.execute(f"ALTER FUNCTION {spec.function}() OWNER TO {owner}")
        added = ", ".join(f"ADD COLUMN {column(hidden)} bytea" for _, hidden in spec.columns)
        work.execute(f"ALTER TABLE {table} {added}")
        for plain, hidden in spec.columns:
            _let_read(work, table, plain, table, hidden)
        work.connection.execute(
            f"INSERT INTO {check} SELECT {pgcrypto}.pgp_sym_encrypt(%s, %s)".encode(),
            (_KNOWN, work.load_key()),
        )
        if spec.rotate:
            self._make_rotation(work, pgcrypto, owner)
        return 0

    def _make_rotation(self, work: Work, pgcrypto: str, owner: str) -> None:
        spec = self.spec
        values = ", ".join(
            f"{column(hidden)} = {pgcrypto}.pgp_sym_encrypt("
            f"{pgcrypto}.pgp_sym_decrypt({column(hidden)}, old_key), new_key)"
            for _, hidden in spec.columns
        )
        work.execute(
            _ROTATE.format(
                rotate=quoted(spec.rotate),
                setting=literal(spec.setting),
                new_setting=literal(f"{spec.setting}_new"),
                pgcrypto=pgcrypto,
                check=quoted(spec.check_table),
                table=quoted(spec.table),
                values=values,
                known=literal(_KNOWN),
            )
        )
        work.execute(f"ALTER PROCEDURE {quoted(spec.rotate)}() OWNER TO {owner}")


class EncryptRows(_Of):
    """What is there is encrypted in batches, while the application works."""

    transactional: ClassVar[bool] = False

    @property
    def name(self) -> str:
        return f"rows of {self.spec.table} are encrypted"

    @property
    def reverse(self) -> Sequence[Step]:
        return (DecryptRows(self.spec),)

    @property
    def locks(self) -> Sequence[TableLock]:
        return lock_announcement.on(self.tables, locks.ROW_EXCLUSIVE, Span.BATCH)

    def run(self, work: Work) -> int:
        return _walk(work, self.name, self.spec, _encryption(work, self.spec))


class DecryptRows(_Of):
    """Each value is in its own column again."""

    transactional: ClassVar[bool] = False

    @property
    def name(self) -> str:
        return f"rows of {self.spec.table} are encrypted"

    @property
    def locks(self) -> Sequence[TableLock]:
        return lock_announcement.on(self.tables, locks.ROW_EXCLUSIVE, Span.BATCH)

    def check(self, work: Work) -> Sequence[Refusal]:
        return _wrong_key(work, self.spec)

    def run(self, work: Work) -> int:
        return _walk(work, self.name, self.spec, _decryption(work, self.spec))


class Encrypting(_Of):
    """From now on what is written is encrypted."""

    @property
    def name(self) -> str:
        return f"{self.spec.table} encrypts what is written"

    @property
    def reverse(self) -> Sequence[Step]:
        return (NoLonger(self.spec),)

    def run(self, work: Work) -> int:
        spec, table = self.spec, quoted(self.spec.table)
        work.execute(f"LOCK TABLE {table} IN SHARE ROW EXCLUSIVE MODE")
        with _with_key(work, spec):
            statement = _encryption(work, spec).replace(":batch", "true")
            rows = work.execute(statement).rowcount
        work.execute(
            f"CREATE TRIGGER {spec.trigger} BEFORE INSERT OR UPDATE ON {table}"
            f" FOR EACH ROW EXECUTE FUNCTION {spec.function}()"
        )
        return max(rows, 0)


class NoLonger(_Of):
    """What is written is stored as it is."""

    @property
    def name(self) -> str:
        return f"{self.spec.table} encrypts what is written"

    def run(self, work: Work) -> int:
        work.execute(f"DROP TRIGGER {self.spec.trigger} ON {quoted(self.spec.table)}")
        return 0


class DropEncrypted(_Of):
    """The columns go, in which nothing is any more."""

    @property
    def name(self) -> str:
        return f"encrypted columns of {self.spec.table}"

    def check(self, work: Work) -> Sequence[Refusal]:
        hidden = [name for _, name in self.spec.columns]
        gone = {each for step in work.beside for each in step.clears}
        hanging = [
            each
            for each in dependents.dependents(work, self.spec.table, hidden)
            if bare(each) not in gone
        ]
        if not hanging:
            return ()
        message = f"Others use encrypted columns of {self.spec.table}."
        return (Refusal(message, hanging, len(hanging), "Drop them, or change them, before."),)

    def run(self, work: Work) -> int:
        """Drops them.

        Raises:
            PhaseFailed: something is encrypted still.
        """
        spec, table = self.spec, quoted(self.spec.table)
        work.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
        left = " OR ".join(f"{column(hidden)} IS NOT NULL" for _, hidden in spec.columns)
        if work.value(f"SELECT EXISTS (SELECT FROM {table} WHERE {left})"):
            raise PhaseFailed(
                f"Phase {work.phase}: values of {spec.table} are encrypted still.",
                hint="Run the same command again.",
            )
        dropped = ", ".join(f"DROP COLUMN {column(hidden)}" for _, hidden in spec.columns)
        work.execute(f"ALTER TABLE {table} {dropped}")
        work.execute(f"DROP FUNCTION {spec.function}(); DROP TABLE {quoted(spec.check_table)}")
        if spec.rotate:
            work.execute(f"DROP PROCEDURE {quoted(spec.rotate)}()")
        return 0


def _encryption(work: Work, spec: Encryption) -> str:
    """The statement that encrypts a batch; the key is the session's."""
    pgcrypto, key = _pgcrypto(work), f"current_setting({literal(spec.setting)})"
    values = ", ".join(
        f"{column(hidden)} = CASE WHEN filled.{column(plain)} IS NULL"
        f" THEN filled.{column(hidden)}"
        f" ELSE {pgcrypto}.pgp_sym_encrypt(filled.{column(plain)}::text, {key}) END,"
        f" {column(plain)} = NULL"
        for plain, hidden in spec.columns
    )
    some = " OR ".join(f"filled.{column(name)} IS NOT NULL" for name in spec.plain)
    return f"UPDATE {quoted(spec.table)} AS filled SET {values} WHERE :batch AND ({some})"


def _decryption(work: Work, spec: Encryption) -> str:
    """The one back; what was written in plain text since is newer."""
    pgcrypto, key = _pgcrypto(work), f"current_setting({literal(spec.setting)})"
    values = ", ".join(
        f"{column(plain)} = coalesce(filled.{column(plain)},"
        f" {pgcrypto}.pgp_sym_decrypt(filled.{column(hidden)}, {key})), {column(hidden)} = NULL"
        for plain, hidden in spec.columns
    )
    some = " OR ".join(f"filled.{column(hidden)} IS NOT NULL" for _, hidden in spec.columns)
    return f"UPDATE {quoted(spec.table)} AS filled SET {values} WHERE :batch AND ({some})"


def _walk(work: Work, name: str, spec: Encryption, statement: str) -> int:
    """Batch after batch, in this one session, which has the key."""
    alone = work.limits.model_copy(update={"backfill_workers": 1})
    with _with_key(work, spec):
        walk = Backfill(name, spec.table, (), statement, alias="filled", quiet=True)
        return walk.run(replace(work, limits=alone))


@dataclass(frozen=True)
class DecryptedView(CreateView):
    """What is encrypted, for who has set the key.

    Attributes:
        spec: what is encrypted where.
    """

    spec: Encryption | None = None

    @property
    def sql(self) -> str:
        return f"-- {self.name}: all columns, decrypted with the session's key"

    def make(self, work: Work) -> Sequence[Refusal]:
        if self.spec is None:
            raise TypeError("a view of what is encrypted knows what that is")
        spec, pgcrypto = self.spec, _pgcrypto(work)
        hidden = dict(spec.columns)
        key = f"current_setting({literal(spec.setting)})"
        names = [
            name
            for name in relation.column_names(work, spec.table)
            if name not in hidden.values() and not name.startswith("gnkmigrate_kept_")
        ]
        shown = ", ".join(
            f"{pgcrypto}.pgp_sym_decrypt(shown.{column(hidden[name])}, {key}) AS {column(name)}"
            if name in hidden
            else f"shown.{column(name)}"
            for name in names
        )
        query = f"SELECT {shown} FROM {quoted(spec.table)} AS shown"
        by_column = work.value(_BY_COLUMN.format(table=literal(quoted(spec.table))))
        made = _ReadByColumns if by_column else CreateView
        refused = made(self.view, query, self.comment).make(work)
        for name in () if refused else names:
            _let_read(work, quoted(spec.table), name, self.address, name)
        return refused


class _ReadByColumns(CreateView):
    """As its caller a view reads all of its columns, or none; so this one reads as its owner."""

    def reads_as_caller(self, work: Work) -> bool:
        del work
        return False


def _let_read(work: Work, table: str, name: str, relation: str, target: str) -> None:
    """Who may read one column may read the other; both relations are quoted."""
    for statement in privileges.grants_on_all(work, table, (name,), relation, target, ("SELECT",)):
        work.execute(statement)
