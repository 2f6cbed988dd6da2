"""A revision that swaps a table for a new one of the same columns, with triggers both ways."""

from collections.abc import Sequence
from dataclasses import dataclass

from psycopg import sql

from gnkmigrate.run.names import quoted
from gnkmigrate.run.sync.follow_triggers import follower, trigger

EVERYTHING = ("INSERT", "UPDATE", "DELETE", "TRUNCATE")


@dataclass(frozen=True)
class Swapping:
    """What is swapped.

    Attributes:
        table: its name, in schema public.
        columns: those that old and new share.
        key: those of them that are the key.
        definition: the new table's columns and constraints.
        before: for which commands the staged table follows the live one.
        after: for which commands the archived table follows the new one.
        view: SQL of the view of the old shape.
    """

    table: str
    columns: Sequence[str]
    key: Sequence[str]
    definition: str
    before: Sequence[str] = EVERYTHING
    after: Sequence[str] = EVERYTHING
    view: str = ""

    @property
    def up(self) -> str:
        live, staged = quoted(f"public.{self.table}"), self._in("gnkmigrate_staging")
        columns = _listed(self.columns)
        fill = f"INSERT INTO {staged} ({columns}) OVERRIDING SYSTEM VALUE SELECT {columns}"
        fill += f" FROM {live} ON CONFLICT DO NOTHING"
        last = self._function("followed", live)
        last += self._follows("led", self._in("gnkmigrate_archive"), live, self.after)
        follow = self._follows("followed", staged, live, self.before)
        arguments = f"{f'public.{self.table}'!r}, last={last!r}, view={self.view!r}"
        steps = (
            f"op.step('staged', {f'CREATE TABLE {staged} ({self.definition})'!r})",
            f"op.step('follows', {follow!r}, touches=({f'public.{self.table}'!r},))",
            f"op.step('fill', {fill!r}, irreversible='they go with their table')",
            f"op.swap_table('swap', {arguments})",
        )
        return "\n".join(steps)

    @property
    def down(self) -> str:
        live, staged = quoted(f"public.{self.table}"), self._in("gnkmigrate_staging")
        no_longer = self._function("followed", staged)
        no_longer += self._no_longer("led", staged, self.after)
        steps = (
            f"op.unswap_table('swap', {f'public.{self.table}'!r}, after={no_longer!r})",
            f"op.step('follows', {self._no_longer('followed', live, self.before)!r})",
            f"op.step('staged', {f'DROP TABLE {staged}'!r})",
        )
        return "\n".join(steps)

    def _in(self, schema: str) -> str:
        return quoted(f"{schema}.{self.table}")

    def _function(self, function: str, target: str) -> str:
        """A trigger function that writes to `target` what is written elsewhere."""
        columns = _listed(self.columns)
        body = f"""
IF TG_OP = 'TRUNCATE' THEN
    TRUNCATE {target};
    EXIT follow;
END IF;
IF TG_OP IN ('UPDATE', 'DELETE') THEN
    DELETE FROM {target} WHERE ({_listed(self.key)}) = ({_listed(self.key, "OLD.")});
END IF;
IF TG_OP IN ('INSERT', 'UPDATE') THEN
    INSERT INTO {target} ({columns}) OVERRIDING SYSTEM VALUE
    VALUES ({_listed(self.columns, "NEW.")});
END IF;
        """
        return follower(f"gnkmigrate.{function}", body)

    def _follows(self, function: str, target: str, source: str, events: Sequence[str]) -> str:
        """SQL that makes `target` follow what is written to `source`."""
        triggers = [
            trigger(
                f"{function}_{event.lower()}",
                f"AFTER {event}",
                source,
                f"gnkmigrate.{function}",
                "STATEMENT" if event == "TRUNCATE" else "ROW",
            )
            for event in events
        ]
        return "".join((self._function(function, target), *triggers))

    @staticmethod
    def _no_longer(function: str, table: str, events: Sequence[str]) -> str:
        dropped = [f"DROP TRIGGER {function}_{event.lower()} ON {table}" for event in events]
        return "; ".join((*dropped, f"DROP FUNCTION gnkmigrate.{function}()"))


def _listed(names: Sequence[str], prefix: str = "") -> str:
    return ", ".join(prefix + sql.Identifier(name).as_string() for name in names)
