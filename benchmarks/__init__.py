"""How fast it is: every figure a median, and a ratio to something measured in the same run."""
