"""What the page plays: one microphone or one direction as a 16-bit WAV file that grows as it is computed."""

import struct
from collections.abc import Iterator

import numpy as np

from common.errors import AcousticImagesError
from data_prep.camera.direction_signal import DirectionSignal, level_spectrum_db, zero_padded
from data_prep.camera.source import SampleSource, require_within

_BLOCK = 2**14
_LARGEST_16_BIT = 32767
_WAV_HEAD_BYTES = 44


class Sounds:
    """Makes the sound of a microphone or a direction of a source.

    Parameters
    ----------
    source : SampleSource
        Where the samples come from.
    focus_distance_m : float or None
        Distance that beams are focused on; None is the far field.
    """

    def __init__(self, source: SampleSource, focus_distance_m: float | None) -> None:
        self._source, self._focus_distance_m = source, focus_distance_m
        self._microphone = int(np.argmax(source.geometry.alive))

    def blocks(self, pixel: tuple[int, int] | None, first: int, count: int) -> Iterator[np.ndarray]:
        """Yield the sound [samples] float32 in sample units, block by block.

        Parameters
        ----------
        pixel : (int, int) or None
            Row and column of the direction; None for the first living microphone alone.
        first, count : int
            Which samples.

        Raises
        ------
        AcousticImagesError
            A pixel outside the image, or samples that there are none of.
        """
        require_within(first, count, self._source.extent(), self._source.name)
        if pixel is None:
            return self._microphone_blocks(first, count)
        read = zero_padded(self._source.samples, self._source.extent(), self._source.geometry.num_microphones)
        return self._direction(pixel).blocks(read, first, count)

    def wav(self, pixel: tuple[int, int] | None, first: int, count: int) -> Iterator[bytes]:
        """Return the sound as the parts of a WAV file of `wav_bytes(count)` bytes; see `blocks`."""
        blocks = self.blocks(pixel, first, count)
        scale = _LARGEST_16_BIT / self._source.full_scale
        head = _wav_head(count, self._source.parameters.sample_rate_hz)

        def parts() -> Iterator[bytes]:
            yield head
            for block in blocks:
                yield np.clip(np.rint(block * scale), -_LARGEST_16_BIT, _LARGEST_16_BIT).astype("<i2").tobytes()

        return parts()

    def spectrum_db(self, pixel: tuple[int, int] | None, first: int, count: int) -> tuple[np.ndarray, np.ndarray]:
        """Return frequencies and levels of the sound; see `blocks` and `level_spectrum_db`."""
        signal = np.concatenate(list(self.blocks(pixel, first, count)))
        return level_spectrum_db(signal, self._source.full_scale, self._source.parameters.sample_rate_hz)

    def _microphone_blocks(self, first: int, count: int) -> Iterator[np.ndarray]:
        for start in range(first, first + count, _BLOCK):
            samples = self._source.samples(start, min(_BLOCK, first + count - start))
            yield samples[:, self._microphone].astype(np.float32)

    def _direction(self, pixel: tuple[int, int]) -> DirectionSignal:
        parameters = self._source.parameters
        row, column = pixel
        if not (0 <= row < parameters.image_height and 0 <= column < parameters.image_width):
            raise AcousticImagesError(
                f"pixel: found row {row}, column {column}, wanted one of {parameters.image_height} x "
                f"{parameters.image_width}"
            )
        return DirectionSignal(
            self._source.geometry,
            parameters.grid.directions()[row, column],
            parameters.sample_rate_hz,
            parameters.speed_of_sound_m_per_s,
            self._focus_distance_m,
        )


def wav_bytes(count: int) -> int:
    """Return the size of the WAV file of so many samples."""
    return _WAV_HEAD_BYTES + 2 * count


def _wav_head(count: int, rate_hz: int) -> bytes:
    size = 2 * count
    form = struct.pack("<4sI4s4sIHHIIHH", b"RIFF", 36 + size, b"WAVE", b"fmt ", 16, 1, 1, rate_hz, 2 * rate_hz, 2, 16)
    return form + struct.pack("<4sI", b"data", size)
