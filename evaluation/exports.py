"""A trained student for other programs: a waveform in, 128 numbers out, the front end inside."""

import importlib.util
from collections.abc import Callable
from pathlib import Path

import numpy as np
import soxr
import tensorflow as tf

from common.atomic_files import atomic_folder, write_text
from common.errors import AcousticImagesError
from common.native_output import kept_back
from common.progress import Progress
from evaluation.model_card import model_card
from models.hearing import SAMPLE_RATE_HZ, WINDOW_SAMPLES, Hearing, load_hearing
from tfrecords_schema.storage import require_local

# Largest difference of a coordinate from the training code's, of unit vectors.
TOLERANCE = 1e-4
CARD_FILE = "MODEL_CARD.md"
_ARRAY_RATE_HZ = 12288
_ONNX_OPSET = 17
# What TensorFlow Lite and ONNX take: shapes must be known for their Fourier transforms.
_ONE_WINDOW = tf.TensorSpec([1, WINDOW_SAMPLES], tf.float32, name="waveform")

Exported = Callable[[np.ndarray], np.ndarray]


def export_student(run_dir: Path, output_dir: Path, formats: tuple[str, ...]) -> tuple[Path, ...]:
    """Write a student in other formats, each read back and compared, and its model card: all of it or nothing.

    Parameters
    ----------
    run_dir : Path
        A finished student's run.
    output_dir : Path
        Folder to write; an earlier export is replaced.
    formats : tuple of str
        Of `FORMATS`.

    Returns
    -------
    tuple of Path
        What was written, the card last.

    Raises
    ------
    AcousticImagesError
        No student's run, an unknown format, an address to write to, a folder with other files, or an export whose
        features differ by more than `TOLERANCE`.
    """
    unknown = [name for name in formats if name not in FORMATS]
    if unknown:
        raise AcousticImagesError(f"formats: found {unknown[0]!r}, wanted {', '.join(FORMATS)}")
    require_local(output_dir, "an export")
    _require_export_or_nothing(output_dir)
    hearing = load_hearing(run_dir)
    differences: dict[str, float] = {}
    with atomic_folder(output_dir) as partial:
        with Progress("export", len(formats), "format") as progress:
            for name in formats:
                differences |= [_write_and_compare(hearing, partial, name)]
                progress.advance(note=name)
        write_text(partial / CARD_FILE, model_card(run_dir, differences))
    return tuple(output_dir / name for name in (*differences, CARD_FILE))


def _require_export_or_nothing(folder: Path) -> None:
    if folder.exists() and not (folder / CARD_FILE).is_file() and (not folder.is_dir() or any(folder.iterdir())):
        raise AcousticImagesError(
            f"{folder}: found other files, wanted an earlier export, to replace it, or a new folder; name another one"
        )


def _write_and_compare(hearing: Hearing, folder: Path, name: str) -> tuple[str, float]:
    """Return the name of what was written, and its largest difference from the training code's features."""
    write, read = FORMATS[name]
    sounds = _test_sounds()
    with kept_back():
        path = write(hearing, folder)
        difference = float(np.abs(read(path)(sounds) - hearing(sounds).numpy()).max())
    # A difference that is no number is none that may pass.
    if not difference <= TOLERANCE:
        raise AcousticImagesError(
            f"{path.name}: found features off by {difference:.1e}, wanted {TOLERANCE:.0e} at most; nothing is exported"
        )
    return path.name, difference


def _test_sounds() -> np.ndarray:
    """Return [windows, 44100]: noise, noise as an array hears it, a chord, a click in noise, a tone and an offset.

    The last two, and above 6 kHz the second, leave bins empty but for rounding, which differs from format to format.
    """
    draw = np.random.default_rng(0)
    time_s = np.arange(WINDOW_SAMPLES) / SAMPLE_RATE_HZ
    noise, click = draw.standard_normal(WINDOW_SAMPLES), 0.01 * draw.standard_normal(WINDOW_SAMPLES)
    click[WINDOW_SAMPLES // 2] = 1.0
    narrow = soxr.resample(draw.standard_normal(2 * _ARRAY_RATE_HZ), _ARRAY_RATE_HZ, SAMPLE_RATE_HZ, quality="HQ")
    chord = sum(np.sin(2 * np.pi * hertz * time_s) for hertz in (220, 277, 330, 1760))
    tone, offset = np.sin(2 * np.pi * 440 * time_s), np.full(WINDOW_SAMPLES, 0.25)
    return np.stack([noise, narrow, chord, click, tone, offset]).astype(np.float32)


def _write_saved_model(hearing: Hearing, output_dir: Path) -> Path:
    folder = output_dir / "saved_model"
    tf.saved_model.save(hearing, str(folder), signatures=hearing.__call__.get_concrete_function())
    return folder


def _read_saved_model(folder: Path) -> Exported:
    loaded = tf.saved_model.load(str(folder))
    return lambda sounds: next(iter(loaded.signatures["serving_default"](tf.constant(sounds)).values())).numpy()


def _write_tflite(hearing: Hearing, output_dir: Path) -> Path:
    """Write a model of one window at a time, of TensorFlow Lite's own operations only."""
    function = tf.function(lambda waveform: hearing(waveform)).get_concrete_function(_ONE_WINDOW)
    content = tf.lite.TFLiteConverter.from_concrete_functions([function], hearing).convert()
    path = output_dir / "hearnet.tflite"
    path.write_bytes(content)
    return path


def _read_tflite(path: Path) -> Exported:
    interpreter = tf.lite.Interpreter(str(path))
    interpreter.allocate_tensors()
    given, result = interpreter.get_input_details()[0]["index"], interpreter.get_output_details()[0]["index"]

    def embed(sounds: np.ndarray) -> np.ndarray:
        features = []
        for sound in sounds:
            interpreter.set_tensor(given, sound[np.newaxis])
            interpreter.invoke()
            features.append(interpreter.get_tensor(result))
        return np.concatenate(features)

    return embed


def _write_onnx(hearing: Hearing, output_dir: Path) -> Path:
    if importlib.util.find_spec("tf2onnx") is None:
        raise AcousticImagesError(
            "onnx: found no tf2onnx, wanted it; install requirements-onnx.txt, or leave onnx out of --formats"
        )
    import tf2onnx

    path = output_dir / "hearnet.onnx"
    tf2onnx.convert.from_function(
        tf.function(lambda waveform: hearing(waveform)), [_ONE_WINDOW], opset=_ONNX_OPSET, output_path=str(path)
    )
    return path


def _read_onnx(path: Path) -> Exported:
    import onnxruntime

    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    name = session.get_inputs()[0].name
    return lambda sounds: np.concatenate([session.run(None, {name: sound[np.newaxis]})[0] for sound in sounds])


FORMATS: dict[str, tuple[Callable[[Hearing, Path], Path], Callable[[Path], Exported]]] = {
    "saved_model": (_write_saved_model, _read_saved_model),
    "tflite": (_write_tflite, _read_tflite),
    "onnx": (_write_onnx, _read_onnx),
}
