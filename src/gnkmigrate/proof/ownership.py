"""Whose things are, and who may use them, where a target in SQL leaves that open.

Who runs a script owns what it makes, unless the script says otherwise; and a script that grants
nothing does not mean that nobody may do anything. Where it says nothing, all is to be as before.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from gnkmigrate.postgres.quoting import identifier
from gnkmigrate.proof.dump import OWNER, Piece
from gnkmigrate.proof.schema import Schema

_GIVEN = re.compile(r"(?P<thing>.*) OWNER TO (?P<role>.*);", re.DOTALL)
_RELATION = re.compile("ALTER (?:MATERIALIZED VIEW|FOREIGN TABLE|VIEW|TABLE|SEQUENCE) ")
_OWNED = re.compile(r"ALTER SEQUENCE (?P<sequence>.*) OWNED BY (?P<table>.*)[.](?:\w+|\".*\");")
_GRANTS = {"ACL": "grants", "DEFAULT ACL": "default privileges"}


@dataclass(frozen=True)
class Open:
    """What a target leaves open.

    Attributes:
        loader: the role that has run its script, and owns what it gives to nobody.
        role: the role that has run the plan, and owns what that gives to nobody.
        unstated: kinds of which the script says nothing.
    """

    loader: str
    role: str
    unstated: frozenset[str]

    def meant(self, wanted: Schema, before: Schema) -> Schema:
        """What the target means: what it leaves open is as it was before."""
        owners, tables = dict(_owners(before)), dict(_tables(wanted))
        loader = re.compile(rf"(?<![\w\"]){re.escape(identifier(self.loader))}(?![\w\"])")

        def owner_of(piece: Piece, thing: str) -> str:
            called = _called(piece, thing)
            return owners.get(tables.get(called, called), identifier(self.role))

        def filled(piece: Piece) -> Piece:
            if piece.type == OWNER and (given := _GIVEN.fullmatch(piece.text)):
                if given["role"] != identifier(self.loader):
                    return piece
                thing = given["thing"]
                return piece._replace(text=f"{thing} OWNER TO {owner_of(piece, thing)};")
            if piece.type in _GRANTS:
                own = identifier(self.role)
                if piece.type == "ACL":
                    own = by_name.get((piece.schema, piece.name.partition(" ")[2]), own)
                return piece._replace(text=loader.sub(lambda _: own, piece.text))
            return piece

        by_name = {
            (piece.schema, piece.name): owner_of(piece, given["thing"])
            for piece in wanted
            if piece.type == OWNER and (given := _GIVEN.fullmatch(piece.text))
        }
        return Counter(
            {filled(piece): n for piece, n in wanted.items() if not self._is_open(piece)}
        )

    def stated(self, made: Schema, wanted: Schema, before: Schema) -> Schema:
        """Of what there is, all that the target says something of."""
        given = {thing for thing, _ in _owners(wanted)}
        return Counter(
            {
                piece: number
                for piece, number in made.items()
                if not self._is_open(piece)
                and not (
                    piece.type == OWNER
                    and piece in before
                    and not {thing for thing, _ in _owners(Counter([piece]))} <= given
                )
            }
        )

    def left_open(self, made: Schema, before: Schema) -> tuple[Schema, Schema]:
        """The privileges on things that are still there which one of both has: now, and before."""
        there = {(piece.schema, piece.name) for piece in made if piece.type not in _GRANTS}
        there &= {(piece.schema, piece.name) for piece in before if piece.type not in _GRANTS}

        def kept(schema: Schema) -> Schema:
            return Counter(
                {
                    piece: number
                    for piece, number in schema.items()
                    if self._is_open(piece) and (piece.schema, _thing(piece)) in there
                }
            )

        return kept(made), kept(before)

    def _is_open(self, piece: Piece) -> bool:
        return _GRANTS.get(piece.type) in self.unstated


def _owners(schema: Schema) -> Iterator[tuple[str, str]]:
    for piece in schema:
        if piece.type == OWNER and (given := _GIVEN.fullmatch(piece.text)):
            yield _called(piece, given["thing"]), given["role"]


def _called(piece: Piece, thing: str) -> str:
    """A thing by its name, whatever took its place, or the arguments of a routine are called."""
    if piece.name.endswith(")"):
        return f"{piece.schema}.{piece.name}"
    return _RELATION.sub("", thing.replace("ALTER DOMAIN ", "ALTER TYPE ", 1))


def _tables(schema: Schema) -> Iterator[tuple[str, str]]:
    """Sequences, and the tables that they belong to, whose owners theirs are."""
    for piece in schema:
        if found := _OWNED.fullmatch(piece.text):
            yield found["sequence"], found["table"]


def _thing(piece: Piece) -> str:
    """The name of what a privilege is on; a column's is its table's."""
    kind, _, name = piece.name.partition(" ")
    return name.rpartition(".")[0] if kind == "COLUMN" else name
