"""Puts simulated recordings on disk, in the `array` layout or in that of ACIVW."""

import csv
import io
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

import av
import cv2
import numpy as np
import scipy.io
import soundfile
import yaml

from common.atomic_files import write_json, write_text
from data_prep.array_geometry import ArrayGeometry, write_geometry_csv
from data_prep.beamforming import Beamformer
from data_prep.signal_parameters import SignalParameters
from data_prep.simulation.configuration import SimulationConfig
from data_prep.simulation.recording import Plan, SimulatedRecording

GEOMETRY_FILE, LIST_FILE, DESCRIPTION_FILE = "microphones.csv", "recordings.csv", "dataset.yaml"
SCENE_FILE = "scene.json"
FRAME_SIZE = {"array": (360, 480), "acivw": (480, 640)}
# The camera's converter has 24 bits in 32; 16 bits go to the top of them.
_ACIVW_SCALE = 256


def write_array_recording(folder: Path, recording: SimulatedRecording, parameters: SignalParameters) -> None:
    """Write `audio.wav`, `video.mp4`, `truth.csv`, and `scene.json`: what disturbs, and how loudly."""
    soundfile.write(folder / "audio.wav", recording.microphones, parameters.sample_rate_hz, subtype="PCM_16")
    write_video(folder / "video.mp4", recording.frames(), FRAME_SIZE["array"], parameters.frames_per_second)
    header = "frame,azimuth_deg,elevation_deg,distance_m,radius_deg"
    rows = [",".join([str(n), *(f"{value:.4f}" for value in row)]) for n, row in enumerate(recording.truth)]
    (folder / "truth.csv").write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    scene = recording.scene
    disturbance = {
        "snr_db": scene.snr_db,
        "diffuse_snr_db": scene.diffuse_snr_db,
        "interferers": [asdict(interferer) for interferer in scene.interferers],
    }
    write_json(folder / SCENE_FILE, disturbance)


def write_array_dataset(config: SimulationConfig, plans: list[Plan], geometry: ArrayGeometry, rate_hz: int) -> None:
    """Write the geometry, the list of recordings and, last, the description (docs/array-layout.md)."""
    write_geometry_csv(config.output_dir / GEOMETRY_FILE, geometry)
    table = io.StringIO()
    writer = csv.writer(table, lineterminator="\n")
    writer.writerow(["recording", "class", "audio", "video", "truth", "split_group"])
    for plan in plans:
        files = [f"{plan.name}/{file}" for file in ("audio.wav", "video.mp4", "truth.csv")]
        writer.writerow([plan.name, plan.class_name, *files, plan.split_group])
    write_text(config.output_dir / LIST_FILE, table.getvalue())
    description = {
        "layout": "array",
        "sample_rate_hz": rate_hz,
        "classes": list(config.class_names),
        "geometry": GEOMETRY_FILE,
        "recordings": LIST_FILE,
        "horizontal_fov_deg": SignalParameters().horizontal_fov_deg,
        "frames_per_second": SignalParameters().frames_per_second,
    }
    write_text(config.output_dir / DESCRIPTION_FILE, yaml.safe_dump(description, sort_keys=False))


def write_acivw_recording(
    folder: Path, recording: SimulatedRecording, parameters: SignalParameters, beamformer: Beamformer | None
) -> None:
    """Write one `.dc` and `.bmp` file a frame, `video_time.txt`, and with a beamformer the `.mat` files."""
    for name in ("audio", "video"):
        (folder / name).mkdir()
    frames = recording.microphones.reshape(-1, parameters.frame_length, recording.microphones.shape[1])
    samples = frames.astype("<i4") * _ACIVW_SCALE
    for number, (block, picture) in enumerate(zip(samples, recording.frames(), strict=True), 1):
        block.tofile(folder / "audio" / f"A_{number:06d}.dc")
        cv2.imwrite(str(folder / "video" / f"I_{number:06d}.bmp"), picture[..., ::-1])
    seconds = len(frames) // parameters.frames_per_second
    (folder / "video_time.txt").write_text(f"video seconds: {seconds}\n", encoding="utf-8")
    if beamformer is not None:
        (folder / "MFCC_Image").mkdir()
        for number, image in enumerate(beamformer.images(samples).mfcc, 1):
            # ACIVW stores acoustic images turned by 180 degrees (docs/fidelity.md).
            scipy.io.savemat(folder / "MFCC_Image" / f"Data_{number}.mat", {"MFCC": image[::-1, ::-1]})


def write_video(path: Path, pictures: Iterable[np.ndarray], size: tuple[int, int], frames_per_second: int) -> None:
    """Write RGB pictures [height, width, 3] of a size as MP4; the same pictures always give the same bytes."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=frames_per_second)
        stream.height, stream.width = size
        stream.pix_fmt = "yuv420p"
        # More threads would cut the pictures otherwise.
        stream.codec_context.thread_count = 1
        stream.options = {"preset": "ultrafast", "crf": "18"}
        for picture in pictures:
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(picture), format="rgb24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
