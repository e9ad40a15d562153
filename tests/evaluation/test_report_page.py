"""The report's page in a real browser: no error, filters and map by mouse and keys, no sideways scroll on a phone."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select

from evaluation.gallery import Card, Gallery, Judgement, Retrieved
from evaluation.gallery_page import map_section
from evaluation.overlays import jpeg, ogg, over_frame, thumbnail
from evaluation.report import write_report
from evaluation.tables import Table

_CLASSES = ("drone", "shopping_cart")
_OPTIONS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

pytestmark = pytest.mark.skipif(
    not (shutil.which("chromium") and shutil.which("chromedriver")),
    reason="needs the packages chromium and chromium-driver",
)


def write_page(folder: Path) -> Path:
    draw = np.random.default_rng(0)
    frames = draw.integers(0, 255, (6, 90, 120, 3), np.uint8)
    sound = ogg(np.sin(np.arange(22050) / 10), 22050)
    cards = tuple(
        Card(
            position,
            _CLASSES[position % 2],
            f"{_CLASSES[position % 2]}/00{position}",
            0,
            (("video", jpeg(frames[position])), ("energy", jpeg(over_frame(frames[position], draw.random((4, 5)))))),
            sound,
            (
                Judgement(
                    "HearNet", "drone", position % 2 == 0, (Retrieved(0, "drone", True), Retrieved(1, "boat", False))
                ),
            ),
        )
        for position in range(4)
    )
    gallery = Gallery(cards, tuple(thumbnail(frame) for frame in frames))
    names = [f"window {number}" for number in range(6)]
    maps = [map_section("Map", draw.normal(size=(6, 8)), np.array([0, 1] * 3), _CLASSES, names)]
    picture = folder / "figure.png"
    cv2.imwrite(str(picture), frames[0])
    table = Table("t", "A table", "Of `x`.", ("model", *map(str, range(14))), (("HearNet", *["100.00 ± 0.00"] * 14),))
    write_report(folder / "report.html", "summary", [table], [("A figure", picture)], gallery, maps)
    return folder / "report.html"


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[webdriver.Chrome]:
    options = webdriver.ChromeOptions()
    options.binary_location = str(shutil.which("chromium"))
    for option in (*_OPTIONS, f"--user-data-dir={tmp_path_factory.mktemp('profile')}"):
        options.add_argument(option)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(shutil.which("chromedriver")))
    driver.get(f"file://{write_page(tmp_path_factory.mktemp('page'))}")
    yield driver
    driver.quit()


def shown(browser: webdriver.Chrome) -> list[str]:
    return [card.text.split()[0] for card in browser.find_elements(By.CLASS_NAME, "card") if card.is_displayed()]


def test_the_page_opens_without_an_error_and_names_its_pictures(browser: webdriver.Chrome) -> None:
    assert browser.get_log("browser") == []
    pictures = browser.find_elements(By.CSS_SELECTOR, "figure img")
    assert len(pictures) == 1 + 4 * 2 + 4 * 2
    assert all(picture.get_attribute("alt") for picture in pictures)
    assert browser.execute_script("return [...document.images].every(image => image.naturalWidth > 0)")


def test_numbers_stand_right_words_left_and_names_as_code(browser: webdriver.Chrome) -> None:
    cells = browser.find_elements(By.CSS_SELECTOR, "th, td")
    assert {cell.value_of_css_property("text-align") for cell in cells if cell.text in ("model", "HearNet")} == {"left"}
    assert {cell.value_of_css_property("text-align") for cell in cells if cell.text[0].isdigit()} == {"right"}
    assert browser.find_element(By.CSS_SELECTOR, ".note code").text == "x"


def test_filters_show_what_they_say(browser: webdriver.Chrome) -> None:
    assert shown(browser) == ["drone", "shopping", "drone", "shopping"]
    Select(browser.find_element(By.ID, "wanted-class")).select_by_value("drone")
    assert shown(browser) == ["drone", "drone"]
    browser.find_element(By.ID, "only-wrong").click()
    assert shown(browser) == []
    assert browser.find_element(By.ID, "shown").text == "0 of 4 windows shown"
    Select(browser.find_element(By.ID, "wanted-class")).select_by_value("")
    assert shown(browser) == ["shopping", "shopping"]
    browser.find_element(By.ID, "only-wrong").click()


def test_a_sound_can_be_played(browser: webdriver.Chrome) -> None:
    seconds = browser.execute_async_script(
        "const done = arguments[0], sound = document.querySelector('audio');"
        "sound.addEventListener('loadedmetadata', () => done(sound.duration)); sound.load();"
    )
    assert seconds == pytest.approx(1.0, abs=0.05)


def test_the_map_is_reached_by_mouse_and_by_keys(browser: webdriver.Chrome) -> None:
    panel = browser.find_element(By.CLASS_NAME, "shown-window")
    points = browser.find_elements(By.TAG_NAME, "circle")
    points[4].click()
    assert panel.text == "window 4"
    assert panel.find_element(By.TAG_NAME, "img").get_attribute("alt") == "video frame of window 4"
    browser.execute_script("arguments[0].focus()", points[0])
    browser.switch_to.active_element.send_keys(Keys.ARROW_RIGHT)
    assert panel.text == "window 1"
    browser.switch_to.active_element.send_keys(Keys.ARROW_LEFT, Keys.ARROW_LEFT)
    assert panel.text == "window 5"


def test_a_phone_needs_no_sideways_scrolling(browser: webdriver.Chrome) -> None:
    emulated = {"width": 390, "height": 844, "deviceScaleFactor": 1, "mobile": True}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", emulated)
    widths = browser.execute_script("return [document.documentElement.scrollWidth, window.innerWidth]")
    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    assert widths[0] <= 390, widths
