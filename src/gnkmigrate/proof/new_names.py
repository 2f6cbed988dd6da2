"""Owners and privileges as pg_dump said them before, under the names that things have afterwards.

Nothing else of what there was is held against the target.
"""

import re
from collections import Counter
from collections.abc import Iterator

from gnkmigrate.postgres.quoting import identifier, names_in, qualified
from gnkmigrate.postgres.routine import parted
from gnkmigrate.proof.dump import OWNER, Piece
from gnkmigrate.proof.plan_claims import Said
from gnkmigrate.proof.schema import Schema

_QUOTED = r'"(?:[^"]|"")*"'
_WORD = rf"(?:{_QUOTED}|[^\W\d][\w$]*)"
_OPERATOR = r"[-+*/<>=~!@#%^&|`?]+"
_PART = re.compile(rf"{_WORD}|{_OPERATOR}")
# A name in a schema, but no routine's, which its arguments tell from others; a name in none after
# a word that says what it is; or another one, within which nothing is a name.
_NAME = re.compile(
    rf'(?<![\w$".])(?P<inside>{_WORD}\.(?:{_OPERATOR}|{_WORD}(?![\w$"(])))'
    r"|\b(?P<what>SCHEMA|SERVER|WRAPPER|PUBLICATION|SUBSCRIPTION|TRIGGER|LANGUAGE)"
    rf" (?P<alone>{_WORD})"
    rf"|{_QUOTED}"
)
_OWNED = re.compile(r"ALTER (?P<what>[A-Z ]+) (?P<thing>.*) OWNER TO .*", re.DOTALL)


def under_new_names(before: Schema, said: Said) -> Schema:
    """What there was, with its owners and privileges as pg_dump would say them afterwards."""
    if not (said.renamed or said.elsewhere):
        return before
    names = _Names(before, said)
    found: Schema = Counter()
    for piece, number in before.items():
        found[names.of(piece)] += number
    return found


class _Names:
    def __init__(self, before: Schema, said: Said) -> None:
        self._said = said
        self._routines = dict(self._other_routines(before))

    def of(self, piece: Piece) -> Piece:
        if piece.type == "DEFAULT ACL":
            schema = self._said.now(piece.schema)[0]
            return piece._replace(schema=schema, text=self._reworded(piece.text))
        if piece.type == "ACL":
            return self._privilege(piece)
        return self._owner(piece) if piece.type == OWNER else piece

    def _owner(self, piece: Piece) -> Piece:
        text = self._reworded(piece.text)
        if piece.schema == "-":
            now = _OWNED.fullmatch(text)
            return piece._replace(name=names_in(now["thing"])[0] if now else piece.name, text=text)
        schema, name = self._said.now(piece.schema, piece.name)
        routine, types = parted(name)
        return piece._replace(schema=schema, name=routine + self._reworded(types), text=text)

    def _privilege(self, piece: Piece) -> Piece:
        """A privilege: its heading has the name as the statement has it, without the schema."""
        what, _, thing = piece.name.partition(" ")
        if piece.schema == "-":
            return piece._replace(name=self._reworded(piece.name), text=self._reworded(piece.text))
        if what == "COLUMN":
            table, column = names_in(thing)
            schema, *path = self._said.now(piece.schema, table, column)
            text = piece.text.replace(f"({identifier(column)})", f"({identifier(path[-1])})")
            return Piece("ACL", schema, f"COLUMN {qualified(*path)}", self._reworded(text))
        inside = self._reworded(f"{identifier(piece.schema)}.{thing}")
        first, *_ = _PART.findall(inside)
        name = inside.removeprefix(f"{first}.")
        return Piece("ACL", names_in(first)[0], f"{what} {name}", self._reworded(piece.text))

    def _other_routines(self, before: Schema) -> Iterator[tuple[str, str]]:
        """Routines that are called otherwise, with the names of their arguments."""
        for piece in before:
            if piece.type == OWNER and (found := _OWNED.fullmatch(piece.text)):
                new = self._said.now(piece.schema, piece.name)
                old = qualified(piece.schema, parted(piece.name)[0])
                if piece.name.endswith(")") and new != (piece.schema, piece.name):
                    rest = found["thing"].removeprefix(old)
                    yield found["thing"], qualified(new[0], parted(new[1])[0]) + rest

    def _reworded(self, text: str) -> str:
        for old, new in self._routines.items():
            if old in text:
                text = text.replace(old, new)
                break
        return _NAME.sub(self._renamed, text)

    def _renamed(self, found: re.Match[str]) -> str:
        if found["inside"]:
            parts = _PART.findall(found[0])
            names = names_in(found[0])
            now = self._said.now(*names)
            return ".".join(
                part if was == name else identifier(name)
                for part, was, name in zip(parts, names, now, strict=True)
            )
        if not found["alone"]:
            return found[0]
        (name,) = names_in(found["alone"])
        is_schema = found["what"] == "SCHEMA"
        new = self._said.now(name)[0] if is_schema else self._said.elsewhere.get(name, name)
        return f"{found['what']} {identifier(new)}"
