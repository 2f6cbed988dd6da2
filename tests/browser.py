"""A headless Chromium for tests that look at pages: Debian's packages chromium, chromium-driver."""

import json
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.chrome.webdriver import WebDriver

from tests.support import ROOT

# `make browser` puts it there; it is under the MPL-2.0 and no part of this repository.
AXE = ROOT / ".venv" / "axe-core" / "package" / "axe.min.js"

_FLAGS = (
    "--headless=new",
    "--no-sandbox",  # root may not have one, and the pages are our own
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--hide-scrollbars",
)


def programs() -> tuple[str, str] | None:
    """Chromium and its driver; None where one is not installed."""
    found = shutil.which("chromium"), shutil.which("chromedriver")
    return (found[0], found[1]) if found[0] and found[1] else None


@contextmanager
def chromium(chrome: str, driver: str) -> Iterator[WebDriver]:
    """A browser with a profile of its own, which is gone in the end."""
    options = Options()
    options.binary_location = chrome
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        for flag in (*_FLAGS, f"--user-data-dir={profile}"):
            options.add_argument(flag)
        browser = webdriver.Chrome(options=options, service=Service(driver))
        try:
            yield browser
        finally:
            browser.quit()


def view(
    browser: WebDriver, *, width: int = 1280, height: int = 900, scheme: str = "light"
) -> None:
    """Makes the window that wide, and the reader prefer light or dark."""
    metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    features = [{"name": "prefers-color-scheme", "value": scheme}]
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "", "features": features})


def load(browser: WebDriver, page: Path) -> None:
    """Opens a page that is a file, and forgets what was logged before."""
    opened(browser, page.as_uri())


def opened(browser: WebDriver, address: str) -> None:
    """Opens a page, and forgets what was logged before."""
    browser.get("about:blank")
    complaints(browser)
    requests(browser)
    browser.get(address)


def complaints(browser: WebDriver) -> list[dict[str, Any]]:
    """What the console has got to read since the page was opened."""
    return _log(browser, "browser")


def requests(browser: WebDriver) -> list[str]:
    """What the page has asked for since it was opened."""
    messages = (json.loads(entry["message"])["message"] for entry in _log(browser, "performance"))
    return [
        message["params"]["request"]["url"]
        for message in messages
        if message["method"] == "Network.requestWillBeSent"
    ]


def violations(browser: WebDriver) -> list[dict[str, Any]]:
    """What axe-core holds against the page, the serious and the critical."""
    browser.execute_script(AXE.read_text(encoding="utf-8"))
    result = browser.execute_async_script(
        "const done = arguments[arguments.length - 1];"
        "axe.run(document, {resultTypes: ['violations']})"
        ".then((result) => done(result.violations), (error) => done([{impact: 'critical',"
        " id: String(error), nodes: []}]));"
    )
    return [each for each in result if each["impact"] in {"serious", "critical"}]


def _log(browser: WebDriver, name: str) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = browser.get_log(name)  # type: ignore[no-untyped-call]
    return entries
