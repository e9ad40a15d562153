"""The house rules, read off the source: which folder may import which, and who may read flags."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FOLDERS = ("common", "tfrecords_schema", "models", "data_prep", "training", "evaluation", "conformance", "faults")
MAY_IMPORT = {
    "common": set(),
    "tfrecords_schema": {"common"},
    "models": {"common"},
    "data_prep": {"common", "tfrecords_schema", "models"},
    "training": {"common", "tfrecords_schema", "models"},
    "evaluation": {"common", "tfrecords_schema", "models"},
    "conformance": set(FOLDERS),
    "faults": set(FOLDERS),
}
# The referee stands among the models by name only: it measures every folder.
REFEREE = Path("models/conformance_main.py")


def source_files(folder: str) -> Iterator[Path]:
    return (path.relative_to(ROOT) for path in sorted((ROOT / folder).rglob("*.py")))


def imported_names(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse((ROOT / path).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("folder", FOLDERS)
def test_imports_point_one_way(folder: str) -> None:
    for path in source_files(folder):
        siblings = {name.split(".")[0] for name in imported_names(path)} & set(FOLDERS) - {folder}
        if path != REFEREE:
            assert siblings <= MAY_IMPORT[folder], f"{path} imports {siblings - MAY_IMPORT[folder]}"


@pytest.mark.parametrize("folder", FOLDERS)
def test_only_main_files_read_flags(folder: str) -> None:
    for path in source_files(folder):
        reads_flags = any(name.startswith("absl.flags") for name in imported_names(path))
        assert not reads_flags or path.name.endswith(("_main.py", "_flags.py")) or folder == "common", path


@pytest.mark.parametrize(
    ("library", "allowed"),
    [
        ("tensorflow_addons", {Path("training/optimizers.py")}),
        ("tensorflow_io", {Path("training/augmentation.py"), Path("tfrecords_schema/storage.py")}),
    ],
)
def test_libraries_at_the_end_of_their_life_stay_behind_one_module(library: str, allowed: set[Path]) -> None:
    users = {
        path
        for folder in FOLDERS
        for path in source_files(folder)
        if any(name.split(".")[0] == library for name in imported_names(path))
    }
    assert users <= allowed


def test_no_pickle_anywhere() -> None:
    for folder in FOLDERS:
        for path in source_files(folder):
            assert "pickle" not in {name.split(".")[0] for name in imported_names(path)}, path
            assert "allow_pickle=True" not in (ROOT / path).read_text(encoding="utf-8"), path


def test_nothing_reads_the_clock_of_the_day() -> None:
    """It may step back or forth at any time; the monotonic clock does not."""
    steps = ("time.time(", "time.time_ns(", "datetime.now(", "datetime.utcnow(", "date.today(", "localtime(", "gmtime(")
    for folder in (*FOLDERS, "benchmarks"):
        for path in source_files(folder):
            source = (ROOT / path).read_text(encoding="utf-8")
            assert not [step for step in steps if step in source], path


def test_every_command_tells_what_to_run_next() -> None:
    """All but the page that is served until it is stopped, and the campaigns, which report on the project itself."""
    for folder in ("data_prep", "tfrecords_schema", "models", "training", "evaluation", "benchmarks"):
        for path in source_files(folder):
            text = (ROOT / path).read_text(encoding="utf-8")
            if "command_line.run" in text and path.name != "view_main.py":
                assert "command_line.close(" in text, path


def test_every_command_shows_an_example_of_itself() -> None:
    commands = [path for folder in (*FOLDERS, "benchmarks") for path in source_files(folder)]
    for path in commands:
        if path.name.endswith("_main.py"):
            words = ast.get_docstring(ast.parse((ROOT / path).read_text(encoding="utf-8"))) or ""
            assert "Example" in words, path
            assert f"python -m {'.'.join(path.with_suffix('').parts)} " in words, path
