"""Chromium from Debian's packages, for the tests that open a page, and what holds of every page."""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement

PHONE_WIDTH = 390
_OPTIONS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
)

needs_browser = pytest.mark.skipif(
    not (shutil.which("chromium") and shutil.which("chromedriver")),
    reason="needs the packages chromium and chromium-driver",
)


@contextmanager
def opened(page: Path, profile: Path) -> Iterator[webdriver.Chrome]:
    """Open a page of the disk."""
    options = webdriver.ChromeOptions()
    options.binary_location = str(shutil.which("chromium"))
    for option in (*_OPTIONS, f"--user-data-dir={profile}"):
        options.add_argument(option)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(shutil.which("chromedriver")))
    try:
        driver.get(page.as_uri())
        yield driver
    finally:
        driver.quit()


def assert_is_whole(browser: webdriver.Chrome) -> None:
    """Nothing in the console, nothing fetched but the file itself, every picture there and told in words."""
    assert browser.get_log("browser") == []
    messages = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    requests = [one["params"] for one in messages if one["method"] == "Network.requestWillBeSent"]
    page = browser.current_url
    asked = {one["request"]["url"] for one in requests if one["documentURL"] == page}
    assert {url for url in asked if not url.startswith("data:")} == {page}
    told = "return [...document.images].map(image => [image.alt.trim(), image.naturalWidth])"
    assert all(words and width for words, width in browser.execute_script(told))


def width_on_a_phone(browser: webdriver.Chrome) -> int:
    """Return how wide the page is in a window of `PHONE_WIDTH`."""
    emulated = {"width": PHONE_WIDTH, "height": 844, "deviceScaleFactor": 1, "mobile": True}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", emulated)
    width = browser.execute_script("return document.documentElement.scrollWidth")
    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    return int(width)


def tab_stops(browser: webdriver.Chrome, most: int) -> list[WebElement]:
    """Press the tabulator key from the page's beginning; return what has the focus after each, until it leaves."""
    browser.execute_script("document.activeElement.blur(); getSelection().removeAllRanges(); scrollTo(0, 0)")
    stops: list[WebElement] = []
    for _ in range(most):
        ActionChains(browser).send_keys(Keys.TAB).perform()
        stop = browser.switch_to.active_element
        # The keys of a player's own controls keep the player as the active element.
        if stop.tag_name == "body":
            break
        if not stops or stop != stops[-1]:
            stops.append(stop)
    return stops


def seconds_heard(browser: webdriver.Chrome, player: str, pressed: WebElement, right_px: int | None = None) -> float:
    """Click, wait until the sound of a player has moved on, and return where it is.

    Parameters
    ----------
    browser : Chrome
        With the page.
    player : str
        JavaScript of the audio element.
    pressed : WebElement
        What is clicked: in its middle, or so many pixels from its left edge.
    right_px : int or None
    """
    browser.execute_script(
        "window.heard = new Promise(tell => { const sound = " + player + ";"
        "sound.addEventListener('timeupdate', () => { if (sound.currentTime > 0) tell(sound.currentTime) }) })"
    )
    browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", pressed)
    chain = ActionChains(browser)
    if right_px is None:
        chain.move_to_element(pressed)
    else:
        chain.move_to_element_with_offset(pressed, right_px - pressed.size["width"] // 2, 0)
    chain.click().perform()
    return float(browser.execute_async_script("window.heard.then(arguments[0])"))
