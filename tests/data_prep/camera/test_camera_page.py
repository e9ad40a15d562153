"""The page in a real browser: plays in step, beams where one clicks, fits a phone, needs no mouse, makes no errors."""

import asyncio
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("aiohttp", reason="requirements-dev.txt is not installed")
pytest.importorskip("plotly", reason="requirements-dev.txt is not installed")
pytest.importorskip("selenium", reason="requirements-dev.txt is not installed")

import numpy as np
from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

from data_prep.beam_options import BeamOptions
from data_prep.camera.server import CameraServer, serving
from data_prep.camera.source import DeviceSource, SampleSource, open_array, open_recording
from tests.data_prep.camera.scenes import COLUMN, RATE, ROW, SimulatedDevice, source_and_noise, write_recording

BROWSER, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
FLAGS = (
    "--headless --no-sandbox --disable-gpu --no-first-run --disable-background-networking --disable-component-update "
    "--disable-sync --autoplay-policy=no-user-gesture-required --window-size=1280,1000"
)
PATIENCE_S = 60

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not BROWSER or not DRIVER, reason="chromium and chromium-driver are not installed"),
]


@contextmanager
def address_of(source: SampleSource) -> Iterator[str]:
    """Serve a source from a thread of its own."""
    ready, done, loop = threading.Event(), asyncio.Event(), asyncio.new_event_loop()
    found: list[str] = []

    async def serve() -> None:
        async with serving(CameraServer(source, BeamOptions(precision="fast")).application(), 0) as address:
            found.append(address)
            ready.set()
            await done.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),))
    thread.start()
    try:
        assert ready.wait(PATIENCE_S)
        yield found[0]
    finally:
        loop.call_soon_threadsafe(done.set)
        thread.join()
        loop.close()


@pytest.fixture
def browser(tmp_path: Path) -> Iterator[webdriver.Chrome]:
    options = Options()
    options.binary_location = BROWSER or ""
    for flag in (*FLAGS.split(), f"--user-data-dir={tmp_path}/profile"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(DRIVER))
    try:
        yield driver
    finally:
        driver.quit()


def wait_for(browser: webdriver.Chrome, script: str) -> Any:
    return WebDriverWait(browser, PATIENCE_S).until(lambda driver: driver.execute_script(f"return {script}"))


def test_a_recording_plays_in_step_and_directions_are_heard(browser: webdriver.Chrome, tmp_path: Path) -> None:
    with address_of(open_recording(write_recording(tmp_path / "raw") / "bell/0")) as address:
        browser.get(address)
        wait_for(browser, "view.dataset.energy === 'true' && !!document.querySelector('#spectrum svg')")
        wait_for(browser, "!document.getElementById('play').disabled")
        browser.find_element(By.ID, "play").click()
        wait_for(browser, "Number(view.dataset.image) >= 12")
        # What is drawn belongs to the sound's time, however late the machine draws it.
        shown, time_s = browser.execute_script("return [Number(view.dataset.image), Number(view.dataset.time)]")
        assert shown == int(time_s * 12 + 1e-3)
        browser.find_element(By.ID, "play").click()
        wait_for(browser, "audio.paused && Number(view.dataset.image) === shownImage(audio.currentTime)")
        wait_for(browser, "view.dataset.energy === 'true'")
        click_on(browser, ROW, COLUMN)
        wait_for(browser, "document.getElementById('spectrum-words').textContent.startsWith('Direction')")
        assert f"(row {ROW}, column {COLUMN})" in browser.find_element(By.ID, "chosen").text
        peak = browser.execute_script(
            "const e = energyOf(Number(view.dataset.image)); return e.indexOf(Math.max(...e))"
        )
        assert np.abs(np.array(divmod(peak, 48)) - (ROW, COLUMN)).max() <= 1
        choose_by_keyboard(browser)
        assert f"(row {ROW}, column {COLUMN + 1})" in browser.find_element(By.ID, "chosen").text
        browser.set_window_size(375, 800)
        wait_for(browser, "document.documentElement.scrollWidth <= innerWidth")
        assert browser.find_element(By.ID, "problem").text == ""
        assert browser.get_log("browser") == []


def test_an_attached_array_is_shown_as_it_sounds(browser: webdriver.Chrome, tmp_path: Path) -> None:
    dataset = open_array(write_recording(tmp_path / "raw", video=False))
    with address_of(DeviceSource(dataset, "simulated", SimulatedDevice)) as address:
        browser.get(address)
        wait_for(browser, "document.getElementById('about').textContent.includes('live')")
        _, heard, noise = source_and_noise(2 * RATE)
        SimulatedDevice.last.hand_over((heard + noise) / 32768)
        wait_for(browser, "view.dataset.image === '23' && view.dataset.energy === 'true'")
        peak = browser.execute_script("return liveEnergy.image.indexOf(Math.max(...liveEnergy.image))")
        assert np.abs(np.array(divmod(peak, 48)) - (ROW, COLUMN)).max() <= 1
        click_on(browser, ROW, COLUMN)
        wait_for(browser, "audio.duration === 2")
        assert browser.find_element(By.ID, "problem").text == ""
        assert browser.get_log("browser") == []


def click_on(browser: webdriver.Chrome, row: int, column: int) -> None:
    view = browser.find_element(By.ID, "view")
    x, y = ((column + 0.5) / 48 - 0.5) * view.size["width"], ((row + 0.5) / 36 - 0.5) * view.size["height"]
    ActionChains(browser).move_to_element_with_offset(view, round(x), round(y)).click().perform()


def choose_by_keyboard(browser: webdriver.Chrome) -> None:
    view = browser.find_element(By.ID, "view")
    browser.execute_script("arguments[0].focus()", view)
    ActionChains(browser).send_keys(Keys.ARROW_RIGHT).perform()
    assert "Enter to hear it" in browser.find_element(By.ID, "chosen").text
    ActionChains(browser).send_keys(Keys.ENTER).perform()
