"""A user's SQL files, as they are read: one, a folder of them, or what a pipe gives."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from gnkmigrate.errors import SchemaError

# psql's own lines that pg_dump writes since 2025 around its script; they say nothing.
_RESTRICT = re.compile(r"^\\(?:un)?restrict \w+[ \t\r]*$", re.MULTILINE)
_CONNECT = re.compile(r"^\\connect [^\n]+$", re.MULTILINE)

_SUFFIX = ".sql"
_TABLE_OF_CONTENTS = "toc.dat"  # of a dump in the formats directory and tar
_TAR_MARK = slice(257, 262)
_DUMP_SUFFIXES = frozenset({".dump", ".fc", ".tar", ".backup", ".bak"})
_PACKED = ((b"\x1f\x8b", "gunzip"), (b"BZh", "bunzip2"), (b"\xfd7zXZ", "unxz"),
           (b"\x28\xb5\x2f\xfd", "unzstd"), (b"\x04\x22\x4d\x18", "unlz4"))  # fmt: skip


@dataclass(frozen=True)
class Script:
    """One SQL file.

    Attributes:
        path: where it is.
        text: what PostgreSQL gets to see, line by line as in the file.
    """

    path: Path
    text: str

    def line(self, position: int) -> int:
        """The line of a place in the text, which is counted from 0."""
        return self.text.count("\n", 0, position) + 1

    def place(self, line: int | None) -> str:
        """The file, and the line where it is known."""
        return f"{self.path}, line {line}" if line else str(self.path)


def read_scripts(path: Path) -> tuple[Script, ...]:
    """A .sql file, or those of a folder and the folders in it, in the order of their names.

    Files and folders whose names begin with a dot are left out. What is no regular file (a pipe:
    <(command) of a shell, /dev/stdin) is read whatever its name.

    Raises:
        SchemaError: there is no such file, it is not .sql, the folder holds none, or it is not
            UTF-8 text.
    """
    if path.is_dir():
        return tuple(Script(file, _text(file, file.read_bytes())) for file in _files(path))
    if not path.exists():
        raise _not_there(path)
    if path.is_relative_to("/dev") or not path.is_file():
        return (Script(path, _text(path, _piped(path))),)
    content = path.read_bytes()
    _require_plain(path, content)
    if path.suffix.lower() != _SUFFIX:
        raise SchemaError(
            f"{path} is neither a .sql file nor a snapshot (.json).",
            hint="Name a database URL, a .sql file, a folder of them, or a snapshot.",
        )
    return (Script(path, _text(path, content)),)


def _files(folder: Path) -> list[Path]:
    if (folder / _TABLE_OF_CONTENTS).is_file():
        raise _dumped(folder, "directory")
    found = sorted(
        file
        for file in folder.rglob("*")
        if file.suffix.lower() == _SUFFIX
        and not any(part.startswith(".") for part in file.relative_to(folder).parts)
        and not file.is_dir()
    )
    for file in found:
        if not file.exists():
            raise _not_there(file)
    if not found:
        raise SchemaError(
            f"The folder {folder} holds no .sql file.",
            hint="Put the schema into it, or name another file or folder.",
        )
    return found


def _not_there(path: Path) -> SchemaError:
    if path.is_symlink():
        return SchemaError(
            f"{path} is a link to {path.readlink()}, which does not exist.",
            hint="Correct or remove the link.",
        )
    return SchemaError(
        f"The schema file {path} does not exist.",
        hint="Check `target` in gnkmigrate.toml, or the argument; where there is no project yet, "
        "gnkmigrate init --from-url writes one.",
    )


@cache
def _piped(path: Path) -> bytes:
    """What a pipe gives, which it does once."""
    return path.read_bytes()


def _require_plain(path: Path, content: bytes) -> None:
    """Refuses dumps in pg_dump's own formats, and what is packed."""
    if content.startswith(b"PGDMP"):
        raise _dumped(path, "custom")
    if content[_TAR_MARK] == b"ustar":
        raise _dumped(path, "tar")
    for mark, program in _PACKED:
        if content.startswith(mark):
            raise SchemaError(
                f"{path} is compressed.",
                hint=f"Unpack it with {program}. If that gives no .sql file but a dump in pg_dump's"
                " own format: pg_restore --schema-only -f FILE.sql",
            )
    if path.suffix.lower() in _DUMP_SUFFIXES:
        raise SchemaError(
            f"{path} is neither a .sql file nor a snapshot (.json).",
            hint="If it is SQL, call it .sql. If it is a dump in pg_dump's own format: pg_restore "
            f"--schema-only -f FILE.sql {path}",
        )


def _dumped(path: Path, format_: str) -> SchemaError:
    return SchemaError(
        f"{path} is a dump in pg_dump's {format_} format, not SQL.",
        hint=f"Make SQL of it: pg_restore --schema-only -f FILE.sql {path}",
    )


def _text(path: Path, content: bytes) -> str:
    _require_plain(path, content)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SchemaError(
            f"{path} is not UTF-8 text (byte {error.start + 1}).", hint="Save it as UTF-8."
        ) from None
    if "\0" in text:
        raise SchemaError(
            f"{path} holds a zero byte, which no SQL text may.",
            hint="Is it a binary file, or UTF-16? Save it as text in UTF-8.",
        )
    text = _RESTRICT.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    # The database that psql is to connect to; with several there would be several schemas.
    return _CONNECT.sub("", text) if len(_CONNECT.findall(text)) == 1 else text
