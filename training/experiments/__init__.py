"""The rows of the paper's tables and the study's controls: a file an experiment, its name that of the file."""
