"""The report's page in a real browser: filters, players and map by mouse and keys; on a phone; without a network."""

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
from selenium import webdriver
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select

from evaluation.gallery import Card, Gallery, Judgement, Retrieved, ShownWindow
from evaluation.gallery_page import map_section
from evaluation.overlays import jpeg, ogg, over_frame, thumbnail
from evaluation.report import write_report
from evaluation.tables import Table
from tests.evaluation.browser import (
    PHONE_WIDTH,
    assert_is_whole,
    needs_browser,
    opened,
    seconds_heard,
    tab_stops,
    width_on_a_phone,
)

_CLASSES = ("drone", "shopping_cart")

pytestmark = needs_browser


def write_page(folder: Path) -> Path:
    """Write six windows, four with a card; the last is without a sound, and its recording named to break a page."""
    draw = np.random.default_rng(0)
    frames = draw.integers(0, 255, (6, 90, 120, 3), np.uint8)
    windows = tuple(
        ShownWindow(_CLASSES[n % 2], f"{_CLASSES[n % 2]}/00{n}" if n < 5 else "</script><b>", n, thumbnail(frames[n]))
        for n in range(6)
    )
    cards = tuple(
        Card(
            position,
            (("video", jpeg(frames[position])), ("energy", jpeg(over_frame(frames[position], draw.random((4, 5)))))),
            (Judgement("HearNet", "drone", position % 2 == 0, (Retrieved(0, True), Retrieved(5, False))),),
        )
        for position in range(4)
    )
    gallery = Gallery(windows, cards, {n: ogg(np.sin(np.arange(22050) / 10), 22050) for n in range(5)})
    maps = [map_section("Map", draw.normal(size=(6, 8)), np.array([0, 1] * 3), _CLASSES, gallery)]
    picture = folder / "figure.png"
    cv2.imwrite(str(picture), frames[0])
    table = Table("t", "A table", "Of `x`.", ("model", *map(str, range(14))), (("HearNet", *["100.00 ± 0.00"] * 14),))
    write_report(folder / "report.html", "summary", [table], [("A figure", picture)], gallery, maps)
    return folder / "report.html"


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[webdriver.Chrome]:
    page = write_page(tmp_path_factory.mktemp("page"))
    with opened(page, tmp_path_factory.mktemp("profile")) as driver:
        yield driver


def shown(browser: webdriver.Chrome) -> list[str]:
    return [card.text.split()[0] for card in browser.find_elements(By.CLASS_NAME, "card") if card.is_displayed()]


def test_the_page_opens_whole_and_alone_and_names_its_pictures(browser: webdriver.Chrome) -> None:
    assert_is_whole(browser)
    assert len(browser.find_elements(By.CSS_SELECTOR, "figure img")) == 1 + 4 * 2 + 4 * 2
    assert browser.find_elements(By.TAG_NAME, "b") == []


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


def test_cards_and_what_they_retrieve_are_named_and_heard_one_at_a_time(browser: webdriver.Chrome) -> None:
    card = browser.find_element(By.ID, "window-1")
    first, last = card.find_elements(By.CSS_SELECTOR, ".retrieved figure")
    assert first.text.splitlines() == ["drone ✓", "drone/000, window 0", "▶"]
    assert last.text.splitlines() == ["shopping cart ✗", "</script><b>, window 5"]
    own = card.find_element(By.TAG_NAME, "audio")
    assert seconds_heard(browser, "document.querySelector('#window-1 audio')", own, right_px=20) > 0
    assert seconds_heard(browser, "player", first.find_element(By.TAG_NAME, "button")) > 0
    assert browser.execute_script("return arguments[0].paused", own)


def test_a_point_of_the_map_shows_its_window_its_sound_and_its_card(browser: webdriver.Chrome) -> None:
    panel = browser.find_element(By.CLASS_NAME, "shown-window")
    points = browser.find_elements(By.CSS_SELECTOR, ".points path")
    points[3].click()
    assert panel.find_element(By.TAG_NAME, "p").text == "shopping cart: shopping_cart/003, window 3"
    assert panel.find_element(By.TAG_NAME, "img").get_attribute("alt").startswith("video frame of shopping cart: ")
    player = panel.find_element(By.TAG_NAME, "audio")
    assert seconds_heard(browser, "document.querySelector('.shown-window audio')", player, right_px=20) > 0
    Select(browser.find_element(By.ID, "wanted-class")).select_by_value("drone")
    panel.find_element(By.TAG_NAME, "a").click()
    assert browser.switch_to.active_element.get_attribute("id") == "window-3"
    assert len(shown(browser)) == 4
    points[5].click()
    assert [panel.find_element(By.TAG_NAME, name).is_displayed() for name in ("img", "audio", "a")] == [
        True,
        False,
        False,
    ]


def test_classes_differ_by_shape_as_well_as_by_colour(browser: webdriver.Chrome) -> None:
    marks = [
        {(point.get_attribute("d"), point.get_attribute("fill")) for point in points}
        for points in (
            browser.find_elements(By.CSS_SELECTOR, ".points path"),
            browser.find_elements(By.CSS_SELECTOR, ".legend path"),
        )
    ]
    assert marks[0] == marks[1]
    assert len({shape for shape, _ in marks[0]}) == len({colour for _, colour in marks[0]}) == len(_CLASSES)


def test_the_tabulator_key_reaches_everything_once_and_arrows_go_through_the_map(browser: webdriver.Chrome) -> None:
    browser.refresh()
    stops = [(stop.tag_name, stop.accessible_name) for stop in tab_stops(browser, 60)]
    assert stops[:6] == [
        ("div", "A table"),
        ("path", "drone: drone/000, window 0"),
        ("audio", "sound of drone: drone/000, window 0"),
        ("a", "its card below"),
        ("select", "Class"),
        ("input", "only those that a run takes for another class"),
    ]
    cards = [
        f"{name.replace('_', ' ')}: {name}/00{number}, window {number}" for number, name in enumerate(_CLASSES * 2)
    ]
    of_cards = [[("audio", f"sound of {card}"), ("button", "play drone: drone/000, window 0")] for card in cards]
    assert stops[6:] == [stop for of_card in of_cards for stop in of_card]
    text = browser.find_element(By.CSS_SELECTOR, ".shown-window p")
    tab_stops(browser, 1)
    while browser.switch_to.active_element.tag_name != "path":
        ActionChains(browser).send_keys(Keys.TAB).perform()
    ActionChains(browser).send_keys(Keys.ARROW_RIGHT).perform()
    assert text.text == "shopping cart: shopping_cart/001, window 1"
    ActionChains(browser).send_keys(Keys.ARROW_LEFT, Keys.ARROW_LEFT).perform()
    assert text.text == "shopping cart: </script><b>, window 5"


def test_a_phone_needs_no_sideways_scrolling(browser: webdriver.Chrome) -> None:
    assert width_on_a_phone(browser) <= PHONE_WIDTH
