"""Compare networks, losses and evaluation with the authors' numbers.

Example: python -m models.conformance_main --fixtures tests/fixtures
"""

from pathlib import Path

from absl import flags

from common import command_line
from common.progress import tell
from conformance.referee import run_checks

_FIXTURES = flags.DEFINE_string(
    "fixtures", "tests/fixtures", "Folder of fixture files; those that are there are checked."
)


def main() -> int:
    """Print one line a check; return 1 when one failed."""
    passed = []
    for check in run_checks(Path(_FIXTURES.value)):
        tell(check.line())
        passed.append(check.passed)
    told = f"{_FIXTURES.value}: {sum(passed)} of {len(passed)} checks passed"
    if all(passed):
        command_line.close(told, "make train-teacher; docs/fidelity.md tells where each choice comes from")
        return 0
    command_line.close(told, "look up the lines that begin with FAIL in docs/fidelity.md")
    return command_line.EXIT_CHECK_FAILED


if __name__ == "__main__":
    command_line.run(main)
