"""Energy images of any stretch of a source, in any band, formed when they are asked for."""

import threading

import numpy as np

from common.errors import AcousticImagesError
from data_prep.beam_options import BeamOptions
from data_prep.beamforming import Beamformer
from data_prep.camera.source import SampleSource
from data_prep.streaming import StreamingBeamformer

# Half a second of the paper's camera is twelve; more in one request would keep others waiting.
MOST_IMAGES = 48


class EnergyImages:
    """Forms energy images of a source, `frames_per_second` of them a second.

    One stream forms the images of all requests, of a recording and of a device alike. It is fed whole frames, which
    need not follow each other: at most rates there are samples between two frames, the page asks for any stretch in any
    band, and of a device for the newest image alone when it falls behind. So nothing waits in it between requests.

    Parameters
    ----------
    source : SampleSource
        Where the samples come from.
    options : BeamOptions
        Weights, focus, precision.
    """

    def __init__(self, source: SampleSource, options: BeamOptions) -> None:
        beamformer, length = Beamformer(source.geometry, source.parameters, options), source.parameters.frame_length
        self._source = source
        self._stream = StreamingBeamformer(beamformer, length, source.geometry.num_microphones)
        # The beams' tables are made when they are first used, and shared.
        self._lock = threading.Lock()

    def first_sample(self, image: int) -> int:
        """Return the number of the sample that an image starts at."""
        return image * self._source.parameters.sample_rate_hz // self._source.parameters.frames_per_second

    def extent(self) -> tuple[int, int]:
        """Return the number of the first image whose samples are all there, and that after the last."""
        rate, per_second = self._source.parameters.sample_rate_hz, self._source.parameters.frames_per_second
        first, end = self._source.extent()
        last_start = end - self._source.parameters.frame_length
        return -(-first * per_second // rate), last_start * per_second // rate + 1 if last_start >= 0 else 0

    def images(self, first: int, count: int, band_hz: tuple[float, float]) -> np.ndarray:
        """Form images [count, height, width] float32, power in squared sample units.

        Raises
        ------
        AcousticImagesError
            Too many images at once, none there are samples of, or a band without a frequency bin.
        """
        if not 1 <= count <= MOST_IMAGES:
            raise AcousticImagesError(f"count: found {count}, wanted 1 to {MOST_IMAGES} images at once")
        start, length = self.first_sample(first), self._source.parameters.frame_length
        samples = self._source.samples(start, self.first_sample(first + count - 1) + length - start)
        starts = np.array([self.first_sample(first + number) - start for number in range(count)])
        # Frames may stand apart where the rate is high: what lies between two is left out.
        frames = samples[starts[:, np.newaxis] + np.arange(length)]
        with self._lock:
            images = self._stream.feed_energy(frames.reshape(-1, frames.shape[2]), band_hz)
        assert images is not None
        return images
