"""What a run remembers of the dataset that it was trained on: enough to say later what it may be good for."""

from typing import Any

from tfrecords_schema.manifest import Manifest
from tfrecords_schema.schema import SPLITS

_WINDOW_SECONDS = 2


def dataset_summary(manifest: Manifest) -> dict[str, Any]:
    """Return the summary as JSON takes it.

    Returns
    -------
    dict
        `manifest_hash`; `classes`, their names; `recordings` by split; `hours` by split, of the windows;
        `sample_rates_hz` by name; `source_is_known`, whether it tells the true place of each sound, which simulated
        datasets do.
    """
    windows = {split: [one.num_windows for one in manifest.recordings if one.split == split] for split in SPLITS}
    return {
        "manifest_hash": manifest.hash(),
        "classes": list(manifest.class_names),
        "recordings": {split: len(counts) for split, counts in windows.items()},
        "hours": {split: round(sum(counts) * _WINDOW_SECONDS / 3600, 3) for split, counts in windows.items()},
        "sample_rates_hz": dict(manifest.sample_rates_hz),
        "source_is_known": "source" in manifest.record_format.modalities,
    }
