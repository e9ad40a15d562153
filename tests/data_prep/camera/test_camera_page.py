"""The page in a real browser: plays in step, beams where one clicks, fits a phone, needs no mouse, makes no errors."""

import asyncio
import shutil
import threading
from collections.abc import Callable, Iterator
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
from tests.data_prep.camera.scenes import (
    COLUMN,
    RATE,
    ROW,
    SimulatedDevice,
    source_and_noise,
    write_recording,
    write_wide_video,
)

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


def test_a_wide_video_lies_under_its_energy_and_settings_change_the_picture(
    browser: webdriver.Chrome, tmp_path: Path
) -> None:
    raw = write_recording(tmp_path / "raw")
    write_wide_video(raw / "bell/0/video.mp4", 48)
    with address_of(open_recording(raw / "bell/0")) as address:
        browser.get(address)
        wait_for(browser, "view.dataset.energy === 'true' && !document.getElementById('play').disabled")
        # The energy's spot and the disc of the picture, in parts of the canvas, without stretching.
        spot = wait_for(browser, PEAK)
        disc = wait_for(browser, MIDDLE_OF_WHITE)
        np.testing.assert_allclose(spot, disc, atol=0.03)
        assert browser.execute_script("return pictures.get(0).width / pictures.get(0).height") == pytest.approx(4 / 3)
        for slider, keys in (
            ("low", Keys.ARROW_RIGHT * 12),
            ("high", Keys.ARROW_LEFT * 12),
            ("range", Keys.ARROW_RIGHT * 9),
            ("opacity", Keys.HOME),
            ("opacity", Keys.END),
        ):
            changes_the_picture(browser, lambda slider=slider, keys=keys: press(browser, slider, keys))
        assert browser.find_element(By.ID, "range-shown").text == "21 dB"
        look_at_a_quieter_image(browser)
        changes_the_picture(browser, lambda: browser.find_element(By.ID, "each").click())
        press(browser, "gain", Keys.ARROW_RIGHT * 20)
        browser.find_element(By.ID, "play").click()
        assert wait_for(browser, "gainNode && gainNode.gain.value") == pytest.approx(10.0)
        assert browser.find_element(By.ID, "problem").text == ""
        assert browser.get_log("browser") == []


def test_tab_leads_to_the_picture_and_arrows_move_the_cross(browser: webdriver.Chrome, tmp_path: Path) -> None:
    with address_of(open_recording(write_recording(tmp_path / "raw", video=False) / "bell/0")) as address:
        browser.get(address)
        wait_for(browser, "view.dataset.energy === 'true' && !document.getElementById('play').disabled")
        ActionChains(browser).send_keys(Keys.TAB).perform()
        focused = browser.switch_to.active_element
        assert (focused.get_attribute("id"), focused.get_attribute("role")) == ("view", "application")
        assert "arrow keys" in focused.accessible_name
        changes_the_picture(
            browser, lambda: ActionChains(browser).send_keys(Keys.ARROW_UP * 2, Keys.ARROW_LEFT * 3).perform()
        )
        assert "(row 16, column 21); Enter to hear it" in browser.find_element(By.ID, "chosen").text
        ActionChains(browser).send_keys(Keys.ENTER).perform()
        wait_for(browser, "document.getElementById('spectrum-words').textContent.startsWith('Direction')")
        ActionChains(browser).send_keys(Keys.TAB).perform()
        assert browser.switch_to.active_element.get_attribute("id") == "play"


PEAK = """(() => {
  const image = energyOf(Number(view.dataset.image)), n = image.indexOf(Math.max(...image));
  return [(n % source.width + 0.5) / source.width, (Math.floor(n / source.width) + 0.5) / source.height];
})()"""
MIDDLE_OF_WHITE = """(() => {
  const picture = pictures.get(Number(view.dataset.image));
  if (!picture) return null;
  const canvas = new OffscreenCanvas(picture.width, picture.height), drawn = canvas.getContext("2d");
  drawn.drawImage(picture, 0, 0);
  const data = drawn.getImageData(0, 0, picture.width, picture.height).data;
  let [count, right, below] = [0, 0, 0];
  for (let n = 0; n < data.length / 4; n++) {
    if (data[4 * n] < 200) continue;
    count++; right += n % picture.width + 0.5; below += Math.floor(n / picture.width) + 0.5;
  }
  return [right / count / picture.width, below / count / picture.height];
})()"""


def changes_the_picture(browser: webdriver.Chrome, act: Callable[[], None]) -> None:
    """Act, and wait until what is drawn has energy and differs."""
    browser.execute_script("window.before = view.toDataURL()")
    act()
    wait_for(browser, "view.dataset.energy === 'true' && view.toDataURL() !== window.before")


def press(browser: webdriver.Chrome, control: str, keys: str) -> None:
    browser.find_element(By.ID, control).send_keys(keys)


def look_at_a_quieter_image(browser: webdriver.Chrome) -> None:
    """Go through a few images, and stay at one that is not the loudest."""
    for image in (6, 12, 18, 24):
        browser.execute_script("audio.currentTime = (arguments[0] + 0.5) / 12", image)
        wait_for(browser, f"view.dataset.image === '{image}' && view.dataset.energy === 'true'")
        if browser.execute_script("return loudest > 1.02 * Math.max(...energyOf(Number(view.dataset.image)))"):
            return
    raise AssertionError("found no image quieter than those before")


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
