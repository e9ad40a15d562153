"""Form acoustic images of one multichannel recording.

Example: python -m data_prep.beamform_main --input REC.wav --geometry MICS.csv --output OUT.npz
"""

import os
import sys
from pathlib import Path

import numpy as np
from absl import flags

from common import command_line
from common.flag_values import parse_numbers
from data_prep.array_geometry import read_geometry
from data_prep.audio_files import open_audio
from data_prep.beam_flags import define_beam_flags
from data_prep.beamforming import Beamformer
from data_prep.image_file import RecordingSummary, beamform_recording
from data_prep.signal_parameters import SignalParameters

_INPUT = flags.DEFINE_string("input", None, "Multichannel WAV (or HDF5) file.", required=True)
_GEOMETRY = flags.DEFINE_string("geometry", None, "Microphones: CSV, JSON or acoular XML.", required=True)
_OUTPUT = flags.DEFINE_string("output", None, "NPZ file to write.", required=True)
_FOV = flags.DEFINE_float("horizontal_fov_deg", 60.0, "Horizontal field of view of the image.")
_BAND = flags.DEFINE_list("energy_band_hz", ["500", "6000"], "LOW,HIGH of the band whose power is summed.")
_FRAME_LENGTH = flags.DEFINE_integer("frame_length", 1024, "Samples of one image.")
_SAMPLE_RATE = flags.DEFINE_integer("sample_rate_hz", None, "Rate that the file must have; default whatever it has.")
_DEAD = flags.DEFINE_list("dead_microphones", [], "Channels to leave out, from 0.")
_BEAM_OPTIONS = define_beam_flags()


def main() -> None:
    """Parse the flags, beamform, write, and tell where the peak is."""
    low, high = parse_numbers("energy_band_hz", _BAND.value, float, 2)
    geometry = read_geometry(_GEOMETRY.value, tuple(parse_numbers("dead_microphones", _DEAD.value, int)))
    audio = open_audio(Path(_INPUT.value), _SAMPLE_RATE.value, geometry.num_microphones, geometry.name)
    parameters = SignalParameters.of_rate(
        audio.sample_rate_hz,
        frame_length=_FRAME_LENGTH.value,
        horizontal_fov_deg=_FOV.value,
        energy_band_hz=(low, high),
    )
    beamformer = Beamformer(geometry, parameters, _BEAM_OPTIONS())
    summary = beamform_recording(audio, Path(_OUTPUT.value), beamformer, parameters, os.cpu_count() or 1)
    if summary.num_clipped:
        print(f"warning: {audio.path}: {summary.num_clipped} clipped samples", file=sys.stderr)
    command_line.close(_peak_line(summary, parameters), "docs/your-own-array.md leads on to a dataset and a student")


def _peak_line(summary: RecordingSummary, parameters: SignalParameters) -> str:
    row, column = np.unravel_index(summary.energy.argmax(), summary.energy.shape)
    azimuth, elevation = (angles[row, column] for angles in parameters.grid.azimuth_elevation_deg())
    return (
        f"{_OUTPUT.value}: {summary.num_frames} frames; peak at azimuth {azimuth:+.1f}, elevation {elevation:+.1f} "
        f"degrees (row {row}, column {column})"
    )


if __name__ == "__main__":
    command_line.run(main)
