"""Networks, their fusion and their inputs; knows nothing of training or evaluation."""
