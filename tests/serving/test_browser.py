"""The pages in a browser. Skipped where Chromium is not installed; `make browser` does that."""

from collections.abc import Iterator

import pytest
from selenium.webdriver.chrome.webdriver import WebDriver
from selenium.webdriver.common.by import By

from tests import browser as tool

HINT = "make browser installs it"


@pytest.fixture(scope="module")
def browser() -> Iterator[WebDriver]:
    programs = tool.programs()
    if programs is None:
        pytest.skip(f"Chromium or its driver is not installed; {HINT}")
    with tool.chromium(*programs) as driver:
        yield driver


@pytest.fixture
def page(browser: WebDriver, address: str) -> WebDriver:
    tool.view(browser)
    tool.opened(browser, address)
    return browser


def test_from_the_first_page_to_a_finding_and_back(page: WebDriver, address: str) -> None:
    page.find_element(By.LINK_TEXT, "second").click()
    assert page.find_element(By.TAG_NAME, "h1").text == "other@localhost:5432/shop"
    summary = page.find_element(By.CSS_SELECTOR, ".finding.low summary")
    summary.click()
    assert 'CREATE TABLE public."dogs"' in page.find_element(By.CSS_SELECTOR, "pre").text
    page.find_element(By.LINK_TEXT, "Kept reports").click()
    assert page.current_url == address


def test_the_full_report_works_where_it_is_locked_in(page: WebDriver) -> None:
    page.find_element(By.LINK_TEXT, "2025/first").click()
    page.find_element(By.LINK_TEXT, "the full report").click()
    assert len(page.find_elements(By.CSS_SELECTOR, ".finding")) == 2
    page.find_element(By.CSS_SELECTOR, "input[value=high]").click()
    shown = [
        each for each in page.find_elements(By.CSS_SELECTOR, ".finding") if each.is_displayed()
    ]
    assert len(shown) == 1
    assert page.execute_script("return window.origin") == "null"


@pytest.mark.parametrize("path", ["", "report/fleet", "report/bad%20%231%3F", "report/second"])
def test_nothing_is_asked_of_anybody_else(page: WebDriver, address: str, path: str) -> None:
    tool.opened(page, address + path)
    assert {each for each in tool.requests(page) if not each.startswith(address)} <= {
        address.partition("/")[0] + "//" + address.split("/")[2] + "/favicon.ico"
    }
    found = [each["message"] for each in tool.complaints(page)]
    assert [each for each in found if "favicon" not in each] == []


@pytest.mark.parametrize("path", ["", "report/fleet", "report/second"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.skipif(not tool.AXE.exists(), reason=f"axe-core is not there; {HINT}")
def test_nobody_is_kept_out(page: WebDriver, address: str, path: str, scheme: str) -> None:
    tool.view(page, scheme=scheme)
    tool.opened(page, address + path)
    assert [(each["id"], each["nodes"]) for each in tool.violations(page)] == []


def test_it_fits_a_telephone(page: WebDriver, address: str) -> None:
    tool.view(page, width=360)
    tool.opened(page, address)
    assert page.execute_script("return document.documentElement.scrollWidth") <= 360
