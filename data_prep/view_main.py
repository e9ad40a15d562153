"""Look at where a recording's sound comes from, on a local page: the acoustic camera.

Example: python -m data_prep.view_main --recording data/simulated/drone/000
"""

import asyncio
import contextlib
import importlib
import importlib.util

from absl import flags

from common import command_line
from common.errors import AcousticImagesError
from data_prep.beam_options import PRECISIONS, WEIGHTS, BeamOptions
from data_prep.camera.source import DeviceSource, RecordingSource, open_array, open_recording

_RECORDING = flags.DEFINE_string(
    "recording", None, "A recording's folder, or the dataset's folder and the recording's name.", required=True
)
_PORT = flags.DEFINE_integer("port", 0, "Port of the page; 0 for any that is free.", lower_bound=0, upper_bound=65535)
_DEVICE = flags.DEFINE_string(
    "device", None, "Listen to this input (sounddevice's name or number) with the array of --recording's dataset."
)
_WEIGHTS = flags.DEFINE_enum("weights", "delay_and_sum", WEIGHTS, "Beamforming weights of the energy.")
_FOCUS_M = flags.DEFINE_float("focus_distance_m", None, "Focus the beams at this distance; default far field.")
_PRECISION = flags.DEFINE_enum("precision", None, PRECISIONS, "Default fast where the weights allow it.")


def main() -> None:
    """Parse the flags, open the source, and serve until interrupted."""
    _require("aiohttp", "plotly", *(["sounddevice"] if _DEVICE.value else []))
    precision = _PRECISION.value or ("fast" if _WEIGHTS.value == "delay_and_sum" else "exact")
    options = BeamOptions(_WEIGHTS.value, focus_distance_m=_FOCUS_M.value, precision=precision)
    if _DEVICE.value is None:
        _serve(open_recording(_RECORDING.value), options)
        return
    device = DeviceSource(open_array(_RECORDING.value), _DEVICE.value, _input_stream())
    try:
        _serve(device, options)
    finally:
        device.close()


def _serve(source: RecordingSource | DeviceSource, options: BeamOptions) -> None:
    # The packages of requirements-view.txt, which nothing else needs.
    server = importlib.import_module("data_prep.camera.server")

    async def serve() -> None:
        async with server.serving(server.CameraServer(source, options).application(), _PORT.value) as address:
            print(f"{source.name}: open {address} in a browser; Ctrl-C ends", flush=True)
            await asyncio.Event().wait()

    # Ctrl-C is the way to end it, and no failure.
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(serve())


def _require(*packages: str) -> None:
    missing = [package for package in packages if importlib.util.find_spec(package) is None]
    if missing:
        raise AcousticImagesError(
            f"found no package {missing[0]}, wanted those of requirements-view.txt; `make setup` installs them"
        )


def _input_stream() -> type:
    try:
        return importlib.import_module("sounddevice").InputStream
    except OSError as error:
        raise AcousticImagesError(f"device: {error}; install PortAudio (Debian: libportaudio2)") from error


if __name__ == "__main__":
    command_line.run(main)
