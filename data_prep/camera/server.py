"""The camera's web server: for this machine only, for one source, and for nothing else on the disk."""

import asyncio
import contextlib
import functools
import ipaddress
import math
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

from aiohttp import web
from plotly.offline import get_plotlyjs

from common.errors import AcousticImagesError
from data_prep.beam_options import BeamOptions
from data_prep.camera.energy import EnergyImages
from data_prep.camera.sound import Sounds, wav_bytes
from data_prep.camera.source import SampleSource
from data_prep.camera.video import VideoPictures

LOOPBACK = "127.0.0.1"
_PAGE = Path(__file__).parent
_PAGE_FILES = {"/": "page.html", "/page.css": "page.css", "/page.js": "page.js"}
_TYPES = {".html": "text/html", ".css": "text/css", ".js": "text/javascript"}
# Of a device, so much is played and looked at; of a recording, all is played.
_LIVE_SECONDS = 10
_SPECTRUM_SECONDS = 1.0
# The plots' library sets styles on its elements; everything comes from this server.
_POLICY = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' blob: data:; media-src 'self' blob:"

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class CameraServer:
    """Answers the page's requests about one source.

    Parameters
    ----------
    source : SampleSource
        A recording or a device.
    options : BeamOptions
        How beams are formed.
    """

    def __init__(self, source: SampleSource, options: BeamOptions) -> None:
        self._source = source
        self._energy, self._sounds = EnergyImages(source, options), Sounds(source, options.focus_distance_m)
        self._video = VideoPictures(source.video, source.parameters.grid) if source.video else None

    def application(self) -> web.Application:
        """Return the routes; no route takes a path."""
        application = web.Application(middlewares=[_local_only, _told_errors])
        for route, name in _PAGE_FILES.items():
            application.router.add_get(route, functools.partial(_page_file, name))
        application.router.add_get("/plotly.js", _plotly)
        for route, handler in (
            ("/api/source", self._describe),
            ("/api/extent", self._extent),
            ("/api/energy", self._images),
            ("/api/picture", self._picture),
            ("/api/sound", self._sound),
            ("/api/spectrum", self._spectrum),
        ):
            application.router.add_get(route, handler)
        return application

    async def _describe(self, request: web.Request) -> web.Response:
        parameters = self._source.parameters
        return web.json_response(
            {
                "name": self._source.name,
                "is_live": self._source.is_live,
                "has_video": self._video is not None,
                "height": parameters.image_height,
                "width": parameters.image_width,
                "horizontal_fov_deg": parameters.horizontal_fov_deg,
                "images_per_second": parameters.frames_per_second,
                "highest_hz": parameters.sample_rate_hz / 2,
                "band_hz": [
                    parameters.energy_band_hz[0],
                    min(parameters.energy_band_hz[1], parameters.sample_rate_hz / 2),
                ],
                "microphones": self._source.geometry.num_alive,
                **self._now(),
            }
        )

    def _now(self) -> dict[str, Any]:
        first, end = self._energy.extent()
        samples = self._source.extent()
        return {
            "first_image": first,
            "end_image": end,
            "seconds": samples[1] / self._source.parameters.sample_rate_hz,
            "overflows": getattr(self._source, "num_overflows", 0),
        }

    async def _extent(self, request: web.Request) -> web.Response:
        return web.json_response(self._now())

    async def _images(self, request: web.Request) -> web.Response:
        first, count = _integer(request, "first"), _integer(request, "count")
        band_hz = (_number(request, "low_hz"), _number(request, "high_hz"))
        images = await asyncio.to_thread(self._energy.images, first, count, band_hz)
        return web.Response(body=images.astype("<f4").tobytes(), content_type="application/octet-stream")

    async def _picture(self, request: web.Request) -> web.Response:
        if self._video is None:
            raise AcousticImagesError(f"{self._source.name}: found no video, wanted one to show")
        time_s = _integer(request, "image") / self._source.parameters.frames_per_second
        picture = await asyncio.to_thread(self._video.jpeg, time_s)
        return web.Response(body=picture, content_type="image/jpeg")

    async def _sound(self, request: web.Request) -> web.StreamResponse:
        first, count = self._played()
        parts = self._sounds.wav(_pixel(request), first, count)
        rate_hz = self._source.parameters.sample_rate_hz
        headers = {"X-First-Second": f"{first / rate_hz:.6f}", "Content-Type": "audio/wav"}
        response = web.StreamResponse(headers=headers)
        response.content_length = wav_bytes(count)
        await response.prepare(request)
        while (part := await asyncio.to_thread(next, parts, None)) is not None:
            await response.write(part)
        return response

    def _played(self) -> tuple[int, int]:
        first, end = self._source.extent()
        if self._source.is_live:
            first = max(first, end - _LIVE_SECONDS * self._source.parameters.sample_rate_hz)
        return first, end - first

    async def _spectrum(self, request: web.Request) -> web.Response:
        rate_hz = self._source.parameters.sample_rate_hz
        first, end = self._source.extent()
        start = max(first, int((_number(request, "time_s") - _SPECTRUM_SECONDS / 2) * rate_hz))
        count = min(int(_SPECTRUM_SECONDS * rate_hz), end - start)
        pixel = _pixel(request)
        frequencies, microphone = await asyncio.to_thread(self._sounds.spectrum_db, None, start, count)
        answer = {"frequency_hz": _rounded(frequencies), "microphone_db": _rounded(microphone)}
        if pixel is not None:
            _, direction = await asyncio.to_thread(self._sounds.spectrum_db, pixel, start, count)
            answer["direction_db"] = _rounded(direction)
        return web.json_response(answer)


@contextlib.asynccontextmanager
async def serving(application: web.Application, port: int) -> AsyncIterator[str]:
    """Serve on this machine's loopback address alone; gives the page's address.

    Parameters
    ----------
    application : web.Application
        What to serve.
    port : int
        0 for any that is free.

    Raises
    ------
    AcousticImagesError
        When the port is taken.
    """
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    try:
        try:
            site = web.TCPSite(runner, LOOPBACK, port)
            await site.start()
        except OSError as error:
            raise AcousticImagesError(
                f"port: found {port} taken ({error.strerror}), wanted a free one; 0 finds one"
            ) from error
        yield f"http://{LOOPBACK}:{runner.addresses[0][1]}/"
    finally:
        await runner.cleanup()


@web.middleware
async def _local_only(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse requests that were sent to another name: a page from elsewhere may have it point to this machine."""
    if not _is_loopback(request.url.host or ""):
        raise web.HTTPForbidden(text="this page is for this machine only\n")
    return await handler(request)


@web.middleware
async def _told_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        response = await handler(request)
    except AcousticImagesError as error:
        response = web.json_response({"error": str(error)}, status=400)
    if not response.prepared:
        response.headers["Content-Security-Policy"] = _POLICY
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers.setdefault("Cache-Control", "no-store")
    return response


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


async def _page_file(name: str, request: web.Request) -> web.Response:
    text = (_PAGE / name).read_text(encoding="utf-8")
    return web.Response(text=text, content_type=_TYPES[Path(name).suffix])


async def _plotly(request: web.Request) -> web.Response:
    headers = {"Cache-Control": "max-age=3600"}
    return web.Response(text=get_plotlyjs(), content_type="text/javascript", headers=headers)


def _pixel(request: web.Request) -> tuple[int, int] | None:
    if "row" not in request.query and "column" not in request.query:
        return None
    return _integer(request, "row"), _integer(request, "column")


def _integer(request: web.Request, name: str) -> int:
    number = _number(request, name)
    if number != int(number):
        raise AcousticImagesError(f"{name}: found {number}, wanted a whole number")
    return int(number)


def _number(request: web.Request, name: str) -> float:
    word = request.query.get(name, "")
    try:
        number = float(word)
    except ValueError:
        number = math.nan
    # Beyond, whole numbers are no longer exact.
    if not abs(number) < 2**53:
        raise AcousticImagesError(f"{name}: found {word[:40]!r}, wanted a number")
    return number


def _rounded(values: Any) -> list[float]:
    return [round(float(value), 2) for value in values]
