"""From raw recordings, or simulated ones, to acoustic images and TFRecord shards."""
