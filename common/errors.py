"""The one error that the project raises for input it cannot use."""


class AcousticImagesError(ValueError):
    """Input that cannot be used, told in one line.

    The message names the file (or the setting), what was found, what was wanted and what to do.
    `common.command_line.run` prints it and ends the command with exit status 2.
    """
