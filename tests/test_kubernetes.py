"""The examples for Kubernetes: they are what its API takes, and their commands hold together."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

from gnkmigrate.cli import application
from gnkmigrate.postgres.connection import DatabaseUrl
from gnkmigrate.servers import Server
from tests.support import ROOT, execute_file

EXAMPLES = ROOT / "examples" / "kubernetes"
HOOK = EXAMPLES / "hook-job.yaml"
INIT = EXAMPLES / "init-container.yaml"
# Which `make kubernetes` fetches.
VALIDATOR = ROOT / ".venv" / "kubernetes"
VERSIONS = ["1.31", "1.37"]


def blocks(page: str) -> Sequence[str]:
    """The resources that a page of the documentation shows."""
    text = (ROOT / "docs" / page).read_text()
    found = re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)
    return [block for block in found if block.startswith("apiVersion:")]


def pod(document: Any) -> Any:
    """What a resource says of its pods."""
    return document["spec"]["template"]["spec"]


@pytest.mark.skipif(not VALIDATOR.is_dir(), reason="make kubernetes has not been run")
@pytest.mark.parametrize("version", VERSIONS)
def test_they_are_what_its_api_takes(version: str, tmp_path: Path) -> None:
    files = list(EXAMPLES.glob("*.yaml"))
    for number, block in enumerate(blocks("fleet.md")):
        shown = tmp_path / f"{number}.yaml"
        shown.write_text(block)
        files.append(shown)
    looked = subprocess.run(
        [sys.executable, "-m", "kubernetes_validate", "-k", version, "--strict", *files],
        check=False,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(VALIDATOR)},
    )
    assert looked.returncode == 0, looked.stdout + looked.stderr
    assert len(files) == 3


@pytest.mark.parametrize("file", [HOOK, INIT])
def test_no_pod_is_root_or_holds_a_password(file: Path) -> None:
    document = yaml.safe_load(file.read_text())
    (container,) = pod(document).get("initContainers") or pod(document)["containers"]
    contexts = {**pod(document).get("securityContext", {}), **container["securityContext"]}
    assert contexts["runAsNonRoot"]
    assert contexts["allowPrivilegeEscalation"] is False
    assert [set(each) for each in container["env"]] == [{"name", "valueFrom"}]


def test_the_hook_tries_again_where_it_failed_for_now_alone() -> None:
    policy = yaml.safe_load(HOOK.read_text())["spec"]["podFailurePolicy"]
    (rule,) = policy["rules"]
    assert rule["action"] == "FailJob"
    assert rule["onExitCodes"]["values"] == [1, 2]


def test_the_application_waits_for_the_hook(
    server: Server, database: DatabaseUrl, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "shop"
    shutil.copytree(ROOT / "examples" / "prices", folder)
    monkeypatch.chdir(folder)
    monkeypatch.setenv("DATABASE_URL", database.conninfo)
    monkeypatch.setenv("GNKMIGRATE_SERVER__URL", server.url.conninfo)
    execute_file(database, folder / "schema" / "baseline.sql")
    init, hook = (yaml.safe_load(file.read_text()) for file in (INIT, HOOK))
    looks = pod(init)["initContainers"][0]["args"]
    runs = pod(hook)["containers"][0]["args"]

    def ends(arguments: Sequence[str]) -> int:
        return CliRunner().invoke(application(), arguments).exit_code

    assert [ends(looks), ends(runs), ends(looks), ends(runs)] == [1, 0, 0, 0]
