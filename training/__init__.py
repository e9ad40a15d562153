"""Losses, batches, the training loop and its commands."""
