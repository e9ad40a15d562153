"""Make a dataset of a multichannel sound file, a video and a geometry file; call again to add the next recording.

Example: python -m data_prep.describe_array_main --audio a.wav --video v.mp4 --geometry g.csv --class_name drone
--output my_recordings
"""

from pathlib import Path

from absl import flags

from common import command_line
from data_prep.layouts.array_writing import CameraKeys, NewRecording, add_recording
from data_prep.orientations import ORIENTATIONS
from data_prep.signal_parameters import SignalParameters

_AUDIO = flags.DEFINE_string("audio", None, "Multichannel WAV or HDF5, one channel a microphone.", required=True)
_VIDEO = flags.DEFINE_string("video", None, "MP4, MOV or AVI of the same take; may be left out.")
_GEOMETRY = flags.DEFINE_string("geometry", None, "Microphones: CSV, JSON or acoular XML.", required=True)
_CLASS = flags.DEFINE_string("class_name", None, "What sounds, such as drone.", required=True)
_OUTPUT = flags.DEFINE_string("output", None, "The dataset's folder; gets links to sound and video.", required=True)
_FOV = flags.DEFINE_float(
    "horizontal_fov_deg", SignalParameters().horizontal_fov_deg, "What the video's whole width spans."
)
_IMAGE_FOV = flags.DEFINE_float(
    "image_fov_deg", None, "What acoustic images span; default the camera's, or the middle 4:3 of a wider video."
)
_OFFSET_S = flags.DEFINE_float("video_offset_s", None, "How much later than the sound the video begins.")
_ORIENTATION = flags.DEFINE_enum(
    "video_orientation", None, list(ORIENTATIONS), "How the video shows the scene, as check-array tells."
)


def main() -> None:
    """List the recording, and tell what to do next."""
    output = Path(_OUTPUT.value)
    video = Path(_VIDEO.value) if _VIDEO.value else None
    recording = NewRecording(_CLASS.value, Path(_AUDIO.value), video, _OFFSET_S.value)
    camera = CameraKeys(_FOV.value, _IMAGE_FOV.value, _ORIENTATION.value)
    name = add_recording(output, recording, Path(_GEOMETRY.value), camera)
    command_line.close(
        f"{output}: recording {name} added ({recording.audio})", f"make check-array RAW={output} RECORDING={name}"
    )


if __name__ == "__main__":
    command_line.run(main)
