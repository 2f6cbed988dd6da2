"""TypeScript compiled and run by the real thing, in a folder of the test's own."""

import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from gnkmigrate.postgres.connection import DatabaseUrl
from tests.support import ROOT
from tests.typeorm.client import NODE, database, missing

HERE = Path(__file__).parent
# With 0.3 TypeScript 5, with 1 TypeScript 7: the Makefile says which.
FOLDERS = {"0.3": ROOT / ".venv" / "typeorm", "1": ROOT / ".venv" / "typeorm-1"}
HAS_TYPESCRIPT = all(
    (folder / "node_modules" / "typescript").is_dir() for folder in FOLDERS.values()
)
LACKING = missing() or ("" if HAS_TYPESCRIPT else "TypeScript is not installed: make typeorm")
needs_typeorm = pytest.mark.skipif(bool(LACKING), reason=LACKING)

_COMPILER = {
    "strict": True,
    "noUnusedLocals": True,
    "noUncheckedIndexedAccess": True,
    "target": "ES2022",
    "module": "commonjs",
    "experimentalDecorators": True,
    "emitDecoratorMetadata": True,
    "esModuleInterop": True,
    "skipLibCheck": True,
    "types": ["node"],
    "rootDir": ".",
    "outDir": "out",
}


@dataclass(frozen=True)
class Backend:
    """A team's folder, with a version of TypeORM in its node_modules."""

    folder: Path
    version: str

    @classmethod
    def at(cls, folder: Path, version: str) -> "Backend":
        folder.mkdir()
        (folder / "node_modules").symlink_to(FOLDERS[version] / "node_modules")
        (folder / "tsconfig.json").write_text(
            json.dumps({"compilerOptions": _COMPILER, "include": ["**/*.ts"]})
        )
        return cls(folder, version)

    @property
    def entities(self) -> Path:
        return self.folder / "entities"

    def compile(self, *programs: str, typescript: str = "1") -> None:
        """Compiles entities and programs as strictly as a team may, with the TypeScript beside one
        of the versions of TypeORM.
        """
        for program in programs:
            shutil.copy(HERE / program, self.folder)
        compiler = FOLDERS[typescript] / "node_modules" / "typescript" / "bin" / "tsc"
        ran = subprocess.run(
            [NODE or "node", compiler, "-p", self.folder],
            check=False,
            capture_output=True,
            text=True,
        )
        assert ran.returncode == 0, ran.stdout

    def run(self, url: DatabaseUrl, program: Path, *arguments: str) -> str:
        """Runs a program on a database; what it prints."""
        ran = subprocess.run(
            [NODE or "node", program, *arguments],
            check=False,
            capture_output=True,
            text=True,
            env={
                **os.environ,
                **database(url),
                "NODE_PATH": str(self.folder / "node_modules"),
            },
        )
        assert ran.returncode == 0, ran.stderr
        return ran.stdout

    def shape(self, url: DatabaseUrl) -> list[str]:
        """What TypeORM would change there."""
        entities = self.folder / "out" / "entities"
        statements: list[str] = json.loads(self.run(url, HERE / "shape.js", str(entities)))
        return statements
