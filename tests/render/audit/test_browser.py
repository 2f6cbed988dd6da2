"""The page in a browser: what its readers can do, and what it never does.

Skipped where Chromium is not installed; `make browser` installs what these tests need.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from selenium.webdriver.chrome.webdriver import WebDriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.expected_conditions import presence_of_element_located
from selenium.webdriver.support.select import Select
from selenium.webdriver.support.wait import WebDriverWait

from gnkmigrate.audit.finding import Severity
from gnkmigrate.audit.result import Accepted, AuditResult
from gnkmigrate.audit.trend import Trend
from gnkmigrate.render.audit.html import render
from gnkmigrate.render.parts.view import View
from tests import browser as tool
from tests.render.audit.support import finding, hostile, result

HINT = "make browser installs it"

COLUMN = replace(
    finding("users", Severity.LOW),
    check="GNK-G021",
    slug="missing-column",
    message="Column users.telegram is missing.",
)
SECURITY = replace(
    finding("users", Severity.CRITICAL),
    check="GNK-A001",
    slug="password-in-the-clear",
    category="security",
    kind="check",
    message="Column users.password is in the clear.",
    evidence={"rows": 2, "examples": ["1", "2"], "query": "SELECT id FROM users"},
)
AUDIT = replace(
    result(),
    findings=(SECURITY, result().findings[0], COLUMN),
    accepted=(Accepted(finding("cats", Severity.LOW), "No cats.", result().time.date()),),
    trend=Trend("past.json", result().time, 50, new=frozenset({COLUMN.fingerprint})),
)


@pytest.fixture(scope="module")
def browser() -> Iterator[WebDriver]:
    programs = tool.programs()
    if programs is None:
        pytest.skip(f"Chromium or its driver is not installed; {HINT}")
    with tool.chromium(*programs) as driver:
        yield driver


@pytest.fixture
def page(browser: WebDriver, tmp_path: Path) -> WebDriver:
    """The page of an audit with three findings."""
    return _open(browser, tmp_path, AUDIT)


def _open(browser: WebDriver, folder: Path, audit: AuditResult) -> WebDriver:
    file = folder / "audit.html"
    file.write_text(render(audit, View()), encoding="utf-8")
    tool.view(browser)
    tool.load(browser, file)
    return browser


def _shown(page: WebDriver) -> list[str]:
    """The checks of the findings that can be seen."""
    found = page.find_elements(By.CSS_SELECTOR, ".finding")
    return [_check(each) for each in found if each.is_displayed()]


def _check(element: WebElement) -> str:
    text = element.find_element(By.CSS_SELECTOR, "dd code").get_attribute("textContent") or ""
    return text.rpartition("-")[0]


def _count(page: WebDriver) -> str:
    return page.find_element(By.CSS_SELECTOR, ".filter output").text


def _choose(page: WebDriver, name: str, text: str) -> None:
    Select(page.find_element(By.NAME, name)).select_by_visible_text(text)


def test_all_findings_are_there_at_first(page: WebDriver) -> None:
    assert _shown(page) == ["GNK-A001", "GNK-G011", "GNK-G021"]
    assert _count(page) == "3 findings"


def test_filter_by_severity(page: WebDriver) -> None:
    page.find_element(By.CSS_SELECTOR, "input[value=critical]").click()
    assert _shown(page) == ["GNK-G011", "GNK-G021"]
    assert _count(page) == "2 of 3 findings"
    assert not page.find_element(By.CSS_SELECTOR, ".group.critical").is_displayed()


@pytest.mark.parametrize(
    ("name", "text", "shown"),
    [
        ("category", "security", ["GNK-A001"]),
        ("table", "users", ["GNK-A001", "GNK-G021"]),
        ("phase", "orders", ["GNK-G011"]),
        ("phase", "none", ["GNK-A001", "GNK-G021"]),
    ],
)
def test_filter_by_choice(page: WebDriver, name: str, text: str, shown: list[str]) -> None:
    _choose(page, name, text)
    assert _shown(page) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [("TELEGRAM", ["GNK-G021"]), ("gnk-a001", ["GNK-A001"]), ("telegram is", ["GNK-G021"])],
)
def test_filter_by_text(page: WebDriver, text: str, shown: list[str]) -> None:
    page.find_element(By.NAME, "text").send_keys(text)
    assert _shown(page) == shown


def test_filters_add_up_and_are_taken_back(page: WebDriver) -> None:
    _choose(page, "category", "security")
    _choose(page, "phase", "orders")
    assert _shown(page) == []
    assert page.find_element(By.CSS_SELECTOR, ".empty").is_displayed()
    page.find_element(By.CSS_SELECTOR, ".empty button").click()
    assert len(_shown(page)) == 3


def test_a_finding_opens_by_keyboard(page: WebDriver) -> None:
    summary = page.find_element(By.CSS_SELECTOR, ".finding summary")
    evidence = page.find_element(By.CSS_SELECTOR, ".finding pre")
    assert not evidence.is_displayed()
    summary.send_keys(Keys.ENTER)
    assert evidence.is_displayed()


def test_sql_is_copied(page: WebDriver) -> None:
    page.execute_cdp_cmd(
        "Browser.grantPermissions",
        {"permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"]},
    )
    page.find_element(By.CSS_SELECTOR, ".finding summary").click()
    # It comes with the event "toggle", which the browser sends in its own time.
    there = presence_of_element_located((By.CSS_SELECTOR, ".finding .copy"))
    button = WebDriverWait(page, 10).until(there)
    button.click()
    read = "navigator.clipboard.readText().then(arguments[0], (error) => arguments[0](`${error}`))"
    assert page.execute_async_script(read) == "1\n2"
    assert button.text == "Copied"


def test_a_link_opens_what_it_leads_to(page: WebDriver) -> None:
    page.find_element(By.NAME, "text").send_keys("telegram")
    table = page.find_element(By.ID, "t2")
    assert table.get_attribute("open") is None
    page.execute_script("location.hash = '#t2'")
    assert table.get_attribute("open") is not None
    hidden = page.find_element(By.CSS_SELECTOR, ".group.critical .finding")
    page.execute_script("location.hash = '#' + arguments[0].id", hidden)
    page.execute_async_script("setTimeout(arguments[0], 50)")
    assert hidden.is_displayed()


def test_the_picture_shows_today_the_target_or_the_difference(page: WebDriver) -> None:
    for file, seen in (("current", False), ("target", True), ("difference", True)):
        page.find_element(By.CSS_SELECTOR, f"input[value={file}]").click()
        style = "return getComputedStyle(document.querySelector('.picture g.missing')).visibility"
        assert page.execute_script(style) == ("visible" if seen else "hidden")


def test_paper_shows_everything_and_no_controls(page: WebDriver) -> None:
    page.execute_script("dispatchEvent(new Event('beforeprint'))")
    page.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    assert not page.find_element(By.TAG_NAME, "nav").is_displayed()
    assert not page.find_element(By.CSS_SELECTOR, ".filter").is_displayed()
    assert page.find_element(By.CSS_SELECTOR, ".finding pre").is_displayed()
    page.execute_script("dispatchEvent(new Event('afterprint'))")
    assert page.find_elements(By.CSS_SELECTOR, ".finding[open]") == []


@pytest.mark.parametrize("width", [320, 768, 1280])
def test_it_fits_every_width(page: WebDriver, width: int) -> None:
    tool.view(page, width=width)
    page.execute_script("document.querySelectorAll('details').forEach((each) => each.open = true)")
    assert page.execute_script("return document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("audit", [AUDIT, hostile()], ids=["plain", "hostile"])
def test_it_asks_for_nothing_and_has_nothing_to_complain_of(
    browser: WebDriver, tmp_path: Path, audit: AuditResult
) -> None:
    page = _open(browser, tmp_path, audit)
    page.execute_script("document.querySelectorAll('details').forEach((each) => each.open = true)")
    assert tool.requests(page) == [(tmp_path / "audit.html").as_uri()]
    assert tool.complaints(page) == []


def test_a_table_named_like_a_script_is_harmless(browser: WebDriver, tmp_path: Path) -> None:
    page = _open(browser, tmp_path, hostile())
    assert page.execute_script("return document.scripts.length") == 1
    assert "<script>alert(1)</script>" in page.find_element(By.ID, "t1").text


@pytest.mark.skipif(not tool.AXE.exists(), reason=f"axe-core is not there; {HINT}")
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("folded", [True, False])
def test_nobody_is_kept_out(page: WebDriver, scheme: str, folded: bool) -> None:
    tool.view(page, scheme=scheme)
    if not folded:
        page.execute_script(
            "document.querySelectorAll('details').forEach((each) => each.open = true)"
        )
    assert [(each["id"], each["nodes"]) for each in tool.violations(page)] == []
