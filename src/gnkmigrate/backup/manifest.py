"""The manifest: what is in a dump, in a JSON file beside it.

NAME.dump has its manifest in NAME.dump.json. docs/backup-manifest.schema.json describes it.
"""

from pathlib import Path
from typing import Literal

from pydantic import AwareDatetime, BaseModel, ValidationError

from gnkmigrate.backup.contents import Contents, SequenceContent, TableContent
from gnkmigrate.backup.failure import RestoreRefused
from gnkmigrate.backup.files import private_file
from gnkmigrate.validation import problems


class Manifest(BaseModel, extra="forbid", frozen=True):
    """What is in a dump, and how to tell that it is still the same file.

    Attributes:
        version: the version of this document's form.
        file: the dump's name, without a folder.
        database: the name of the database.
        server_version: the server's server_version_num, e.g. 160004.
        created_at: the moment that the dump shows.
        size: bytes of the dump.
        sha256: the dump's SHA-256, in hexadecimal.
        pg_dump: what pg_dump says of its version.
        gnkmigrate: the version of gnkmigrate.
        extensions: extensions that the dump creates.
        roles: roles that own something in it, or that a grant or a policy names.
        tables: rows of each table, and a hash of them where the backup was verified.
        sequences: the next value of each sequence.
        large_objects: how many there are.
        verified_at: when the dump was restored and compared; None when it was not, or differed.
    """

    version: Literal[1] = 1
    file: str
    database: str
    server_version: int
    created_at: AwareDatetime
    size: int
    sha256: str
    pg_dump: str
    gnkmigrate: str
    extensions: tuple[str, ...]
    roles: tuple[str, ...]
    tables: tuple[TableContent, ...]
    sequences: tuple[SequenceContent, ...]
    large_objects: int
    verified_at: AwareDatetime | None = None

    @property
    def major(self) -> int:
        """The server's major version, e.g. 16."""
        return self.server_version // 10000

    @property
    def text(self) -> str:
        """The document, with a newline at its end."""
        return f"{self.model_dump_json(indent=2)}\n"

    @property
    def contents(self) -> Contents:
        return Contents(self.tables, self.sequences, self.large_objects)


def manifest_path(dump: Path) -> Path:
    """Where the manifest of a dump is."""
    return dump.with_name(f"{dump.name}.json")


def write_manifest(manifest: Manifest, dump: Path) -> None:
    """Writes the manifest of a dump, over an older one, for its owner alone to read.

    Raises:
        BackupFailed: the folder cannot be written.
    """
    with private_file(manifest_path(dump)) as file:
        file.write(manifest.text.encode())


def read_manifest(dump: Path) -> Manifest:
    """The manifest of a dump.

    Raises:
        RestoreRefused: there is none, or it is not one.
    """
    path = manifest_path(dump)
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        raise RestoreRefused(
            f"{dump} has no manifest: {path.name} is not beside it, so nothing can be checked.",
            hint="Copy it from where the backup was made. A dump that gnkmigrate did not make "
            "is restored with pg_restore itself.",
        ) from None
    try:
        return Manifest.model_validate_json(text)
    except ValidationError as error:
        raise RestoreRefused(
            f"{path} is not the manifest of a backup.",
            details=problems(error, whole="JSON")[:5],
            hint="Copy it again from where the backup was made.",
        ) from None
