"""The fusion of sound and video: audio and audio-visual vectors (paper 4.3).

The audio-visual vector of audio i and video j is the sum over the 192 places of a_i * v_j * v_j. Per channel
that is a product of the matrices [audios, places] and [places, videos], so the tensor of all pairs and
places, [A, V, 12, 16, 128], is never built.
"""

import tensorflow as tf

MAP_SHAPE = (12, 16, 128)
_SMALLEST_SQUARE = 1e-12


def unit(x: tf.Tensor) -> tf.Tensor:
    """Return x over its length along the last axis, x / sqrt(max(|x|^2, 1e-12))."""
    return tf.math.l2_normalize(x, axis=-1, epsilon=_SMALLEST_SQUARE)


def video_map(resnet18: tf.keras.Model, frames: tf.Tensor, training: bool = False) -> tf.Tensor:
    """Return the mean over a window's frames of their maps: [B, n, 224, 298, 3] to [B, 12, 16, 128]."""
    shape = tf.shape(frames)
    maps = resnet18(tf.reshape(frames, [-1, *frames.shape[2:]]), training=training)
    return tf.reduce_mean(tf.reshape(maps, [shape[0], shape[1], *MAP_SHAPE]), axis=1)


def acoustic_map(dualcamnet: tf.keras.Model, images: tf.Tensor, training: bool = False) -> tf.Tensor:
    """Return the mean over a window's 24 acoustic images of their maps, [B, 12, 16, 128]."""
    return tf.reduce_mean(dualcamnet(images, training=training), axis=1)


def audio_vector_from_map(acoustic_map: tf.Tensor) -> tf.Tensor:
    """Return the unit sum over places, [B, 12, 16, 128] to [B, 128]."""
    return unit(tf.reduce_sum(acoustic_map, axis=[1, 2]))


def audio_vector_from_hearnet(embedding: tf.Tensor) -> tf.Tensor:
    """Return the unit ReLU of HearNet's output, [B, 128]: its map is the same at every place."""
    return unit(tf.nn.relu(embedding))


def pair_vectors(acoustic_maps: tf.Tensor, video_maps: tf.Tensor) -> tf.Tensor:
    """Return the audio-visual vectors of all pairs.

    Parameters
    ----------
    acoustic_maps : tf.Tensor
        [A, 12, 16, 128].
    video_maps : tf.Tensor
        [V, 12, 16, 128].

    Returns
    -------
    tf.Tensor
        [A, V, 128], unit length.
    """
    sounds = tf.transpose(_places(acoustic_maps), [2, 0, 1])
    squares = tf.transpose(tf.square(_places(video_maps)), [2, 1, 0])
    return unit(tf.transpose(tf.matmul(sounds, squares), [1, 2, 0]))


def pair_vectors_from_vector(embedding: tf.Tensor, video_maps: tf.Tensor) -> tf.Tensor:
    """Return [A, V, 128] for HearNet's output [A, 128], whose map is constant over the places."""
    squares = tf.reduce_sum(tf.square(_places(video_maps)), axis=1)
    return unit(tf.nn.relu(embedding)[:, tf.newaxis] * squares[tf.newaxis])


def own_pair_vectors(acoustic_maps: tf.Tensor, video_maps: tf.Tensor) -> tf.Tensor:
    """Return the audio-visual vector [B, 128] of each window with its own video."""
    return unit(tf.reduce_sum(acoustic_maps * tf.square(video_maps), axis=[1, 2]))


def hearnet_map(embedding: tf.Tensor) -> tf.Tensor:
    """Return HearNet's map [B, 1, 1, 128], to be broadcast over the 12 x 16 places."""
    return tf.nn.relu(embedding)[:, tf.newaxis, tf.newaxis]


def similarity_map(acoustic_maps: tf.Tensor, video_maps: tf.Tensor) -> tf.Tensor:
    """Return the paper's similarity score map summed over depth, [B, 12, 16]."""
    return tf.reduce_sum(acoustic_maps * video_maps, axis=-1)


def _places(maps: tf.Tensor) -> tf.Tensor:
    return tf.reshape(maps, [-1, MAP_SHAPE[0] * MAP_SHAPE[1], MAP_SHAPE[2]])
