"""Simulate recordings of a 128-microphone array with video.

Example: python -m data_prep.simulate_main --output data/simulated --recordings_per_class 12 --seconds 20
"""

import os
from pathlib import Path

from absl import flags

from common import command_line
from common.flag_values import parse_numbers
from data_prep.clip_folders import clip_files
from data_prep.simulation.configuration import LAYOUTS, SimulationConfig
from data_prep.simulation.dataset import simulate_dataset
from data_prep.simulation.sounds import SOUNDS

_OUTPUT = flags.DEFINE_string("output", "data/simulated", "Folder to write; one that was begun is completed.")
_LAYOUT = flags.DEFINE_enum("layout", "array", LAYOUTS, "Files on disk: anybody's array, or those of ACIVW.")
_SEED = flags.DEFINE_integer("seed", 0, "The same seed gives the same bytes.")
_RECORDINGS = flags.DEFINE_integer("recordings_per_class", 12, "Recordings of each class.")
_SECONDS = flags.DEFINE_integer("seconds", 20, "Length of a recording.")
_CLASSES = flags.DEFINE_list("classes", None, "Classes to simulate; default all.")
_SOUNDS = flags.DEFINE_string("sounds", None, "Folder of real clips, a folder per class; default procedural sounds.")
_CLIPS = flags.DEFINE_integer("clips_per_recording", 1, "Real clips in a recording, one after the other.")
_SNR_DB = flags.DEFINE_list("snr_db", ["5", "20"], "LOW,HIGH ratio of source to diffuse noise, dB.")
_DISTRACTORS = flags.DEFINE_integer("most_distractors", 2, "Silent objects in the picture, at most.")
_DISTANCE_M = flags.DEFINE_list("distance_m", ["3", "7"], "NEAR,FAR that an object is from the array, metres.")
_MAT = flags.DEFINE_boolean("mat", False, "With --layout acivw: compute the MFCC_Image files as well.")
_WORKERS = flags.DEFINE_integer("workers", os.cpu_count() or 1, "Processes; the bytes do not hang on it.")


def main() -> None:
    """Parse the flags and simulate."""
    sounds_dir = Path(_SOUNDS.value) if _SOUNDS.value else None
    known = tuple(clip_files(sounds_dir)) if sounds_dir else tuple(SOUNDS)
    lowest, highest = parse_numbers("snr_db", _SNR_DB.value, float, 2)
    nearest, farthest = parse_numbers("distance_m", _DISTANCE_M.value, float, 2)
    config = SimulationConfig(
        output_dir=Path(_OUTPUT.value),
        layout=_LAYOUT.value,
        seed=_SEED.value,
        recordings_per_class=_RECORDINGS.value,
        seconds=_SECONDS.value,
        class_names=tuple(_CLASSES.value) if _CLASSES.value else known,
        sounds_dir=sounds_dir,
        clips_per_recording=_CLIPS.value,
        snr_db=(lowest, highest),
        most_distractors=_DISTRACTORS.value,
        distance_m=(nearest, farthest),
        stored_images=_MAT.value,
        workers=_WORKERS.value,
    )
    count = simulate_dataset(config)
    written = f"{config.output_dir}: {count} recordings of {config.seconds} s in {len(config.class_names)} classes"
    command_line.close(written, f"make tfrecords RAW={config.output_dir}")


if __name__ == "__main__":
    command_line.run(main)
