"""Whether an array, its geometry file and its camera belong together, told from one recording of some claps."""
