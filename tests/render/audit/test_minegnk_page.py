"""The page about the database that the report of 2025-12-09 describes, as docs/ shows it.

After a change that is meant, GNKMIGRATE_UPDATE_REPORT=1 takes the pictures anew.
"""

import base64
import os
from dataclasses import replace
from pathlib import Path

import pytest
from selenium.webdriver.common.by import By

from gnkmigrate.audit.options import AuditOptions
from gnkmigrate.audit.session import audit_project
from gnkmigrate.render.audit.html import render
from gnkmigrate.render.parts.view import View
from gnkmigrate.servers import Server
from gnkmigrate.settings import load
from tests import browser as tool
from tests.audit.support import TIME
from tests.support import ROOT, execute_file

# On a desk and on a phone, each with its width and height.
PICTURES = {"audit.png": (1280, 1000), "audit-phone.png": (390, 844)}
ROWS = ROOT / "tests" / "audit" / "minegnk.sql"


@pytest.fixture
def page(server: Server, minegnk_template: str, tmp_path: Path) -> Path:
    conninfo = server.url.conninfo
    project = load(ROOT / "gnkmigrate.toml", {"server": {"provider": "url", "url": conninfo}})
    with server.database(template=minegnk_template) as url:
        execute_file(url, ROWS)
        result = audit_project(project, url, AuditOptions(), TIME, lambda _: None)
    result = replace(
        result,
        database="tester@localhost:5432/minegnk",
        live=replace(result.live, database="minegnk"),
        target_name="schema/target.sql",
    )
    file = tmp_path / "audit.html"
    file.write_text(render(result, View()), encoding="utf-8")
    return file


@pytest.mark.parametrize("picture", PICTURES)
def test_the_page_says_what_the_report_says(page: Path, picture: str) -> None:
    programs = tool.programs()
    if programs is None:
        pytest.skip("Chromium or its driver is not installed; make browser installs it")
    with tool.chromium(*programs) as browser:
        width, height = PICTURES[picture]
        tool.view(browser, width=width, height=height)
        tool.load(browser, page)
        assert browser.find_element(By.TAG_NAME, "h1").text == "minegnk"
        assert len(browser.find_elements(By.CSS_SELECTOR, ".table")) == 6
        assert len(browser.find_elements(By.CSS_SELECTOR, ".picture g.missing")) == 3
        assert browser.execute_script("return document.documentElement.scrollWidth") == width
        assert tool.complaints(browser) == []
        assert tool.requests(browser) == [page.as_uri()]
        if tool.AXE.exists():
            assert tool.violations(browser) == []
        if os.environ.get("GNKMIGRATE_UPDATE_REPORT"):
            shot = browser.execute_cdp_cmd("Page.captureScreenshot", {"format": "png"})
            (ROOT / "docs" / picture).write_bytes(base64.b64decode(shot["data"]))
