"""Compares networks, losses, gradients, ranking and data preparation with the authors' numbers."""
