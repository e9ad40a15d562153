"""The camera's routes through real requests: what they answer, for whom, and that no path leads out."""

import asyncio
import io
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Awaitable, Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
import soundfile

pytest.importorskip("aiohttp", reason="requirements-view.txt is not installed")
pytest.importorskip("plotly", reason="requirements-view.txt is not installed")

from aiohttp.test_utils import TestClient, TestServer

from common.errors import AcousticImagesError
from data_prep.beam_options import BeamOptions
from data_prep.camera.server import CameraServer, serving
from data_prep.camera.source import DeviceSource, open_array, open_recording
from tests.data_prep.camera.scenes import COLUMN, RATE, ROW, SimulatedDevice, source_and_noise, write_recording

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_recording(tmp_path_factory.mktemp("camera") / "raw")


@pytest.fixture(scope="module")
def camera(dataset: Path) -> CameraServer:
    return CameraServer(open_recording(dataset / "bell/0"), BeamOptions(precision="fast"))


def with_client(camera: CameraServer, work: Callable[[TestClient], Awaitable[None]]) -> None:
    async def run() -> None:
        async with TestClient(TestServer(camera.application())) as client:
            await work(client)

    asyncio.run(run())


def test_the_page_and_all_that_it_loads_come_from_here(camera: CameraServer) -> None:
    async def work(client: TestClient) -> None:
        for path, kind in (("/", "text/html"), ("/page.js", "text/javascript"), ("/page.css", "text/css")):
            answer = await client.get(path)
            assert (answer.status, answer.content_type) == (200, kind)
            assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
            assert "://" not in await answer.text()
        assert "Plotly" in await (await client.get("/plotly.js")).text()

    with_client(camera, work)


def test_energy_and_pictures_are_those_of_the_time(camera: CameraServer) -> None:
    async def work(client: TestClient) -> None:
        about = await (await client.get("/api/source")).json()
        assert (about["height"], about["width"], about["end_image"], about["has_video"]) == (36, 48, 48, True)
        query = {"first": "20", "count": "3", "low_hz": "1000", "high_hz": "3000"}
        energy = np.frombuffer(await (await client.get("/api/energy", params=query)).read(), "<f4").reshape(3, 36, 48)
        peaks = [np.unravel_index(image.argmax(), image.shape) for image in energy]
        assert np.abs(np.array(peaks) - (ROW, COLUMN)).max() <= 1
        # Red tells the frame's number; asked forward, backward, and past a seek.
        for image in (3, 4, 47, 5):
            content = await (await client.get("/api/picture", params={"image": image})).read()
            red = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR)[30:, 30:, 2].mean()
            assert red == pytest.approx(8 * (image % 24), abs=3)

    with_client(camera, work)


def test_a_direction_is_heard_and_has_a_spectrum(camera: CameraServer) -> None:
    async def work(client: TestClient) -> None:
        sounds = {}
        for name, pixel in (("microphone", {}), ("direction", {"row": ROW, "column": COLUMN})):
            answer = await client.get("/api/sound", params=pixel)
            samples, rate = soundfile.read(io.BytesIO(await answer.read()), dtype="int16")
            assert (rate, len(samples), answer.headers["X-First-Second"]) == (RATE, 4 * RATE, "0.000000")
            sounds[name] = samples.astype(float)
        source = source_and_noise(4 * RATE)[0]
        likeness = {name: np.corrcoef(sound, source)[0, 1] for name, sound in sounds.items()}
        assert likeness["microphone"] < 0.6
        assert likeness["direction"] > 0.9
        query = {"row": ROW, "column": COLUMN, "time_s": 2}
        spectrum = await (await client.get("/api/spectrum", params=query)).json()
        above = np.array(spectrum["frequency_hz"]) > 3500
        gain = np.mean(np.array(spectrum["microphone_db"])[above] - np.array(spectrum["direction_db"])[above])
        assert gain == pytest.approx(13.8, abs=1)

    with_client(camera, work)


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("/api/energy?first=0&count=2&low_hz=nan&high_hz=3000", "low_hz: found 'nan', wanted a number"),
        ("/api/energy?first=0&count=1e9&low_hz=0&high_hz=3000", "wanted 1 to 48 images"),
        ("/api/energy?first=1e15&count=1&low_hz=0&high_hz=3000", "found no samples"),
        ("/api/sound?row=36&column=0", "found row 36"),
        ("/api/sound?row=1", "column: found ''"),
        ("/api/spectrum?time_s=99", "found no samples"),
    ],
)
def test_senseless_requests_are_told(camera: CameraServer, path: str, message: str) -> None:
    async def work(client: TestClient) -> None:
        answer = await client.get(path)
        assert answer.status == 400
        assert message in (await answer.json())["error"]

    with_client(camera, work)


def test_no_path_leads_to_other_files(dataset: Path, camera: CameraServer) -> None:
    secret = dataset.parent / "secret.txt"
    secret.write_text("secret", encoding="utf-8")

    async def work() -> None:
        async with serving(camera.application(), 0) as address:
            port = int(address.rstrip("/").rsplit(":", 1)[1])
            for path in (
                "/../secret.txt",
                "/%2e%2e/secret.txt",
                "/api/../../secret.txt",
                "/dataset.yaml",
                f"/{secret}",
            ):
                answer = await asyncio.to_thread(raw_request, port, path, "127.0.0.1")
                assert answer.startswith("HTTP/1.1 404"), path
                assert "secret\n" not in answer.split("\r\n\r\n", 1)[1]
            # A name of somebody else's that points here is no way in.
            assert (await asyncio.to_thread(raw_request, port, "/", "evil.example")).startswith("HTTP/1.1 403")
            assert (await asyncio.to_thread(raw_request, port, "/", f"localhost:{port}")).startswith("HTTP/1.1 200")

    asyncio.run(work())


def raw_request(port: int, path: str, host: str) -> str:
    """Ask for exactly this path, which clients would tidy up."""
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
        return b"".join(iter(lambda: connection.recv(65536), b"")).decode()


def test_a_port_that_is_taken_is_told(camera: CameraServer) -> None:
    async def work(port: int) -> None:
        with pytest.raises(AcousticImagesError, match=f"port: found {port} taken"):
            async with serving(camera.application(), port):
                pass

    with socket.create_server(("127.0.0.1", 0)) as taken:
        asyncio.run(work(taken.getsockname()[1]))


def test_a_device_is_heard_from_its_last_seconds(dataset: Path) -> None:
    camera = CameraServer(DeviceSource(open_array(dataset), "7", SimulatedDevice), BeamOptions())
    assert SimulatedDevice.last.settings["device"] == 7

    async def work(client: TestClient) -> None:
        assert (await client.get("/api/sound")).status == 400
        SimulatedDevice.last.hand_over(np.full((11 * RATE + RATE // 2, 24), 0.5), "overflow")
        about = await (await client.get("/api/source")).json()
        assert (about["is_live"], about["end_image"], about["overflows"]) == (True, 138, 1)
        answer = await client.get("/api/sound")
        samples, _ = soundfile.read(io.BytesIO(await answer.read()), dtype="int16")
        assert answer.headers["X-First-Second"] == "1.500000"
        assert len(samples) == 10 * RATE
        assert set(samples) == {16384}

    with_client(camera, work)


@pytest.mark.slow
def test_the_command_serves_on_loopback_only_until_it_is_interrupted(dataset: Path) -> None:
    words = [sys.executable, "-m", "data_prep.view_main", f"--recording={dataset}/bell/0"]
    with subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as command:
        try:
            line = command.stdout.readline()
            assert line.startswith("bell/0: open http://127.0.0.1:"), line
            address = line.split()[2]
            with urllib.request.urlopen(address, timeout=30) as page:
                assert b"Acoustic camera" in page.read()
            port = int(address.rstrip("/").rsplit(":", 1)[1])
            # The whole of 127.0.0.0/8 is this machine; that only 127.0.0.1 answers shows what it is bound to.
            with pytest.raises(urllib.error.URLError, match="refused"):
                urllib.request.urlopen(f"http://127.0.0.2:{port}/", timeout=30)
        finally:
            command.terminate()
        assert command.wait(timeout=30) == 0
        assert command.stderr.read() == ""
