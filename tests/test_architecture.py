"""The house rules, read off the source: which folder may import which, and who may read flags."""

import ast
from collections.abc import Callable, Iterator
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
ALL_FOLDERS = (*FOLDERS, "benchmarks", "docs", "tests")
PICKLING = {"pickle", "_pickle", "cPickle", "pickletools", "cloudpickle", "dill", "joblib", "marshal", "shelve"}
CLOCKS = {"time", "time_ns", "localtime", "gmtime", "ctime", "asctime", "clock_gettime", "clock_gettime_ns"}
DATES = {"now", "utcnow", "today"}
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


def called(node: ast.AST) -> str:
    """Return what a call calls, as the source has it, such as "np.load"."""
    return ast.unparse(node.func) if isinstance(node, ast.Call) else ""


def loads_without_refusing_pickle(source: str) -> list[int]:
    """Return the lines that call NumPy's `load` without `allow_pickle=False`, or that allow pickle at all."""
    tree = ast.parse(source)
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    names = [alias for node in imports if node.module == "numpy" for alias in node.names]
    loaders = {"np.load", "numpy.load", *(alias.asname or alias.name for alias in names if alias.name == "load")}
    lines = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            # By keyword only: of positions, np.load(file, None, True), nobody sees what they allow.
            told = [ast.unparse(word.value) for word in node.keywords if word.arg == "allow_pickle"]
            if told not in ([], ["False"]) or (called(node) in loaders and told != ["False"]):
                lines.append(node.lineno)
    return lines


def test_no_pickle_anywhere() -> None:
    for folder in ALL_FOLDERS:
        for path in source_files(folder):
            libraries = {name.split(".")[0] for name in imported_names(path)}
            assert not libraries & PICKLING, path
            assert loads_without_refusing_pickle((ROOT / path).read_text(encoding="utf-8")) == [], path


STEPS_THE_CLOCK = Path("faults/disturbed_builds.py")


def clock_reads(source: str) -> list[int]:
    """Return the lines that read the clock of the day, or import what does."""
    lines = []
    for node in ast.walk(ast.parse(source)):
        names = {alias.name for alias in node.names} if isinstance(node, ast.ImportFrom) else set()
        if isinstance(node, ast.ImportFrom) and node.module == "time" and names & CLOCKS:
            lines.append(node.lineno)
        if isinstance(node, ast.Attribute) and node.attr in (CLOCKS if is_module(node, "time") else DATES):
            lines.append(node.lineno)
    return lines


def is_module(node: ast.Attribute, name: str) -> bool:
    return isinstance(node.value, ast.Name) and node.value.id == name


def test_nothing_reads_the_clock_of_the_day() -> None:
    """It may step back or forth at any time; the monotonic clock does not."""
    for folder in ALL_FOLDERS:
        for path in set(source_files(folder)) - {STEPS_THE_CLOCK}:
            assert clock_reads((ROOT / path).read_text(encoding="utf-8")) == [], path


@pytest.mark.parametrize(
    ("check", "bad", "good"),
    [
        (loads_without_refusing_pickle, "np.load(f)", "np.load(f, allow_pickle=False)"),
        (loads_without_refusing_pickle, "np.load(f, None, True)", "tf.load(f)"),
        (loads_without_refusing_pickle, "np.load(f, allow_pickle=yes)", "np.loadtxt(f)"),
        (loads_without_refusing_pickle, "from numpy import load as l\nl(f)", "load(f)"),
        (loads_without_refusing_pickle, "np.lib.format.read_array(f, allow_pickle=True)", "np.save(f, a)"),
        (clock_reads, "from time import time", "from time import monotonic"),
        (clock_reads, "time.time()", "time.monotonic()"),
        (clock_reads, "now = time.time_ns", "time.sleep(1)"),
        (clock_reads, "datetime.datetime.now()", "now()"),
        (clock_reads, "date.today()", "model.time"),
    ],
)
def test_what_the_checks_see(check: Callable[[str], list[int]], bad: str, good: str) -> None:
    assert check(bad) != []
    assert check(good) == []


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
