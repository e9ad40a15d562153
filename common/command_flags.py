"""A command's flags: parsed into values or one line that says what is wrong, and told by --help."""

import difflib
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

from absl import flags

from common.errors import AcousticImagesError

_ROOT = Path(__file__).parents[1]
_HELP = {"-h", "-help", "--help", "-?", "--helpshort", "--helpfull"}
_WIDTH = 110
# What absl's validator says of a flag that is marked as required.
_REQUIRED = "must have a value other than None"


def parse_flags(arguments: list[str]) -> list[str]:
    """Set the flags; return the command's name and its bare words.

    Parameters
    ----------
    arguments : list of str
        As the process got them, the command's name first.

    Raises
    ------
    AcousticImagesError
        An unknown flag (the message suggests a known one), a value that does not fit, or a required flag left out.
    SystemExit
        After --help, with status 0.
    """
    if _HELP & set(arguments[1:]):
        print(help_text())
        raise SystemExit(0)
    try:
        return flags.FLAGS(arguments)
    except flags.UnrecognizedFlagError as error:
        raise AcousticImagesError(_unknown(error.flagname)) from None
    except flags.Error as error:
        missing = [f"no --{flag.name}" for flag in _own_flags() if _is_required(flag) and flag.value is None]
        if missing and _REQUIRED in str(error):
            raise AcousticImagesError(
                f"flags: found {' and '.join(missing)}, wanted a value of each; see --help"
            ) from None
        raise AcousticImagesError(" ".join(str(error).split())) from None


def help_text() -> str:
    """Return what the command does, an example, and all flags of this project, required ones first."""
    told = sys.modules["__main__"].__doc__ or ""
    own = sorted(_own_flags(), key=lambda flag: (not _is_required(flag), flag.name))
    return "\n".join([told.rstrip(), "", "Flags", "-----", *(line for flag in own for line in _lines(flag))])


def _unknown(name: str) -> str:
    """Return what to say of a flag that there is not; absl would suggest flags of its own, which --help hides."""
    if name.startswith("verbos"):
        return f"flags: found --{name}, wanted VERBOSE=1 before the command, which shows TensorFlow's messages"
    near = difflib.get_close_matches(name, [flag.name for flag in _own_flags()], 1)
    return f"flags: found --{name}, wanted {f'--{near[0]} perhaps' if near else 'a flag of this command'}; see --help"


def _own_flags() -> Iterator[flags.Flag]:
    """Yield the flags that this project's modules define, not those of libraries."""
    for module, defined in flags.FLAGS.flags_by_module_dict().items():
        if module == sys.argv[0] or (_ROOT / module.replace(".", "/")).with_suffix(".py").is_file():
            yield from defined


def _is_required(flag: flags.Flag) -> bool:
    return any(_REQUIRED in validator.message for validator in flag.validators)


def _lines(flag: flags.Flag) -> Iterator[str]:
    name = f"--[no]{flag.name}" if flag.boolean else f"--{flag.name}"
    default = "optional" if flag.default_as_str is None else f"default: {flag.default_as_str.strip(chr(39))}"
    yield f"  {name} ({'required' if _is_required(flag) else default})"
    yield textwrap.fill(flag.help, _WIDTH, initial_indent="      ", subsequent_indent="      ")
