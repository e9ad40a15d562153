"""The numbers that define an acoustic image and a window, in one place."""

from dataclasses import dataclass
from typing import Any

from common.errors import AcousticImagesError
from common.image_grid import ImageGrid

# Of ultrasonic arrays; windows of a higher one, which a file might state, would ask for any amount of memory.
_HIGHEST_RATE_HZ = 2_000_000


@dataclass(frozen=True)
class SignalParameters:
    """Rates, sizes and bands of the whole data preparation.

    The defaults are those of the paper's camera (docs/fidelity.md).

    Attributes
    ----------
    sample_rate_hz : int
        Rate of the microphones.
    frame_length : int
        Samples of one acoustic image; even.
    frames_per_second : int
        Acoustic images, and video frames, a second.
    window_seconds : int
        Length of a training window.
    image_height, image_width : int
        Directions of an acoustic image.
    horizontal_fov_deg : float
        Horizontal field of view of the camera, and so of the image.
    speed_of_sound_m_per_s : float
        Speed of sound.
    energy_band_hz : tuple of float
        Band whose power is summed to the acoustic energy.
    num_mel_bands, num_coefficients : int
        Mel triangles and cepstral coefficients of a pixel.
    mel_top_hz : float
        Upper edge of the highest triangle.
    mel_nominal_rate_hz : float
        Rate that the triangles' edge bins are computed with (12,800 Hz in the authors' recipe).
    mono_rate_hz : int
        Rate of the stored one-microphone waveform.
    video_height, video_width : int
        Size of the stored video frames.
    """

    sample_rate_hz: int = 12288
    frame_length: int = 1024
    frames_per_second: int = 12
    window_seconds: int = 2
    image_height: int = 36
    image_width: int = 48
    horizontal_fov_deg: float = 60.0
    speed_of_sound_m_per_s: float = 343.0
    energy_band_hz: tuple[float, float] = (500.0, 6000.0)
    num_mel_bands: int = 24
    num_coefficients: int = 12
    mel_top_hz: float = 6400.0
    mel_nominal_rate_hz: float = 12800.0
    mono_rate_hz: int = 22050
    video_height: int = 224
    video_width: int = 298

    def __post_init__(self) -> None:
        """Refuse values that no image can be made with.

        Raises
        ------
        AcousticImagesError
            Names the value found and the one wanted.
        """
        if not 0 < self.sample_rate_hz <= _HIGHEST_RATE_HZ or self.frame_length < 4 or self.frame_length % 2:
            raise AcousticImagesError(
                f"sample_rate_hz {self.sample_rate_hz}, frame_length {self.frame_length}: wanted a rate of at most "
                f"{_HIGHEST_RATE_HZ} and an even length of at least 4"
            )
        if not 0 < self.horizontal_fov_deg < 180:
            raise AcousticImagesError(f"horizontal_fov_deg: found {self.horizontal_fov_deg}, wanted between 0 and 180")
        low, high = self.energy_band_hz
        if not 0 <= low < high:
            raise AcousticImagesError(f"energy_band_hz: found {low},{high}, wanted LOW,HIGH with 0 <= LOW < HIGH")

    @classmethod
    def of_rate(cls, sample_rate_hz: int, **others: Any) -> "SignalParameters":
        """Return parameters for microphones of another rate.

        The authors' nominal rate and highest triangle belong to their camera; at another rate the true rate
        counts, and no triangle reaches above half of it.
        """
        if sample_rate_hz == cls.sample_rate_hz:
            return cls(**others)
        if sample_rate_hz > _HIGHEST_RATE_HZ:
            raise AcousticImagesError(f"sample_rate_hz: found more than {_HIGHEST_RATE_HZ}, wanted at most that")
        mel: dict[str, Any] = {
            "mel_nominal_rate_hz": float(sample_rate_hz),
            "mel_top_hz": min(cls.mel_top_hz, sample_rate_hz / 2),
        }
        return cls(sample_rate_hz=sample_rate_hz, **mel, **others)

    @property
    def grid(self) -> ImageGrid:
        """Directions of the acoustic image's pixels."""
        return ImageGrid(self.image_height, self.image_width, self.horizontal_fov_deg)

    @property
    def frames_per_window(self) -> int:
        """Acoustic images a window (24)."""
        return self.frames_per_second * self.window_seconds

    @property
    def samples_per_window(self) -> int:
        """Microphone samples a window (24,576)."""
        return self.sample_rate_hz * self.window_seconds

    @property
    def mono_samples_per_window(self) -> int:
        """Samples of the stored waveform a window (44,100)."""
        return self.mono_rate_hz * self.window_seconds

    @property
    def num_bins(self) -> int:
        """Frequency bins of a frame without the Nyquist bin (512)."""
        return self.frame_length // 2

    @property
    def bin_width_hz(self) -> float:
        """Distance of two bins (12 Hz)."""
        return self.sample_rate_hz / self.frame_length
