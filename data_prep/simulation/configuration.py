"""What shall be simulated."""

import re
from dataclasses import dataclass
from pathlib import Path

from common.errors import AcousticImagesError
from data_prep.simulation.sounds import SOUNDS

LAYOUTS = ("array", "acivw")
# Nearer, a wave front is no longer that of a point; farther, a reflection would not fit the propagation's blocks.
_NEAREST_M, _FARTHEST_M = 1.0, 7.0
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9 _.-]*")


@dataclass(frozen=True)
class SimulationConfig:
    """Settings of a simulated dataset.

    Attributes
    ----------
    output_dir : Path
        Where the recordings go.
    layout : str
        "array" or "acivw".
    seed : int
        The same seed gives the same bytes.
    recordings_per_class : int
        How many.
    seconds : int
        Length of each.
    class_names : tuple of str
        Of `sounds.SOUNDS`, or folders of `sounds_dir`.
    sounds_dir : Path or None
        Real clips, a folder per class; None for procedural sounds.
    clips_per_recording : int
        Real clips of one class that a recording consists of, one after the other.
    snr_db : tuple of float
        Lowest and highest ratio of source to diffuse noise.
    most_distractors : int
        Silent objects in the picture, at most.
    distance_m : tuple of float
        Nearest and farthest that an object is from the array.
    stored_images : bool
        With "acivw": compute the MFCC_Image files as well.
    workers : int
        Processes; does not change the bytes.
    """

    output_dir: Path
    layout: str = "array"
    seed: int = 0
    recordings_per_class: int = 12
    seconds: int = 20
    class_names: tuple[str, ...] = tuple(SOUNDS)
    sounds_dir: Path | None = None
    clips_per_recording: int = 1
    snr_db: tuple[float, float] = (5.0, 20.0)
    most_distractors: int = 2
    distance_m: tuple[float, float] = (3.0, 7.0)
    stored_images: bool = False
    workers: int = 1

    def __post_init__(self) -> None:
        """Refuse settings that make no dataset.

        Raises
        ------
        AcousticImagesError
            Names the setting, the value found and those wanted.
        """
        if self.layout not in LAYOUTS:
            raise AcousticImagesError(f"layout: found {self.layout!r}, wanted one of {', '.join(LAYOUTS)}")
        for name in ("recordings_per_class", "seconds", "clips_per_recording", "workers"):
            if getattr(self, name) < 1:
                raise AcousticImagesError(f"{name}: found {getattr(self, name)}, wanted at least 1")
        for name in ("seed", "most_distractors"):
            if getattr(self, name) < 0:
                raise AcousticImagesError(f"{name}: found {getattr(self, name)}, wanted at least 0")
        low, high = self.snr_db
        if not -60 <= low <= high <= 100:
            raise AcousticImagesError(f"snr_db: found {low},{high}, wanted LOW,HIGH within -60 to 100")
        near, far = self.distance_m
        if not _NEAREST_M <= near <= far <= _FARTHEST_M:
            raise AcousticImagesError(
                f"distance_m: found {near:g},{far:g}, wanted NEAR,FAR within {_NEAREST_M:g} to {_FARTHEST_M:g}"
            )
        self._require_classes()
        if self.stored_images and self.layout != "acivw":
            raise AcousticImagesError(f"mat: found the layout {self.layout}, wanted acivw; leave --mat out")

    def _require_classes(self) -> None:
        names = self.class_names
        bad = [name for name in names if not _NAME.fullmatch(name)]
        if not names or len(set(names)) != len(names) or bad:
            raise AcousticImagesError(f"classes: found {list(names)}, wanted different names of letters and digits")
        unknown = [] if self.sounds_dir else [name for name in names if name not in SOUNDS]
        if unknown:
            raise AcousticImagesError(f"classes: unknown class {unknown[0]!r}; known: {', '.join(SOUNDS)}")
        if self.layout == "acivw" and unknown + [name for name in names if name not in SOUNDS]:
            raise AcousticImagesError("layout acivw: found other classes than the paper's ten, wanted those; use array")

    def identity(self) -> dict[str, object]:
        """Return what decides the bytes, as JSON takes it; the clips' folder by name only."""
        return {
            "layout": self.layout,
            "seed": self.seed,
            "recordings_per_class": self.recordings_per_class,
            "seconds": self.seconds,
            "class_names": list(self.class_names),
            "sounds": str(self.sounds_dir.resolve()) if self.sounds_dir else "procedural",
            "clips_per_recording": self.clips_per_recording,
            "snr_db": list(self.snr_db),
            "most_distractors": self.most_distractors,
            "distance_m": list(self.distance_m),
            "stored_images": self.stored_images,
        }
