"""Compare networks, losses and evaluation with the authors' numbers.

Example: python -m models.conformance_main --fixtures tests/fixtures
"""

from pathlib import Path

from absl import flags

from common import command_line
from conformance.referee import run_checks

_FIXTURES = flags.DEFINE_string(
    "fixtures", "tests/fixtures", "Folder of fixture files; those that are there are checked."
)
EXIT_FAILED = 1


def main() -> int:
    """Print one line a check; return 1 when one failed."""
    passed = []
    for check in run_checks(Path(_FIXTURES.value)):
        print(check.line(), flush=True)
        passed.append(check.passed)
    print(f"{sum(passed)} of {len(passed)} checks passed")
    return 0 if all(passed) else EXIT_FAILED


if __name__ == "__main__":
    command_line.run(main)
