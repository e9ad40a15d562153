"""Small whole files of every kind that is read: what the campaigns damage."""

import json
from pathlib import Path

import av
import cv2
import h5py
import numpy as np
import scipy.io
import soundfile

RATE_HZ, FRAME_LENGTH, NUM_MICROPHONES = 12288, 1024, 4
CLASS_NAMES = ("bell", "horn")
DESCRIPTION = f"""layout: array
sample_rate_hz: {RATE_HZ}
classes: [{", ".join(CLASS_NAMES)}]
geometry: microphones.csv
dead_microphones: []
horizontal_fov_deg: 60
recordings: recordings.csv
"""
POSITIONS = ((0.1, 0.0, 0.0), (-0.1, 0.05, 0.0), (0.0, -0.1, 0.0), (0.03, 0.07, 0.0))


def samples(number: int, count: int, channels: int = NUM_MICROPHONES) -> np.ndarray:
    """Return noise [count, channels] int16, another one for each number."""
    return np.random.default_rng([5, number]).integers(-9000, 9000, (count, channels), np.int16)


def write_recordings(root: Path, per_class: int = 2, seconds: int = 4) -> Path:
    """Write a dataset of the layout `array`: four microphones, no video."""
    root.mkdir(parents=True, exist_ok=True)
    (root / "dataset.yaml").write_text(DESCRIPTION, encoding="utf-8")
    write_geometries(root)
    lines = ["recording,class,audio,video,truth,split_group"]
    for number in range(per_class * len(CLASS_NAMES)):
        class_name = CLASS_NAMES[number // per_class]
        file = f"{class_name}_{number}.wav"
        soundfile.write(root / file, samples(number, seconds * RATE_HZ), RATE_HZ)
        lines.append(f"{class_name}/{number},{class_name},{file},,,")
    (root / "recordings.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return root


def write_geometries(folder: Path) -> None:
    """Write one array as CSV, JSON and acoular XML."""
    rows = "\n".join(",".join(map(str, position)) for position in POSITIONS)
    (folder / "microphones.csv").write_text(f"x_right_m,y_up_m,z_forward_m\n{rows}\n", encoding="utf-8")
    (folder / "microphones.json").write_text(json.dumps(POSITIONS), encoding="utf-8")
    places = "".join(f'<pos Name="{n}" x="{x}" y="{y}" z="{z}"/>\n' for n, (x, y, z) in enumerate(POSITIONS))
    head = '<?xml version="1.0" encoding="utf-8"?>\n<MicArray name="small">\n'
    (folder / "microphones.xml").write_text(f"{head}{places}</MicArray>\n", encoding="utf-8")


def write_matlab_images(folder: Path) -> tuple[Path, Path]:
    """Write one acoustic image compressed, one not; small, which the reader does not mind."""
    image = np.random.default_rng(1).standard_normal((4, 5, 3)).astype(np.float32)
    plain, compressed = folder / "plain.mat", folder / "compressed.mat"
    scipy.io.savemat(plain, {"MFCC": image, "other": np.arange(3)})
    scipy.io.savemat(compressed, {"MFCC": image}, do_compression=True)
    return plain, compressed


def write_pictures(folder: Path) -> tuple[Path, ...]:
    """Write one picture as BMP, JPEG and PNG."""
    picture = np.random.default_rng(2).integers(0, 256, (12, 16, 3), np.uint8)
    paths = tuple(folder / f"picture{suffix}" for suffix in (".bmp", ".jpeg", ".png"))
    for path in paths:
        cv2.imwrite(str(path), picture)
    return paths


def write_sounds(folder: Path) -> tuple[Path, ...]:
    """Write short sounds: WAV of 16 and 24 bit and of floats, and the compressed kinds."""
    kinds = (("a.wav", "PCM_16"), ("b.wav", "PCM_24"), ("c.wav", "FLOAT"), ("d.flac", "PCM_16"), ("e.ogg", "VORBIS"))
    for name, subtype in kinds:
        soundfile.write(folder / name, samples(3, 400, 2), RATE_HZ, subtype=subtype)
    return tuple(folder / name for name, _ in kinds)


def write_hdf5(path: Path) -> Path:
    """Write a recording as acoular does."""
    with h5py.File(path, "w") as file:
        data = file.create_dataset("time_data", data=samples(4, 200).astype(np.float32))
        data.attrs["sample_freq"] = float(RATE_HZ)
    return path


def write_dcase(root: Path) -> Path:
    """Write the head of a DCASE 2018 set: lists as it has them, four clips too short for a window."""
    (root / "audio").mkdir(parents=True)
    (root / "evaluation_setup").mkdir()
    names = [f"audio/{scene}-paris-{place}-{place}-a.wav" for scene in ("bus", "park") for place in (0, 1)]
    for name in names:
        soundfile.write(root / name, samples(6, 40, 2), 48000)
    rows = [f"{name}\t{name.split('/')[1].split('-')[0]}" for name in names]
    table = ["filename\tscene_label\tidentifier\tsource_label", *(f"{row}\tparis-0\ta" for row in rows)]
    lists = {"fold1_train": rows[::2], "fold1_evaluate": rows[1::2], "fold1_test": names[1::2]}
    (root / "meta.csv").write_text("\n".join(table) + "\n", encoding="utf-8")
    for name, lines in lists.items():
        (root / f"evaluation_setup/{name}.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return root


def write_video(path: Path, frames: int = 4) -> Path:
    """Write a short video."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mpeg4", rate=12)
        stream.height, stream.width, stream.pix_fmt = 48, 64, "yuv420p"
        for number in range(frames):
            picture = np.full((48, 64, 3), 8 * number, np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode())
    return path
