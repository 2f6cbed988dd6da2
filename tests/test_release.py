"""What a release is made of, made here as the workflow makes it."""

import hashlib
import json
import re
import subprocess
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import pytest
import yaml

from gnkmigrate import __version__
from tests.support import ROOT

WORKFLOW = ROOT / ".github" / "workflows" / "release.yml"
PINNED = dict(
    line.split("==")
    for line in (ROOT / "requirements.txt").read_text().splitlines()
    if "==" in line
)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that the workflow's commands have filled."""
    folder = tmp_path_factory.mktemp("dist")
    command = ["make", "--silent", "dist", "sbom", f"DIST={folder}"]
    ran = subprocess.run(command, check=False, cwd=ROOT, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stdout[-2000:] + ran.stderr[-2000:]
    return folder


@pytest.mark.packaging
def test_what_is_in_it_and_its_checksums(made: Path) -> None:
    wheel, sdist = f"gnkmigrate-{__version__}-py3-none-any.whl", f"gnkmigrate-{__version__}.tar.gz"
    files = {wheel, sdist, "gnkmigrate.cdx.json"}
    assert {file.name for file in made.iterdir()} == {*files, "SHA256SUMS"}
    sums = {f"{hashlib.sha256((made / name).read_bytes()).hexdigest()}  {name}" for name in files}
    assert set((made / "SHA256SUMS").read_text().splitlines()) == sums
    with tarfile.open(made / sdist) as archive:
        inside = {name.partition("/")[2] for name in archive.getnames()}
    assert {"docs/gnkmigrate.1", "requirements.txt", "schema/target.sql"} <= inside
    assert f"gnkmigrate-{__version__}.data/data/share/man/man1/gnkmigrate.1" in (
        zipfile.ZipFile(made / wheel).namelist()
    )


@pytest.mark.packaging
def test_the_bill_of_materials_names_what_the_wheel_needs(made: Path) -> None:
    bill: Any = json.loads((made / "gnkmigrate.cdx.json").read_text())
    assert bill["bomFormat"] == "CycloneDX"
    versions = {each["name"]: each["version"] for each in bill["components"]}
    assert versions.pop("gnkmigrate") == __version__
    assert {"psycopg", "alembic", "typer", "distributed", "mcp", "opentelemetry-api"} <= set(
        versions
    )
    assert {name for name, version in versions.items() if PINNED.get(name) != version} == set()
    assert not {"pytest", "ruff", "mypy"} & set(versions)


def test_the_workflow_makes_what_is_tested_here() -> None:
    job = yaml.safe_load(WORKFLOW.read_text())["jobs"]["release"]
    scripts = [step["run"] for step in job["steps"] if "run" in step]
    assert "make dist sbom" in scripts
    assert not [script for script in scripts if "${{" in script]
    makefile = (ROOT / "Makefile").read_text()
    called = [
        name for script in scripts for name in re.findall(r"^make (.*)", script, re.MULTILINE)
    ]
    for target in " ".join(called).split():
        assert re.search(rf"^{target}:", makefile, re.MULTILINE)


def test_the_workflow_may_write_a_release_and_attest_it_and_nothing_else() -> None:
    workflow = yaml.safe_load(WORKFLOW.read_text())
    assert workflow["permissions"] == {"contents": "read"}
    assert workflow["jobs"]["release"]["permissions"] == {
        "contents": "write",
        "id-token": "write",
        "attestations": "write",
    }
    uses = [step["uses"] for step in workflow["jobs"]["release"]["steps"] if "uses" in step]
    assert any(each.startswith("actions/attest-build-provenance@") for each in uses)
    assert any(each.startswith("actions/attest-sbom@") for each in uses)
