"""A check of one recording: measured, judged, and put down as JSON and a picture."""

from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np

from common.atomic_files import write_json
from common.errors import AcousticImagesError
from common.paths_in_folder import path_in_folder
from data_prep.array_check.measurements import Measurements, measure
from data_prep.array_check.picture import draw_check
from data_prep.array_check.verdicts import Verdict, verdicts_of
from data_prep.array_geometry import ArrayGeometry
from data_prep.audio_files import open_audio, read_blocks
from data_prep.beamforming import Beamformer
from data_prep.layouts.array import ArrayDataset
from data_prep.recordings import Recording
from data_prep.signal_parameters import SignalParameters

_SHOWN_MOMENTS = 4


def check_recording(dataset: ArrayDataset, recording: Recording, output_dir: Path) -> list[Verdict]:
    """Check a recording, and write `<name>.json` and `<name>.png` to a folder.

    Raises
    ------
    AcousticImagesError
        A file that cannot be read, or a dataset without a geometry.
    """
    geometry, parameters, files = dataset.geometry, dataset.parameters, dataset.files[recording.name]
    if geometry is None:
        raise AcousticImagesError(f"{recording.name}: found no geometry, wanted the microphones' positions")
    audio = open_audio(files.audio, parameters.sample_rate_hz, geometry.num_microphones, geometry.name)
    found = measure(audio, dataset.video(recording.name), geometry, parameters)
    verdicts = verdicts_of(found)
    shown = _shown_moments(found, geometry, parameters)
    picture = path_in_folder(output_dir, f"{recording.name}.png", recording.name)
    draw_check(picture, recording.name, found, verdicts, geometry.positions_m, shown, parameters.grid)
    write_json(picture.with_suffix(".json"), _summary(recording.name, found, verdicts))
    return verdicts


def _shown_moments(
    found: Measurements, geometry: ArrayGeometry, parameters: SignalParameters
) -> list[tuple[float, np.ndarray, np.ndarray | None]]:
    """Return a few moments with their acoustic energy, formed without the unfit microphones, and their frames."""
    length, rate = parameters.frame_length, parameters.sample_rate_hz
    last_s = min(found.audio.num_samples / rate, found.film.end_s if found.film else np.inf) - length / rate
    times = found.hearing.times_s[found.hearing.times_s < last_s]
    if found.hearing.placing is None or not len(times):
        return []
    times = times[np.linspace(0, len(times) - 1, min(_SHOWN_MOMENTS, len(times))).round().astype(int)]
    fit = replace(geometry, dead_microphones=tuple(int(n) for n in np.flatnonzero(~found.hearing.compared)))
    blocks = [next(read_blocks(found.audio, length, 1, int(time * rate))) for time in times]
    energy = Beamformer(fit, parameters).images(np.stack(blocks)).energy
    frames: list[np.ndarray | None] = [None] * len(times)
    if found.video is not None and found.film is not None:
        # Half a frame later what begins at the moment is surely seen.
        seen = np.clip(times + found.film.frame_s / 2, *found.film.times_s[[0, -1]])
        frames = list(found.video.pictures(seen.tolist(), parameters.grid))
    return [(float(time), *pair) for time, pair in zip(times, zip(energy, frames, strict=True), strict=True)]


def _summary(name: str, found: Measurements, verdicts: list[Verdict]) -> dict[str, Any]:
    hearing, placing = found.hearing, found.hearing.placing
    numbers = np.flatnonzero(hearing.compared)
    misfits = {} if placing is None else dict(zip(numbers, placing.misfit_of_microphone_s * 1e6, strict=True))
    return {
        "recording": name,
        "verdicts": [asdict(verdict) for verdict in verdicts],
        "heard_at_s": found.onsets_s.round(4).tolist(),
        "seen_at_s": found.events_s.round(4).tolist(),
        "sync": None if found.sync is None else asdict(found.sync),
        "heard_from": [
            dict(zip(("time_s", "azimuth_deg", "elevation_deg"), row, strict=True))
            for row in hearing.heard_from().round(3).tolist()
        ],
        "orientation_shares": None if found.orientation is None else found.orientation.shares,
        "microphones": [
            {
                "channel": n,
                "level_db": _finite(hearing.levels.overall_db[n]),
                "quiet_level_db": _finite(hearing.levels.quiet_db[n]),
                "misfit_us": _finite(misfits.get(n)),
                "fits_microphone": int(hearing.order[n]),
            }
            for n in range(len(hearing.order))
        ],
    }


def _finite(value: float | None) -> float | None:
    return None if value is None or not np.isfinite(value) else round(float(value), 2)
