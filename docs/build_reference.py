"""Write docs/reference.md: targets, commands with their flags, fields of a record and of files, read off the source.

Example: python -m docs.build_reference
"""

import ast
import importlib
import re
from collections.abc import Iterator
from pathlib import Path

from common import command_line
from common.atomic_files import write_text
from data_prep.image_file import ARRAYS
from tfrecords_schema.schema import MODALITIES, RecordFormat

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs/reference.md"
FOLDERS = ("data_prep", "tfrecords_schema", "training", "evaluation", "models", "benchmarks", "faults", "docs")
# Commands whose module is not named *_main.
_OTHER_COMMANDS = ("benchmarks/run.py", "docs/build_*.py")
_HEAD = """# Reference

All targets and commands with their variables and flags, all fields of a record, and the files for other programs;
written by `python -m docs.build_reference` from the source.
Every command takes `--help`. Exit status: 0 done; 1 the work was done and found something wrong, or failed in part
(a damaged shard, a changed recording, a failed check; a line for each); 2 input or flags that cannot be used, so that
there was nothing to check (one line says what was found, what was wanted, what to do); 130 stopped by Ctrl-C or SIGTERM
(what was begun can be gone on with). `make` itself ends with 2 whatever the command's status, and prints that as
`Error 1` or `Error 2`. `VERBOSE=1` in the environment, or behind `make`, shows TensorFlow's own messages.

## Targets of make

Variables stand behind the target: `make verify DATA=data/mine`.

"""
_FIELDS_HEAD = """
## Fields of a record

A record is a `tf.train.Example`, one a window of two seconds. Shapes are those of parsed values, with the defaults of
`data_prep.make_tfrecords_main`.

| field | modality | shape | type | on disk | unit | meaning |
|---|---|---|---|---|---|---|
"""
_FILES_HEAD = """
## Files for other programs

`data_prep.beamform_main` writes an NPZ file (`numpy.load`) of float32 arrays:

| array | shape | unit | meaning |
|---|---|---|---|
"""
_EMBEDDED = """
`evaluation.embed_main` writes a CSV or Parquet file with a row a window:

| column | type | unit | meaning |
|---|---|---|---|
| `file` | text | - | the sound file, as it was named |
| `start_s` | float | s | where the window of two seconds begins |
| `f0` to `f127` | float | - | the features, a vector of length 1 |
"""


def reference() -> str:
    """Return the page's text."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    parts = [_HEAD + "\n".join(_targets(makefile)) + "\n\n## Commands\n"]
    for path in _commands():
        module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        tree = ast.parse(path.read_text(encoding="utf-8"))
        summary = (ast.get_docstring(tree) or "").split("\n\n")[0].replace("\n", " ")
        parts.append(f"### `python -m {module}`\n\n{summary}\n")
        rows = [*_flags(tree), *(row for shared in _shared_flag_files(tree) for row in _flags(shared))]
        if rows:
            parts.append("| flag | default | meaning |\n|---|---|---|\n" + "\n".join(rows) + "\n")
    return (
        "\n".join(parts)
        + _FIELDS_HEAD
        + "\n".join(_fields())
        + "\n"
        + _FILES_HEAD
        + "\n".join(_arrays())
        + "\n"
        + _EMBEDDED
    )


def _commands() -> Iterator[Path]:
    for folder in FOLDERS:
        yield from sorted((ROOT / folder).glob("*_main.py"))
    for pattern in _OTHER_COMMANDS:
        yield from sorted(ROOT.glob(pattern))


def _targets(makefile: str) -> Iterator[str]:
    """Yield a table of targets with what they read of the variables, and one of the variables' defaults."""
    defaults = dict(re.findall(r"^([A-Z_]+) *\?= *(.*)$", makefile, re.MULTILINE))
    rules = re.findall(r"^([a-z-]+):([^#\n]*)## (.*)\n((?:(?:\t|ifeq|ifneq|else|endif).*\n)*)", makefile, re.MULTILINE)
    read: dict[str, set[str]] = {}
    yield "| target | does | variables |\n|---|---|---|"
    for target, before, meaning, recipe in rules:
        if target == "help":
            continue
        names = set(re.findall(r"\$\(([A-Z_]+)\)", recipe)) & set(defaults)
        read[target] = names.union(*(read.get(other, set()) for other in before.split()))
        yield f"| `make {target}` | {_plain(meaning)} | {' '.join(f'`{name}`' for name in sorted(read[target]))} |"
    yield "\n| variable | default |\n|---|---|"
    yield from (f"| `{name}` | {f'`{value}`' if value else 'none'} |" for name, value in sorted(defaults.items()))


def _arrays() -> Iterator[str]:
    for name, cells in ARRAYS.items():
        yield f"| `{name}` | {' | '.join(cells)} |"


def _shared_flag_files(tree: ast.Module) -> Iterator[ast.Module]:
    """Yield the modules of shared flags that a command imports."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.endswith("_flags"):
            path = ROOT / (node.module.replace(".", "/") + ".py")
            yield ast.parse(path.read_text(encoding="utf-8"))


def _flags(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr.startswith("DEFINE_"):
            required = "required" in {keyword.arg for keyword in node.keywords}
            name, default, meaning = (_value(tree, node.args[place]) for place in (0, 1, -1))
            yield f"| `--{name}` | {'required' if required else _plain(default)} | {_plain(meaning)} |"


def _value(tree: ast.Module, expression: ast.expr) -> object:
    """Evaluate an argument; the names in it are the module's own constants, or imported from the project."""
    names = set(_names(expression))
    known = {name: found for name in names for found in _definitions(tree, name)}
    if "cpu_count" in ast.unparse(expression):
        return "all processors"
    return eval(compile(ast.Expression(expression), "<flag>", "eval"), known)


def _names(expression: ast.AST) -> Iterator[str]:
    """Yield the names that evaluating an expression needs; a lambda's body is not evaluated."""
    if isinstance(expression, ast.Name):
        yield expression.id
    elif not isinstance(expression, ast.Lambda):
        for child in ast.iter_child_nodes(expression):
            yield from _names(child)


def _definitions(tree: ast.Module, name: str) -> Iterator[object]:
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and node.module and name in {alias.name for alias in node.names}:
            module = importlib.import_module(node.module)
            yield getattr(module, name) if hasattr(module, name) else importlib.import_module(f"{node.module}.{name}")
        elif isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == name:
            yield _value(tree, node.value)


def _plain(value: object) -> str:
    """Return a value as a reader wants it in a table."""
    if value is None or value == []:
        return "none"
    return (",".join(value) if isinstance(value, list) else str(value)).replace("|", "\\|")


def _fields() -> Iterator[str]:
    for field in RecordFormat(MODALITIES).fields():
        shape = " x ".join(map(str, field.shape)) or "one"
        cells = (
            f"`{field.name}`",
            field.modality or "all",
            shape,
            field.dtype,
            field.stored_as,
            field.unit,
            field.meaning,
        )
        yield "| " + " | ".join(cells) + " |"


def main() -> None:
    """Write the page."""
    write_text(PAGE, reference())
    command_line.close(str(PAGE.relative_to(ROOT)), "git diff docs/reference.md")


if __name__ == "__main__":
    command_line.run(main)
