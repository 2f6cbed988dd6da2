"""Which files of a project its models may be made of, by which a worker's copy is known."""

from pathlib import Path

import pytest

from gnkmigrate.facts.source import is_database
from gnkmigrate.fleet.task import digest
from gnkmigrate.models import known
from gnkmigrate.models.sources import files
from gnkmigrate.settings import Settings


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "pyproject.toml").write_text("")
    for name in (
        "shop/models.py",
        "src/entities/order.ts",
        "prisma/schema.prisma",
        "node_modules/x/index.ts",
        ".hidden/models.py",
        "env/pyvenv.cfg",
        "env/lib/models.py",
        "build/models.py",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("1")
    return tmp_path


@pytest.mark.parametrize(
    ("source", "decides"),
    [
        ("sqlalchemy:shop.models:Base", "shop/models.py"),
        ("django:shop.settings", "shop/models.py"),
        ("typeorm:src/entities", "src/entities/order.ts"),
        ("drizzle", "src/entities/order.ts"),
        ("prisma", "prisma/schema.prisma"),
    ],
)
def test_another_model_is_another_project(project: Path, source: str, decides: str) -> None:
    settings = Settings(root=project, target=Path(source))
    before = digest(settings)
    for others in ("node_modules/x/index.ts", ".hidden/models.py", "env/lib/models.py"):
        (project / others).write_text("2")
    assert digest(settings) == before
    (project / decides).write_text("2")
    assert digest(settings) != before


@pytest.mark.parametrize(
    ("source", "is_url"),
    [
        ("typeorm:/srv/shop/src/entities", False),
        ("prisma:/srv/shop/prisma", False),
        ("postgresql:/me:secret@host/shop", True),  # one slash is a slip of the pen
        ("sqlalchemy://me:secret@host/shop", True),
    ],
)
def test_an_absolute_folder_is_no_database(source: str, is_url: bool) -> None:
    assert is_database(source) is is_url


def test_every_orm_says_which_files_decide(project: Path) -> None:
    assert all(list(files(orm, project)) for orm in known())
