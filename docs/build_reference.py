"""Write docs/reference.md: every command with its flags, every field of a record, read off the source.

Example: python -m docs.build_reference
"""

import ast
import importlib
from collections.abc import Iterator
from pathlib import Path

from common import command_line
from common.atomic_files import write_text
from tfrecords_schema.schema import MODALITIES, RecordFormat

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs/reference.md"
FOLDERS = ("data_prep", "tfrecords_schema", "training", "evaluation", "models", "benchmarks", "faults")
_HEAD = """# Reference

All commands with their flags, and all fields of a record; written by `python -m docs.build_reference` from the source.
Every command takes `--help`. Exit status: 0 done; 1 the work was done and found something wrong, or failed in part
(a damaged shard, a changed recording, a failed check; a line for each); 2 input or flags that cannot be used, so that
there was nothing to check (one line says what was found, what was wanted, what to do); 130 stopped by Ctrl-C or SIGTERM
(what was begun can be gone on with). `make` itself ends with 2 whatever the command's status, and prints that as
`Error 1` or `Error 2`. `VERBOSE=1` in the environment, or behind `make`, shows TensorFlow's own messages.

## Commands
"""
_FIELDS_HEAD = """
## Fields of a record

A record is a `tf.train.Example`, one a window of two seconds. Shapes are those of parsed values, with the defaults of
`data_prep.make_tfrecords_main`.

| field | modality | shape | type | on disk | unit | meaning |
|---|---|---|---|---|---|---|
"""


def reference() -> str:
    """Return the page's text."""
    parts = [_HEAD]
    for path in _commands():
        module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        tree = ast.parse(path.read_text(encoding="utf-8"))
        summary = (ast.get_docstring(tree) or "").split("\n\n")[0].replace("\n", " ")
        parts.append(f"### `python -m {module}`\n\n{summary}\n")
        rows = [*_flags(tree), *(row for shared in _shared_flag_files(tree) for row in _flags(shared))]
        if rows:
            parts.append("| flag | default | meaning |\n|---|---|---|\n" + "\n".join(rows) + "\n")
    return "\n".join(parts) + _FIELDS_HEAD + "\n".join(_fields()) + "\n"


def _commands() -> Iterator[Path]:
    for folder in FOLDERS:
        yield from sorted((ROOT / folder).glob("*_main.py"))


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
