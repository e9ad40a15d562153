"""Tiny trees of each recording layout."""

from collections.abc import Sequence
from pathlib import Path

import av
import cv2
import numpy as np
import scipy.io
import soundfile

RATE, FRAME, MICROPHONES = 12288, 1024, 128


def frame_picture(number: int, height: int = 48, width: int = 64) -> np.ndarray:
    """RGB: red tells the frame's number, the upper left corner is blue."""
    picture = np.zeros((height, width, 3), np.uint8)
    picture[..., 0] = 8 * (number % 24)
    picture[: height // 4, : width // 4] = (0, 0, 255)
    return picture


def dc_samples(number: int, recording: int = 0) -> np.ndarray:
    """[1024, 128] int32 of one frame."""
    return np.random.default_rng([recording, number]).integers(-50000, 50000, (FRAME, MICROPHONES), np.int32)


def stored_image(number: int) -> np.ndarray:
    """[36, 48, 12] float32 as ACIVW stores it: turned by 180 degrees."""
    return np.random.default_rng([99, number]).standard_normal((36, 48, 12)).astype(np.float32)


def write_acivw(root: Path, class_number: int = 2, recording: int = 1, frames: int = 25, mat: bool = True) -> Path:
    folder = root / f"class_{class_number}" / f"data_{recording:03d}"
    for name in ("audio", "video", *(("MFCC_Image",) if mat else ())):
        (folder / name).mkdir(parents=True)
    for number in range(frames):
        dc_samples(number, recording).astype("<i4").tofile(folder / "audio" / f"A_{number + 1:06d}.dc")
        cv2.imwrite(str(folder / "video" / f"I_{number + 1:06d}.bmp"), frame_picture(number)[..., ::-1])
        if mat:
            scipy.io.savemat(folder / "MFCC_Image" / f"Data_{number + 1}.mat", {"MFCC": stored_image(number)})
    return folder


def write_avia(root: Path, frames: int = 5) -> Path:
    """Three roots below one folder, as the set is distributed; fewer files than frames."""
    place = Path("Location_01/Subject_02/Action_003")
    for base, kind in (("audio_root", "audio"), ("video_root", "video"), ("image_root", "MFCC_Image")):
        (root / base / place / kind).mkdir(parents=True)
    for number in range(frames):
        np.save(root / "audio_root" / place / "audio" / f"A_{number:06d}.npy", dc_samples(number, 7))
        path = root / "video_root" / place / "video" / f"I_{number:06d}.jpeg"
        cv2.imwrite(str(path), frame_picture(number)[..., ::-1])
        image = np.full((34, 47, 12), number + 1, np.float32)
        scipy.io.savemat(root / "image_root" / place / "MFCC_Image" / f"Data_{number + 1}.mat", {"MFCC": image})
    return root


def write_dcase(root: Path) -> dict[str, str]:
    """Two scenes of five places; the official split takes the last place of each for the test."""
    (root / "audio").mkdir(parents=True)
    (root / "evaluation_setup").mkdir()
    lists: dict[str, list[str]] = {"meta": ["filename\tscene_label\tidentifier\tsource_label"], "train": [], "test": []}
    for scene in ("bus", "park"):
        for place in range(5):
            name = f"audio/{scene}-paris-{place}-{place}-a.wav"
            time = np.arange(10 * 48000) / 48000
            tone = 0.2 * np.sin(2 * np.pi * (300 + 100 * place) * time)
            soundfile.write(root / name, np.stack([tone, -tone], axis=1), 48000, subtype="PCM_24")
            lists["meta"].append(f"{name}\t{scene}\tparis-{place}\ta")
            lists["test" if place == 4 else "train"].append(f"{name}\t{scene}")
    (root / "meta.csv").write_text("\n".join(lists["meta"]) + "\n", encoding="utf-8")
    for split, file in (("train", "fold1_train.txt"), ("test", "fold1_evaluate.txt")):
        (root / "evaluation_setup" / file).write_text("\n".join(lists[split]) + "\n", encoding="utf-8")
    unlabelled = [line.split("\t")[0] for line in lists["test"]]
    (root / "evaluation_setup" / "fold1_test.txt").write_text("\n".join(unlabelled) + "\n", encoding="utf-8")
    return {line.split("\t")[0]: line.split("\t")[1] for line in lists["meta"][1:]}


DESCRIPTION = """layout: array
sample_rate_hz: 12288
classes: [bell, horn]
geometry: microphones.csv
recordings: recordings.csv
"""
POSITIONS = np.array([[0.1, 0.0, 0.0], [-0.1, 0.05, 0.0], [0.0, -0.1, 0.0], [0.03, 0.07, 0.0]])


def array_samples(recording: int, seconds: float) -> np.ndarray:
    draw = np.random.default_rng([5, recording])
    return draw.integers(-9000, 9000, (int(seconds * RATE), len(POSITIONS)), np.int16)


def write_array(
    root: Path, per_class: int = 2, seconds: float = 4.0, video: bool = True, subtype: str = "PCM_16"
) -> Path:
    """Two classes; recording numbers count through both."""
    root.mkdir(parents=True, exist_ok=True)
    (root / "dataset.yaml").write_text(DESCRIPTION, encoding="utf-8")
    rows = "\n".join(",".join(f"{v}" for v in position) for position in POSITIONS)
    (root / "microphones.csv").write_text(rows + "\n", encoding="utf-8")
    lines = ["recording,class,audio,video,truth,split_group"]
    for recording in range(2 * per_class):
        name = ("bell", "horn")[recording // per_class]
        base = f"{name}_{recording}"
        soundfile.write(root / f"{base}.wav", array_samples(recording, seconds), RATE, subtype=subtype)
        if video:
            write_video(root / f"{base}.mp4", int(seconds * 12))
        truth = [f"{n},{n / 10},-{n / 20},3.0,5.0" for n in range(int(seconds * 12))]
        header = "frame,azimuth_deg,elevation_deg,distance_m,radius_deg"
        (root / f"{base}.csv").write_text("\n".join([header, *truth]) + "\n", encoding="utf-8")
        lines.append(f"{name}/{recording},{name},{base}.wav,{f'{base}.mp4' if video else ''},{base}.csv,")
    (root / "recordings.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return root


def write_video(path: Path, frames: int) -> None:
    write_pictures(path, [frame_picture(number) for number in range(frames)])


def write_pictures(path: Path, pictures: Sequence[np.ndarray]) -> None:
    """Twelve a second, without loss but for the colours' rounding."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=12)
        stream.height, stream.width = pictures[0].shape[:2]
        stream.pix_fmt = "yuv444p"
        stream.options = {"crf": "0"}
        for picture in pictures:
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(picture), format="rgb24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode())


def edit_text(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
