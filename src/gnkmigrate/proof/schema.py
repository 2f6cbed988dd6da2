"""What a database is made of, as pg_dump says it; and what two databases do not have in common."""

import difflib
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TypeAlias

from gnkmigrate import own_objects
from gnkmigrate.facts.files import Script
from gnkmigrate.facts.script import run_scripts
from gnkmigrate.postgres.connection import Connection, DatabaseUrl, connect
from gnkmigrate.postgres.sql_files import query
from gnkmigrate.proof.dump import Piece, pieces
from gnkmigrate.proof.scope import Scope
from gnkmigrate.servers import Server
from gnkmigrate.servers.client_programs import dump_schema

Schema: TypeAlias = Counter[Piece]

# Entries that are about another object: COMMENT ON TABLE item is called "TABLE item".
_ABOUT = frozenset({"ACL", "COMMENT", "SECURITY LABEL"})
# Entries that may hold a secret, which is the user's to set, and of which no text is shown.
_CONFIDENTIAL = frozenset({"USER MAPPING", "SUBSCRIPTION", "SERVER", "FOREIGN DATA WRAPPER"})
_SECRET_OPTION = re.compile(
    r"^ +\"?\w*(?:pass|pwd|secret|credential|token|_key)\w*\"? '(?:[^']|'')*',?\n",
    re.MULTILINE | re.IGNORECASE,
)
_SECRET_WORD = re.compile(r"(\b\w*(?:pass|secret)\w*\s*=\s*)(?:''.*?''|[^\s']+)", re.IGNORECASE)
_META_COMMAND = re.compile(r"^\\(?:un)?restrict .*$", re.MULTILINE)
_OBJECTS, _LINES, _CONTEXT = 8, 24, 2


def schema(url: DatabaseUrl, major: int, scope: Scope) -> Schema:
    """What a database is made of.

    Args:
        url: where it is.
        major: its server's major version.
        scope: what counts.
    """
    return _read(_dump(url, major, scope), scope)


def dumped(url: DatabaseUrl, major: int, scope: Scope) -> str:
    """A script that makes the schema of a database; the arguments are those of `schema`."""
    return _META_COMMAND.sub("", _dump(url, major, scope))


def restored(script: str, server: Server, scope: Scope) -> Schema:
    """What a dump makes, as pg_dump says it then.

    PostgreSQL prints some expressions in another way once they were restored, for good (see
    facts/printing.py).

    Args:
        script: as `dumped` gives it.
        server: where the database is made, for a moment.
        scope: what of it counts.

    Raises:
        SchemaError: what pg_dump wrote does not load.
    """
    with server.database() as url:
        with connect(server.as_loader(url)) as session:
            files = (Script(Path("pg_dump"), script),)
            run_scripts(session, files, (), makes_roles=server.is_ours)
        return schema(url, server.major, scope)


def unlike(made: Schema, wanted: Schema) -> tuple[str, ...]:
    """What is not the same, in lines: objects, and under each what differs of it.

    Lines that begin with - are in `wanted` alone, those with + in `made` alone.
    """
    objects = {piece[:3]: str(piece) for piece in sorted((made - wanted) + (wanted - made))}
    lines: list[str] = []
    for key, name in [*objects.items()][:_OBJECTS]:
        lines += [name, *_differing(key, made, wanted)]
    if len(objects) > _OBJECTS:
        lines.append(f"and {len(objects) - _OBJECTS:,} more")
    return tuple(lines)


def excluded(session: Connection, scope: Scope) -> Sequence[str]:
    """pg_dump's options for what is not looked at, and for what is gnkmigrate's."""
    schemas = set(own_objects.schemas(session))
    relations: list[tuple[str, str]] = []
    for name, relation in session.execute(query("proof.sql", "names")):
        if name in schemas or not scope.has_schema(name):
            schemas.add(name)
        elif relation is not None and scope.is_ignored(name, relation):
            relations.append((name, relation))
    return (
        *(f"--exclude-schema={_pattern(name)}" for name in sorted(schemas)),
        *(f"--exclude-table={_pattern(*path)}" for path in relations),
    )


def _dump(url: DatabaseUrl, major: int, scope: Scope) -> str:
    with connect(url, read_only=True) as session:
        options = excluded(session, scope)
    return dump_schema(url, major, owners=scope.owners, left_out=options)


def _read(dump: str, scope: Scope) -> Schema:
    return Counter(
        piece._replace(text=_without_secrets(piece))
        for piece in pieces(dump)
        if _counts(piece, scope)
    )


def _counts(piece: Piece, scope: Scope) -> bool:
    kind, name = piece.type, piece.name
    if kind in _ABOUT:
        kind, _, name = name.partition(" ")
    if kind == "SCHEMA":
        return scope.has_schema(name)
    if kind == "EXTENSION":
        return name not in scope.without
    if piece.schema == "-":
        return True
    return scope.has(piece.schema, name)


def _without_secrets(piece: Piece) -> str:
    if piece.type not in _CONFIDENTIAL:
        return piece.text
    return _SECRET_WORD.sub(r"\1***", _SECRET_OPTION.sub("", piece.text))


def _differing(key: tuple[str, ...], made: Schema, wanted: Schema) -> Iterator[str]:
    if key[0] in _CONFIDENTIAL:
        yield "  (its options may hold a secret and are not shown)"
        return
    texts = [sorted(_only(key, one, other)) for one, other in ((wanted, made), (made, wanted))]
    old, new = ("\n".join(each).splitlines() for each in texts)
    lines = [*difflib.unified_diff(old, new, n=_CONTEXT, lineterm="")][2:]
    yield from (f"  {line}" for line in lines[:_LINES] if not line.startswith("@@"))
    if len(lines) > _LINES:
        yield f"  and {len(lines) - _LINES:,} more lines"


def _only(key: tuple[str, ...], one: Schema, other: Schema) -> Iterable[str]:
    return (piece.text for piece in (one - other).elements() if piece[:3] == key)


def _pattern(*names: str) -> str:
    """A name as pg_dump's patterns have it: within quotes nothing has a meaning."""
    return ".".join('"' + name.replace('"', '""') + '"' for name in names)
