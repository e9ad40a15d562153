"""What every folder may use: the error class, atomic files, progress and the start of a command."""
