"""What the checks need of a multichannel recording, read in two passes so that its length does not matter."""

from dataclasses import dataclass

import numpy as np

from data_prep.audio_files import AudioFile, read_blocks

_HOP_S = 0.005
_HOPS_PER_BLOCK = 200
CLIP_BEFORE_S, CLIP_S = 0.005, 0.045


@dataclass(frozen=True)
class Loudness:
    """How loud a recording is from hop to hop.

    Attributes
    ----------
    channels : ndarray
        [hops, microphones] float32 power, the mean of each second taken out.
    edges : ndarray
        [hops] power of the samples' differences, the median over the microphones: sharp sounds stand out.
    hop_s : float
        Length of a hop, seconds.
    """

    channels: np.ndarray
    edges: np.ndarray
    hop_s: float


def read_loudness(audio: AudioFile) -> Loudness:
    """Read a whole recording, and keep its power in hops of 5 ms; what is left of the last second is not read."""
    hop = max(1, round(_HOP_S * audio.sample_rate_hz))
    length = hop * min(_HOPS_PER_BLOCK, max(1, audio.num_samples // hop))
    channels, edges = [], []
    for block in read_blocks(audio, length, audio.num_samples // length):
        samples = block.astype(np.float32) / np.float32(audio.full_scale)
        samples -= samples.mean(axis=0)
        # At a block's first sample the difference is unknown, not large.
        differences = np.diff(samples, axis=0, prepend=samples[:1])
        channels.append(_hop_power(samples, hop))
        edges.append(np.median(_hop_power(differences, hop), axis=1))
    return Loudness(np.concatenate(channels), np.concatenate(edges), hop / audio.sample_rate_hz)


def read_clips(audio: AudioFile, times_s: np.ndarray) -> np.ndarray:
    """Return [moments, samples, microphones] float32: from 5 ms before each moment to 40 ms after it.

    Moments whose clip would not lie within the recording are left out.
    """
    length = round(CLIP_S * audio.sample_rate_hz)
    starts = [round((time - CLIP_BEFORE_S) * audio.sample_rate_hz) for time in times_s]
    clips = [
        next(read_blocks(audio, length, 1, start))
        for start in starts
        if start >= 0 and start + length <= audio.num_samples
    ]
    shape = (len(clips), length, audio.num_channels)
    return np.array(clips, np.float32).reshape(shape) / np.float32(audio.full_scale)


def _hop_power(samples: np.ndarray, hop: int) -> np.ndarray:
    return np.square(samples).reshape(len(samples) // hop, hop, -1).mean(axis=1)
