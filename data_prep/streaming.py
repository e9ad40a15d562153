"""Acoustic images of sound as it comes in: feed samples, get an image for every frame that is complete."""

import numpy as np

from common.errors import AcousticImagesError
from data_prep.beamforming import AcousticImages, Beamformer


class StreamingBeamformer:
    """Cuts a stream of samples into frames and forms their images at once; the latency is one frame.

    Parameters
    ----------
    beamformer : Beamformer
        Of the array.
    frame_length : int
        Samples of one image.
    num_microphones : int
        Channels of the stream.
    """

    def __init__(self, beamformer: Beamformer, frame_length: int, num_microphones: int) -> None:
        self._beamformer, self._frame_length = beamformer, frame_length
        self._waiting = np.zeros((0, num_microphones), np.float32)

    def feed(self, samples: np.ndarray) -> AcousticImages | None:
        """Take samples [any, microphones]; return the images of the frames that they complete, or None.

        Raises
        ------
        AcousticImagesError
            Another number of channels.
        """
        frames = self._completed(samples)
        return None if frames is None else self._beamformer.images(frames)

    def feed_energy(self, samples: np.ndarray, band_hz: tuple[float, float]) -> np.ndarray | None:
        """Take samples as `feed` does; return only the energy [frames, height, width] within a band.

        Raises
        ------
        AcousticImagesError
            Another number of channels, or a band without a frequency bin.
        """
        frames = self._completed(samples)
        return None if frames is None else self._beamformer.band_energy(frames, band_hz)

    def _completed(self, samples: np.ndarray) -> np.ndarray | None:
        """Keep samples; return the frames [frames, frame_length, microphones] that are complete now, or None."""
        if samples.ndim != 2 or samples.shape[1] != self._waiting.shape[1]:
            raise AcousticImagesError(
                f"samples: found shape {samples.shape}, wanted [samples, {self._waiting.shape[1]} microphones]"
            )
        stream = np.concatenate([self._waiting, samples]) if len(self._waiting) else samples
        num_frames = len(stream) // self._frame_length
        end = num_frames * self._frame_length
        self._waiting = np.array(stream[end:])
        if not num_frames:
            return None
        return stream[:end].reshape(num_frames, self._frame_length, -1)
