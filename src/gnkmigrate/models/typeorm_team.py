"""A team's own TypeORM: found beside its entities, and run through Node.js."""

import json
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from psycopg import conninfo

from gnkmigrate.errors import OrmError
from gnkmigrate.postgres.connection import DatabaseUrl

_SHOWN = 12
_FAILED = {
    "load": "The entities in {folder} cannot be loaded: {error}",
    "entities": "TypeORM does not take the entities in {folder}: {error}",
    "schema": "TypeORM cannot make the schema of the entities in {folder}: {error}",
}
_KEYWORDS = {"host": "host", "port": "port", "user": "username", "dbname": "database"}
# Their newest module resolution has another name from 6 on, and the old one is gone.
_BUNDLER = 6


@dataclass(frozen=True)
class Package:
    """An installed package: its folder and its version."""

    home: Path
    version: str

    @property
    def major(self) -> int:
        return int(self.version.partition(".")[0])


@dataclass(frozen=True)
class Team:
    """What a team has beside its entities.

    Attributes:
        folder: the entities.
        node: Node.js.
        typeorm: the team's.
        typescript: the team's; None without one.
    """

    folder: Path
    node: str
    typeorm: Package
    typescript: Package | None


def team_of(folder: Path) -> Team:
    """The tools that belong to a folder of entities.

    Raises:
        OrmError: the folder, Node.js, TypeORM or its driver is missing.
    """
    if not folder.is_dir():
        raise OrmError(
            f"There is no folder {folder}.", hint="Give the folder of the entities with --entities."
        )
    node = shutil.which("node")
    if node is None:
        raise OrmError(
            "There is no Node.js on the PATH, which runs the team's TypeORM.",
            hint="Install Node.js 20 or later (https://nodejs.org), or put it on the PATH.",
        )
    found = json.loads(_run([node, _script("find"), folder.absolute()], folder))
    lacking = [name for name in ("typeorm", "pg") if found[name] is None]
    if lacking:
        raise OrmError(
            f"{' and '.join(lacking)} cannot be found from {folder}.",
            hint=f"Run where package.json is: npm install {' '.join(lacking)}",
        )
    return Team(folder.absolute(), node, *(_package(found[each]) for each in _TOOLS))


_TOOLS = ("typeorm", "typescript")


def _package(found: Mapping[str, Any] | None) -> Any:
    return None if found is None else Package(Path(found["home"]), found["version"])


def compiled(team: Team, room: Path) -> Path:
    """The folder with the entities as JavaScript: their own, or one below `room`.

    Raises:
        OrmError: there is nothing to run, no TypeScript, or TypeScript refuses the entities.
    """
    if not any(_sources(team.folder, ("ts", "mts", "cts"))):
        if not any(_sources(team.folder, ("js", "mjs", "cjs"))):
            raise OrmError(
                f"There is no .ts or .js file in {team.folder}.",
                hint="Give the folder of the entities with --entities.",
            )
        return team.folder
    if team.typescript is None:
        raise OrmError(
            f"The entities in {team.folder} are TypeScript, and there is none to compile them.",
            hint="npm install typescript, or give the folder that your build writes.",
        )
    config = room / "tsconfig.json"
    config.write_text(json.dumps(_configuration(team, team.typescript, room / "out")))
    compiler = team.typescript.home / "bin" / "tsc"
    ran = subprocess.run(  # noqa: S603 - the team's own compiler
        [team.node, compiler, "--pretty", "false", "--project", config],
        check=False, capture_output=True, text=True, cwd=team.folder,
    )  # fmt: skip
    if ran.returncode:
        lines = [line for line in (ran.stdout + ran.stderr).splitlines() if line.strip()]
        raise OrmError(
            f"The entities in {team.folder} do not compile (TypeScript {team.typescript.version}).",
            details=_shortened(lines),
            hint="Correct them, or give the folder that your own build writes.",
        )
    return _beside_packages(team.folder, room / "out")


def _sources(folder: Path, kinds: Sequence[str]) -> Sequence[Path]:
    found = (path for kind in kinds for path in folder.rglob(f"*.{kind}"))
    return [path for path in found if ".d." not in path.name and "node_modules" not in path.parts]


def _configuration(team: Team, typescript: Package, out: Path) -> Mapping[str, Any]:
    """The team's own settings, where it has some, for files that Node.js runs as they are."""
    own = next(
        (found for above in (team.folder, *team.folder.parents)
         if (found := above / "tsconfig.json").is_file()), None,
    )  # fmt: skip
    options = {
        "rootDir": "/", "outDir": str(out), "noEmit": False, "noEmitOnError": True,
        "declaration": False, "composite": False, "incremental": False, "sourceMap": False,
        "emitDeclarationOnly": False, "verbatimModuleSyntax": False, "module": "commonjs",
        "moduleResolution": "bundler" if typescript.major >= _BUNDLER else "node10",
        "experimentalDecorators": True, "emitDecoratorMetadata": True, "skipLibCheck": True,
        "allowImportingTsExtensions": False,
    }  # fmt: skip
    if own is None:
        options |= {"target": "ES2022", "strict": False, "esModuleInterop": True}
        options |= {"types": ["node"]} if _types(team) else {}
    if types := _types(team):
        options["typeRoots"] = types
    tests = [f"{team.folder}/**/*.{kind}.ts" for kind in ("spec", "test", "e2e-spec", "stories")]
    return {
        **({"extends": str(own)} if own else {}),
        "compilerOptions": options,
        "include": [f"{team.folder}/**/*.ts"],
        "exclude": [*tests, "**/node_modules"],
        "references": [],
    }


def _types(team: Team) -> Sequence[str]:
    """Where types of packages are; TypeScript looks for them beside its settings."""
    above = (team.folder, *team.folder.parents)
    found = (folder / "node_modules" / "@types" for folder in above)
    return [str(folder) for folder in found if folder.is_dir()]


def _beside_packages(folder: Path, out: Path) -> Path:
    """Puts what was compiled beside the packages that it was written beside."""
    for above in (folder, *folder.parents):
        packages = above / "node_modules"
        there = out / above.relative_to("/")
        if packages.is_dir() and there.is_dir():
            (there / "node_modules").symlink_to(packages)
    return out / folder.relative_to("/")


def build(
    team: Team, javascript: Path, url: DatabaseUrl, *, own_uuids: bool = False
) -> Sequence[str]:
    """Makes the entities' schema in a database.

    Args:
        team: whose TypeORM makes it.
        javascript: the entities, compiled.
        url: an empty database.
        own_uuids: whether gen_random_uuid() makes uuids, and not uuid_generate_v4().

    Returns:
        The names of the entities.

    Raises:
        OrmError: TypeORM does not take the entities, or there are none.
    """
    given = conninfo.conninfo_to_dict(url.conninfo)
    connection = {name: given[key] for key, name in _KEYWORDS.items() if given.get(key)}
    asked = {
        "folder": str(javascript),
        "typeorm": str(team.typeorm.home),
        "connection": {
            **connection,
            "password": given.get("password"),
            **({"uuidExtension": "pgcrypto"} if own_uuids else {}),
        },
    }
    answer = _asked(team, asked)
    if error := answer.get("error"):
        message = _FAILED[answer["stage"]].format(folder=team.folder, error=error.split("\n")[0])
        raise OrmError(message, details=_shortened(error.split("\n")[1:]))
    if not answer["entities"]:
        raise OrmError(
            f"No file in {team.folder} exports an entity.",
            hint="Give the folder of the entities with --entities.",
        )
    names: Sequence[str] = answer["entities"]
    return names


def _asked(team: Team, asked: Mapping[str, Any]) -> dict[str, Any]:
    """What build.cjs answers, in a file of its own: stdout belongs to the team's code."""
    with TemporaryDirectory(prefix="gnkmigrate-") as room:
        answer = Path(room, "answer.json")
        ran = subprocess.run(  # noqa: S603 - what the team itself runs
            [team.node, _script("build")],
            check=False,
            capture_output=True,
            text=True,
            cwd=team.folder,
            input=json.dumps({**asked, "answer": str(answer)}),
        )
        if not answer.exists():
            raise OrmError(
                f"Node.js ended while it loaded the entities in {team.folder}.",
                details=_shortened(ran.stderr.splitlines()),
            )
        found: dict[str, Any] = json.loads(answer.read_text())
    return found


def _run(command: Sequence[str | Path], folder: Path) -> str:
    ran = subprocess.run(command, check=False, capture_output=True, text=True, cwd=folder)  # noqa: S603
    if ran.returncode:
        raise OrmError("Node.js fails.", details=_shortened(ran.stderr.splitlines()))
    return ran.stdout


def _script(name: str) -> str:
    return str(resources.files(__package__).joinpath("node", f"{name}.cjs"))


def _shortened(lines: Sequence[str]) -> Sequence[str]:
    more = [f"and {len(lines) - _SHOWN:,} lines more"] if len(lines) > _SHOWN else []
    return [*lines[:_SHOWN], *more]
