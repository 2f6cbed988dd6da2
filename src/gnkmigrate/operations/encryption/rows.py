"""The rows that are there: encrypted in batches, and back."""

from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar

from gnkmigrate.kinds import locks
from gnkmigrate.operations.backfill import Backfill
from gnkmigrate.operations.encryption.key import pgcrypto_of, with_key, wrong_key
from gnkmigrate.operations.encryption.spec import Encryption, EncryptionStep
from gnkmigrate.run import lock_announcement
from gnkmigrate.run.lock_announcement import Span, TableLock
from gnkmigrate.run.names import column, literal, quoted
from gnkmigrate.run.step import Refusal, Step
from gnkmigrate.run.work import Work


class EncryptRows(EncryptionStep):
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
        return _walk(work, self.name, self.spec, encrypting(work, self.spec))


class DecryptRows(EncryptionStep):
    """Each value is in its own column again."""

    transactional: ClassVar[bool] = False

    @property
    def name(self) -> str:
        return f"rows of {self.spec.table} are encrypted"

    @property
    def locks(self) -> Sequence[TableLock]:
        return lock_announcement.on(self.tables, locks.ROW_EXCLUSIVE, Span.BATCH)

    def check(self, work: Work) -> Sequence[Refusal]:
        return wrong_key(work, self.spec)

    def run(self, work: Work) -> int:
        return _walk(work, self.name, self.spec, _decryption(work, self.spec))


def encrypting(work: Work, spec: Encryption) -> str:
    """The statement that encrypts a batch; the key is the session's."""
    pgcrypto, key = pgcrypto_of(work), f"current_setting({literal(spec.setting)})"
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
    pgcrypto, key = pgcrypto_of(work), f"current_setting({literal(spec.setting)})"
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
    with with_key(work, spec):
        walk = Backfill(name, spec.table, (), statement, alias="filled", quiet=True)
        return walk.run(replace(work, limits=alone))
